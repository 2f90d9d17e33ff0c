import type { EventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { readPath } from '#domain/value.ts';
import { normal, type Scalar } from './operators.ts';
import type { Matcher, Rule } from './rulebook.ts';
import type { Equality } from './where.ts';

type Lookup = {
  readonly steps: readonly string[];
  readonly isCaseInsensitive: boolean;
  readonly rules: Map<Scalar, Rule[]>;
  /** Which shared lists a value stands in, and the rules that ask for each: a long list is stored once, not once a rule. */
  readonly lists: Map<Scalar, string[]>;
  readonly byList: Map<string, Rule[]>;
};

type Index = { readonly lookups: Map<string, Lookup>; readonly always: Rule[] };

/**
 * Indexes rules by type of event and by the one equality of each rule that the fewest others share, so the cost of matching follows
 * the number of rules that can match, not the number of rules.
 */
export function createMatcher(rules: readonly Rule[]): Matcher {
  const indexes = new Map<EventType, Index>();
  const popularity = countValues(rules);
  for (const rule of rules) {
    const equality = rarest(rule.where.equalities, popularity);
    for (const type of new Set(rule.on)) {
      let index = indexes.get(type);
      if (index === undefined) indexes.set(type, (index = { lookups: new Map(), always: [] }));
      if (equality === undefined) index.always.push(rule);
      else file(index, equality, rule);
    }
  }
  return {
    match: (type, facts) => {
      const index = indexes.get(type);
      if (index === undefined) return [];
      const matched: Rule[] = [];
      const consider = (candidates: readonly Rule[] | undefined) => {
        if (candidates === undefined) return;
        for (const rule of candidates) if (rule.where.holds(facts)) matched.push(rule);
      };
      consider(index.always);
      for (const lookup of index.lookups.values()) {
        const value = readPath(facts, lookup.steps);
        if (value === undefined || typeof value === 'object') continue;
        const key = normal(value, lookup.isCaseInsensitive);
        consider(lookup.rules.get(key));
        for (const list of lookup.lists.get(key) ?? []) consider(lookup.byList.get(list));
      }
      return matched;
    },
  };
}

/** How many rules ask for each value of each field; a list counts as one value. */
function countValues(rules: readonly Rule[]): Map<string, number> {
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

function rarest(equalities: readonly Equality[], popularity: Map<string, number>): Equality | undefined {
  let best: Equality | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const equality of equalities) {
    const shared = Math.max(0, ...keysOf(equality).map((key) => popularity.get(key) ?? 0));
    if (shared < least) [best, least] = [equality, shared];
  }
  return best;
}

function file(index: Index, equality: Equality, rule: Rule): void {
  let lookup = index.lookups.get(equality.path);
  if (lookup === undefined) {
    lookup = {
      steps: equality.path.split('.'),
      isCaseInsensitive: fields[equality.path]?.ci === true,
      rules: new Map(),
      lists: new Map(),
      byList: new Map(),
    };
    index.lookups.set(equality.path, lookup);
  }
  if (equality.list === undefined) {
    for (const value of new Set(equality.values)) append(lookup.rules, value, rule);
    return;
  }
  if (!lookup.byList.has(equality.list)) {
    for (const value of new Set(equality.values)) append(lookup.lists, value, equality.list);
  }
  append(lookup.byList, equality.list, rule);
}

function append<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
}
