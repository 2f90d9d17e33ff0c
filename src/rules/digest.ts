import type { Digest } from '#domain/memory.ts';
import type { JsonObject } from '#domain/value.ts';
import { nextTimeOfDay } from './calendar.ts';
import { groupOf } from './keys.ts';
import type { Memory } from './memory.ts';
import type { DigestStage } from './rulebook.ts';

type Occurrence = {
  readonly facts: JsonObject;
  readonly sequence: number;
  readonly session: string;
  readonly at: Date;
};

/** Items that a digest keeps; those beyond are only counted. */
const mostItems = 50;

/** Puts a firing into the digest of its rule, which begins with it where there is none. */
export function collect(
  { rule, stage }: { readonly rule: string; readonly stage: DigestStage },
  { facts, sequence, session, at }: Occurrence,
  memory: Memory,
): Digest {
  const key = groupOf(stage.by, facts);
  const known = memory.digest(rule, key);
  const items = known?.items ?? [];
  const digest: Digest = {
    kind: 'digest',
    rule,
    key,
    dueAt: known?.dueAt ?? dueOf(stage, at),
    first: known?.first ?? sequence,
    sequence,
    held: (known?.held ?? 0) + (typeof facts['held'] === 'number' ? facts['held'] : 0),
    items: items.length < mostItems ? [...items, itemOf(facts)] : items,
    count: (known?.count ?? 0) + 1,
    session: known === undefined || known.session === session ? session : '',
  };
  memory.put(digest);
  return digest;
}

/** What the words of a digest may read: the last item that was kept, all of them, and how many there were. */
export function digestFacts({ items, count, held }: Digest): JsonObject {
  return { ...items.at(-1), items, count, held };
}

/** The sender's own payload is the largest part of the facts, and no message repeats it fifty times. */
function itemOf(facts: JsonObject): JsonObject {
  const { raw: _large, ...item } = facts;
  return item;
}

function dueOf({ due }: DigestStage, at: Date): Date {
  return 'ms' in due ? new Date(at.getTime() + due.ms) : nextTimeOfDay(due.at, due.timezone, at);
}
