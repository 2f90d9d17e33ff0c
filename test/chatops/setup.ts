import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Answer } from '#chatops/answering.ts';
import { createCommands } from '#chatops/commands.ts';
import type { RuleInForce } from '#chatops/rules-in-force.ts';
import { newSession, type Session } from '#domain/session.ts';
import { createLogger, type Logger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';

export const startedAt = '2025-02-08T07:33:00.000Z';

/** A meeting that began at `startedAt` with Guest One in it. */
export function liveSession(id: string, facts: Partial<Session> = {}): Session {
  return {
    ...newSession('meet', id, startedAt),
    status: 'live',
    title: `Meeting ${id}`,
    startedAt,
    connections: [{ key: 'c1', id: 'guest-1', name: 'Guest One', kind: 'human' }],
    ...facts,
  };
}

/** The commands over these meetings and rules, ten minutes after `startedAt`. */
export function commandsOver(sessions: readonly Session[], rules: readonly RuleInForce[] = []): Answer {
  return createCommands({
    liveSessions: async () => sessions,
    rules: () => rules,
    command: () => '/meet',
    now: () => new Date('2025-02-08T07:43:00.000Z'),
  });
}

/** A title that tries everything. */
export const hostileTitle =
  '<!channel> <@U0ADMIN01> @everyone <@80351110224678912> *bold* **bold** [x](https://evil.example) evil.example';

/** The same answers after `ms`. */
export function slowly(answer: Answer, ms: number): Answer {
  return async (request) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return answer(request);
  };
}

/** A logger and the lines it wrote; it hides no secrets, so a leak shows. */
export async function recordingLogger(): Promise<{ logger: Logger; lines: string[] }> {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  return {
    logger: await createLogger({ level: 'debug', format: 'json', redactor: new Redactor(), write }),
    lines,
  };
}

/** A server on loopback. */
export async function serve(listener: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const longestWaitMs = 20_000;

/** Waits for a state that another party brings about; gives up when it does not come. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + longestWaitMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('The awaited state never came');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
