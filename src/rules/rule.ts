import { hash } from 'node:crypto';
import { type EventType, eventTypes, presenceOf } from '#domain/catalogue.ts';
import { isObject } from '#domain/value.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Path } from './document.ts';
import { durationMs } from './duration.ts';
import { eventTypesOf } from './event-names.ts';
import { checkPart, type IssueContext } from './issues.ts';
import type { NamedList } from './named-list.ts';
import type { Windows } from './quiet.ts';
import type { Rule } from './rulebook.ts';
import { ruleSchema } from './schema.ts';
import { loadSends } from './send.ts';
import { checkKeyField, loadDigest, loadLimit, loadReset, loadWait } from './stages.ts';
import type { Templates } from './templates.ts';
import { compileWhere } from './where.ts';

export type RuleContext = {
  readonly lists: ReadonlyMap<string, NamedList>;
  readonly timezone: string;
  readonly windows: Windows;
  readonly templates: Templates;
  readonly issues: IssueContext;
  /** Reports a destination that is not configured. */
  readonly destination: (name: string, at: Path) => void;
  readonly diagnose: (diagnostic: Diagnostic) => void;
};

const ruleKeys = { keys: Object.keys(ruleSchema.shape) };

/** Checks and compiles one rule. Undefined when it is switched off or too broken to compile; every problem is reported. */
export function loadRule(entry: unknown, path: Path, context: RuleContext): Rule | undefined {
  const { issues, lists, timezone } = context;
  const parsed = checkPart(ruleSchema, entry, path, ruleKeys, issues);
  if (!isObject(entry)) return undefined;
  const on = eventTypesOf(entry['on'], [...path, 'on'], issues.report);
  const where = compileWhere(entry['where'], [...path, 'where'], { on, lists, report: issues.report });
  const oncePer = keyFields(entry['once_per'], [...path, 'once_per'], on, issues);
  const stages = { on, lists, timezone, issues };
  const wait = loadWait(entry, path, stages);
  const resetWhen = loadReset(entry, oncePer, path, stages, () => typesWith(oncePer));
  const atMost = loadLimit(entry, path, stages);
  const digest = loadDigest(entry, path, stages);
  const extras = [
    ...(entry['digest'] === undefined ? [] : ['items', 'count']),
    ...(entry['at_most'] === undefined ? [] : ['held']),
    ...(timed.some((key) => entry[key] !== undefined) ? ['late'] : []),
  ];
  const sends = loadSends(entry['send'], [...path, 'send'], { ...context, on, extras });
  if (parsed === undefined || parsed.enabled === false) return undefined;
  const { id, was, enabled } = parsed;
  const isShadow = enabled === 'shadow';
  return {
    id,
    was,
    on,
    where,
    wait,
    oncePer,
    resetWhen,
    atMost,
    digest,
    isShadow,
    sends,
    prints: () => printsOf(entry),
  };
}

/** Stages whose messages go out at a time of their own, and so may be late. */
const timed = ['still_true_after', 'unless_followed_by', 'digest'];

/** What a rule means, without its words: `on`, `where` and all that has to do with time. */
const meaning = ['on', 'where', 'still_true_after', 'unless_followed_by', 'reset_when', 'at_most', 'digest'];

function printsOf(entry: Readonly<Record<string, unknown>>): ReturnType<Rule['prints']> {
  // What a rule in the shadow has waiting must not go out, nor the other way round.
  const isShadow = entry['enabled'] === 'shadow';
  return { meaning: print(isShadow, ...meaning.map((key) => entry[key])), once: print(entry['once_per']) };
}

function print(...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts.map(canonical)), 'base64url').slice(0, 22);
}

/** The same for all ways to write the same: keys in another order, 5m or 300s, one value or a list of one. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? canonical(value[0]) : value.map(canonical);
  if (typeof value === 'string') return durationMs(value) ?? value;
  if (!isObject(value)) return value ?? null;
  const entries = Object.entries(value).map(([key, each]) => [key, canonical(each)] as const);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === 'is') return only[1];
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function keyFields(
  given: unknown,
  path: Path,
  on: readonly EventType[],
  issues: IssueContext,
): readonly string[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const names = given.filter((each): each is string => typeof each === 'string');
  names.forEach((field, index) => checkKeyField(field, on, [...path, index], issues));
  return names;
}

/** The types of event that can have all fields of a key. */
function typesWith(oncePer: readonly string[] | undefined): readonly EventType[] {
  return eventTypes.filter((type) => (oncePer ?? []).every((field) => presenceOf(field, type) !== 'never'));
}

/** The types of event that may free the once-key of a rule: they can have its fields, and the condition can hold on them. */
export function resetTypes({ oncePer, resetWhen }: Rule): readonly EventType[] {
  if (resetWhen === undefined) return [];
  const { fields } = resetWhen;
  // Where an event has none of the fields, only what holds without any can hold.
  const holdsWithout = resetWhen.holds({});
  const canHold = (type: EventType) =>
    holdsWithout || fields.some((field) => presenceOf(field, type) !== 'never');
  return typesWith(oncePer).filter(canHold);
}
