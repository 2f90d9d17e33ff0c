import type { Configuration } from '#engine/run.ts';
import type { Rule, Rulebook } from '#rules/rulebook.ts';
import type { StoredEvent } from '#store/store.ts';
import { Playback } from './playback.ts';
import { areWordsSame, firstLine, type Said, type Saying, sayingsOf, tellingLines } from './said.ts';

export type ChangeKind = 'destination' | 'words' | 'time' | 'quiet hours' | 'priority';

/** A message as it would go out. Times are ISO 8601. */
export type Shown = {
  readonly at: string;
  readonly to: string;
  readonly line: string;
  readonly heldUntil?: string | undefined;
};

export type Example = {
  readonly room?: string | undefined;
  readonly before?: Shown | undefined;
  readonly after?: Shown | undefined;
};

/** `examples` are the first of them, at most three. */
export type Found = { readonly count: number; readonly examples: readonly Example[] };

export type RuleComparison = {
  /** Its id now, or the last it had. */
  readonly rule: string;
  readonly was?: string | undefined;
  readonly status: 'kept' | 'new' | 'gone';
  /** Messages of the rules before, and of those after. */
  readonly before: number;
  readonly after: number;
  readonly added: Found;
  readonly removed: Found;
  /** Messages that change, each counted once. */
  readonly changed: number;
  /** A message that changes in two ways is in both. */
  readonly changes: Readonly<Partial<Record<ChangeKind, Found>>>;
};

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
  { since, until }: CompareOptions,
): Promise<Comparison> {
  const comparing = new Comparing(before, after);
  for await (const page of pages) {
    for (const event of page) {
      if (event.receivedAt < since) comparing.past(event);
      else comparing.event(event);
    }
  }
  return comparing.finish(until);
}

type Pair = { before: readonly Said[]; after: readonly Said[] };

class Comparing {
  readonly #before: Side;
  readonly #after: Side;
  /** The id that a rule of before has after. */
  readonly #renamed: ReadonlyMap<string, string>;
  /** What one side said because of an event, while the other may still say it later. */
  readonly #open = new Map<string, Pair & { readonly rule: string }>();
  readonly #tallies = new Map<string, Tally>();
  #events = 0;

  constructor(before: Configuration, after: Configuration) {
    this.#before = new Side(before);
    this.#after = new Side(after);
    this.#renamed = renames(before.rulebook, after.rulebook);
    const earlier = new Map([...this.#renamed].map(([old, now]) => [now, old]));
    for (const { id } of after.rulebook.rules) {
      const old = earlier.get(id);
      this.#tallies.set(id, new Tally(id, old === undefined ? 'new' : 'kept', old));
    }
    for (const now of this.#renamed.values()) {
      if (!after.rulebook.byId.has(now)) this.#tallies.set(now, new Tally(now, 'gone', now));
    }
  }

  past(event: StoredEvent): void {
    this.#before.playback.past(event);
    this.#after.playback.past(event);
  }

  event(event: StoredEvent): void {
    this.#events += 1;
    this.#take(this.#before.event(event), this.#after.event(event));
  }

  finish(until: Date): Comparison {
    this.#take(this.#before.timers(until), this.#after.timers(until));
    for (const { rule, ...pair } of this.#open.values()) this.#tallies.get(rule)?.add(pair);
    const rules = [...this.#tallies.values()].map((tally) => tally.result());
    const sum = (count: (rule: RuleComparison) => number) =>
      rules.reduce((total, rule) => total + count(rule), 0);
    return {
      events: this.#events,
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
        JSON.stringify([type, settings]),
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

const mostExamples = 3;

/** Counts what differs in the messages of one rule. */
class Tally {
  readonly was: string | undefined;
  readonly #rule: string;
  readonly #status: RuleComparison['status'];
  readonly #counts = { before: 0, after: 0, changed: 0 };
  readonly #added = new Finds();
  readonly #removed = new Finds();
  readonly #changes = new Map<ChangeKind, Finds>();

  constructor(rule: string, status: RuleComparison['status'], was: string | undefined) {
    this.#rule = rule;
    this.#status = status;
    this.was = was;
  }

  /** Takes what both sides said because of the same event. */
  add({ before, after }: Pair): void {
    this.#counts.before += before.length;
    this.#counts.after += after.length;
    const rest = [...after];
    const alone = before.filter((said) => {
      const at = rest.findIndex(({ to }) => to === said.to);
      const [same] = at < 0 ? [] : rest.splice(at, 1);
      if (same !== undefined) this.#compare(said, same);
      return same === undefined;
    });
    for (const said of alone) {
      const moved = rest.shift();
      if (moved === undefined) this.#removed.add(() => ({ ...roomOf(said), before: shown(said) }));
      else this.#compare(said, moved);
    }
    for (const said of rest) this.#added.add(() => ({ ...roomOf(said), after: shown(said) }));
  }

  #compare(before: Said, after: Said): void {
    const kinds = kindsOf(before, after);
    if (kinds.length === 0) return;
    this.#counts.changed += 1;
    for (const kind of kinds) {
      const finds = this.#changes.get(kind) ?? new Finds();
      this.#changes.set(kind, finds);
      finds.add(() => {
        const [old, now] = tellingLines(before.message, after.message);
        return { ...roomOf(after), before: shown(before, old), after: shown(after, now) };
      });
    }
  }

  result(): RuleComparison {
    const changes = Object.fromEntries([...this.#changes].map(([kind, finds]) => [kind, finds.result()]));
    return {
      rule: this.#rule,
      ...(this.was !== undefined && this.was !== this.#rule && { was: this.was }),
      status: this.#status,
      ...this.#counts,
      added: this.#added.result(),
      removed: this.#removed.result(),
      changes,
    };
  }
}

class Finds {
  #count = 0;
  readonly #examples: Example[] = [];

  add(example: () => Example): void {
    this.#count += 1;
    if (this.#examples.length < mostExamples) this.#examples.push(example());
  }

  result(): Found {
    return { count: this.#count, examples: this.#examples };
  }
}

function kindsOf(before: Said, after: Said): readonly ChangeKind[] {
  const isHeldAlike = before.heldUntil?.getTime() === after.heldUntil?.getTime();
  return [
    ...(before.to === after.to && before.place === after.place ? [] : (['destination'] as const)),
    ...(areWordsSame(before.message, after.message) ? [] : (['words'] as const)),
    ...(before.at.getTime() === after.at.getTime() ? [] : (['time'] as const)),
    ...(isHeldAlike ? [] : (['quiet hours'] as const)),
    ...(before.isHigh === after.isHigh ? [] : (['priority'] as const)),
  ];
}

function roomOf({ message: { room } }: Said): Pick<Example, 'room'> {
  return room === undefined ? {} : { room };
}

function shown({ at, to, heldUntil, message }: Said, line = firstLine(message)): Shown {
  const held = heldUntil === undefined ? {} : { heldUntil: heldUntil.toISOString() };
  return { at: at.toISOString(), to, line, ...held };
}
