import type { MemoKey, OnceKey } from '#domain/memory.ts';
import type { JsonObject } from '#domain/value.ts';
import type { PackedArtifact, prepareArtifacts } from './artifacts.ts';
import type { PackedDelivery, prepareDeliveries } from './deliveries.ts';
import type { prepareInbox } from './inbox.ts';
import type { PackedMemo, prepareMemory } from './memory.ts';
import type { PackedSession, prepareSessions } from './sessions.ts';

export type PackedStep = {
  readonly sequence: number;
  readonly finishesEvent: boolean;
  readonly sessions: readonly PackedSession[];
  readonly deliveries: readonly PackedDelivery[];
  readonly artifacts: readonly PackedArtifact[];
  readonly memos: readonly PackedMemo[];
  readonly forgotten: readonly MemoKey[];
  readonly used: readonly OnceKey[];
  readonly freed: readonly OnceKey[];
  readonly taken: readonly OnceKey[];
  readonly log: readonly JsonObject[];
};

export type PackedQuery = {
  readonly sessions: readonly string[];
  readonly memos: readonly MemoKey[];
  readonly once: readonly OnceKey[];
  readonly due: { readonly from: number; readonly before: number; readonly limit: number } | null;
  readonly now: number;
};

export type PackedMemory = {
  readonly memos: readonly string[];
  readonly held: readonly OnceKey[];
  readonly sessions: readonly string[];
};

type Tools = {
  readonly inbox: ReturnType<typeof prepareInbox>;
  readonly sessions: ReturnType<typeof prepareSessions>;
  readonly deliveries: ReturnType<typeof prepareDeliveries>;
  readonly artifacts: ReturnType<typeof prepareArtifacts>;
  readonly memory: ReturnType<typeof prepareMemory>;
};

/** Writes what processing came to. A step whose event is finished already changes nothing. */
export function settle(
  { inbox, sessions, deliveries, artifacts, memory }: Tools,
  steps: readonly PackedStep[],
  holdUntil: number,
  now: number,
): boolean[] {
  return steps.map((step) => {
    if (step.finishesEvent && !inbox.finish(step.sequence)) return false;
    for (const session of step.sessions) sessions.save(session);
    for (const delivery of step.deliveries) deliveries.add(delivery, now);
    for (const artifact of step.artifacts) artifacts.save(artifact);
    for (const memo of step.forgotten) memory.forget(memo);
    for (const memo of step.memos) memory.put(memo);
    // In this order: a key that is freed after its last use is free, one that is taken after it was freed is held.
    for (const key of step.used) memory.hold(key, holdUntil);
    for (const key of step.freed) memory.free(key);
    for (const key of step.taken) memory.hold(key, holdUntil);
    inbox.note(step.sequence, step.log);
    return true;
  });
}

/** Looks up what rules remember, with the sessions of the waits. */
export function loadMemory({ memory, sessions }: Tools, query: PackedQuery): PackedMemory {
  const { due } = query;
  const found = [
    ...query.sessions.flatMap((session) => memory.waitsOf(session)),
    ...query.memos.flatMap((each) => memory.find(each) ?? []),
    ...(due === null ? [] : memory.due(due.from, due.before, due.limit)),
  ];
  const wanted = new Set(found.flatMap(({ kind, session }) => (kind === 'wait' ? session : [])));
  return {
    memos: [...new Set(found.map(({ body }) => body))],
    held: query.once.filter((each) => memory.isHeld(each, query.now)),
    sessions: [...wanted].flatMap((key) => sessions.find(key) ?? []),
  };
}
