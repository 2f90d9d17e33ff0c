import { RE2JS } from 're2js';
import type { FieldKind } from '#domain/fields.ts';
import { comparable } from '#domain/text.ts';
import type { Value } from '#domain/value.ts';

/** Says whether a value that is there fits; a missing one is dealt with before. */
export type Check = (value: Value) => boolean;

/** What an operator is compiled with. `list` gives the values of a named list. */
export type Compilation = {
  readonly kind: FieldKind | 'any';
  readonly isCaseInsensitive: boolean;
  readonly list: (name: string) => readonly Scalar[] | undefined;
};

export type Scalar = string | number | boolean;

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

/** The form in which scalars are compared; the kind stays part of it, so 1 and "1" differ. */
export function normal(value: Scalar, isCaseInsensitive: boolean): Scalar {
  return typeof value === 'string' ? comparable(value, isCaseInsensitive) : value;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function oneOf(operand: unknown, on: Compilation): Compiled {
  if (!Array.isArray(operand))
    return { error: 'a list of values is needed here, like [ a, b ]', code: 'wrong-operand' };
  const wrong = operand.map((each: unknown) => misfit(each, on.kind)).find((each) => each !== undefined);
  if (wrong !== undefined) return { error: wrong, code: 'wrong-type' };
  const values = operand.filter(isScalar).map((each) => normal(each, on.isCaseInsensitive));
  return { ...membership(values, on), equals: values };
}

function membership(values: readonly Scalar[], on: Compilation): { check: Check } {
  if (values.length === 1) {
    const [only] = values;
    return { check: (value) => isScalar(value) && normal(value, on.isCaseInsensitive) === only };
  }
  const set = new Set(values);
  return { check: (value) => isScalar(value) && set.has(normal(value, on.isCaseInsensitive)) };
}

function inList(operand: unknown, on: Compilation): Compiled {
  if (typeof operand !== 'string')
    return { error: 'the name of a list is needed here', code: 'wrong-operand' };
  const values = on.list(operand);
  if (values === undefined)
    return { error: `there is no list "${operand}" under lists:`, code: 'unknown-list' };
  const wrong = values.map((each) => misfit(each, on.kind)).find((each) => each !== undefined);
  if (wrong !== undefined) return { error: `in the list "${operand}": ${wrong}`, code: 'wrong-type' };
  const known = values.map((each) => normal(each, on.isCaseInsensitive));
  return { ...membership(known, on), equals: known, list: operand };
}

function negated(compiled: Compiled): Compiled {
  if (!('check' in compiled)) return compiled;
  const { check } = compiled;
  return { check: (value) => !check(value) };
}

function textual(holds: (value: string, part: string) => boolean): Operator['compile'] {
  return (operand, { isCaseInsensitive }) => {
    if (typeof operand !== 'string' || operand === '')
      return { error: 'a text is needed here', code: 'wrong-operand' };
    const part = comparable(operand, isCaseInsensitive);
    return {
      check: (value) => typeof value === 'string' && holds(comparable(value, isCaseInsensitive), part),
    };
  };
}

function numeric(holds: (value: number, bound: number) => boolean): Operator['compile'] {
  return (operand) => {
    if (typeof operand !== 'number') return { error: 'a number is needed here', code: 'wrong-operand' };
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
    const reason = error instanceof Error ? error.message : String(error);
    return { error: `this regular expression cannot be used: ${reason}`, code: 'bad-expression' };
  }
}

/** Why a value can never equal a field of this kind, or undefined when it can. */
function misfit(value: unknown, kind: FieldKind | 'any'): string | undefined {
  if (!isScalar(value)) return 'a text, a number or yes/no is needed here';
  const given = typeof value;
  const wanted = kind === 'number' ? 'number' : kind === 'boolean' ? 'boolean' : 'string';
  if (kind === 'any' || given === wanted) return undefined;
  if (wanted === 'string') return `the field is a text; put ${String(value)} in quotes`;
  return wanted === 'number'
    ? `the field is a number, and "${String(value)}" is not`
    : `the field is true or false, and "${String(value)}" is neither`;
}
