import { normal } from './scalar.ts';

/** What a part of an expression can be. There is one kind of number, so `3`, `3.0` and a field compare and calculate with each other. */
export type Kind = 'boolean' | 'number' | 'text' | 'date' | 'duration' | 'list' | 'any';

/** A kind, whether the texts in it compare case-insensitively, and what a list holds. */
export type Type = { readonly kind: Kind; readonly ci: boolean; readonly of?: Type };

/** One evaluation: the facts of one event, the variables of the loops it is in, and the steps it may still take. */
export type Scope = { readonly facts: unknown; readonly variables: unknown[]; steps: number };

/** Gives a part's value; undefined when it is missing or cannot be worked out, which spreads as an error does in CEL. */
export type Run = (scope: Scope) => unknown;

/** A compiled part; `at` is where it begins, and `literal` its value where it stands in the expression itself. */
export type Part = {
  readonly type: Type;
  readonly run: Run;
  readonly at: number;
  readonly literal?: string | number | boolean;
};

export const any: Type = { kind: 'any', ci: false };

/** How a kind is called in messages. */
export const kindWords: Readonly<Record<Kind, string>> = {
  boolean: 'true or false',
  number: 'a number',
  text: 'a text',
  date: 'a date',
  duration: 'a length of time',
  list: 'a list',
  any: 'any value',
};

export function typeOf(kind: Kind, ci = false): Type {
  return { kind, ci };
}

/** True when a part of this type can turn out to be of that kind. */
export function canBe({ kind }: Type, wanted: Kind): boolean {
  return kind === wanted || kind === 'any' || wanted === 'any';
}

/** The type of what is one or the other, or undefined where nothing can be both. */
export function joined(one: Type, other: Type): Type | undefined {
  const ci = one.ci || other.ci;
  if (one.kind === 'any' || other.kind === 'any') return { kind: 'any', ci };
  if (one.kind !== other.kind) return undefined;
  if (one.of === undefined || other.of === undefined) return { kind: one.kind, ci };
  const of = joined(one.of, other.of);
  return of && { kind: one.kind, ci, of };
}

/** A length of time; differences of dates are such. */
export class Duration {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Reads `1h30m`, `90s`, `1.5h` or `2d`; undefined when it is none. */
export function parseDuration(text: string): Duration | undefined {
  if (!/^-?(?:\d{1,12}(?:\.\d{1,9})?(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit = ''] of text.matchAll(/([\d.]+)(ms|s|m|h|d)/g)) {
    ms += Number(amount) * (unitsMs[unit] ?? 0);
  }
  return new Duration(text.startsWith('-') ? -ms : ms);
}

/** Reads an ISO 8601 date and time with its zone; undefined when it is none. */
export function parseInstant(text: string): Date | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day] = match;
  // Date would read 31 February as 3 March.
  const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return midnight.getUTCDate() === Number(day) ? instantAt(Date.parse(text)) : undefined;
}

/** A date by its milliseconds since 1970; undefined beyond what a date can be. */
export function instantAt(ms: number): Date | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const tooCostly = new Error('the expression takes too many steps on this event');

/** Counts steps of an evaluation and ends it when they are used up: nested loops over long lists would stall everything else. */
export function spend(scope: Scope, steps: number): void {
  scope.steps -= steps;
  if (scope.steps < 0) throw tooCostly;
}

/** A text in the form in which conditions compare it. */
export function comparableText(scope: Scope, text: string, ci: boolean): string {
  spend(scope, text.length >> 6);
  return String(normal(text, ci));
}
