import type { EventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { type Reader, readerOf } from './reader.ts';
import type { Matcher, Rule } from './rulebook.ts';
import { normal, type Scalar } from './scalar.ts';
import type { Equality } from './where.ts';

/** The rules of one type of event that ask for a value of one field. */
type Lookup = {
  readonly path: string;
  readonly read: Reader;
  readonly isCaseInsensitive: boolean;
  readonly rules: Map<Scalar, Rule[]>;
  /** Which shared lists a value stands in, and the rules that ask for each: a long list is stored once, not once a rule. */
  readonly lists: Map<Scalar, string[]>;
  readonly byList: Map<string, Rule[]>;
};

type Index = { readonly lookups: Lookup[]; readonly always: Rule[] };

/**
 * Indexes rules by type of event and by the one equality of each rule that the fewest others share, so the cost of matching follows
 * the number of rules that can match, not the number of rules.
 */
export function createMatcher(rules: readonly Rule[]): Matcher {
  // Whoever only checks a file asks for no match.
  let indexes: ReadonlyMap<EventType, Index> | undefined;
  return {
    match: (type, facts) => {
      indexes ??= indexesOf(rules);
      const index = indexes.get(type);
      return index === undefined ? [] : matchIndex(index, facts);
    },
  };
}

function indexesOf(rules: readonly Rule[]): ReadonlyMap<EventType, Index> {
  const indexes = new Map<EventType, Index>();
  const popularity = countValues(rules);
  for (const rule of rules) {
    const equality = rarest(rule.where.equalities, popularity);
    for (const type of new Set(rule.on)) {
      let index = indexes.get(type);
      if (index === undefined) indexes.set(type, (index = { lookups: [], always: [] }));
      if (equality === undefined) index.always.push(rule);
      else file(index, equality, rule);
    }
  }
  return indexes;
}

function matchIndex({ lookups, always }: Index, facts: unknown): readonly Rule[] {
  const matched: Rule[] = [];
  consider(always, facts, matched);
  for (const { read, isCaseInsensitive, rules, lists, byList } of lookups) {
    const value = read(facts);
    if (value === undefined || typeof value === 'object') continue;
    const key = normal(value, isCaseInsensitive);
    consider(rules.get(key), facts, matched);
    const standsIn = lists.get(key);
    if (standsIn === undefined) continue;
    for (const list of standsIn) consider(byList.get(list), facts, matched);
  }
  return matched;
}

function consider(candidates: readonly Rule[] | undefined, facts: unknown, matched: Rule[]): void {
  if (candidates === undefined) return;
  for (const rule of candidates) if (rule.where.holds(facts)) matched.push(rule);
}

/** How many rules ask for each value of each field; a list counts as one value. */
function countValues(rules: readonly Rule[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const rule of rules) {
    for (const equality of rule.where.equalities) {
      for (const key of keysOf(equality)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

function keysOf({ path, values, list }: Equality): readonly string[] {
  return list === undefined ? values.map((value) => `${path}=${String(value)}`) : [`${path}@${list}`];
}

function rarest(
  equalities: readonly Equality[],
  popularity: ReadonlyMap<string, number>,
): Equality | undefined {
  let best: Equality | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const equality of equalities) {
    let shared = 0;
    for (const key of keysOf(equality)) shared = Math.max(shared, popularity.get(key) ?? 0);
    if (shared < least) [best, least] = [equality, shared];
  }
  return best;
}

function file(index: Index, { path, values, list }: Equality, rule: Rule): void {
  let lookup = index.lookups.find((each) => each.path === path);
  if (lookup === undefined) {
    lookup = {
      path,
      read: readerOf(path),
      isCaseInsensitive: fields[path]?.ci === true,
      rules: new Map(),
      lists: new Map(),
      byList: new Map(),
    };
    index.lookups.push(lookup);
  }
  if (list === undefined) {
    for (const value of new Set(values)) append(lookup.rules, value, rule);
    return;
  }
  if (!lookup.byList.has(list)) for (const value of new Set(values)) append(lookup.lists, value, list);
  append(lookup.byList, list, rule);
}

function append<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
}
