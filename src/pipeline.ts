import type { Acceptance } from '#domain/event.ts';
import type { Logger } from '#runtime/logger.ts';
import type { RawRequest, Source } from '#sources/source.ts';
import { type ClaimedEvent, type Processed, type Store, StoreUnavailable } from '#store/store.ts';
import { type Configuration, processEvent, SessionBatch } from './processing.ts';

/** The program on one page: a webhook is accepted, its events are processed, and the outbox delivers what they decided. */

/** Verify, read, keep. When it resolves to `stored`, the webhook is on disk. Rejects with StoreUnavailable when it cannot be kept. */
export async function accept(
  request: RawRequest,
  source: Source,
  store: Store,
  now: Date,
): Promise<Acceptance> {
  const verification = await source.verify(request, now);
  if (verification.kind !== 'authentic') return { kind: verification.kind, reason: verification.reason };
  const reading = source.read(verification.request, now);
  if (reading.kind === 'unreadable') return reading;
  const { native, keys, events } = reading;
  return store.append({ source: source.name, native, receivedAt: now, keys, events });
}

export type ProcessorOptions = {
  readonly store: Store;
  /** Read once a batch: a reload takes effect between two events, never within one. */
  readonly configuration: () => Configuration;
  readonly now: () => Date;
  readonly logger: Logger;
  /** True while many webhooks wait for their answer: they go first, events can wait. */
  readonly isBusy: () => boolean;
  /** Told after what an event came to is on disk. */
  readonly onProcessed: (claimed: ClaimedEvent, processed: Processed) => void;
  /** Told when an event is set aside for good. */
  readonly onSetAside: (claimed: ClaimedEvent, reason: string) => void;
};

const batchSize = 64;
const leaseMs = 30_000;
const idleMs = 5000;
const busyPauseMs = 10;
const storeRetryMs = 500;
const giveUpAfterFailures = 5;

/** Takes stored events in order, folds their sessions, decides, and writes it all in one transaction; then wakes the outbox. */
export class Processor {
  readonly #options: ProcessorOptions;
  #isStopping = false;
  #isWoken = false;
  #wake: () => void = () => undefined;
  #loop: Promise<void> | undefined;

  constructor(options: ProcessorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Says that there may be something to process. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Finishes the batch at hand and stops. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { store, now, isBusy, logger } = this.#options;
    while (!this.#isStopping) {
      this.#isWoken = false;
      try {
        const claimed = await store.claimEvents({ now: now(), limit: batchSize, leaseMs });
        if (claimed.length > 0) {
          await this.#process(claimed);
          await this.#pause(isBusy() ? busyPauseMs : 0);
        } else if (!this.#isWoken) await this.#idle();
      } catch (error) {
        logger.error({ err: error }, 'stored events cannot be read; trying again');
        await this.#pause(storeRetryMs);
      }
    }
  }

  async #process(claimed: readonly ClaimedEvent[]): Promise<void> {
    const { store, configuration, now, logger, onProcessed, onSetAside } = this.#options;
    const current = configuration();
    const batch = new SessionBatch();
    const done: [ClaimedEvent, Processed][] = [];
    const held: ClaimedEvent[] = [];
    const failed: { event: ClaimedEvent; reason: string }[] = [];
    for (const event of claimed) {
      // A session's later events wait behind one that failed.
      if (failed.some((each) => orderKey(each.event) === orderKey(event))) {
        held.push(event);
        continue;
      }
      try {
        done.push([event, processEvent(event, batch, current)]);
      } catch (error) {
        logger.error({ err: error, event: event.sequence }, 'an event could not be processed');
        failed.push({ event, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    await this.#insist(() => store.settleEvents(done.map(([, processed]) => processed)));
    for (const { event, reason } of failed) {
      const failures = event.failures + 1;
      const isLast = failures >= giveUpAfterFailures;
      const retryAt = isLast ? 'never' : new Date(now().getTime() + 1000 * 4 ** failures);
      await this.#insist(() => store.failEvent(event.sequence, reason, retryAt));
      if (isLast) onSetAside(event, reason);
    }
    if (held.length > 0) await this.#insist(() => store.releaseEvents(held.map(({ sequence }) => sequence)));
    for (const [event, processed] of done) onProcessed(event, processed);
  }

  /** Repeats a write until the store takes it: a full disk is no reason to call an event broken. */
  async #insist(write: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        if (this.#isStopping || !(error instanceof StoreUnavailable)) throw error;
        this.#options.logger.error({ err: error }, 'the store does not take what was decided; trying again');
        await this.#pause(storeRetryMs);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (ms === 0) setImmediate(resolve);
      else setTimeout(resolve, ms);
    });
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, idleMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Events with the same key are processed strictly one after the other. */
function orderKey({ event, sequence }: ClaimedEvent): string {
  return `${event.source.name}/${event.session?.id ?? event.room?.id ?? String(sequence)}`;
}
