import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '#app';
import { readEnvironment } from '#runtime/environment.ts';
import { signLiveKit, signPlugNmeet } from '#test/signing.ts';

/** Secrets of the sources that tests configure; they must never show up anywhere. */
export const secrets = {
  plugnmeet: 'plugnmeet-secret-of-the-tests-0123456789',
  livekit: 'livekit-secret-of-the-tests-0123456789ab',
};

/** `sources:` of a rules file that takes plugNmeet at /hooks/meet and LiveKit at /hooks/live. */
export const testSources = `sources:
  meet: { plugnmeet: { url: "\${PLUGNMEET_URL}", keys: { pnm-key: "\${PLUGNMEET_API_SECRET}" } } }
  live: { livekit: { keys: { lk-key: "\${LIVEKIT_API_SECRET}" } } }
`;

export type ServiceOptions = {
  readonly rules: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Reuses a folder, and so the store in it, of a service that was stopped. */
  readonly folder?: string;
};

export type Answer = { readonly status: number; readonly text: string; readonly ms: number };

/** The whole program in this process, on a temporary store and a free port. */
export class Service implements AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly logs: string[];
  readonly #stop: () => Promise<void>;
  readonly #ownsFolder: boolean;
  #isStopped = false;

  private constructor(
    url: string,
    folder: string,
    ownsFolder: boolean,
    logs: string[],
    stop: () => Promise<void>,
  ) {
    this.url = url;
    this.folder = folder;
    this.logs = logs;
    this.#ownsFolder = ownsFolder;
    this.#stop = stop;
  }

  static async start({ rules, variables = {}, folder: given }: ServiceOptions): Promise<Service> {
    const folder = given ?? (await mkdtemp(join(tmpdir(), 'callboard-test-')));
    const rulesFile = join(folder, 'rules.yaml');
    await writeFile(rulesFile, rules);
    const logs: string[] = [];
    const environment = readEnvironment(serviceVariables(folder, rulesFile, variables), false);
    const app = await startApp(environment, {
      now: () => new Date(),
      random: Math.random,
      fetch: globalThis.fetch,
      write: (line) => logs.push(line),
    });
    return new Service(`http://127.0.0.1:${app.port}`, folder, given === undefined, logs, () => app.stop());
  }

  /** Sends a correctly signed plugNmeet webhook. */
  plugNmeet(event: object): Promise<Answer> {
    const body = JSON.stringify(event);
    return post(
      `${this.url}/hooks/meet`,
      body,
      signPlugNmeet(body, { key: 'pnm-key', secret: secrets.plugnmeet, now: new Date() }),
    );
  }

  /** Sends a correctly signed LiveKit webhook. */
  liveKit(event: object): Promise<Answer> {
    const body = JSON.stringify(event);
    return post(
      `${this.url}/hooks/live`,
      body,
      signLiveKit(body, { key: 'lk-key', secret: secrets.livekit, now: new Date() }),
    );
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    await this.#stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    if (this.#ownsFolder) await rm(this.folder, { recursive: true, force: true });
  }
}

/** The variables a service in tests runs with; nothing of the real environment gets in. */
export function serviceVariables(
  folder: string,
  rulesFile: string,
  more: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    PORT: '0',
    HOST: '127.0.0.1',
    CALLBOARD_RULES: rulesFile,
    CALLBOARD_TEMPLATES: 'templates',
    DATABASE_URL: `sqlite:${join(folder, 'callboard.db')}`,
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'json',
    PLUGNMEET_URL: 'http://127.0.0.1:9',
    PLUGNMEET_API_SECRET: secrets.plugnmeet,
    LIVEKIT_API_SECRET: secrets.livekit,
    ...more,
  };
}

/** Posts and measures; a connection that breaks is status 0. */
export async function post(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const startedAt = performance.now();
  try {
    const response = await fetch(url, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
    const text = await response.text();
    return { status: response.status, text, ms: performance.now() - startedAt };
  } catch (error) {
    return { status: 0, text: String(error), ms: performance.now() - startedAt };
  }
}

/** Waits until `look` gives something true; fails with what was waited for after `limitMs`. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  limitMs = 20_000,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen as Exclude<T, undefined | null | false | 0 | ''>;
    if (performance.now() > giveUpAt) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
