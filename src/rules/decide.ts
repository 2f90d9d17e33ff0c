import type { EventType } from '#domain/catalogue.ts';
import type { Digest, OnceKey, Wait } from '#domain/memory.ts';
import type { JsonObject } from '#domain/value.ts';
import { collect, digestFacts } from './digest.ts';
import { groupOf, keyOf } from './keys.ts';
import type { Memory } from './memory.ts';
import { releases, type SendDecision } from './release.ts';
import type { Rule, Rulebook } from './rulebook.ts';

/** Something that rules are asked about: an event, or a timer that an earlier event left behind. */
export type Occurrence = {
  readonly facts: JsonObject;
  /** Inbox sequence of the event. */
  readonly sequence: number;
  /** `source/session id`; empty where there is none. */
  readonly session: string;
  /** When it was accepted or due: limits and timers count from here. */
  readonly at: Date;
  /** The clock when it is decided: quiet hours look at this. Never before `at`. */
  readonly now: Date;
};

/** A rule that fires, with the facts for its words. The same decision has the same `occurrence`. */
export type Firing = {
  readonly kind: 'fires';
  readonly rule: Rule;
  readonly facts: JsonObject;
  readonly sequence: number;
  readonly session: string;
  readonly occurrence: string;
  readonly sends: readonly SendDecision[];
};

/** Why a rule whose conditions held says nothing now. */
export type Silence =
  | 'key missing'
  | 'already told'
  | 'limit'
  | 'quiet hours'
  | 'waits'
  | 'already waiting'
  | 'collected'
  | 'no longer true'
  | 'followed'
  | 'failed';

/** What one rule makes of an occurrence. `reason` is for people. */
export type Decision =
  | Firing
  | {
      readonly kind: 'silent';
      readonly rule: Rule;
      readonly why: Silence;
      readonly reason: string;
      readonly sequence: number;
    };

/** The session's facts as they are now, for a wait that an earlier event began. */
export type SessionNow = (wait: { readonly session: string }) => JsonObject | undefined;

/** All decisions that an event brings: waits that end, keys that it frees, rules that hold. Brings `memory` up to date; pure otherwise. */
export function decideEvent(
  rulebook: Rulebook,
  type: EventType,
  occurrence: Occurrence,
  memory: Memory,
  sessionNow: SessionNow,
): readonly Decision[] {
  const { facts } = occurrence;
  for (const rule of rulebook.resetBy.get(type) ?? []) {
    const key = onceKeyOf(rule, facts);
    if (key !== undefined && 'key' in key && rule.resetWhen?.holds(facts)) memory.free(key);
  }
  const ended = [
    ...endUntrue(rulebook, occurrence, memory, sessionNow),
    ...endFollowed(rulebook, type, occurrence, memory),
  ];
  const matched = rulebook.matcher
    .match(type, facts)
    .map((rule) =>
      rule.wait === undefined
        ? fire(rule, occurrence, `event:${occurrence.sequence}`, memory)
        : wait(rule, occurrence, memory),
    );
  return ended.length === 0 ? matched : [...ended, ...matched];
}

/** What comes of a wait or digest that is due. Undefined when its rule is not there any more. */
export function decideTimer(
  rulebook: Rulebook,
  timer: Wait | Digest,
  now: Date,
  memory: Memory,
  sessionNow: SessionNow,
): Decision | undefined {
  memory.forget(timer);
  const rule = rulebook.byId.get(timer.rule);
  if (rule === undefined) return undefined;
  const { sequence, session, dueAt: at } = timer;
  if (timer.kind === 'digest') {
    const facts = { ...digestFacts(timer), ...lateness(at, now) };
    const sends = releases(rule, later(at, now));
    // An event is collected once, so the first one tells a digest from all others, whatever the clock did.
    const occurrence = `digest:${timer.first}:${timer.key}`;
    return { kind: 'fires', rule, facts, sequence, session, occurrence, sends };
  }
  const current = withSession(timer, sessionNow);
  if (!rule.where.holds(current)) return noLongerTrue(rule, timer);
  const facts = { ...current, ...lateness(at, now) };
  return fire(rule, { facts, sequence, session, at, now: later(at, now) }, `wait:${sequence}`, memory);
}

/** A message says how late it is from here on; below that nobody notices. */
const lateSeconds = 60;

function lateness(at: Date, now: Date): { readonly late?: number } {
  const late = Math.floor((now.getTime() - at.getTime()) / 1000);
  return late > lateSeconds ? { late } : {};
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}

function withSession(wait: Wait, sessionNow: SessionNow): JsonObject {
  const session = sessionNow(wait);
  return session === undefined ? wait.facts : { ...wait.facts, session };
}

function noLongerTrue(rule: Rule, { sequence }: Wait): Decision {
  return { kind: 'silent', rule, why: 'no longer true', reason: 'where does not hold any more', sequence };
}

/** Ends the waits of the session whose conditions this event made false. */
function endUntrue(
  rulebook: Rulebook,
  { session }: Occurrence,
  memory: Memory,
  sessionNow: SessionNow,
): readonly Decision[] {
  if (session === '') return [];
  return memory.waitsOf(session).flatMap((waiting) => {
    const rule = rulebook.byId.get(waiting.rule);
    if (rule === undefined || rule.where.holds(withSession(waiting, sessionNow))) return [];
    memory.forget(waiting);
    return [noLongerTrue(rule, waiting)];
  });
}

/** Ends the waits for the absence of this very event. */
function endFollowed(
  rulebook: Rulebook,
  type: EventType,
  { facts }: Occurrence,
  memory: Memory,
): readonly Decision[] {
  return (rulebook.waitingFor.get(type) ?? []).flatMap((rule) => {
    const key = waitKeyOf(rule, facts);
    const waiting = 'key' in key ? memory.wait(rule.id, key.key) : undefined;
    if (waiting === undefined || rule.wait?.kind !== 'unless' || !rule.wait.where.holds(facts)) return [];
    memory.forget(waiting);
    const { sequence } = waiting;
    return [{ kind: 'silent', rule, why: 'followed', reason: `followed by ${type}`, sequence }];
  });
}

/** Begins a wait, unless the rule waits for the same already. */
function wait(rule: Rule, occurrence: Occurrence, memory: Memory): Decision {
  const { facts, sequence, session, at } = occurrence;
  const key = waitKeyOf(rule, facts);
  const silent = (why: Silence, reason: string): Decision => ({
    kind: 'silent',
    rule,
    why,
    reason,
    sequence,
  });
  if ('missing' in key) return silent('key missing', `${key.missing} is missing`);
  const known = memory.wait(rule.id, key.key);
  if (known !== undefined)
    return silent('already waiting', `waits already, until ${known.dueAt.toISOString()}`);
  const dueAt = new Date(at.getTime() + (rule.wait?.ms ?? 0));
  memory.put({ kind: 'wait', rule: rule.id, key: key.key, session, dueAt, sequence, facts });
  return silent('waits', `waits until ${dueAt.toISOString()}`);
}

/** What a rule has one wait for: `same`, else its once-key, else the meeting and the person. */
export function waitKeyOf(rule: Rule, facts: JsonObject): ReturnType<typeof keyOf> {
  if (rule.wait?.kind === 'unless') return keyOf(rule.wait.same, facts);
  if (rule.oncePer !== undefined) return keyOf(rule.oncePer, facts);
  return { key: groupOf(['source.name', 'session.id', 'participant.id'], facts) };
}

/** The once-key of a rule for these facts, or the field that is missing; undefined for a rule without one. */
export function onceKeyOf(rule: Rule, facts: JsonObject): OnceKey | { readonly missing: string } | undefined {
  if (rule.oncePer === undefined) return undefined;
  const key = keyOf(rule.oncePer, facts);
  return 'missing' in key ? key : { rule: rule.id, key: key.key };
}

/** The stages after the wait: once-key, limit, digest, quiet hours. */
function fire(rule: Rule, occurrence: Occurrence, id: string, memory: Memory): Decision {
  const { facts, sequence, session, at, now } = occurrence;
  const silent = (why: Silence, reason: string): Decision => ({
    kind: 'silent',
    rule,
    why,
    reason,
    sequence,
  });
  const once = onceKeyOf(rule, facts);
  if (once !== undefined && 'missing' in once)
    return silent('key missing', `once_per: ${once.missing} is missing`);
  if (once !== undefined && memory.isHeld(once)) {
    memory.use(once);
    return silent('already told', 'told already for this once_per');
  }
  const limited = rule.atMost && limit(rule, facts, at, memory);
  if (limited?.isFull === true) {
    if (!rule.isShadow) limited.holdBack();
    return silent('limit', `at_most: ${rule.atMost?.n} were told already`);
  }
  const sends = rule.digest === undefined ? releases(rule, now) : [];
  if (rule.digest === undefined && sends.every(({ release }) => release.kind === 'dropped')) {
    return silent('quiet hours', `dropped in the quiet hours ${windowsOf(sends)}`);
  }
  if (!rule.isShadow) {
    if (once !== undefined) memory.hold(once);
    limited?.pass();
  }
  const told = limited === undefined ? facts : { ...facts, held: limited.held };
  if (rule.digest !== undefined) {
    const { dueAt } = collect({ rule: rule.id, stage: rule.digest }, { ...occurrence, facts: told }, memory);
    return silent('collected', `collected, told at ${dueAt.toISOString()}`);
  }
  return { kind: 'fires', rule, facts: told, sequence, session, occurrence: id, sends };
}

function windowsOf(sends: readonly SendDecision[]): string {
  const names = sends.flatMap(({ release }) => (release.kind === 'dropped' ? [release.window] : []));
  return [...new Set(names)].join(', ');
}

function limit(rule: Rule, facts: JsonObject, at: Date, memory: Memory) {
  const { n, ms, by } = rule.atMost ?? { n: 0, ms: 0, by: [] };
  const key = groupOf(by, facts);
  const known = memory.window(rule.id, key);
  const since = at.getTime() - ms;
  const passed = (known?.passed ?? []).filter((each) => each > since);
  const held = known?.held ?? 0;
  const put = (change: { passed: readonly number[]; held: number }) => {
    const dueAt = new Date((change.passed.at(-1) ?? at.getTime()) + ms);
    memory.put({ kind: 'window', rule: rule.id, key, dueAt, ...change });
  };
  return {
    isFull: passed.length >= n,
    held,
    holdBack: () => put({ passed, held: held + 1 }),
    pass: () => put({ passed: [...passed, at.getTime()], held: 0 }),
  };
}
