import { Temporal } from 'temporal-polyfill';
import { isObject } from '#domain/value.ts';
import { notInstant } from './expression-operators.ts';
import {
  canBe,
  comparableText,
  Duration,
  instantAt,
  type Kind,
  kindWords,
  type Part,
  parseDuration,
  parseInstant,
  type Run,
  type Scope,
  spend,
  typeOf,
} from './expression-value.ts';
import { operators } from './operators.ts';
import { isScalar } from './scalar.ts';
import { isTimezone } from './timezone.ts';

/** What a call makes of the values of its parts, the receiver first; `ci` when one of them compares case-insensitively. */
type Work = (values: readonly unknown[], scope: Scope, ci: boolean) => unknown;

/** A function or method: the kinds that its parts can have, the receiver of a method first, of which `optional` may be left out. */
type Call = {
  readonly takes: readonly (readonly Kind[])[];
  readonly optional?: 1;
  readonly gives: Kind;
  /** Makes the work out of those parts that are written in the expression itself; a text says why it cannot. */
  readonly prepare: (literals: readonly Part['literal'][], ci: boolean) => Work | string;
};

/** A compiled call, or what is wrong with it and where. */
export type CallResult =
  | { readonly part: Part }
  | { readonly code: 'bad-expression' | 'wrong-type'; readonly error: string; readonly at: number };

function call(takes: Call['takes'], gives: Kind, work: Work): Call {
  return { takes, gives, prepare: () => work };
}

const about = (compare: (text: string, part: string) => boolean): Call =>
  call([['text'], ['text']], 'boolean', ([text, part], scope, ci) =>
    typeof text === 'string' && typeof part === 'string'
      ? compare(comparableText(scope, text, ci), comparableText(scope, part, ci))
      : undefined,
  );

const changed = (change: (text: string) => string): Call =>
  call([['text']], 'text', ([text], scope) => {
    if (typeof text !== 'string') return undefined;
    spend(scope, text.length >> 6);
    return change(text);
  });

const size = call([['text', 'list']], 'number', ([value], scope) => {
  if (Array.isArray(value)) return value.length;
  if (isObject(value) && !(value instanceof Date) && !(value instanceof Duration))
    return Object.keys(value).length;
  if (typeof value !== 'string') return undefined;
  spend(scope, value.length >> 6);
  return Array.from(value).length;
});

const numberOf = (round: (value: number) => number): Call =>
  call([['number', 'text']], 'number', ([value]) => {
    if (typeof value === 'number') return round(value);
    const isNumber = typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value);
    return isNumber ? round(Number(value)) : undefined;
  });

/** Called like `size(x)`. */
const functions: Readonly<Record<string, Call>> = {
  size,
  int: numberOf(Math.trunc),
  double: numberOf((value) => value),
  string: call([['text', 'number', 'boolean', 'date']], 'text', ([value]) => {
    if (value instanceof Date) return value.toISOString();
    return isScalar(value) ? String(value) : undefined;
  }),
  timestamp: {
    takes: [['text', 'number', 'date']],
    gives: 'date',
    prepare: ([literal]) => {
      if (typeof literal === 'string' && parseInstant(literal) === undefined) return notInstant(literal);
      return ([value]) => {
        if (typeof value === 'string') return parseInstant(value);
        return typeof value === 'number' ? instantAt(value * 1_000) : value;
      };
    },
  },
  duration: {
    takes: [['text']],
    gives: 'duration',
    prepare: ([literal]) => {
      const duration = typeof literal === 'string' ? parseDuration(literal) : undefined;
      return duration
        ? () => duration
        : 'duration() takes a length of time in quotes, such as duration("5m")';
    },
  },
};

const matches: Call = {
  takes: [['text'], ['text']],
  gives: 'boolean',
  prepare: ([, pattern], isCaseInsensitive) => {
    if (typeof pattern !== 'string') return 'matches() takes a regular expression in quotes';
    const settings = { kind: 'text', isCaseInsensitive, list: () => undefined } as const;
    const compiled = operators['matches']?.compile(pattern, settings);
    if (compiled === undefined || !('check' in compiled))
      return compiled?.error ?? 'matches() is not available';
    const { check } = compiled;
    return ([text], scope) => {
      if (typeof text !== 'string') return undefined;
      spend(scope, text.length >> 6);
      return check(text);
    };
  },
};

/** A part of a date in UTC or in a time zone in quotes, or of a length of time. */
function clock(ofDate: (date: Temporal.ZonedDateTime) => number, ofDuration?: (ms: number) => number): Call {
  return {
    takes: [ofDuration ? ['date', 'duration'] : ['date'], ['text']],
    optional: 1,
    gives: 'number',
    prepare: (literals) => {
      const zone = literals.length > 1 ? literals[1] : 'UTC';
      if (typeof zone !== 'string' || !isTimezone(zone)) {
        return 'the time zone is written in quotes, such as "Europe/Berlin"';
      }
      return ([value]) => {
        if (value instanceof Duration) return ofDuration?.(value.ms);
        if (!(value instanceof Date)) return undefined;
        return ofDate(Temporal.Instant.fromEpochMilliseconds(value.getTime()).toZonedDateTimeISO(zone));
      };
    },
  };
}

/** Called like `x.size()`. */
const methods: Readonly<Record<string, Call>> = {
  size,
  matches,
  contains: about((text, part) => text.includes(part)),
  startsWith: about((text, part) => text.startsWith(part)),
  endsWith: about((text, part) => text.endsWith(part)),
  lowerAscii: changed((text) => text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())),
  upperAscii: changed((text) => text.replace(/[a-z]+/g, (small) => small.toUpperCase())),
  trim: changed((text) => text.trim()),
  getFullYear: clock((date) => date.year),
  getMonth: clock((date) => date.month - 1),
  getDate: clock((date) => date.day),
  getDayOfMonth: clock((date) => date.day - 1),
  getDayOfWeek: clock((date) => date.dayOfWeek % 7),
  getDayOfYear: clock((date) => date.dayOfYear - 1),
  getHours: clock(
    (date) => date.hour,
    (ms) => Math.trunc(ms / 3_600_000),
  ),
  getMinutes: clock(
    (date) => date.minute,
    (ms) => Math.trunc(ms / 60_000),
  ),
  getSeconds: clock(
    (date) => date.second,
    (ms) => Math.trunc(ms / 1_000),
  ),
  getMilliseconds: clock(
    (date) => date.millisecond,
    (ms) => ms % 1_000,
  ),
};

export const functionNames: readonly string[] = Object.keys(functions);
export const methodNames: readonly string[] = Object.keys(methods);

/** Compiles a call of a function, or of a method on the first of `parts`; undefined when there is none of that name. */
export function compileCall(
  name: string,
  isMethod: boolean,
  parts: readonly Part[],
  at: number,
): CallResult | undefined {
  const table = isMethod ? methods : functions;
  const known = Object.hasOwn(table, name) ? table[name] : undefined;
  if (known === undefined) return undefined;
  const { takes, gives, optional = 0 } = known;
  const beside = isMethod ? 1 : 0;
  if (parts.length > takes.length || parts.length < takes.length - optional) {
    const wanted = takes.length - optional - beside;
    const words = wanted === 0 ? 'nothing' : wanted === 1 ? 'one value' : `${wanted} values`;
    return { code: 'bad-expression', error: `"${name}" takes ${words} in its brackets`, at };
  }
  for (const [index, part] of parts.entries()) {
    const wanted = takes[index] ?? [];
    if (wanted.some((kind) => canBe(part.type, kind))) continue;
    const kinds = wanted.map((kind) => kindWords[kind]).join(' or ');
    const error = `"${name}" needs ${kinds} here, and this is ${kindWords[part.type.kind]}`;
    return { code: 'wrong-type', error, at: part.at };
  }
  const ci = parts.some(({ type }) => type.ci);
  const work = known.prepare(
    parts.map(({ literal }) => literal),
    ci,
  );
  if (typeof work === 'string') {
    const code = name === 'matches' ? 'bad-expression' : 'wrong-type';
    return { code, error: work, at: parts.at(-1)?.at ?? at };
  }
  const run: Run = (scope) => {
    const values = parts.map((part) => part.run(scope));
    return values.includes(undefined) ? undefined : work(values, scope, ci);
  };
  return { part: { type: typeOf(gives, ci && gives === 'text'), run, at: parts[0]?.at ?? at } };
}
