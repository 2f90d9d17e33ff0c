import { RE2JS } from 're2js';
import type { FieldKind } from '#domain/fields.ts';
import { comparable } from '#domain/text.ts';
import type { Value } from '#domain/value.ts';
import { noValue } from './issues.ts';
import type { NamedList } from './named-list.ts';
import { isScalar, normal, type Scalar } from './scalar.ts';

/** Says whether a value that is there fits; a missing one is dealt with before. */
export type Check = (value: Value) => boolean;

/** What an operator is compiled with. `list` gives the values of a named list. */
export type Compilation = {
  readonly kind: FieldKind | 'any';
  readonly isCaseInsensitive: boolean;
  readonly list: (name: string) => NamedList | undefined;
};

/** A compiled operator, or why it cannot work. `equals`: the only values for which it can hold, where that is so. */
export type Compiled =
  | { readonly check: Check; readonly equals?: readonly Scalar[]; readonly list?: string }
  | { readonly error: string; readonly code: string };

type Operator = {
  /** Kinds of field it makes sense on. */
  readonly on: readonly (FieldKind | 'any')[];
  readonly compile: (operand: unknown, compilation: Compilation) => Compiled;
};

const words: readonly (FieldKind | 'any')[] = ['text', 'address', 'any'];
const scalars: readonly (FieldKind | 'any')[] = ['text', 'number', 'boolean', 'date', 'address', 'any'];

export const operators: Readonly<Record<string, Operator>> = {
  is: { on: scalars, compile: (operand, on) => oneOf([operand], on) },
  not: { on: scalars, compile: (operand, on) => negated(oneOf([operand], on)) },
  in: { on: scalars, compile: (operand, on) => oneOf(operand, on) },
  not_in: { on: scalars, compile: (operand, on) => negated(oneOf(operand, on)) },
  in_list: { on: scalars, compile: inList },
  not_in_list: { on: scalars, compile: (operand, on) => negated(inList(operand, on)) },
  contains: { on: words, compile: textual((value, part) => value.includes(part)) },
  starts_with: { on: words, compile: textual((value, part) => value.startsWith(part)) },
  ends_with: { on: words, compile: textual((value, part) => value.endsWith(part)) },
  matches: { on: words, compile: matches },
  more_than: { on: ['number', 'any'], compile: numeric((value, bound) => value > bound) },
  at_least: { on: ['number', 'any'], compile: numeric((value, bound) => value >= bound) },
  less_than: { on: ['number', 'any'], compile: numeric((value, bound) => value < bound) },
  at_most: { on: ['number', 'any'], compile: numeric((value, bound) => value <= bound) },
};

function oneOf(operand: unknown, on: Compilation): Compiled {
  if (!Array.isArray(operand))
    return { error: 'a list of values is needed here, like [ a, b ]', code: 'wrong-operand' };
  if (operand.length === 0) return { error: 'this must not be empty', code: 'wrong-operand' };
  const wrong = operand.map((each: unknown) => misfit(each, on.kind)).find((each) => each !== undefined);
  if (wrong !== undefined) return { error: wrong, code: 'wrong-type' };
  const values = operand.filter(isScalar).map((each) => normal(each, on.isCaseInsensitive));
  return { check: membership(values, on), equals: values };
}

function membership(values: readonly Scalar[], { isCaseInsensitive }: Compilation): Check {
  const [only] = values;
  if (values.length === 1) return (value) => isScalar(value) && normal(value, isCaseInsensitive) === only;
  return among(new Set(values), { isCaseInsensitive });
}

function among(
  set: ReadonlySet<Scalar>,
  { isCaseInsensitive }: Pick<Compilation, 'isCaseInsensitive'>,
): Check {
  return (value) => isScalar(value) && set.has(normal(value, isCaseInsensitive));
}

function inList(operand: unknown, on: Compilation): Compiled {
  if (typeof operand !== 'string')
    return { error: 'the name of one list is needed here, without brackets', code: 'wrong-operand' };
  const list = on.list(operand);
  if (list === undefined) return { error: `there is no list "${operand}"`, code: 'unknown-list' };
  const stranger = list.values.find((each) => misfit(each, on.kind) !== undefined);
  const wrong = stranger === undefined ? undefined : misfit(stranger, on.kind);
  if (wrong !== undefined) return { error: `a value of the list "${operand}": ${wrong}`, code: 'wrong-type' };
  const { values, set } = list.comparable(on.isCaseInsensitive);
  return { check: among(set, on), equals: values, list: operand };
}

function negated(compiled: Compiled): Compiled {
  if (!('check' in compiled)) return compiled;
  const { check } = compiled;
  return { check: (value) => !check(value) };
}

function textual(holds: (value: string, part: string) => boolean): Operator['compile'] {
  return (operand, { isCaseInsensitive }) => {
    if (typeof operand !== 'string' || operand === '')
      return { error: 'a text is needed here, in quotes', code: 'wrong-operand' };
    const part = comparable(operand, isCaseInsensitive);
    return {
      check: (value) => typeof value === 'string' && holds(comparable(value, isCaseInsensitive), part),
    };
  };
}

function numeric(holds: (value: number, bound: number) => boolean): Operator['compile'] {
  return (operand) => {
    if (typeof operand !== 'number') return { error: notNumber, code: 'wrong-operand' };
    return { check: (value) => typeof value === 'number' && holds(value, operand) };
  };
}

/** RE2 runs in time linear in the text: no expression can hang the program. */
function matches(operand: unknown, { isCaseInsensitive }: Compilation): Compiled {
  if (typeof operand !== 'string')
    return { error: 'a regular expression is needed here, in quotes', code: 'wrong-operand' };
  try {
    const pattern = RE2JS.compile(operand.normalize('NFC'), isCaseInsensitive ? RE2JS.CASE_INSENSITIVE : 0);
    return { check: (value) => typeof value === 'string' && pattern.matcher(value.normalize('NFC')).find() };
  } catch (error) {
    return { error: expressionProblem(operand, error), code: 'bad-expression' };
  }
}

function expressionProblem(expression: string, error: unknown): string {
  if (/\(\?<?[=!]/.test(expression))
    return 'look-ahead and look-behind, like (?=…), are not available: they can take endless time';
  if (/\\[1-9]/.test(expression))
    return 'back-references, like \\1, are not available: they can take endless time';
  const reason = error instanceof Error ? error.message : String(error);
  return `this is not a valid regular expression: ${reason.replace(/^error parsing regexp: /, '').replace('`(?i)', '`')}`;
}

const notNumber = 'the field is a number: give a number, without quotes or a unit';

/** Why a value can never equal a field of this kind, or undefined when it can. */
function misfit(value: unknown, kind: FieldKind | 'any'): string | undefined {
  if (value === null) return noValue;
  if (!isScalar(value)) return 'a text, a number, or true or false is needed here';
  const wanted = kind === 'number' || kind === 'boolean' ? kind : 'string';
  if (kind === 'any' || typeof value === wanted) return undefined;
  // The value is not repeated: as a number it may not read as it was written.
  if (wanted === 'string') return 'the field is a text: put the value in quotes';
  return wanted === 'number' ? notNumber : 'the field is true or false: write one of them, without quotes';
}
