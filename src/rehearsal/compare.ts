import type { Configuration } from '#engine/run.ts';
import type { Rule, Rulebook } from '#rules/rulebook.ts';
import type { StoredEvent } from '#store/store.ts';
import { Playback } from './playback.ts';
import { type Saying, sayingsOf } from './said.ts';
import { type Pair, type RuleComparison, Tally } from './tally.ts';

export type Comparison = {
  readonly events: number;
  /** Rules with a difference, and those that are new or gone, in the order of their ids. */
  readonly rules: readonly RuleComparison[];
  readonly total: Readonly<Record<'before' | 'after' | 'added' | 'removed' | 'changed', number>>;
};

export type CompareOptions = {
  /** Events before this only tell how meetings were then. */
  readonly since: Date;
  /** Timers that are due later have not fired yet. */
  readonly until: Date;
  /** Whether a template has the same text in both configurations. */
  readonly isSameTemplate: (name: string) => boolean;
  /** Told after each page: its last event, and how many were compared so far. */
  readonly onPage?: ((last: StoredEvent, events: number) => void) | undefined;
};

type Pages = AsyncIterable<readonly StoredEvent[]> | Iterable<readonly StoredEvent[]>;

/**
 * Plays events through two configurations in virtual time and tells in which messages they differ. Both begin with an empty memory. Of the
 * events only one page is held at a time.
 */
export async function compare(
  before: Configuration,
  after: Configuration,
  pages: Pages,
  { since, until, isSameTemplate, onPage }: CompareOptions,
): Promise<Comparison> {
  const comparing = new Comparing(before, after, isSameTemplate);
  for await (const page of pages) {
    for (const event of page) {
      if (event.receivedAt < since) comparing.past(event);
      else comparing.event(event);
    }
    const last = page.at(-1);
    if (last !== undefined) onPage?.(last, comparing.events);
  }
  return comparing.finish(until);
}

class Comparing {
  readonly #before: Side;
  readonly #after: Side;
  /** The id that a rule of before has after. */
  readonly #renamed: ReadonlyMap<string, string>;
  /** What one side said because of an event, while the other may still say it later. */
  readonly #open = new Map<string, Pair & { readonly rule: string }>();
  readonly #tallies = new Map<string, Tally>();
  events = 0;

  constructor(before: Configuration, after: Configuration, isSameTemplate: (name: string) => boolean) {
    this.#before = new Side(before);
    this.#after = new Side(after);
    this.#renamed = renames(before.rulebook, after.rulebook);
    const earlier = new Map([...this.#renamed].map(([old, now]) => [now, old]));
    const tally = (rule: string, status: RuleComparison['status'], was: string | undefined) =>
      this.#tallies.set(rule, new Tally({ rule, was }, status, isSameTemplate));
    for (const { id } of after.rulebook.rules) {
      const old = earlier.get(id);
      tally(id, old === undefined ? 'new' : 'kept', old);
    }
    for (const now of this.#renamed.values()) {
      if (!after.rulebook.byId.has(now)) tally(now, 'gone', now);
    }
  }

  past(event: StoredEvent): void {
    this.#before.playback.past(event);
    this.#after.playback.past(event);
  }

  event(event: StoredEvent): void {
    this.events += 1;
    this.#take(this.#before.event(event), this.#after.event(event));
  }

  finish(until: Date): Comparison {
    this.#take(this.#before.timers(until), this.#after.timers(until));
    for (const { rule, ...pair } of this.#open.values()) this.#tallies.get(rule)?.add(pair);
    const rules = [...this.#tallies.values()].map((tally) => tally.result());
    const sum = (count: (rule: RuleComparison) => number) =>
      rules.reduce((total, rule) => total + count(rule), 0);
    return {
      events: this.events,
      rules: rules.filter(isTold).sort((one, other) => (one.rule < other.rule ? -1 : 1)),
      total: {
        before: sum((rule) => rule.before),
        after: sum((rule) => rule.after),
        added: sum((rule) => rule.added.count),
        removed: sum((rule) => rule.removed.count),
        changed: sum((rule) => rule.changed),
      },
    };
  }

  #take(before: readonly Saying[], after: readonly Saying[]): void {
    if (before.length === 0 && after.length === 0) return;
    const keys = new Set<string>();
    const note = (side: 'before' | 'after', rule: string, { sequence, said }: Saying) => {
      const key = `${sequence} ${rule}`;
      const known = this.#open.get(key) ?? { rule, before: [], after: [] };
      this.#open.set(key, { ...known, [side]: [...known[side], ...said] });
      keys.add(key);
    };
    for (const saying of before) note('before', this.#renamed.get(saying.rule) ?? saying.rule, saying);
    for (const saying of after) note('after', saying.rule, saying);
    for (const key of keys) {
      const pair = this.#open.get(key);
      if (pair === undefined || this.#mayFollow(pair)) continue;
      this.#open.delete(key);
      this.#tallies.get(pair.rule)?.add(pair);
    }
  }

  /** Whether the silent side may say the same later, when a timer is due. */
  #mayFollow({ rule, before, after }: Pair & { readonly rule: string }): boolean {
    if (before.length > 0 && after.length > 0) return false;
    if (after.length === 0) return this.#after.waits(rule);
    return this.#before.waits(this.#tallies.get(rule)?.was ?? rule);
  }
}

/** One of the two configurations that are compared. */
class Side {
  readonly playback: Playback;
  readonly #configuration: Configuration;
  readonly #places: ReadonlyMap<string, string>;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.playback = new Playback(configuration.rulebook);
    this.#places = new Map(
      configuration.rulebook.destinations.map(({ name, type, settings }) => [
        name,
        JSON.stringify([type.type, settings]),
      ]),
    );
  }

  event(event: StoredEvent): readonly Saying[] {
    return this.#sayings(this.playback.event(event));
  }

  timers(before: Date): readonly Saying[] {
    return this.#sayings(this.playback.timers(before));
  }

  waits(rule: string): boolean {
    const known = this.#configuration.rulebook.byId.get(rule);
    return known?.wait !== undefined || known?.digest !== undefined;
  }

  #sayings(decided: ReturnType<Playback['timers']>): readonly Saying[] {
    return sayingsOf(decided, this.#configuration, (name) => this.#places.get(name) ?? '');
  }
}

/** Which rule of after each rule of before has become; itself where none has. */
function renames(before: Rulebook, after: Rulebook): ReadonlyMap<string, string> {
  const next = ({ id }: Rule) =>
    after.byId.has(id) ? id : after.rules.find((rule) => rule.was === id && !before.byId.has(rule.id))?.id;
  return new Map(before.rules.map((rule) => [rule.id, next(rule) ?? rule.id]));
}

function isTold({ status, added, removed, changed }: RuleComparison): boolean {
  return status !== 'kept' || added.count + removed.count + changed > 0;
}
