import { age } from '#domain/session.ts';
import type { Logger } from '#runtime/logger.ts';
import type { Store } from '#store/store.ts';

export type HousekeepingOptions = {
  readonly store: Store;
  readonly now: () => Date;
  readonly logger: Logger;
};

const everyMs = 60_000;
const sessionLimit = 10_000;

/** Once a minute: gives up meetings whose end was never told, forgets keys that ran out. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.#tidy());
    }, everyMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #tidy(): Promise<void> {
    const { store, now, logger } = this.#options;
    try {
      const open = await store.listSessions({ statuses: ['created', 'live'], limit: sessionLimit });
      const aged = open
        .map((session) => age(session, now()))
        .filter((session, index) => session !== open[index]);
      if (aged.length > 0) await store.saveSessions(aged);
      await store.prune(now());
    } catch (error) {
      logger.warn({ err: error }, 'housekeeping could not be done; it is tried again in a minute');
    }
  }
}
