import type { EventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject, type Value } from '#domain/value.ts';
import type { Path } from './document.ts';
import { compileExpression } from './expression.ts';
import { noValue, type Report } from './issues.ts';
import { partsOf, warnOfMissing } from './missing.ts';
import type { NamedList } from './named-list.ts';
import { type Check, type Compilation, operators } from './operators.ts';
import { fieldProblem } from './presence.ts';
import { type Reader, readerOf } from './reader.ts';
import type { Scalar } from './scalar.ts';
import { suggestion } from './suggest.ts';

/** What one condition made of an event: the value it saw, if there was one, and of a group what its members made of it. */
export type Finding = {
  /** As it is written, such as `session.present: { at_least: 3 }`. */
  readonly condition: string;
  readonly held: boolean;
  readonly saw?: Value | undefined;
  readonly members?: readonly Finding[];
};

/** A compiled `where`: holds or not for the facts of one event. */
export type Where = {
  readonly holds: (facts: unknown) => boolean;
  /** The same question, with an answer for each condition. */
  readonly explain: (facts: unknown) => readonly Finding[];
  /** Every field it reads. */
  readonly fields: readonly string[];
  /** Fields that must have one of some values: what the matcher can look rules up by. */
  readonly equalities: readonly Equality[];
};

/** `path` must be one of `values`, in comparable form; `list` names the list they come from, if they do. */
export type Equality = {
  readonly path: string;
  readonly values: readonly Scalar[];
  readonly list?: string | undefined;
};

export type WhereContext = {
  readonly on: readonly EventType[];
  readonly lists: ReadonlyMap<string, NamedList>;
  readonly report: Report;
};

type Condition = {
  readonly holds: (facts: unknown) => boolean;
  readonly explain: (facts: unknown) => Finding;
};

/** Stands for what could not be compiled: the file is not used. */
const never: Condition = { holds: () => false, explain: () => ({ condition: '', held: false }) };

/** Compiles a `where` map; problems go to `report`, and what is wrong never holds. */
export function compileWhere(where: unknown, path: Path, context: WhereContext): Where {
  if (where === undefined) return { holds: () => true, explain: () => [], fields: [], equalities: [] };
  const found: Found = { equalities: [], fields: new Set() };
  const conditions = compileMap(where, path, context, found);
  return {
    holds: all(conditions),
    explain: (facts) => conditions.map((condition) => condition.explain(facts)),
    fields: [...found.fields],
    equalities: found.equalities,
  };
}

/** What compiling notes on its way. Inside of a group nothing is an equality of the whole. */
type Found = { readonly equalities: Equality[]; readonly fields: Set<string> };

function compileMap(where: unknown, path: Path, context: WhereContext, found: Found): readonly Condition[] {
  if (!isObject(where)) {
    context.report('value', path, 'wrong-type', 'conditions are written like "field: value"');
    return [never];
  }
  return Object.entries(where).map(([key, operand]: [string, unknown]) => {
    const at = [...path, key];
    if (key === 'none') warnOfMissing(operand, at, where, context);
    if (key === 'any' || key === 'none') return compileGroup(operand, at, context, found, key);
    if (key === 'expr') return compileExpr(operand, at, context, found);
    return compileField(key, operand, at, context, found);
  });
}

function all(conditions: readonly Condition[]): Condition['holds'] {
  const [first, second] = conditions;
  if (conditions.length === 1 && first) return first.holds;
  if (conditions.length === 2 && first && second) return (facts) => first.holds(facts) && second.holds(facts);
  return (facts) => conditions.every((condition) => condition.holds(facts));
}

function compileGroup(
  operand: unknown,
  path: Path,
  context: WhereContext,
  { fields: read }: Found,
  kind: 'any' | 'none',
): Condition {
  if (!Array.isArray(operand) || operand.length === 0) {
    const message = `"${kind}" takes a list of conditions, each beginning with "-"`;
    context.report('value', path, 'wrong-type', message);
    return never;
  }
  const members = operand.map((member: unknown, index) => {
    const conditions = compileMap(member, [...path, index], context, { equalities: [], fields: read });
    return { holds: all(conditions), conditions };
  });
  const holds = (facts: unknown) => members.some((member) => member.holds(facts)) === (kind === 'any');
  return {
    holds,
    explain: (facts) => ({
      condition: kind,
      held: holds(facts),
      members: members.map((member) => ({
        condition: 'all of',
        held: member.holds(facts),
        members: member.conditions.map((condition) => condition.explain(facts)),
      })),
    }),
  };
}

function compileExpr(operand: unknown, path: Path, { on, report }: WhereContext, found: Found): Condition {
  if (typeof operand !== 'string') {
    report('value', path, 'wrong-type', 'an expression is a text, in quotes');
    return never;
  }
  const { holds, fields: read, problems } = compileExpression(operand, on);
  for (const field of read) found.fields.add(field);
  for (const { code, message, severity, offset } of problems)
    report('value', path, code, message, { severity, offset });
  return { holds, explain: (facts) => ({ condition: `expr: ${operand}`, held: holds(facts) }) };
}

function compileField(
  name: string,
  operand: unknown,
  path: Path,
  context: WhereContext,
  found: Found,
): Condition {
  const { report } = context;
  found.fields.add(name);
  const parts = partsOf(operand);
  const { or_missing: orMissing = false, exists, ...named } = parts;
  const tellsMissing = orMissing === true || exists !== undefined;
  if (!checkPresence(name, tellsMissing, path, context)) return never;
  if (orMissing !== true && orMissing !== false) {
    report('value', [...path, 'or_missing'], 'wrong-type', 'or_missing is true or false');
  }
  if (exists !== undefined && typeof exists !== 'boolean') {
    report('value', [...path, 'exists'], 'wrong-type', 'exists is true or false');
  }
  if (Object.keys(named).length === 0 && exists === undefined) {
    report('value', path, 'no-operator', 'a condition needs an operator, such as is, in or at_least');
  }
  const on: OperatorContext = { name, context, orMissing: orMissing === true, found };
  const checks = Object.entries(named).map(([operator, value]) =>
    compileOperator(operator, value, isObject(operand) ? [...path, operator] : path, on),
  );
  const read = readerOf(name);
  const condition = `${name}: ${written(operand)}`;
  if (exists === undefined) return present(condition, read, checks, orMissing === true);
  const isMissingFine = exists === false && (checks.length === 0 || orMissing === true);
  const isPresentFine = exists === true;
  return present(condition, read, isPresentFine ? checks : [() => false], isMissingFine);
}

/** A condition's right side in one line. */
function written(operand: unknown): string {
  if (Array.isArray(operand)) return `[${operand.map(written).join(', ')}]`;
  if (!isObject(operand)) return typeof operand === 'string' ? operand : JSON.stringify(operand);
  return `{ ${Object.entries(operand)
    .map(([key, value]) => `${key}: ${written(value)}`)
    .join(', ')} }`;
}

function present(condition: string, read: Reader, checks: readonly Check[], orMissing: boolean): Condition {
  const [first] = checks;
  const fits: Check = checks.length === 1 && first ? first : (value) => checks.every((check) => check(value));
  const judge = (saw: Value | undefined) => (saw === undefined ? orMissing : fits(saw));
  return {
    holds: (facts) => judge(read(facts)),
    explain: (facts) => {
      const saw = read(facts);
      return { condition, held: judge(saw), saw };
    },
  };
}

type OperatorContext = {
  readonly name: string;
  readonly context: WhereContext;
  readonly orMissing: boolean;
  readonly found: Found;
};

function compileOperator(operator: string, operand: unknown, path: Path, on: OperatorContext): Check {
  const { name, context, orMissing, found } = on;
  const { report, lists } = context;
  const field = fields[name];
  const compilation: Compilation = {
    kind: field?.kind ?? 'any',
    isCaseInsensitive: field?.ci === true,
    list: (list) => lists.get(list),
  };
  const known = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (known === undefined) {
    const hint = suggestion(operator, [...Object.keys(operators), 'exists', 'or_missing']);
    const choice = `; there are ${Object.keys(operators).join(', ')} and exists`;
    report('key', path, 'unknown-operator', `"${operator}" is not an operator${hint || choice}`);
    return () => false;
  }
  if (!known.on.includes(compilation.kind)) {
    const message = `"${operator}" does not work on ${name}, which is ${kindWords[compilation.kind]}`;
    report('key', path, 'wrong-operator', message);
    return () => false;
  }
  const compiled =
    operand === null ? { error: noValue, code: 'wrong-operand' } : known.compile(operand, compilation);
  if (!('check' in compiled)) {
    const hint = compiled.code === 'unknown-list' ? suggestion(String(operand), lists.keys()) : '';
    report('value', path, compiled.code, `${compiled.error}${hint}`);
    return () => false;
  }
  if (compiled.equals !== undefined) {
    if (compiled.list === undefined) checkValues(name, compiled.equals, path, context);
    if (!orMissing) found.equalities.push({ path: name, values: compiled.equals, list: compiled.list });
  }
  return compiled.check;
}

const kindWords: Readonly<Record<Compilation['kind'], string>> = {
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date',
  address: 'an address',
  object: 'several values: name one of them, with another dot',
  list: 'a list',
  any: 'free',
};

/** Says when a field is not on the events of the rule; false when a condition on it makes no sense. */
function checkPresence(
  name: string,
  tellsMissing: boolean,
  path: Path,
  { on, report }: WhereContext,
): boolean {
  const wrong = fieldProblem(name, on);
  if (wrong?.code === 'field-sometimes') {
    if (!tellsMissing) {
      report('key', path, wrong.code, `${wrong.message}: this condition never holds there`, {
        severity: 'warning',
      });
    }
  } else if (wrong) {
    report('key', path, wrong.code, wrong.message);
    return false;
  }
  if (name.startsWith('raw.')) {
    const message = `${name} is read as the platform sends it: nobody checks whether it exists`;
    report('key', path, 'unchecked-field', message, { severity: 'warning' });
  }
  return true;
}

/** A value outside the words that can occur is a mistake in the rule, not in the event. */
function checkValues(name: string, values: readonly Scalar[], path: Path, { report }: WhereContext): void {
  const possible = fields[name]?.values;
  if (possible === undefined) return;
  for (const value of values) {
    if (possible.includes(String(value))) continue;
    const words = `"${String(value)}" never occurs in ${name}, which is one of ${possible.join(', ')}`;
    const message = `${words}${suggestion(String(value), possible)}`;
    report('value', path, 'impossible-value', message);
  }
}
