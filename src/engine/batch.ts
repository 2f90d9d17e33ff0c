import { type Looked, Memory } from '#rules/memory.ts';
import type { Rulebook } from '#rules/rulebook.ts';
import type { ClaimedEvent, LoadedMemory, Store } from '#store/store.ts';
import { type Decided, Run } from './run.ts';
import { SessionBatch } from './session-batch.ts';

/** Events, and the time in which timers are due, that are decided together. */
export type Batch = {
  readonly events: readonly ClaimedEvent[];
  readonly timers?: { readonly from: Date; readonly before: Date } | undefined;
};

/** `culprit` cannot be decided at all; nothing of the batch was then. `isPart`: more timers are due than fit, and the events wait for them. */
export type BatchDecision =
  | { readonly decided: readonly Decided[]; readonly isPart: boolean }
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
  const { timers } = batch;
  let looked: Looked = { sessions: [], memos: [], once: [] };
  let loaded = nothing;
  if (timers !== undefined)
    loaded = await store.loadMemory({ ...looked, due: { ...timers, limit: mostTimers } });
  const isPart = loaded.memos.length === mostTimers;
  const last = isPart ? loaded.memos.at(-1)?.dueAt : undefined;
  const before = last === undefined ? timers?.before : new Date(last.getTime() + 1);
  for (;;) {
    const memory = new Memory({ looked, ...loaded });
    const run = new Run({
      rulebook,
      memory,
      sessions: new SessionBatch(loaded.sessions),
      now,
      timersFrom: timers?.from,
    });
    const decided: Decided[] = [];
    for (const event of isPart ? [] : batch.events) {
      try {
        decided.push(...run.event(event));
      } catch (error) {
        return { culprit: event, error };
      }
    }
    if (before !== undefined) decided.push(...run.timers(before));
    const { missed } = memory;
    if (missed === undefined) return { decided, isPart };
    looked = joined(looked, missed);
    loaded = merged(loaded, await store.loadMemory(missed));
  }
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
