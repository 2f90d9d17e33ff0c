import { type Session, sessionKey } from '#domain/session.ts';
import { comparable } from '#domain/text.ts';
import { Bell } from '#runtime/bell.ts';
import type { Logger } from '#runtime/logger.ts';
import { type ClaimedEvent, type EndedRule, type Step, type Store, StoreUnavailable } from '#store/store.ts';
import { decideBatch } from './batch.ts';
import { type Configuration, type Decided, wordStep } from './run.ts';
import { TimerClock, type TimerSpan } from './timer-clock.ts';

export type ProcessorOptions = {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly now: () => Date;
  readonly logger: Logger;
  /** True while many webhooks wait for their answer: they go first, events can wait. */
  readonly isBusy: () => boolean;
  /** Told after a step is on disk. `claimed` is the event; missing for a timer. */
  readonly onStep: (step: Step, decided: Decided, claimed: ClaimedEvent | undefined) => void;
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
type Swap = {
  readonly configuration: Configuration;
  readonly resolve: (ended: readonly EndedRule[]) => void;
  readonly reject: (error: unknown) => void;
};

/** Takes stored events and due timers in order, folds their sessions, decides, and writes it all in one transaction. */
export class Processor {
  readonly #options: ProcessorOptions;
  readonly #bell = new Bell();
  readonly #timers: TimerClock;
  #configuration: Configuration;
  #swap: Swap | undefined;
  #isStopping = false;
  #loop: Promise<void> | undefined;

  constructor(options: ProcessorOptions) {
    this.#options = options;
    this.#configuration = options.configuration;
    this.#timers = new TimerClock(options);
  }

  /** The rules that decide now. */
  get configuration(): Configuration {
    return this.#configuration;
  }

  start(): void {
    this.#timers.start();
    this.#loop = this.#run();
  }

  /** Says that there may be something to process. */
  wake(): void {
    this.#bell.ring();
  }

  /** Takes other rules between two events. Resolves to what ended with the old ones; rejects when the store cannot note it, and keeps them. */
  swap(configuration: Configuration): Promise<readonly EndedRule[]> {
    return new Promise((resolve, reject) => {
      this.#swap?.reject(new Error('newer rules came before these were taken'));
      this.#swap = { configuration, resolve, reject };
      this.wake();
    });
  }

  /** Finishes the batch at hand and stops. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.wake();
    await this.#loop;
    this.#swap?.reject(new Error('the program is stopping'));
  }

  async #run(): Promise<void> {
    const { isBusy, logger } = this.#options;
    while (!this.#isStopping) {
      this.#bell.clear();
      try {
        if (this.#swap !== undefined) await this.#takeSwap(this.#swap);
        const { claimed, isAll } = await this.#claim();
        const timers = await this.#timers.due(isAll ? undefined : claimed.at(-1));
        if (claimed.length > 0 || timers.before !== undefined) {
          const startedAt = performance.now();
          await this.#process(claimed, timers);
          const tookMs = performance.now() - startedAt;
          await this.#pause(isBusy() ? Math.min(tookMs * busyShare, longestBusyPauseMs) : 0);
        } else await this.#bell.wait(this.#timers.waitMs(idleMs));
      } catch (error) {
        logger.error({ err: error }, 'stored events cannot be read; trying again');
        await this.#pause(storeRetryMs);
      }
    }
  }

  async #takeSwap(swap: Swap): Promise<void> {
    this.#swap = undefined;
    const { store } = this.#options;
    const rules = swap.configuration.rulebook.rules.map(({ id, was, prints }) => ({ id, was, ...prints() }));
    try {
      const ended = await store.adoptRules(rules);
      this.#configuration = swap.configuration;
      this.#timers.forget();
      swap.resolve(ended);
    } catch (error) {
      swap.reject(error);
    }
  }

  /**
   * An event whose processing failed or ended the program before is taken alone: it must not take others with it. Unless `isAll`, more
   * events may wait behind these.
   */
  async #claim(): Promise<{ readonly claimed: readonly ClaimedEvent[]; readonly isAll: boolean }> {
    const { store, now } = this.#options;
    const claimed = await store.claimEvents({ now: now(), limit: batchSize, leaseMs });
    const suspect = claimed.findIndex(({ failures }) => failures > 0);
    const taken = suspect < 0 ? claimed : claimed.slice(0, Math.max(suspect, 1));
    const released = claimed.slice(taken.length);
    if (released.length > 0) await store.releaseEvents(released.map(({ sequence }) => sequence));
    return { claimed: taken, isAll: taken.length < batchSize && released.length === 0 };
  }

  async #process(claimed: readonly ClaimedEvent[], timers: TimerSpan): Promise<void> {
    const { store } = this.#options;
    const failed: Failed[] = [];
    const held: ClaimedEvent[] = [];
    let events: readonly ClaimedEvent[] = claimed.filter((event) => {
      if (event.failures < giveUpAfterFailures) return true;
      failed.push({ event, reason: 'the program ended each time it was processed' });
      return false;
    });
    for (;;) {
      const outcome = await this.#decideAndSettle(events, timers);
      if (outcome === 'done') break;
      if ('left' in outcome) {
        events = outcome.left;
        continue;
      }
      const { culprits } = outcome;
      failed.push(...culprits);
      // A session's later events wait behind one that failed.
      const keys = new Set(culprits.map(({ event }) => orderKey(event)));
      held.push(...events.filter((event) => isBehind(event, culprits, keys)));
      events = events.filter((event) => !keys.has(orderKey(event)) || isBefore(event, culprits));
    }
    await this.#putBack(failed);
    if (held.length > 0) await this.#insist(() => store.releaseEvents(held.map(({ sequence }) => sequence)));
  }

  /** `left`: many timers are due, and these events come after the next of them. */
  async #decideAndSettle(
    events: readonly ClaimedEvent[],
    timers: TimerSpan,
  ): Promise<'done' | { readonly left: readonly ClaimedEvent[] } | { readonly culprits: readonly Failed[] }> {
    const { store, now, logger } = this.#options;
    const configuration = this.#configuration;
    const { rulebook } = configuration;
    const result = await this.#insist(() => decideBatch({ events, timers }, { rulebook, store, now: now() }));
    if ('culprit' in result) {
      const { culprit: event, error } = result;
      logger.error({ err: error, event: event.sequence }, 'an event could not be processed');
      return { culprits: [{ event, reason: reasonOf(error) }] };
    }
    const { decided, left } = result;
    const steps = decided.map((each) => wordStep(each, configuration));
    const holdUntil = new Date(now().getTime() + rulebook.retentionMs);
    try {
      const written = await this.#insist(() => store.settle(onlyLastSessions(steps), holdUntil));
      this.#timers.settled(steps);
      const byStep = new Map(events.map((event) => [event.sequence, event]));
      for (const [index, step] of steps.entries()) {
        const each = decided[index];
        if (written[index] !== true || each === undefined) continue;
        this.#tell(step, each, step.finishesEvent ? byStep.get(step.sequence) : undefined);
      }
      return left === undefined ? 'done' : { left };
    } catch (error) {
      if (error instanceof StoreUnavailable || events.length === 0) throw error;
      // Written together, they fail together, and come back one by one: then only the culprit fails again.
      logger.error({ err: error }, 'what was decided cannot be written');
      return { culprits: events.map((event) => ({ event, reason: reasonOf(error) })) };
    }
  }

  async #putBack(failed: readonly Failed[]): Promise<void> {
    const { store, now, onSetAside } = this.#options;
    for (const { event, reason } of failed) {
      const failures = event.failures + 1;
      const isLast = failures >= giveUpAfterFailures;
      const retryAt = isLast ? 'never' : new Date(now().getTime() + 1000 * 4 ** failures);
      await this.#insist(() => store.failEvent(event.sequence, reason, retryAt));
      if (isLast) onSetAside(event, reason);
    }
  }

  #tell(step: Step, decided: Decided, claimed: ClaimedEvent | undefined): void {
    const { logger, onStep } = this.#options;
    const { type, native } = claimed?.event.event ?? {};
    const rules = decided.decisions.flatMap(({ kind, rule }) => (kind === 'fires' ? [rule.id] : []));
    const what = claimed === undefined ? 'timer fired' : 'event processed';
    logger.debug({ event: step.sequence, type, native, rules }, what);
    for (const decision of decided.decisions) {
      if (decision.kind !== 'silent' || decision.why !== 'failed') continue;
      const { rule, reason } = decision;
      logger.error({ event: step.sequence, rule: rule.id, reason }, 'a timer was given up');
    }
    for (const delivery of step.deliveries) {
      if (delivery.state === 'waiting') continue;
      const { id, rule, destination, state, reason } = delivery;
      const level = state === 'dead' ? 'error' : 'info';
      logger[level]({ delivery: id, rule, destination, event: step.sequence, reason }, `delivery: ${state}`);
    }
    onStep(step, decided, claimed);
  }

  /** Repeats what the store does not take now: a full disk is no reason to call an event broken. */
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

function isBefore({ sequence }: ClaimedEvent, culprits: readonly Failed[]): boolean {
  return culprits.every(({ event }) => sequence < event.sequence);
}

function isBehind(event: ClaimedEvent, culprits: readonly Failed[], keys: ReadonlySet<string>): boolean {
  const isCulprit = culprits.some((each) => each.event === event);
  return !isCulprit && keys.has(orderKey(event)) && !isBefore(event, culprits);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A batch is one transaction, so each session is written once: as its last event left it. */
function onlyLastSessions(steps: readonly Step[]): readonly Step[] {
  const written = new Set<string>();
  const isLast = (session: Session) =>
    !written.has(sessionKey(session)) && written.add(sessionKey(session)).size > 0;
  return steps
    .toReversed()
    .map((step) => ({ ...step, sessions: step.sessions.filter(isLast) }))
    .toReversed();
}
