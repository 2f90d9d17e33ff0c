import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export type WatchOptions = {
  readonly rulesFile: string;
  readonly templatesFolder: string;
  /** Called once for each change that came to rest. Must not throw. */
  readonly onChange: () => void;
  /** Time between two looks; a second when not given. */
  readonly everyMs?: number;
};

/**
 * Tells when the rules file or a template changed and has come to rest: two looks in a row saw the same. It asks for the state of the files
 * instead of waiting for notifications, which network mounts, bind mounts of containers and replaced symlinks do not give reliably.
 */
export class ConfigurationWatch {
  readonly #options: WatchOptions;
  #isOn = false;
  /** What the last look saw. */
  #seen = '';
  /** What was last told, or was there at the start. */
  #told = '';
  #timer: NodeJS.Timeout | undefined;
  /** The looks asked for so far, one after the other. */
  #looks: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** What is there now counts as known: start before reading the files, so that no change falls in between. */
  async start(): Promise<void> {
    if (this.#isOn) return;
    this.#isOn = true;
    await this.#queue(async () => {
      this.#seen = await fingerprint(this.#options);
      this.#told = this.#seen;
    });
    this.#schedule();
  }

  /** Once it resolves no file is being looked at, and nothing is told any more. */
  async stop(): Promise<void> {
    this.#isOn = false;
    clearTimeout(this.#timer);
    await this.#looks;
  }

  /** Looks now, beside the looks that the clock brings. A change is told by the second look that sees it. */
  look(): Promise<void> {
    return this.#queue(() => this.#look());
  }

  async #look(): Promise<void> {
    if (!this.#isOn) return;
    const now = await fingerprint(this.#options);
    const isAtRest = now === this.#seen;
    this.#seen = now;
    if (!this.#isOn || !isAtRest || now === this.#told) return;
    this.#told = now;
    this.#options.onChange();
  }

  #queue(task: () => Promise<void>): Promise<void> {
    this.#looks = this.#looks.then(task);
    return this.#looks;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.#isOn) return;
    this.#timer = setTimeout(() => {
      void this.look().then(() => this.#schedule());
    }, this.#options.everyMs ?? 1000).unref();
  }
}

/** Differs when anything that reading depends on differs; equal text means that reading again would bring the same. */
async function fingerprint({ rulesFile, templatesFolder }: WatchOptions): Promise<string> {
  const [rules, templates] = await Promise.all([stateOf(rulesFile), statesIn(templatesFolder)]);
  return JSON.stringify([rules, templates]);
}

async function statesIn(folder: string): Promise<string | readonly (readonly [string, string])[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    return failureOf(error);
  }
  const templates = names.filter((name) => name.endsWith('.hbs') && !name.startsWith('.')).sort();
  return Promise.all(templates.map(async (name) => [name, await stateOf(join(folder, name))] as const));
}

/** Follows symlinks. Owner and mode belong to it: a file that could not be read before may be readable after a change of them. */
async function stateOf(path: string): Promise<string> {
  try {
    const found = await stat(path, { bigint: true });
    if (found.isDirectory()) return 'folder';
    const { dev, ino, uid, gid, mode, size, mtimeNs } = found;
    return [dev, ino, uid, gid, mode, size, mtimeNs].join(':');
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}
