import type { EventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import type { Path } from './document.ts';
import { eventTypesOf } from './event-names.ts';
import { checkPart, type IssueContext } from './issues.ts';
import type { NamedList } from './named-list.ts';
import { fieldProblem } from './presence.ts';
import type { DigestStage, Limit, WaitStage } from './rulebook.ts';
import { atMostSchema, digestSchema, duration, unlessSchema } from './schema.ts';
import { compileWhere, type Where } from './where.ts';

export type StageContext = {
  readonly on: readonly EventType[];
  readonly lists: ReadonlyMap<string, NamedList>;
  readonly timezone: string;
  readonly issues: IssueContext;
};

type Entry = Readonly<Record<string, unknown>>;

const unlessKeys = { keys: Object.keys(unlessSchema.shape) };
const atMostKeys = { keys: Object.keys(atMostSchema.shape) };
const digestKeys = { keys: ['every', 'at', 'by'] };

/** Reads `still_true_after` or `unless_followed_by` of a rule. */
export function loadWait(entry: Entry, path: Path, context: StageContext): WaitStage | undefined {
  const { report } = context.issues;
  const unless = loadUnless(entry['unless_followed_by'], [...path, 'unless_followed_by'], context);
  if (entry['still_true_after'] === undefined) return unless;
  if (entry['unless_followed_by'] !== undefined) {
    const message = 'a rule has either still_true_after or unless_followed_by: make two rules';
    report('key', [...path, 'still_true_after'], 'two-waits', message);
  }
  // The whole rule was checked before: what does not parse was reported.
  const { data: ms } = duration.safeParse(entry['still_true_after']);
  return ms === undefined ? unless : { kind: 'still_true', ms };
}

function loadUnless(unless: unknown, path: Path, context: StageContext): WaitStage | undefined {
  if (unless === undefined) return undefined;
  const { issues, lists, on } = context;
  const parsed = checkPart(unlessSchema, unless, path, unlessKeys, issues);
  if (!isObject(unless)) return undefined;
  const types = eventTypesOf(unless['event'], [...path, 'event'], issues.report);
  const where = compileWhere(unless['where'], [...path, 'where'], {
    on: types,
    lists,
    report: issues.report,
  });
  if (parsed === undefined) return undefined;
  parsed.same.forEach((field, index) => {
    const at = Array.isArray(unless['same']) ? [...path, 'same', index] : [...path, 'same'];
    checkKeyField(field, [...on, ...types], at, issues);
  });
  return { kind: 'unless', ms: parsed.within, types, where, same: parsed.same };
}

/** Reads `reset_when` of a rule: it is looked at on every event that can have the fields of the once-key. */
export function loadReset(
  entry: Entry,
  oncePer: readonly string[] | undefined,
  path: Path,
  { lists, issues }: Omit<StageContext, 'on'>,
  types: () => readonly EventType[],
): Where | undefined {
  const reset = entry['reset_when'];
  if (reset === undefined) return undefined;
  const at = [...path, 'reset_when'];
  if (oncePer === undefined) {
    const message = 'reset_when frees the key of once_per, and this rule has none: add once_per';
    issues.report('key', at, 'reset-without-key', message);
  }
  // On most types of event the field may well be missing: that is not worth a word.
  return compileWhere(reset, at, {
    on: types(),
    lists,
    report: (where, place, code, message, options) => {
      if (code !== 'field-sometimes') issues.report(where, place, code, message, options);
    },
  });
}

/** Reads `at_most` of a rule. */
export function loadLimit(entry: Entry, path: Path, { on, issues }: StageContext): Limit | undefined {
  const limit = entry['at_most'];
  if (limit === undefined) return undefined;
  const at = [...path, 'at_most'];
  const parsed = checkPart(atMostSchema, limit, at, atMostKeys, issues);
  if (parsed === undefined) return undefined;
  checkBy(limit, parsed.by ?? [], at, on, issues);
  return { n: parsed.n, ms: parsed.per, by: parsed.by ?? [] };
}

/** Reads `digest` of a rule. */
export function loadDigest(
  entry: Entry,
  path: Path,
  { on, timezone, issues }: StageContext,
): DigestStage | undefined {
  const digest = entry['digest'];
  if (digest === undefined) return undefined;
  const at = [...path, 'digest'];
  const parsed = checkPart(digestSchema, digest, at, digestKeys, issues);
  if (parsed === undefined) return undefined;
  const by = parsed.by ?? [];
  checkBy(digest, by, at, on, issues);
  if (parsed.every !== undefined) return { due: { ms: parsed.every }, by };
  return parsed['at'] === undefined ? undefined : { due: { at: parsed['at'], timezone }, by };
}

function checkBy(
  entry: unknown,
  by: readonly string[],
  path: Path,
  on: readonly EventType[],
  issues: IssueContext,
): void {
  const isList = isObject(entry) && Array.isArray(entry['by']);
  // Events that miss the field have a limit or digest in common: that is no reason for a warning.
  const quiet: IssueContext = {
    ...issues,
    report: (where, at, code, message, options) => {
      if (code !== 'field-sometimes') issues.report(where, at, code, message, options);
    },
  };
  by.forEach((field, index) => {
    checkKeyField(field, on, isList ? [...path, 'by', index] : [...path, 'by'], quiet);
  });
}

/** Checks a field whose values make a key. */
export function checkKeyField(
  field: string,
  on: readonly EventType[],
  path: Path,
  { report }: IssueContext,
): void {
  const kind = fields[field]?.kind;
  const wrong = fieldProblem(field, on);
  if (wrong?.code === 'field-sometimes') {
    const message = `${wrong.message}, so the rule sends nothing there`;
    report('value', path, wrong.code, message, { severity: 'warning' });
  } else if (wrong) {
    report('value', path, wrong.code, wrong.message);
  } else if (kind === 'object' || kind === 'list') {
    report('value', path, 'wrong-field', `${field} holds several values: name one of them, with another dot`);
  }
}
