import type { ClaimedEvent, Step, Store } from '#store/store.ts';

export type TimerClockOptions = { readonly store: Store; readonly now: () => Date };

/** After a start the senders get this long to repeat what we missed, before a timer that became due meanwhile fires. */
const graceMs = 15_000;

/**
 * Knows when the next timer is due, so that the store is asked only then. A timer that became due while the program was down waits until
 * the senders had time to repeat what they could not tell us.
 */
export class TimerClock {
  readonly #options: TimerClockOptions;
  #startedAt = new Date(0);
  #hadGrace = false;
  /** Milliseconds since 1970, Infinity when nothing waits; undefined when the store has to be asked. */
  #next: number | undefined;

  constructor(options: TimerClockOptions) {
    this.#options = options;
  }

  start(): void {
    this.#startedAt = this.#options.now();
  }

  /** The time in which timers are due now, if any is. Behind `last`, the last of a full batch, more events may wait that came before the later ones. */
  async due(last: ClaimedEvent | undefined): Promise<{ from: Date; before: Date } | undefined> {
    const now = this.#options.now();
    const isGrace = this.#isGrace(now);
    if (!isGrace && !this.#hadGrace) {
      this.#hadGrace = true;
      this.#next = undefined;
    }
    const from = isGrace ? this.#startedAt : new Date(0);
    this.#next ??= (await this.#options.store.nextTimerDue(from))?.getTime() ?? Number.POSITIVE_INFINITY;
    // A timer that is due in this very millisecond is due.
    const before = last?.receivedAt ?? new Date(now.getTime() + 1);
    if (this.#next >= before.getTime()) return undefined;
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

  #isGrace(now: Date): boolean {
    return now.getTime() < this.#startedAt.getTime() + graceMs;
  }
}
