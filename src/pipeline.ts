import type { Acceptance } from '#domain/event.ts';
import { type Session, sessionKey } from '#domain/session.ts';
import { comparable } from '#domain/text.ts';
import { Bell } from '#runtime/bell.ts';
import type { Logger } from '#runtime/logger.ts';
import type { RawRequest, Source } from '#sources/source.ts';
import {
  type ClaimedEvent,
  type Processed,
  type SettledFirings,
  type Store,
  StoreUnavailable,
} from '#store/store.ts';
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
  /** Told after what an event came to is on disk; `settled` tells which of its firings were. */
  readonly onProcessed: (claimed: ClaimedEvent, processed: Processed, settled: SettledFirings) => void;
  /** Told when an event is set aside for good. */
  readonly onSetAside: (claimed: ClaimedEvent, reason: string) => void;
};

const batchSize = 64;
const leaseMs = 30_000;
const idleMs = 5000;
/** While webhooks wait, processing takes one part of the time in this many, so that a flood is answered first. */
const busyShare = 20;
const longestBusyPauseMs = 250;
const storeRetryMs = 500;
const giveUpAfterFailures = 5;

type Failed = { readonly event: ClaimedEvent; readonly reason: string };

/** Takes stored events in order, folds their sessions, decides, and writes it all in one transaction; then wakes the outbox. */
export class Processor {
  readonly #options: ProcessorOptions;
  #isStopping = false;
  readonly #bell = new Bell();
  #loop: Promise<void> | undefined;

  constructor(options: ProcessorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Says that there may be something to process. */
  wake(): void {
    this.#bell.ring();
  }

  /** Finishes the batch at hand and stops. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { isBusy, logger } = this.#options;
    while (!this.#isStopping) {
      this.#bell.clear();
      try {
        const claimed = await this.#claim();
        if (claimed.length > 0) {
          const startedAt = performance.now();
          await this.#process(claimed);
          const tookMs = performance.now() - startedAt;
          await this.#pause(isBusy() ? Math.min(tookMs * busyShare, longestBusyPauseMs) : 0);
        } else await this.#bell.wait(idleMs);
      } catch (error) {
        logger.error({ err: error }, 'stored events cannot be read; trying again');
        await this.#pause(storeRetryMs);
      }
    }
  }

  /** An event whose processing failed or ended the program before is taken alone: it must not take others with it. */
  async #claim(): Promise<readonly ClaimedEvent[]> {
    const { store, now } = this.#options;
    const claimed = await store.claimEvents({ now: now(), limit: batchSize, leaseMs });
    const suspect = claimed.findIndex(({ failures }) => failures > 0);
    if (suspect < 0) return claimed;
    const taken = claimed.slice(0, Math.max(suspect, 1));
    await store.releaseEvents(claimed.slice(taken.length).map(({ sequence }) => sequence));
    return taken;
  }

  async #process(claimed: readonly ClaimedEvent[]): Promise<void> {
    const { store, configuration, now, logger, onSetAside } = this.#options;
    const current = configuration();
    const batch = new SessionBatch();
    const done: [ClaimedEvent, Processed][] = [];
    const held: ClaimedEvent[] = [];
    const failed: Failed[] = [];
    for (const event of claimed) {
      // A session's later events wait behind one that failed.
      if (failed.some((each) => orderKey(each.event) === orderKey(event))) {
        held.push(event);
        continue;
      }
      if (event.failures >= giveUpAfterFailures) {
        failed.push({ event, reason: 'the program ended each time it was processed' });
        continue;
      }
      try {
        done.push([event, processEvent(event, batch, current)]);
      } catch (error) {
        logger.error({ err: error, event: event.sequence }, 'an event could not be processed');
        failed.push({ event, reason: reasonOf(error) });
      }
    }
    const settled = await this.#settle(done, failed);
    for (const { event, reason } of failed) {
      const failures = event.failures + 1;
      const isLast = failures >= giveUpAfterFailures;
      const retryAt = isLast ? 'never' : new Date(now().getTime() + 1000 * 4 ** failures);
      await this.#insist(() => store.failEvent(event.sequence, reason, retryAt));
      if (isLast) onSetAside(event, reason);
    }
    if (held.length > 0) await this.#insist(() => store.releaseEvents(held.map(({ sequence }) => sequence)));
    for (const [index, [event, processed]] of done.entries()) {
      const firings = settled[index];
      if (firings !== undefined) this.#tell(event, processed, firings);
    }
  }

  /** Writes all together. When that will never work, all fail, and come back one by one: then only the culprit fails again. */
  async #settle(
    done: readonly (readonly [ClaimedEvent, Processed])[],
    failed: Failed[],
  ): Promise<readonly SettledFirings[]> {
    const { store, logger } = this.#options;
    try {
      const batch = onlyLastSessions(done.map(([, processed]) => processed));
      return await this.#insist(() => store.settleEvents(batch));
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      logger.error({ err: error }, 'what was decided cannot be written');
      for (const [event] of done) failed.push({ event, reason: reasonOf(error) });
      return [];
    }
  }

  #tell(event: ClaimedEvent, processed: Processed, settled: SettledFirings): void {
    const { logger, onProcessed } = this.#options;
    const fired = processed.firings.filter((_, index) => settled[index] === 'fired');
    const { type, native } = event.event.event;
    logger.debug(
      { event: event.sequence, type, native, rules: fired.map(({ rule }) => rule) },
      'event processed',
    );
    for (const delivery of fired.flatMap(({ deliveries }) => deliveries)) {
      if (delivery.state === 'waiting') continue;
      const { id, rule, destination, state, reason } = delivery;
      const level = state === 'dead' ? 'error' : 'info';
      logger[level]({ delivery: id, rule, destination, event: event.sequence, reason }, `delivery: ${state}`);
    }
    onProcessed(event, processed, settled);
  }

  /** Repeats a write until the store takes it: a full disk is no reason to call an event broken. */
  async #insist<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
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
}

/** Events with the same key are processed strictly one after the other. */
function orderKey({ event, sequence }: ClaimedEvent): string {
  const room = event.room?.id === undefined ? String(sequence) : comparable(event.room.id, true);
  return `${event.source.name}/${event.session?.id ?? room}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A batch is one transaction, so each session is written once: as its last event left it. */
function onlyLastSessions(batch: readonly Processed[]): readonly Processed[] {
  const written = new Set<string>();
  const isLast = (session: Session) =>
    !written.has(sessionKey(session)) && written.add(sessionKey(session)).size > 0;
  return batch
    .toReversed()
    .map((processed) => ({ ...processed, sessions: processed.sessions.filter(isLast) }))
    .toReversed();
}
