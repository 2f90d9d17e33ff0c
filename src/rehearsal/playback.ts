import type { Decided } from '#engine/run.ts';
import { Run } from '#engine/run.ts';
import { SessionBatch } from '#engine/session-batch.ts';
import { Memory } from '#rules/memory.ts';
import type { Rulebook } from '#rules/rulebook.ts';
import type { StoredEvent } from '#store/store.ts';

/** How long before the first event its meeting may have begun. */
export const pastMs = 86_400_000;

/**
 * Plays stored events in virtual time, one after the other in the order of their acceptance. Rules remember nothing at the beginning;
 * what came before may be told, so that meetings are known as they were.
 */
export class Playback {
  readonly #sessions = new SessionBatch();
  readonly #run: Run;

  constructor(rulebook: Rulebook) {
    // In virtual time nothing happens later than it should: the clock never runs ahead of an event or timer.
    const [memory, sessions] = [new Memory(), this.#sessions];
    this.#run = new Run({ rulebook, memory, sessions, now: new Date(0) });
  }

  /** An event that no rule is asked about. */
  past(event: StoredEvent): void {
    this.#sessions.follow({ ...event, failures: 0 });
  }

  /** What an event comes to, after the timers that were due before it. */
  event(event: StoredEvent): readonly Decided[] {
    return this.#run.event({ ...event, failures: 0 });
  }

  /** What the timers come to that are due before a moment. */
  timers(before: Date): readonly Decided[] {
    return this.#run.timers(before);
  }
}
