import { isObject } from '#domain/value.ts';
import {
  canBe,
  comparableText,
  Duration,
  instantAt,
  joined,
  type Kind,
  kindWords,
  type Part,
  parseInstant,
  type Scope,
  spend,
  type Type,
  typeOf,
} from './expression-value.ts';

/** A compiled operation, or why it makes no sense. */
export type Operation = { readonly part: Part } | { readonly error: string };

const equality = ['==', '!='];
const ordering = ['<', '<=', '>', '>='];
const arithmetic = ['+', '-', '*', '/', '%'];

/** Operators with two sides, other than `&&` and `||`. */
export const binaryOperators: ReadonlySet<string> = new Set([...equality, ...ordering, ...arithmetic, 'in']);

/** Compiles `left operator right`. Texts compare case-insensitively where either side is such a field. */
export function binaryOperation(operator: string, left: Part, right: Part): Operation {
  const ci = left.type.ci || right.type.ci;
  if (operator === 'in') return membership(left, right, ci);
  if (arithmetic.includes(operator)) return calculation(operator, left, right, ci);
  const sides = withDates(left, right);
  if ('error' in sides) return sides;
  const isOrdering = ordering.includes(operator);
  const type = joined(sides.left.type, sides.right.type);
  if (type === undefined) return { error: incomparable(left.type, right.type) };
  if (isOrdering && (type.kind === 'boolean' || type.kind === 'list')) {
    return { error: `"${operator}" does not work on ${kindWords[type.kind]}` };
  }
  const compare = isOrdering ? order(operator) : equals;
  const run = (scope: Scope): unknown => {
    const one = sides.left.run(scope);
    const other = sides.right.run(scope);
    if (one === undefined || other === undefined) return undefined;
    return compare(scope, one, other, ci);
  };
  const negated = (scope: Scope): unknown => {
    const same = run(scope);
    return typeof same === 'boolean' ? !same : undefined;
  };
  return { part: { type: typeOf('boolean'), run: operator === '!=' ? negated : run, at: left.at } };
}

function incomparable(left: Type, right: Type): string {
  const kinds: readonly Kind[] = [left.kind, right.kind];
  const both = `${kindWords[left.kind]} and ${kindWords[right.kind]} cannot be compared`;
  if (kinds.includes('duration')) return `${both}: write a length of time like duration("5m")`;
  return kinds.includes('date') ? `${both}: timestamp(…) makes a date` : both;
}

type Sides = { readonly left: Part; readonly right: Part };

/** Lets a date be compared with one in quotes, and with a text of the sender that says one. */
function withDates(left: Part, right: Part): Sides | { readonly error: string } {
  if (left.type.kind !== 'date' && right.type.kind !== 'date') return { left, right };
  const sides = { left: asDate(left), right: asDate(right) };
  for (const { literal } of Object.values(sides)) {
    if (typeof literal === 'string') return { error: notInstant(literal) };
  }
  return sides;
}

/** Stays a literal when it is one that says no date. */
function asDate(part: Part): Part {
  const { type, run, at, literal } = part;
  const instant = typeof literal === 'string' ? parseInstant(literal) : undefined;
  if (instant !== undefined) return { type: typeOf('date'), run: () => instant, at };
  if (type.kind !== 'any') return part;
  return {
    type: typeOf('date'),
    run: (scope) => {
      const value = run(scope);
      return typeof value === 'string' ? parseInstant(value) : value;
    },
    at,
  };
}

/** Says how a date is written. */
export function notInstant(text: string): string {
  return `"${text}" is not a date: write one like "2026-07-05T15:55:35Z"`;
}

function equals(scope: Scope, one: unknown, other: unknown, ci: boolean): boolean {
  spend(scope, 1);
  if (typeof one === 'string' && typeof other === 'string') {
    return comparableText(scope, one, ci) === comparableText(scope, other, ci);
  }
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (one instanceof Duration && other instanceof Duration) return one.ms === other.ms;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, index) => equals(scope, each, other[index], ci));
  }
  if (isObject(one) && isObject(other)) {
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => Object.hasOwn(other, name) && equals(scope, one[name], other[name], ci))
    );
  }
  return one === other;
}

function order(operator: string) {
  return (scope: Scope, one: unknown, other: unknown, ci: boolean): boolean | undefined => {
    const left = comparableScalar(scope, one, ci);
    const right = comparableScalar(scope, other, ci);
    if (left === undefined || right === undefined || kindOf(one) !== kindOf(other)) return undefined;
    if (operator === '<') return left < right;
    if (operator === '<=') return left <= right;
    return operator === '>' ? left > right : left >= right;
  };
}

function comparableScalar(scope: Scope, value: unknown, ci: boolean): string | number | undefined {
  if (typeof value === 'string') return comparableText(scope, value, ci);
  if (typeof value === 'number') return value;
  if (value instanceof Date) return value.getTime();
  return value instanceof Duration ? value.ms : undefined;
}

function kindOf(value: unknown): string {
  if (value instanceof Date) return 'date';
  return value instanceof Duration ? 'duration' : typeof value;
}

function membership(left: Part, right: Part, ci: boolean): Operation {
  if (!canBe(right.type, 'list')) {
    const remedy = right.type.kind === 'text' ? ': whether a text contains another, contains() tells' : '';
    return { error: `"in" asks a list, and this is ${kindWords[right.type.kind]}${remedy}` };
  }
  const { of } = right.type;
  if (of !== undefined && joined(left.type, of) === undefined) {
    return { error: `${kindWords[left.type.kind]} is never in a list of another kind of value` };
  }
  const run = (scope: Scope): boolean | undefined => {
    const wanted = left.run(scope);
    const among = right.run(scope);
    if (wanted === undefined || among === undefined) return undefined;
    if (Array.isArray(among)) return among.some((each: unknown) => equals(scope, wanted, each, ci));
    return isObject(among) && typeof wanted === 'string' ? Object.hasOwn(among, wanted) : undefined;
  };
  return { part: { type: typeOf('boolean'), run, at: left.at } };
}

/** What comes out of an arithmetic operator, by the kinds of its sides. */
const sums: Readonly<Record<string, Kind>> = {
  'number + number': 'number',
  'number - number': 'number',
  'number * number': 'number',
  'number / number': 'number',
  'number % number': 'number',
  'text + text': 'text',
  'date + duration': 'date',
  'duration + date': 'date',
  'date - duration': 'date',
  'date - date': 'duration',
  'duration + duration': 'duration',
  'duration - duration': 'duration',
};

function calculation(operator: string, left: Part, right: Part, ci: boolean): Operation {
  const fitting = Object.entries(sums).filter(([signature]) => {
    const [one = '', sign, other = ''] = signature.split(' ');
    return sign === operator && fits(left.type, one) && fits(right.type, other);
  });
  const [first] = fitting;
  if (first === undefined) {
    const kinds = `${kindWords[left.type.kind]} and ${kindWords[right.type.kind]}`;
    return { error: `"${operator}" does not work on ${kinds}` };
  }
  const kind = fitting.every(([, result]) => result === first[1]) ? first[1] : 'any';
  const run = (scope: Scope): unknown => {
    const one = left.run(scope);
    const other = right.run(scope);
    if (typeof one === 'number' && typeof other === 'number') return finite(calculate(operator, one, other));
    if (typeof one === 'string' && typeof other === 'string') {
      spend(scope, (one.length + other.length) >> 6);
      return operator === '+' ? one + other : undefined;
    }
    return shifted(operator, one, other);
  };
  return { part: { type: typeOf(kind, ci), run, at: left.at } };
}

function fits(type: Type, kind: string): boolean {
  return type.kind === kind || type.kind === 'any';
}

function calculate(operator: string, one: number, other: number): number {
  if (operator === '+') return one + other;
  if (operator === '-') return one - other;
  if (operator === '*') return one * other;
  return operator === '/' ? one / other : one % other;
}

/** Dividing by zero is an error, as it is for whole numbers in CEL. */
function finite(result: number): number | undefined {
  return Number.isFinite(result) ? result : undefined;
}

function shifted(operator: string, one: unknown, other: unknown): Date | Duration | undefined {
  if (operator !== '+' && operator !== '-') return undefined;
  const sign = operator === '+' ? 1 : -1;
  if (one instanceof Date && other instanceof Duration) return instantAt(one.getTime() + sign * other.ms);
  if (one instanceof Duration && other instanceof Duration) return new Duration(one.ms + sign * other.ms);
  if (operator === '+' && one instanceof Duration && other instanceof Date) {
    return instantAt(other.getTime() + one.ms);
  }
  return operator === '-' && one instanceof Date && other instanceof Date
    ? new Duration(one.getTime() - other.getTime())
    : undefined;
}
