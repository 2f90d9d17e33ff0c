import type { MemoKey, OnceKey } from '#domain/memory.ts';
import type { JsonObject } from '#domain/value.ts';
import type { EndedRule, RulePrint } from '../store.ts';
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
  readonly freed: readonly OnceKey[];
  /** Keys that are held from now on, or on. */
  readonly held: readonly OnceKey[];
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
    for (const key of step.freed) memory.free(key);
    for (const key of step.held) memory.hold(key, holdUntil);
    inbox.note(step.sequence, step.log);
    return true;
  });
}

/** Looks up what rules remember, with the sessions of the waits. */
export function loadMemory({ memory, sessions }: Tools, query: PackedQuery): PackedMemory {
  const memos = new Set<string>();
  const wanted = new Set<string>();
  for (const session of query.sessions) for (const body of memory.waitsOf(session)) memos.add(body);
  for (const each of query.memos) {
    const body = memory.find(each);
    if (body !== undefined) memos.add(body);
  }
  if (query.due !== null) {
    const { from, before, limit } = query.due;
    for (const { body, session } of memory.due(from, before, limit)) {
      memos.add(body);
      if (session !== '') wanted.add(session);
    }
  }
  return {
    memos: [...memos],
    held: query.once.filter((each) => memory.isHeld(each, query.now)),
    sessions: [...wanted].flatMap((key) => sessions.find(key) ?? []),
  };
}

/** Ends what belongs to rules that are gone or mean something else, and notes the rules as they are now. */
export function adoptRules(
  { memory, deliveries }: Tools,
  rules: readonly RulePrint[],
  now: number,
): EndedRule[] {
  const before = new Map(memory.adopted().map((each) => [each.id, each]));
  const ended: EndedRule[] = [];
  const end = (rule: string, reason: string) => {
    const count = memory.end(rule) + deliveries.suppressHeld(rule, reason, now);
    if (count > 0) ended.push({ rule, reason, ended: count });
  };
  for (const { id, was } of rules) {
    const known = was === undefined || before.has(id) ? undefined : before.get(was);
    if (was === undefined || known === undefined) continue;
    memory.rename(was, id);
    deliveries.renameHeld(was, id);
    memory.dismiss(was);
    before.delete(was);
    before.set(id, { ...known, id });
  }
  for (const { id, meaning, once } of rules) {
    const known = before.get(id);
    before.delete(id);
    if (known !== undefined && known.meaning !== meaning) end(id, 'rule changed');
    if (known !== undefined && known.once !== once) memory.freeAll(id);
    memory.adopt(id, meaning, once);
  }
  for (const id of before.keys()) {
    end(id, 'rule removed');
    memory.dismiss(id);
  }
  return ended;
}
