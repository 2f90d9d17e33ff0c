import { oneLine } from '#domain/text.ts';
import { type JsonObject, readPath, type Value } from '#domain/value.ts';
import { windowEnd } from '#rules/calendar.ts';
import { type Decision, type Silence, waitKeyOf } from '#rules/decide.ts';
import { durationText } from '#rules/duration.ts';
import { groupOf } from '#rules/keys.ts';
import type { Memory } from '#rules/memory.ts';
import { releases, type SendDecision } from '#rules/release.ts';
import type { QuietHours, Rule } from '#rules/rulebook.ts';
import { momentText } from './moments.ts';

/** What one stage after the conditions made of an event. `text` is for people. */
export type Stage = {
  readonly name:
    | 'still_true_after'
    | 'unless_followed_by'
    | 'once_per'
    | 'at_most'
    | 'digest'
    | 'quiet_hours';
  /** `not reached`: an earlier stage has the last word for now. */
  readonly state: 'passed' | 'waits' | 'stopped' | 'not reached';
  readonly text: string;
};

/** A rule whose conditions held, and what was decided. */
export type Passage = {
  readonly rule: Rule;
  readonly decision: Decision;
  readonly facts: JsonObject;
  /** When the event was accepted, or the timer due. */
  readonly at: Date;
  /** As it was left. */
  readonly memory: Memory;
  readonly timezone: string;
};

type Told = { readonly state: Stage['state']; readonly text: string };

const later: Told['state'] = 'not reached';

/** The stages that a rule has, in the order in which they are asked. */
export function tellStages(passage: Passage): readonly Stage[] {
  const { rule } = passage;
  const stages: Stage[] = [];
  if (rule.wait !== undefined) {
    const name = rule.wait.kind === 'unless' ? 'unless_followed_by' : 'still_true_after';
    stages.push({ name, ...tellWait(passage, rule.wait) });
  }
  if (rule.oncePer !== undefined) stages.push({ name: 'once_per', ...tellOnce(passage, rule.oncePer) });
  if (rule.atMost !== undefined) stages.push({ name: 'at_most', ...tellLimit(passage, rule.atMost) });
  if (rule.digest !== undefined) stages.push({ name: 'digest', ...tellDigest(passage, rule.digest) });
  const quiet = tellQuiet(passage);
  if (quiet !== undefined) stages.push({ name: 'quiet_hours', ...quiet });
  return stages;
}

/** The stage that had the last word, or undefined when the rule fires. */
function lastWord({ rule, decision }: Passage): Stage['name'] | undefined {
  if (decision.kind === 'fires') return undefined;
  const waits = rule.wait?.kind === 'unless' ? 'unless_followed_by' : 'still_true_after';
  const names: Readonly<Record<Silence, Stage['name']>> = {
    waits,
    'already waiting': waits,
    'no longer true': waits,
    followed: waits,
    failed: waits,
    'key missing': rule.wait === undefined ? 'once_per' : waits,
    'already told': 'once_per',
    limit: 'at_most',
    collected: 'digest',
    'quiet hours': 'quiet_hours',
  };
  return names[decision.why];
}

const order: readonly Stage['name'][] = [
  'still_true_after',
  'unless_followed_by',
  'once_per',
  'at_most',
  'digest',
  'quiet_hours',
];

/** Whether no earlier stage had the last word. */
function isReached(passage: Passage, name: Stage['name']): boolean {
  const last = lastWord(passage);
  return last === undefined || order.indexOf(name) <= order.indexOf(last);
}

function tellWait(passage: Passage, wait: NonNullable<Rule['wait']>): Told {
  const { rule, decision, facts, memory, timezone } = passage;
  const given =
    wait.kind === 'unless'
      ? `${wait.types.join(' or ')} with the same ${wait.same.join(', ')} within ${durationText(wait.ms)}`
      : `${durationText(wait.ms)}, as long as the conditions hold`;
  if (decision.kind === 'fires') return { state: 'passed', text: given };
  const { why, reason } = decision;
  const key = waitKeyOf(rule, facts);
  const waiting = 'key' in key ? memory.wait(rule.id, key.key) : undefined;
  const until = waiting === undefined ? '' : ` until ${momentText(waiting.dueAt, timezone)}`;
  if (why === 'waits') return { state: 'waits', text: `${given}: waits${until}` };
  if (why === 'already waiting')
    return { state: 'stopped', text: `waits for the same already${until}, since event ${waiting?.sequence}` };
  const isOver = why === 'key missing' || why === 'no longer true' || why === 'followed';
  return isOver ? { state: 'stopped', text: reason } : { state: 'passed', text: given };
}

function tellOnce(passage: Passage, oncePer: readonly string[]): Told {
  const { decision, facts } = passage;
  if (!isReached(passage, 'once_per')) return { state: later, text: oncePer.join(', ') };
  const why = decision.kind === 'silent' ? decision.why : undefined;
  if (why === 'key missing' && decision.kind === 'silent')
    return { state: 'stopped', text: decision.reason.replace('once_per: ', '') };
  const values = valuesOf(oncePer, facts);
  return why === 'already told'
    ? { state: 'stopped', text: `told before for ${values}` }
    : { state: 'passed', text: `not told before for ${values}` };
}

function tellLimit(passage: Passage, { n, ms, by }: NonNullable<Rule['atMost']>): Told {
  const { rule, facts, memory, at, decision } = passage;
  const given = `at most ${n} in ${durationText(ms)}${by.length === 0 ? '' : ` for each ${by.join(', ')}`}`;
  if (!isReached(passage, 'at_most')) return { state: later, text: given };
  const known = memory.window(rule.id, groupOf(by, facts));
  const recent = (known?.passed ?? []).filter((each) => each > at.getTime() - ms).length;
  if (decision.kind === 'silent' && decision.why === 'limit')
    return { state: 'stopped', text: `${given}: ${recent} were told, ${known?.held ?? 0} held back since` };
  // What a rule in the shadow decides counts for nothing, and neither does what quiet hours drop.
  const isDropped = decision.kind === 'silent' && decision.why === 'quiet hours';
  const isCounted = !rule.isShadow && !isDropped;
  return { state: 'passed', text: `${given}: this is number ${isCounted ? recent : recent + 1}` };
}

function tellDigest(passage: Passage, { due, by }: NonNullable<Rule['digest']>): Told {
  const { rule, facts, memory, timezone, decision } = passage;
  const every = 'ms' in due ? `one message for ${durationText(due.ms)}` : `one message, at ${due.at}`;
  const given = `${every}${by.length === 0 ? '' : `, for each ${by.join(', ')}`}`;
  if (!isReached(passage, 'digest')) return { state: later, text: given };
  const known = memory.digest(rule.id, groupOf(by, facts));
  if (decision.kind === 'fires' || known === undefined) return { state: 'passed', text: given };
  const text = `${given}: collected as number ${known.count}, told at ${momentText(known.dueAt, timezone)}`;
  return { state: 'waits', text };
}

/** What the windows of its sends make of this moment; undefined for a rule without any. */
function tellQuiet(passage: Passage): Told | undefined {
  const { rule, decision, at } = passage;
  const windows = new Map(rule.sends.flatMap(({ quiet }) => quiet.map((each) => [each.name, each])));
  if (windows.size === 0) return undefined;
  const names = [...windows.keys()].join(', ');
  if (decision.kind === 'silent' && decision.why !== 'quiet hours') return { state: later, text: names };
  const sends = decision.kind === 'fires' ? decision.sends : releases(rule, at);
  const isDropped = sends.every(({ release }) => release.kind === 'dropped');
  const isHeld = sends.some(({ release }) => release.kind === 'held');
  return {
    state: isDropped ? 'stopped' : isHeld ? 'waits' : 'passed',
    text: [...windows.values()].map((each) => windowText(each, at, sends)).join('; '),
  };
}

function windowText({ name, window }: QuietHours, at: Date, sends: readonly SendDecision[]): string {
  const { from, to, days, timezone } = window;
  const when = `${from} to ${to}${days.length === 7 ? '' : ` on ${days.join(', ')}`}`;
  const clock = `it is ${momentText(at, timezone)} in ${timezone}`;
  if (windowEnd(window, at) === undefined) return `${name} (${when}): ${clock}, which is outside`;
  const release = sends.find(({ send }) => send.quiet.some((each) => each.name === name))?.release;
  const until = release?.kind === 'held' ? `, so it waits until ${momentText(release.until, timezone)}` : '';
  const dropped = release?.kind === 'dropped' ? ', so it is dropped' : until;
  return `${name} (${when}): ${clock}${dropped}`;
}

/** `session.id S1, participant.id ceo-bigco` */
function valuesOf(paths: readonly string[], facts: JsonObject): string {
  return paths.map((path) => `${path} ${valueText(readPath(facts, path.split('.')))}`).join(', ');
}

function valueText(value: Value | undefined): string {
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value ?? 'missing'));
}
