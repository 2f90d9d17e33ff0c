import { fields } from '#domain/fields.ts';
import type { Part } from './conditions.ts';

/** The numbers that conditions leave over. */
export type Range = {
  readonly least: number;
  readonly most: number;
  /** Whether `least` and `most` belong to it. */
  readonly withLeast: boolean;
  readonly withMost: boolean;
  /** The one number in it, if it is one. */
  readonly only: readonly number[] | undefined;
};

const bounds = ['more_than', 'at_least', 'less_than', 'at_most'];
const counted = ['people', 'bytes', 'characters', 'tokens'];

/** The numbers that fit all parts that compare with a number. What the catalogue counts is never below zero, and often whole. */
export function rangeOf(field: string, parts: readonly Part[]): Range {
  const known = fields[field];
  const isWhole = field === 'session.reconnects' || counted.includes(known?.unit ?? '');
  let [least, withLeast] = [known?.kind === 'number' ? 0 : Number.NEGATIVE_INFINITY, true];
  let [most, withMost] = [Number.POSITIVE_INFINITY, true];
  for (const { operator, operand } of parts) {
    if (typeof operand !== 'number' || !isNumeric(field)) continue;
    const isStrict = operator === 'more_than' || operator === 'less_than';
    if (operator === 'more_than' || operator === 'at_least') {
      const [bound, withBound] = isWhole ? [aboveOf(operand, isStrict), true] : [operand, !isStrict];
      if (bound > least || (bound === least && !withBound)) [least, withLeast] = [bound, withBound];
    } else if (operator === 'less_than' || operator === 'at_most') {
      const [bound, withBound] = isWhole ? [belowOf(operand, isStrict), true] : [operand, !isStrict];
      if (bound < most || (bound === most && !withBound)) [most, withMost] = [bound, withBound];
    }
  }
  const only = least === most && withLeast && withMost ? [least] : undefined;
  return { least, most, withLeast, withMost, only };
}

function aboveOf(bound: number, isStrict: boolean): number {
  return isStrict ? Math.floor(bound) + 1 : Math.ceil(bound);
}

function belowOf(bound: number, isStrict: boolean): number {
  return isStrict ? Math.ceil(bound) - 1 : Math.floor(bound);
}

export function isEmpty({ least, most, withLeast, withMost }: Range): boolean {
  return least > most || (least === most && !(withLeast && withMost));
}

/** Whether a part compares a field with a number. */
export function isBound(field: string, { operator, operand }: Part): boolean {
  return isNumeric(field) && typeof operand === 'number' && bounds.includes(operator);
}

function isNumeric(field: string): boolean {
  const kind = fields[field]?.kind;
  return kind === undefined || kind === 'number';
}

/** Whether all numbers of the inner range are in the outer one. */
export function covers(outer: Range, inner: Range): boolean {
  const fromLeast =
    outer.least < inner.least || (outer.least === inner.least && (outer.withLeast || !inner.withLeast));
  const toMost =
    outer.most > inner.most || (outer.most === inner.most && (outer.withMost || !inner.withMost));
  return fromLeast && toMost;
}
