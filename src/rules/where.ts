import type { EventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject, type Value } from '#domain/value.ts';
import type { Path } from './document.ts';
import { noValue, type Report } from './issues.ts';
import { type Check, type Compilation, operators, type Scalar } from './operators.ts';
import { fieldProblem } from './presence.ts';
import { type Reader, readerOf } from './reader.ts';
import { notYet } from './schema.ts';
import { suggestion } from './suggest.ts';

/** A compiled `where`: holds or not for the facts of one event. */
export type Where = {
  readonly holds: (facts: unknown) => boolean;
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
  readonly lists: ReadonlyMap<string, readonly Scalar[]>;
  readonly report: Report;
};

type Condition = (facts: unknown) => boolean;

const never: Condition = () => false;

/** Compiles a `where` map; problems go to `report`, and what is wrong never holds. */
export function compileWhere(where: unknown, path: Path, context: WhereContext): Where {
  if (where === undefined) return { holds: () => true, equalities: [] };
  const equalities: Equality[] = [];
  return { holds: compileMap(where, path, context, equalities), equalities };
}

function compileMap(where: unknown, path: Path, context: WhereContext, equalities: Equality[]): Condition {
  if (!isObject(where)) {
    context.report('value', path, 'wrong-type', 'conditions are written like "field: value"');
    return never;
  }
  return all(
    Object.entries(where).map(([key, operand]: [string, unknown]) => {
      const at = [...path, key];
      if (key === 'none') warnOfMissing(operand, at, where, context);
      if (key === 'any' || key === 'none') return compileGroup(operand, at, context, key);
      if (notYet.where.includes(key)) {
        context.report('key', at, 'not-yet', `"${key}" is not available yet: remove it`);
        return never;
      }
      return compileField(key, operand, at, context, equalities);
    }),
  );
}

function all(conditions: readonly Condition[]): Condition {
  const [first, second] = conditions;
  if (conditions.length === 1 && first) return first;
  if (conditions.length === 2 && first && second) return (facts) => first(facts) && second(facts);
  return (facts) => conditions.every((condition) => condition(facts));
}

function compileGroup(operand: unknown, path: Path, context: WhereContext, kind: 'any' | 'none'): Condition {
  if (!Array.isArray(operand) || operand.length === 0) {
    const message = `"${kind}" takes a list of conditions, each beginning with "-"`;
    context.report('value', path, 'wrong-type', message);
    return never;
  }
  const members = operand.map((member: unknown, index) => compileMap(member, [...path, index], context, []));
  const some: Condition = (facts) => members.some((member) => member(facts));
  return kind === 'any' ? some : (facts) => !some(facts);
}

/** Every event has these. */
const alwaysThere = ['event.type', 'event.native', 'event.time', 'source.name', 'source.type'];

/** Says that a `none` holds for what is missing, unless the rule shows that this was thought of. */
function warnOfMissing(none: unknown, path: Path, beside: object, { on, report }: WhereContext): void {
  const required = Object.entries(beside).flatMap(([name, operand]) => (isRequired(operand) ? [name] : []));
  const names = silentNames(none).filter(
    (name) => !alwaysThere.includes(name) && !required.includes(name) && fieldProblem(name, on) === undefined,
  );
  if (names.length === 0) return;
  const what = `${[...new Set(names)].join(' or ')} is missing`;
  const way =
    'beside the operator write "or_missing: true" to prevent that, or "or_missing: false" to allow it';
  report('key', path, 'none-on-missing', `"none" is also true when ${what}: ${way}`, 'warning');
}

/** Whether a condition holds only for events that have its field. */
function isRequired(operand: unknown): boolean {
  const { or_missing: orMissing, exists } = partsOf(operand);
  return orMissing !== true && exists !== false;
}

/** The fields in a list of conditions that say nothing about being missing. An inner `none` speaks for itself. */
function silentNames(members: unknown): readonly string[] {
  if (!Array.isArray(members)) return [];
  return members.filter(isObject).flatMap((member: Readonly<Record<string, unknown>>) =>
    Object.entries(member).flatMap(([key, operand]) => {
      if (key === 'any') return silentNames(operand);
      const parts = partsOf(operand);
      const isSilent = key !== 'none' && parts['or_missing'] === undefined && parts['exists'] === undefined;
      return isSilent ? [key] : [];
    }),
  );
}

function compileField(
  name: string,
  operand: unknown,
  path: Path,
  context: WhereContext,
  equalities: Equality[],
): Condition {
  const { report } = context;
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
  const on: OperatorContext = { name, context, orMissing: orMissing === true, equalities };
  const checks = Object.entries(named).map(([operator, value]) =>
    compileOperator(operator, value, isObject(operand) ? [...path, operator] : path, on),
  );
  const read = readerOf(name);
  if (exists === undefined) return present(read, checks, orMissing === true);
  const isMissingFine = exists === false && (checks.length === 0 || orMissing === true);
  const isPresentFine = exists === true;
  return present(read, isPresentFine ? checks : [() => false], isMissingFine);
}

/** The parts of a condition: a bare value means "is", a list "one of". */
function partsOf(operand: unknown): Readonly<Record<string, unknown>> {
  if (isObject(operand)) return operand;
  return Array.isArray(operand) ? { in: operand } : { is: operand };
}

function present(read: Reader, checks: readonly Check[], orMissing: boolean): Condition {
  const [first] = checks;
  const holds: Check =
    checks.length === 1 && first ? first : (value) => checks.every((check) => check(value));
  return (facts) => {
    const value: Value | undefined = read(facts);
    return value === undefined ? orMissing : holds(value);
  };
}

type OperatorContext = {
  readonly name: string;
  readonly context: WhereContext;
  readonly orMissing: boolean;
  readonly equalities: Equality[];
};

function compileOperator(operator: string, operand: unknown, path: Path, on: OperatorContext): Check {
  const { name, context, orMissing, equalities } = on;
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
    if (!orMissing) equalities.push({ path: name, values: compiled.equals, list: compiled.list });
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
      report('key', path, wrong.code, `${wrong.message}: this condition never holds there`, 'warning');
    }
  } else if (wrong) {
    report('key', path, wrong.code, wrong.message);
    return false;
  }
  if (name.startsWith('raw.')) {
    const message = `${name} is read as the platform sends it: nobody checks whether it exists`;
    report('key', path, 'unchecked-field', message, 'warning');
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
