import type { DiscordCircuit } from './discord-circuit.ts';

/** Calls of the REST API in the bot's name. They reject with what `discordOutcome` understands, and are never repeated. */
export type DiscordBot = {
  post(path: `/${string}`, body: unknown): Promise<unknown>;
  patch(path: `/${string}`, body: unknown): Promise<unknown>;
  get(path: `/${string}`, query: Readonly<Record<string, string>>): Promise<unknown>;
};

export type DiscordBotOptions = {
  readonly token: string;
  /** Base without a version, with or without a trailing slash. */
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly circuit: DiscordCircuit;
};

/** Loads Discord's REST client, whose limits are those of one bot. */
export async function openDiscordBot(options: DiscordBotOptions): Promise<DiscordBot> {
  const { token, timeoutMs, circuit } = options;
  const { REST } = await import('@discordjs/rest');
  const rest = new REST({
    version: '10',
    api: options.apiUrl.replace(/\/+$/, ''),
    timeout: timeoutMs,
    retries: 0,
    rejectOnRateLimit: () => true,
    invalidRequestWarningInterval: 100,
  });
  rest.on('response', (_request, response) => {
    circuit.note(response.status, response.headers.get('x-ratelimit-scope'));
  });
  // The client forgets its token after a 401. Set again, the next probe of a parked destination can find that the token works again.
  const ready = () => rest.setToken(token);
  // Its own timeout ends with the headers; the signal covers the body too.
  const signal = () => AbortSignal.timeout(timeoutMs);
  return {
    post: async (path, body) => ready().post(path, { body, signal: signal() }),
    patch: async (path, body) => ready().patch(path, { body, signal: signal() }),
    get: async (path, query) => ready().get(path, { query: new URLSearchParams(query), signal: signal() }),
  };
}
