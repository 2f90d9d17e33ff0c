import type { EventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { factsOf, sessionFacts, sessionKey } from '#domain/session.ts';
import { isObject, type JsonObject, type Value } from '#domain/value.ts';
import { SessionBatch } from '#engine/session-batch.ts';
import { nextTimeOfDay, type Window, windowEnd } from '#rules/calendar.ts';
import type { StoredEvent } from '#store/store.ts';

type Holds = (facts: JsonObject) => boolean;
type Then = 'hold' | 'drop';

/** A rule as its author means it; times in seconds. */
export type RuleMeaning = {
  readonly id: string;
  readonly on: readonly EventType[];
  readonly holds: Holds;
  readonly stillTrueAfter?: number | undefined;
  readonly unless?:
    | {
        readonly event: readonly EventType[];
        readonly holds: Holds;
        readonly same: readonly string[];
        readonly within: number;
      }
    | undefined;
  readonly oncePer?: readonly string[] | undefined;
  readonly resets?: Holds | undefined;
  readonly atMost?: { readonly n: number; readonly per: number; readonly by: readonly string[] } | undefined;
  readonly digest?:
    | { readonly every?: number; readonly at?: string; readonly by: readonly string[] }
    | undefined;
  readonly isShadow: boolean;
  readonly sends: readonly {
    readonly to: readonly string[];
    readonly quiet: readonly { readonly window: Window; readonly then: Then }[];
  }[];
};

/** What is expected of a rule at a moment: a silence with its reason, or one message. */
export type Expected = {
  readonly at: number;
  readonly rule: string;
  readonly told: string;
};

type Wait = {
  readonly rule: RuleMeaning;
  readonly due: number;
  readonly order: number;
  readonly session: string;
  readonly facts: JsonObject;
};
type Collection = {
  readonly rule: RuleMeaning;
  readonly due: number;
  readonly group: string;
  items: JsonObject[];
  count: number;
};
type Told = { at: number; rule: string; group: string };

/** Reads a rule like a person with the documentation and a pencil: slow lists, one for each thing that a rule can remember. */
export class Reference {
  readonly expected: Expected[] = [];
  readonly #rules: readonly RuleMeaning[];
  readonly #timezone: string;
  readonly #sessions = new SessionBatch();
  #waits: Wait[] = [];
  #collections: Collection[] = [];
  #keys: { rule: string; key: string }[] = [];
  readonly #passed: Told[] = [];
  #heldBack: Told[] = [];

  constructor(rules: readonly RuleMeaning[], timezone: string) {
    this.#rules = rules;
    this.#timezone = timezone;
  }

  /** Plays all events and every timer they leave behind. */
  play(events: readonly StoredEvent[]): readonly Expected[] {
    for (const event of events) {
      this.#timersBefore(event.receivedAt.getTime());
      this.#event(event);
    }
    this.#timersBefore(Number.POSITIVE_INFINITY);
    return this.expected;
  }

  #timersBefore(end: number): void {
    for (;;) {
      const due = Math.min(
        ...this.#waits.map((each) => each.due),
        ...this.#collections.map((each) => each.due),
      );
      if (due >= end || due === Number.POSITIVE_INFINITY) return;
      const [wait] = this.#waits.filter((each) => each.due === due).toSorted((a, b) => a.order - b.order);
      if (wait === undefined) this.#tellCollections(due);
      else {
        this.#waits = this.#waits.filter((each) => each !== wait);
        const facts = this.#current(wait);
        if (wait.rule.holds(facts)) this.#fire(wait.rule, facts, due);
        else this.#silent(due, wait.rule, 'no longer true');
      }
    }
  }

  #tellCollections(due: number): void {
    const full = this.#collections.filter((each) => each.due === due);
    this.#collections = this.#collections.filter((each) => each.due !== due);
    for (const { rule, items, count } of full) {
      const words = `${count}/${items.map((item) => nativeOf(item)).join(',')}`;
      this.#tell(rule, words, due);
    }
  }

  #event({ event, receivedAt, sequence, isRepeat }: StoredEvent): void {
    const at = receivedAt.getTime();
    const followed = this.#sessions.follow({ event, receivedAt, sequence, isRepeat, failures: 0 });
    if (isRepeat) return;
    const session = followed.after === undefined ? '' : sessionKey(followed.after);
    const facts = factsOf(event, { session: followed.after, before: followed.before });
    const { type } = event.event;
    for (const rule of this.#rules) {
      const key = valuesOf(rule.oncePer ?? [], facts);
      if (rule.resets?.(facts) === true && key !== undefined)
        this.#keys = this.#keys.filter((each) => each.rule !== rule.id || each.key !== key);
    }
    this.#endWaits(type, facts, session, at);
    for (const rule of this.#rules) {
      if (!rule.on.includes(type) || !rule.holds(facts)) continue;
      const seconds = rule.unless?.within ?? rule.stillTrueAfter;
      if (seconds === undefined) this.#fire(rule, facts, at);
      else this.#wait({ rule, due: at + seconds * 1000, order: sequence, session, facts }, at);
    }
  }

  #endWaits(type: EventType, facts: JsonObject, session: string, at: number): void {
    this.#waits = this.#waits.filter((wait) => {
      const { rule } = wait;
      if (session !== '' && wait.session === session && !rule.holds(this.#current(wait))) {
        this.#silent(at, rule, 'no longer true');
        return false;
      }
      const { unless } = rule;
      if (unless === undefined || !unless.event.includes(type) || !unless.holds(facts)) return true;
      const values = valuesOf(unless.same, facts);
      if (values === undefined || values !== valuesOf(unless.same, wait.facts)) return true;
      this.#silent(at, rule, 'followed');
      return false;
    });
  }

  #wait(wait: Wait, at: number): void {
    const { rule } = wait;
    const paths = rule.unless?.same ?? rule.oncePer;
    const keyOf = (facts: JsonObject) =>
      paths === undefined ? groupOf(['session.id', 'participant.id'], facts) : valuesOf(paths, facts);
    const key = keyOf(wait.facts);
    if (key === undefined) return this.#silent(at, rule, 'key missing');
    const known = this.#waits.find((each) => each.rule === rule && keyOf(each.facts) === key);
    if (known !== undefined) return this.#silent(at, rule, 'already waiting');
    this.#waits.push(wait);
    this.#silent(at, rule, 'waits');
  }

  #fire(rule: RuleMeaning, facts: JsonObject, at: number): void {
    const key = valuesOf(rule.oncePer ?? [], facts);
    if (key === undefined) return this.#silent(at, rule, 'key missing');
    const isHeld = this.#keys.some((each) => each.rule === rule.id && each.key === key);
    if (rule.oncePer !== undefined && isHeld) return this.#silent(at, rule, 'already told');
    const { atMost } = rule;
    const group = groupOf(atMost?.by ?? [], facts);
    const isOurs = (each: Told) => each.rule === rule.id && each.group === group;
    if (atMost !== undefined) {
      const recent = this.#passed.filter((each) => isOurs(each) && each.at > at - atMost.per * 1000);
      if (recent.length >= atMost.n) {
        if (!rule.isShadow) this.#heldBack.push({ at, rule: rule.id, group });
        return this.#silent(at, rule, 'limit');
      }
    }
    const isSilenced = rule.sends.every(({ quiet }) => releaseOf(quiet, at) === 'dropped');
    if (rule.digest === undefined && isSilenced) return this.#silent(at, rule, 'quiet hours');
    const held = this.#heldBack.filter(isOurs).length;
    if (!rule.isShadow) {
      if (rule.oncePer !== undefined) this.#keys.push({ rule: rule.id, key });
      this.#passed.push({ at, rule: rule.id, group });
      this.#heldBack = this.#heldBack.filter((each) => !isOurs(each));
    }
    if (rule.digest !== undefined) return this.#collect(rule, facts, at);
    const { session } = facts;
    const present = isObject(session) ? JSON.stringify(session['present']) : '';
    this.#tell(rule, `${nativeOf(facts)}/${present}${atMost === undefined ? '' : `/${held}`}`, at);
  }

  #collect(rule: RuleMeaning, facts: JsonObject, at: number): void {
    const { every, at: time = '', by = [] } = rule.digest ?? {};
    const group = groupOf(by, facts);
    this.#silent(at, rule, 'collected');
    const known = this.#collections.find((each) => each.rule === rule && each.group === group);
    if (known !== undefined) {
      known.count++;
      if (known.items.length < 50) known.items.push(facts);
      return;
    }
    const due =
      every === undefined ? nextTimeOfDay(time, this.#timezone, new Date(at)).getTime() : at + every * 1000;
    this.#collections.push({ rule, due, group, items: [facts], count: 1 });
  }

  #tell(rule: RuleMeaning, words: string, at: number): void {
    for (const { to, quiet } of rule.sends) {
      const release = rule.isShadow ? 'shadow' : releaseOf(quiet, at);
      for (const destination of to)
        this.expected.push({ at, rule: rule.id, told: `${destination} ${release}: ${words}` });
    }
  }

  #silent(at: number, rule: RuleMeaning, why: string): void {
    this.expected.push({ at, rule: rule.id, told: why });
  }

  #current({ session, facts }: Wait): JsonObject {
    const known = this.#sessions.at(session);
    return known === undefined ? facts : { ...facts, session: sessionFacts(known) };
  }
}

/** `now`, `dropped`, or the moment a held message goes out: the first at which no window is open. */
function releaseOf(quiet: RuleMeaning['sends'][number]['quiet'], at: number): string {
  const open = (moment: number) =>
    quiet.flatMap(({ window, then }) => {
      const end = windowEnd(window, new Date(moment));
      return end === undefined ? [] : [{ end: end.getTime(), then }];
    });
  if (open(at).some(({ then }) => then === 'drop')) return 'dropped';
  let until = at;
  for (let windows = open(until); windows.length > 0; windows = open(until))
    until = Math.max(...windows.map(({ end }) => end));
  return until === at ? 'now' : new Date(until).toISOString();
}

function nativeOf(facts: JsonObject): string {
  const { event } = facts;
  return isObject(event) && typeof event['native'] === 'string' ? event['native'] : '';
}

function valueAt(path: string, facts: JsonObject): Value | undefined {
  let value: Value | undefined = facts;
  for (const step of path.split('.')) value = isObject(value) ? value[step] : undefined;
  if (typeof value !== 'string') return value;
  return fields[path]?.ci === true ? value.normalize('NFC').toLowerCase() : value.normalize('NFC');
}

/** The values of fields as one text; undefined where one is missing. */
function valuesOf(paths: readonly string[], facts: JsonObject): string | undefined {
  const values = paths.map((path) => valueAt(path, facts));
  return values.includes(undefined) ? undefined : JSON.stringify(values);
}

/** As `valuesOf`, where those that miss a field are a group of their own. */
function groupOf(paths: readonly string[], facts: JsonObject): string {
  return JSON.stringify(paths.map((path) => valueAt(path, facts) ?? null));
}
