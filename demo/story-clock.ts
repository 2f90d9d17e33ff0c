/** The time of the story: it begins in the past, jumps from event to event, runs at the usual speed in between and never goes back. */
export class StoryClock {
  readonly #wall: () => Date;
  #behindMs: number;

  constructor(wall: () => Date, startsAt: Date) {
    this.#wall = wall;
    this.#behindMs = wall().getTime() - startsAt.getTime();
  }

  readonly now = (): Date => new Date(this.#wall().getTime() - this.#behindMs);

  /** Goes on to that moment, unless it is past; never beyond the real time. */
  jumpTo(at: Date): void {
    const behindMs = Math.max(0, this.#wall().getTime() - at.getTime());
    this.#behindMs = Math.min(this.#behindMs, behindMs);
  }

  /** From now on it is the real time. */
  catchUp(): void {
    this.#behindMs = 0;
  }
}
