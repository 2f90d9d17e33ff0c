import { type Looked, Memory } from '#rules/memory.ts';
import type { Rulebook } from '#rules/rulebook.ts';
import type { ClaimedEvent, LoadedMemory, Store } from '#store/store.ts';
import { type Decided, Run } from './run.ts';
import { SessionBatch } from './session-batch.ts';
import type { TimerSpan } from './timer-clock.ts';

/** Events and timers that are decided together. */
export type Batch = { readonly events: readonly ClaimedEvent[]; readonly timers: TimerSpan };

/**
 * `culprit` cannot be decided at all; nothing of the batch was then. With `left` more timers are due than fit: these events, and the
 * timers after those that were decided, are still to be done.
 */
export type BatchDecision =
  | { readonly decided: readonly Decided[]; readonly left?: readonly ClaimedEvent[] }
  | { readonly culprit: ClaimedEvent; readonly error: unknown };

const mostTimers = 500;
const nothing: LoadedMemory = { memos: [], held: [], sessions: [] };

/**
 * Decides a batch. What rules remember is loaded as they ask for it: a run that misses something is made again with that too, until
 * nothing is missing. Most batches ask for nothing.
 */
export async function decideBatch(
  batch: Batch,
  { rulebook, store, now }: { rulebook: Rulebook; store: Store; now: Date },
): Promise<BatchDecision> {
  const { from, before: end } = batch.timers;
  let looked: Looked = { sessions: [], memos: [], once: [] };
  let loaded = nothing;
  if (end !== undefined)
    loaded = await store.loadMemory({ ...looked, due: { from, before: end, limit: mostTimers } });
  const last = loaded.memos.length === mostTimers ? loaded.memos.at(-1)?.dueAt : undefined;
  const before = last === undefined ? end : new Date(last.getTime() + 1);
  const { events, left } = split(batch.events, last);
  for (;;) {
    const memory = new Memory({ looked, ...loaded });
    const sessions = new SessionBatch(loaded.sessions);
    const run = new Run({ rulebook, memory, sessions, now, timersFrom: from });
    const decided: Decided[] = [];
    for (const event of events) {
      try {
        decided.push(...run.event(event));
      } catch (error) {
        return { culprit: event, error };
      }
    }
    if (before !== undefined) decided.push(...run.timers(before));
    const { missed } = memory;
    if (missed === undefined) return { decided, ...(left && { left }) };
    looked = joined(looked, missed);
    loaded = merged(loaded, await store.loadMemory(missed));
  }
}

/** Events that come before the timers after `last`, and those `left` for later. All of them where nothing is due after it. */
function split(
  events: readonly ClaimedEvent[],
  last: Date | undefined,
): { readonly events: readonly ClaimedEvent[]; readonly left?: readonly ClaimedEvent[] } {
  if (last === undefined) return { events };
  const later = events.findIndex(({ receivedAt }) => receivedAt > last);
  return later < 0 ? { events, left: [] } : { events: events.slice(0, later), left: events.slice(later) };
}

function joined(one: Looked, other: Looked): Looked {
  return {
    sessions: [...one.sessions, ...other.sessions],
    memos: [...one.memos, ...other.memos],
    once: [...one.once, ...other.once],
  };
}

function merged(one: LoadedMemory, other: LoadedMemory): LoadedMemory {
  return {
    memos: [...one.memos, ...other.memos],
    held: [...one.held, ...other.held],
    sessions: [...one.sessions, ...other.sessions],
  };
}
