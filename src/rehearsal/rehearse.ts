import type { NewDelivery } from '#domain/delivery.ts';
import type { Configuration, Decided } from '#engine/run.ts';
import { Run, wordStep } from '#engine/run.ts';
import { SessionBatch } from '#engine/session-batch.ts';
import { Memory } from '#rules/memory.ts';
import type { StoredEvent } from '#store/store.ts';

/** One event or timer of a rehearsal, with what came of it. */
export type Scene = Decided & { readonly deliveries: readonly NewDelivery[] };

export type RehearsalOptions = {
  /** Timers fire until this moment after the last event; without it until none is left. */
  readonly until?: Date | undefined;
  /** Told before each event; what it does must not change anything. */
  readonly onEvent?: ((event: StoredEvent, memory: Memory) => void) | undefined;
};

/**
 * Plays events in virtual time: the same decisions and the same words as in earnest, with nothing stored and nothing sent. Events come in
 * the order of their acceptance.
 */
export function* rehearse(
  configuration: Configuration,
  events: Iterable<StoredEvent>,
  { until, onEvent }: RehearsalOptions = {},
): Generator<Scene> {
  const { rulebook } = configuration;
  const memory = new Memory();
  // In virtual time nothing happens later than it should: the clock never runs ahead of an event or timer.
  const run = new Run({ rulebook, memory, sessions: new SessionBatch(), now: new Date(0) });
  const scene = (decided: Decided): Scene => ({
    ...decided,
    deliveries: wordStep(decided, configuration).deliveries,
  });
  let last = new Date(0);
  for (const event of events) {
    last = event.receivedAt;
    onEvent?.(event, memory);
    for (const decided of run.event({ ...event, failures: 0 })) yield scene(decided);
  }
  for (const decided of run.timers(until ?? farFrom(last))) yield scene(decided);
}

/** Longer than any timer: at most 366 days after the last event, each of which may leave another behind. */
function farFrom(last: Date): Date {
  return new Date(last.getTime() + 2 * 366 * 86_400_000);
}
