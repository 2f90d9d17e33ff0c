import { type EventType, presenceOf } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject, readPath, type Value } from '#domain/value.ts';
import type { Path } from './document.ts';
import { type Check, type Compilation, operators, type Scalar } from './operators.ts';
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

/** Reports a problem at a path of the rules file. */
export type Report = (
  at: 'key' | 'value',
  path: Path,
  code: string,
  message: string,
  severity?: 'error' | 'warning',
) => void;

export type WhereContext = {
  readonly on: readonly EventType[];
  readonly lists: ReadonlyMap<string, readonly Scalar[]>;
  readonly report: Report;
};

type Condition = (facts: unknown) => boolean;

/** Compiles a `where` map; problems go to `report`, and what is wrong never holds. */
export function compileWhere(where: unknown, path: Path, context: WhereContext): Where {
  const equalities: Equality[] = [];
  const conditions = compileMap(where, path, context, equalities);
  return { holds: all(conditions), equalities };
}

function all(conditions: readonly Condition[]): Condition {
  if (conditions.length === 1 && conditions[0]) return conditions[0];
  return (facts) => conditions.every((condition) => condition(facts));
}

function compileMap(where: unknown, path: Path, context: WhereContext, equalities: Equality[]): Condition[] {
  if (where === undefined) return [];
  if (!isPlainMap(where)) {
    context.report('value', path, 'wrong-type', 'conditions are written as "field: value" lines');
    return [() => false];
  }
  return Object.entries(where).map(([key, operand]) => {
    const at = [...path, key];
    if (key === 'any') return compileGroup(operand, at, context, 'any');
    if (key === 'none') return compileGroup(operand, at, context, 'none');
    if (notYet.where.includes(key)) {
      context.report('key', at, 'not-yet', `"${key}" is not available yet`);
      return () => false;
    }
    return compileField(key, operand, at, context, equalities);
  });
}

function compileGroup(operand: unknown, path: Path, context: WhereContext, kind: 'any' | 'none'): Condition {
  if (!Array.isArray(operand) || operand.length === 0) {
    context.report(
      'value',
      path,
      'wrong-type',
      `"${kind}" takes a list of conditions, each beginning with "-"`,
    );
    return () => false;
  }
  const members = operand.map((member: unknown, index) =>
    all(compileMap(member, [...path, index], context, [])),
  );
  return kind === 'any'
    ? (facts) => members.some((member) => member(facts))
    : (facts) => !members.some((member) => member(facts));
}

function compileField(
  name: string,
  operand: unknown,
  path: Path,
  context: WhereContext,
  equalities: Equality[],
): Condition {
  const field = fields[name];
  if (!checkPresence(name, path, context)) return () => false;
  const compilation: Compilation = {
    kind: field?.kind ?? 'any',
    isCaseInsensitive: field?.ci === true,
    list: (list) => context.lists.get(list),
  };
  const steps = name.split('.');
  const parts = isPlainMap(operand) ? operand : { [Array.isArray(operand) ? 'in' : 'is']: operand };
  const orMissing = parts['or_missing'] === true;
  if (parts['or_missing'] !== undefined && typeof parts['or_missing'] !== 'boolean') {
    context.report('value', [...path, 'or_missing'], 'wrong-type', 'or_missing is true or false');
  }
  let exists: boolean | undefined;
  const checks: Check[] = [];
  const named = Object.entries(parts).filter(([key]) => key !== 'or_missing');
  if (named.length === 0)
    context.report('value', path, 'no-operator', 'a condition needs an operator, such as is, in or at_least');
  for (const [operator, value] of named) {
    const at = isPlainMap(operand) ? [...path, operator] : path;
    if (operator === 'exists') {
      if (typeof value !== 'boolean') context.report('value', at, 'wrong-type', 'exists is true or false');
      exists = value === true;
      continue;
    }
    const check = compileOperator(operator, value, at, { name, compilation, context, orMissing, equalities });
    if (check) checks.push(check);
    else return () => false;
  }
  return (facts) => {
    const value: Value | undefined = readPath(facts, steps);
    if (exists !== undefined && exists !== (value !== undefined)) return false;
    if (value === undefined) return checks.length === 0 || orMissing;
    return checks.every((check) => check(value));
  };
}

type OperatorContext = {
  readonly name: string;
  readonly compilation: Compilation;
  readonly context: WhereContext;
  readonly orMissing: boolean;
  readonly equalities: Equality[];
};

function compileOperator(
  operator: string,
  operand: unknown,
  path: Path,
  on: OperatorContext,
): Check | undefined {
  const { name, compilation, context, orMissing, equalities } = on;
  const known = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (known === undefined) {
    const hint = suggestion(operator, [...Object.keys(operators), 'exists', 'or_missing']);
    context.report('key', path, 'unknown-operator', `"${operator}" is not an operator${hint}`);
    return undefined;
  }
  if (!known.on.includes(compilation.kind)) {
    context.report(
      'key',
      path,
      'wrong-operator',
      `"${operator}" does not work on ${name}, which is a ${compilation.kind}`,
    );
    return undefined;
  }
  const compiled = known.compile(operand, compilation);
  if (!('check' in compiled)) {
    const hint = compiled.code === 'unknown-list' ? suggestion(String(operand), context.lists.keys()) : '';
    context.report('value', path, compiled.code, `${compiled.error}${hint}`);
    return undefined;
  }
  if (compiled.equals !== undefined) {
    checkValues(name, operator, compiled.equals, path, context);
    if (!orMissing) equalities.push({ path: name, values: compiled.equals, list: compiled.list });
  }
  return compiled.check;
}

/** A field that none of the rule's events has is an error; one that only some have is a warning. */
function checkPresence(name: string, path: Path, { on, report }: WhereContext): boolean {
  const found = on.map((type) => presenceOf(name, type));
  if (found.length === 0) return true;
  if (found.includes('unknown field')) {
    report(
      'key',
      path,
      'unknown-field',
      `there is no field "${name}"${suggestion(name, Object.keys(fields))}`,
    );
    return false;
  }
  const without = on.filter((_, index) => found[index] === 'never');
  if (without.length === on.length) {
    report(
      'key',
      path,
      'field-never-there',
      `${on.join(' and ')} never ${on.length === 1 ? 'has' : 'have'} ${name}`,
    );
    return false;
  }
  if (without.length > 0)
    report(
      'key',
      path,
      'field-sometimes',
      `${without.join(' and ')} never has ${name}, so the rule will not fire there`,
      'warning',
    );
  return true;
}

/** A value outside the words that can occur is a mistake in the rule, not in the event. */
function checkValues(
  name: string,
  operator: string,
  values: readonly Scalar[],
  path: Path,
  { report }: WhereContext,
): void {
  const possible = fields[name]?.values;
  if (possible === undefined || operator === 'in_list') return;
  for (const value of values) {
    if (possible.includes(String(value))) continue;
    report(
      'value',
      path,
      'impossible-value',
      `${name} is never "${String(value)}"${suggestion(String(value), possible)} (it is one of ${possible.join(', ')})`,
    );
  }
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  return isObject(value);
}
