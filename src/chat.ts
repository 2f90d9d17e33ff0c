import type { Express } from 'express';
import { createCommands } from '#chatops/commands.ts';
import type { Chatops } from '#chatops/connection.ts';
import { readBody } from '#receiver/body.ts';
import type { Rulebook } from '#rules/rulebook.ts';
import type { Environment } from '#runtime/environment.ts';
import type { Logger } from '#runtime/logger.ts';
import type { Store } from '#store/store.ts';

export type ChatOptions = {
  /** Gets the platforms' routes; they must come before any other that reads bodies. */
  readonly app: Express;
  readonly environment: Environment;
  readonly rulebook: () => Rulebook;
  readonly store: Store;
  readonly now: () => Date;
  readonly logger: Logger;
};

/** The bot's ears on the platforms that are configured for it. */
export type Chat = {
  /** What does not work, in a line each. */
  readonly worries: () => readonly string[];
  close(): Promise<void>;
};

/** More than this is not listed in an answer. */
const liveLimit = 100;

/** Listens for commands where the environment has what that takes; each platform's package is loaded only then. Connecting goes on behind it. */
export async function openChat(options: ChatOptions): Promise<Chat> {
  const { environment, rulebook, store, now, logger } = options;
  const { command } = rulebook();
  const answer = createCommands({
    liveSessions: () => store.listSessions({ statuses: ['live'], limit: liveLimit }),
    rules: () => rulebook().rules.map(({ id, on, sends }) => ({ id, on, to: sends.flatMap(({ to }) => to) })),
    command: () => command,
    now,
  });
  const ears = new Map<string, Chatops>();
  const common = { commandName: command, answer, logger, now };
  const { slack, discord } = environment;
  if (slack.botToken !== undefined && (slack.appToken ?? slack.signingSecret) !== undefined) {
    const { openSlackChatops } = await import('#chatops/slack.ts');
    const { botToken, appToken, signingSecret, apiUrl } = slack;
    ears.set(
      'Slack',
      await openSlackChatops({ ...common, botToken, appToken, signingSecret, apiUrl, app: options.app }),
    );
  }
  if (discord.botToken !== undefined && discord.applicationId !== undefined) {
    const { botToken, applicationId, apiUrl, publicKey } = discord;
    const settings = { ...common, botToken, applicationId, apiUrl };
    ears.set(
      'Discord',
      await (publicKey === undefined
        ? overGateway(settings)
        : overHttp({ ...settings, publicKey }, options.app)),
    );
  }
  return {
    worries: () =>
      [...ears].flatMap(([platform, ear]) => {
        const state = ear.state();
        return state.kind === 'failed' ? [`commands in ${platform}: ${state.reason}`] : [];
      }),
    close: async () => {
      await Promise.all([...ears.values()].map((ear) => ear.close()));
    },
  };
}

type GatewaySettings = Parameters<typeof import('#chatops/discord.ts')['openDiscordChatops']>[0];
type HttpSettings = Parameters<typeof import('#chatops/discord-http.ts')['openDiscordHttpChatops']>[0];

async function overGateway(settings: GatewaySettings): Promise<Chatops> {
  const { openDiscordChatops } = await import('#chatops/discord.ts');
  return openDiscordChatops(settings);
}

async function overHttp(settings: HttpSettings, app: Express): Promise<Chatops> {
  const { openDiscordHttpChatops } = await import('#chatops/discord-http.ts');
  const ear = await openDiscordHttpChatops(settings);
  app.post('/discord/interactions', async (request, response) => {
    const body = await readBody(request);
    if (body === 'aborted') return;
    if (body === 'too large') {
      response.sendStatus(413);
      return;
    }
    const { status, json } = await ear.answerInteraction({ headers: request.headers, body });
    if (json === undefined) response.sendStatus(status);
    else response.status(status).json(json);
  });
  return ear;
}
