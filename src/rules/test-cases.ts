import { type EventType, presenceOf } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject, type Value } from '#domain/value.ts';
import type { Path } from './document.ts';
import { durationMs } from './duration.ts';
import { eventTypesOf } from './event-names.ts';
import { checkPart, type IssueContext } from './issues.ts';
import { fieldProblem } from './presence.ts';
import type { Expectation, RuleTest, TestEvent } from './rule-test.ts';
import type { SourceEntry } from './rulebook.ts';
import { isScalar } from './scalar.ts';
import { expectationSchema, testSchema } from './schema.ts';
import { suggestion } from './suggest.ts';

export type TestContext = {
  readonly sources: readonly SourceEntry[];
  /** Ids of all rules, those that are switched off too. */
  readonly rules: readonly string[];
  readonly issues: IssueContext;
  readonly destination: (name: string, at: Path) => void;
};

const testKeys = { keys: Object.keys(testSchema.shape) };
const expectKeys = { keys: ['times', 'to', 'contains', 'because'] };
/** A Wednesday morning in summer: no quiet hours that people usually set. */
export const usualStart = new Date('2026-07-01T09:00:00Z');
/** Fields of the session that a test may give; the others are counted from its events. */
const givenOfSession = ['session.id', 'session.started_at', 'session.ended_at'];

/** Reads one entry of `tests:`; problems go to `context.issues`. */
export function loadTest(entry: unknown, path: Path, context: TestContext): RuleTest | undefined {
  const { issues } = context;
  const parsed = checkPart(testSchema, entry, path, testKeys, issues);
  if (!isObject(entry)) return undefined;
  const source = sourceOf(entry['source'], [...path, 'source'], context);
  const given = Array.isArray(entry['events']) ? entry['events'] : [];
  const events = given.flatMap(
    (each: unknown, index) => loadEvent(each, [...path, 'events', index], issues) ?? [],
  );
  const expected = isObject(entry['expect']) ? Object.entries(entry['expect']) : [];
  const expect = expected.flatMap(
    ([rule, each]) => loadExpectation(rule, each, [...path, 'expect', rule], context) ?? [],
  );
  if (parsed === undefined) return undefined;
  return {
    name: parsed.name,
    place: issues.tree.place(path),
    start: parsed.start === undefined ? usualStart : new Date(parsed.start),
    source,
    untilMs: parsed.until,
    events: events.toSorted((one, other) => one.atMs - other.atMs),
    expect,
  };
}

/** The source that tells the events: the one that is named, else the first. */
export function sourceOf(
  name: unknown,
  path: Path,
  { sources, issues }: Pick<TestContext, 'sources' | 'issues'>,
): RuleTest['source'] {
  const [first] = sources;
  const chosen = name === undefined ? first : sources.find((each) => each.name === name);
  if (chosen !== undefined) return { name: chosen.name, type: chosen.type.type };
  if (typeof name === 'string') {
    const hint = suggestion(
      name,
      sources.map((each) => each.name),
    );
    issues.report('value', path, 'unknown-source', `there is no source "${name}"${hint}`);
  }
  return { name: 'test', type: 'standard_webhooks' };
}

/** Reads one event as a test writes it; problems go to `issues`. */
export function loadEvent(entry: unknown, path: Path, issues: IssueContext): TestEvent | undefined {
  const { report } = issues;
  if (!isObject(entry)) {
    report(
      'value',
      path,
      'wrong-type',
      'an event is written like { at: 0s, event: room.started, room.id: R1 }',
    );
    return undefined;
  }
  const { at, event, ...given } = entry;
  const atMs = at === undefined || at === '0s' ? 0 : typeof at === 'string' ? durationMs(at) : undefined;
  if (atMs === undefined)
    report('value', [...path, 'at'], 'wrong-value', 'when it arrives is missing here, such as 0s, 20s or 5m');
  if (event === undefined) {
    report('value', path, 'missing-key', '"event" is missing here: which event is it?');
    return undefined;
  }
  if (typeof event !== 'string')
    report('value', [...path, 'event'], 'wrong-type', 'one event is needed here');
  const [type] = eventTypesOf(event, [...path, 'event'], report);
  if (type === undefined) return undefined;
  const facts: Record<string, Value> = {};
  for (const [name, value] of Object.entries(given)) {
    if (checkField(name, value, type, [...path, name], issues)) put(facts, name.split('.'), value);
  }
  return atMs === undefined ? undefined : { atMs, type, facts };
}

function checkField(
  name: string,
  value: unknown,
  type: EventType,
  path: Path,
  { report }: IssueContext,
): boolean {
  const wrong = fieldProblem(name, [type]);
  if (wrong !== undefined) {
    report('key', path, wrong.code, wrong.message);
    return false;
  }
  if (name.startsWith('session.') && !givenOfSession.includes(name)) {
    const message = `${name} is counted from the events: leave it out`;
    report('key', path, 'counted-field', message);
    return false;
  }
  const kind = fields[name]?.kind;
  const wanted = kind === 'number' || kind === 'boolean' ? kind : 'string';
  const isOpen = presenceOf(name, type) === 'open' || kind === 'object' || kind === 'list';
  if (value !== null && (isOpen || (isScalar(value) && typeof value === wanted))) return true;
  const needed = { number: 'a number', boolean: 'true or false', string: 'a text, in quotes,' }[wanted];
  report('value', path, 'wrong-type', `${needed} is needed here`);
  return false;
}

function put(into: Record<string, Value>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) into[first] = value as Value;
  else {
    const inside = isObject(into[first]) ? { ...into[first] } : {};
    into[first] = inside;
    put(inside, rest, value);
  }
}

function loadExpectation(
  rule: string,
  entry: unknown,
  path: Path,
  { rules, issues, destination }: TestContext,
): Expectation | undefined {
  if (!rules.includes(rule)) {
    const message = `there is no rule "${rule}"${suggestion(rule, rules)}`;
    issues.report('key', path, 'unknown-rule', message);
  }
  const parsed = checkPart(expectationSchema, entry, path, expectKeys, issues);
  if (parsed === undefined) return undefined;
  const place = issues.tree.keyPlace(path);
  if (typeof parsed === 'number') return { rule, place, times: parsed };
  const { to, times } = parsed;
  const isList = isObject(entry) && Array.isArray(entry['to']);
  to?.forEach((name, index) => destination(name, isList ? [...path, 'to', index] : [...path, 'to']));
  if (times === 0 && (to !== undefined || parsed.contains !== undefined))
    issues.report('value', path, 'impossible-test', 'what is not sent goes nowhere and contains nothing');
  return { rule, place, ...parsed };
}
