import type { ClaimedEvent, Step, Store } from '#store/store.ts';

export type TimerClockOptions = { readonly store: Store; readonly now: () => Date };

/** Which timers may fire: those due at `from` or later and before `before`; without that none is due. */
export type TimerSpan = { readonly from: Date; readonly before?: Date | undefined };

/** After a start the senders get this long to repeat what we missed, before a timer that became due meanwhile fires. */
const graceMs = 15_000;

/**
 * Knows when the next timer is due, so that the store is asked only then. A timer that became due while the program was down waits until
 * the inbox is drained and the senders had time to repeat what they could not tell us.
 */
export class TimerClock {
  readonly #options: TimerClockOptions;
  #startedAt = new Date(0);
  #isDrained = false;
  #hadGrace = false;
  /** Milliseconds since 1970, Infinity when nothing waits; undefined when the store has to be asked. */
  #next: number | undefined;

  constructor(options: TimerClockOptions) {
    this.#options = options;
  }

  start(): void {
    this.#startedAt = this.#options.now();
  }

  /** The timers that may fire now. `last` is given when more events wait behind it: they may have come before the later timers. */
  async due(last: ClaimedEvent | undefined): Promise<TimerSpan> {
    const now = this.#options.now();
    this.#passGrace(now, last === undefined);
    const from = this.#hadGrace ? new Date(0) : this.#startedAt;
    this.#next ??= (await this.#options.store.nextTimerDue(from))?.getTime() ?? Number.POSITIVE_INFINITY;
    // A timer that is due in this very millisecond is due.
    const before = last?.receivedAt ?? new Date(now.getTime() + 1);
    if (this.#next >= before.getTime()) return { from };
    this.#next = undefined;
    return { from, before };
  }

  /** How long the loop may rest, at most `idleMs`. */
  waitMs(idleMs: number): number {
    const now = this.#options.now().getTime();
    const graceEnd = this.#hadGrace ? Number.POSITIVE_INFINITY : this.#startedAt.getTime() + graceMs;
    const next = Math.min(this.#next ?? now, graceEnd);
    return Math.min(idleMs, Math.max(1, next - now));
  }

  /** Notes the timers that steps left behind. */
  settled(steps: readonly Step[]): void {
    if (this.#next === undefined) return;
    for (const { memory } of steps) {
      for (const memo of memory.memos) {
        if (memo.kind !== 'window') this.#next = Math.min(this.#next, memo.dueAt.getTime());
      }
    }
  }

  /** The store has to be asked again: timers may have ended. */
  forget(): void {
    this.#next = undefined;
  }

  /** The grace is over with the round after the first one that left no event behind when the time was up. */
  #passGrace(now: Date, isDrained: boolean): void {
    if (this.#hadGrace) return;
    if (this.#isDrained) {
      this.#hadGrace = true;
      this.#next = undefined;
    } else if (now < this.#startedAt) {
      // The clock was set back: the time after the start begins anew, or it would not end before the clock is there again.
      this.#startedAt = now;
      this.#next = undefined;
    } else {
      this.#isDrained = isDrained && now.getTime() >= this.#startedAt.getTime() + graceMs;
    }
  }
}
