import type { NewDelivery } from '#domain/delivery.ts';
import type { JsonObject } from '#domain/value.ts';
import type { Configuration, Decided } from '#engine/run.ts';
import { Run, wordStep } from '#engine/run.ts';
import { SessionBatch } from '#engine/session-batch.ts';
import { Memory } from '#rules/memory.ts';
import type { StoredEvent } from '#store/store.ts';

/** One event or timer of a rehearsal, with what came of it. */
export type Scene = Decided & {
  readonly deliveries: readonly NewDelivery[];
  /** What is kept as the log of decisions. */
  readonly log: readonly JsonObject[];
};

export type RehearsalOptions = {
  /** Timers fire until this moment after the last event; without it until none is left. */
  readonly until?: Date | undefined;
  /** Told before each event, after the timers that were due; what it does must not change anything. */
  readonly onEvent?: ((event: StoredEvent, memory: Memory) => void) | undefined;
};

/** The last moment that a Date can hold. */
const endOfTime = new Date(8_640_000_000_000_000);

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
  const scene = (decided: Decided): Scene => {
    const { deliveries, log } = wordStep(decided, configuration);
    return { ...decided, deliveries, log };
  };
  for (const event of events) {
    for (const decided of run.timers(event.receivedAt)) yield scene(decided);
    onEvent?.(event, memory);
    for (const decided of run.event({ ...event, failures: 0 })) yield scene(decided);
  }
  for (const decided of run.timers(until ?? endOfTime)) yield scene(decided);
}
