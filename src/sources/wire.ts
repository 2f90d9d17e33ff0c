import type { Instant } from '#domain/event.ts';
import { httpAddress } from '#domain/text.ts';
import { isObject, type JsonObject, type Value } from '#domain/value.ts';

// Readers of single values. Each takes what stands in a payload, absent included, and answers `undefined` for what it cannot use.

type Wire = Value | undefined;

/** A text that is not empty, in Unicode NFC: names, ids, titles. */
export function text(value: Wire): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return value.normalize('NFC');
}

/** A text that is not empty, as it stands: a path names another file once it is normalised. */
export function exactText(value: Wire): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function flag(value: Wire): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function decimal(value: Wire): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A whole number, sent as number or text, that JavaScript holds exactly. */
export function integer(value: Wire): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** A whole number of things, bytes or characters. */
export function count(value: Wire): number | undefined {
  const number = integer(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

/** Decimal megabytes as bytes. */
export function megabytes(value: Wire): number | undefined {
  return typeof value === 'number' && value > 0 ? Math.round(value * 1_000_000) : undefined;
}

export function object(value: Wire): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

export function isList(value: Wire): value is readonly Value[] {
  return Array.isArray(value);
}

/** The objects of a list; other items are left out. */
export function objects(value: Wire): readonly JsonObject[] {
  return isList(value) ? value.filter((item) => isObject(item)) : [];
}

/** An absolute http(s) address. */
export function address(value: Wire): string | undefined {
  return typeof value === 'string' ? httpAddress(value) : undefined;
}

/** A protobuf enum as one of our words: sent by name (upper case, perhaps with `prefix`) or by number; a number without a name stays one. */
export function enumWord(value: Wire, words: readonly string[], prefix = ''): string | undefined {
  if (typeof value === 'number') return words[value] ?? String(value);
  const name = text(value);
  return (name?.startsWith(prefix) ? name.slice(prefix.length) : name)?.toLowerCase();
}

const lastMs = Date.UTC(9999, 11, 31);

function instant(ms: number): Instant | undefined {
  return ms > 0 && ms <= lastMs ? new Date(ms).toISOString() : undefined;
}

/** A moment sent in unix seconds; 0 means not set. */
export function instantOfSeconds(value: Wire): Instant | undefined {
  const seconds = integer(value);
  return seconds === undefined ? undefined : instant(seconds * 1000);
}

/** A moment sent in unix milliseconds; 0 means not set. */
export function instantOfMs(value: Wire): Instant | undefined {
  const ms = integer(value);
  return ms === undefined ? undefined : instant(ms);
}

/** A moment sent as ISO 8601 text; one that is not on any clock (15:60:35) is missing. */
export function instantOfText(value: Wire): Instant | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return undefined;
  return instant(Date.parse(value));
}

const longestMs = 30 * 24 * 3_600_000;

function nanosecondsAsMs(value: Wire): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value / 1_000_000 : undefined;
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return undefined;
  return Number(BigInt(value) / 1_000_000n);
}

function plausibleSeconds(ms: number | undefined): number | undefined {
  return ms !== undefined && ms > 0 && ms <= longestMs ? Math.round(ms) / 1000 : undefined;
}

/** A length in seconds out of nanoseconds. One that cannot be is replaced by end − start, or missing; senders do send nonsense. */
export function secondsOfNanoseconds(duration: Wire, startedAt: Wire, endedAt: Wire): number | undefined {
  const told = plausibleSeconds(nanosecondsAsMs(duration));
  if (told !== undefined) return told;
  const start = nanosecondsAsMs(startedAt);
  const end = nanosecondsAsMs(endedAt);
  if (start === undefined || end === undefined || start <= 0) return undefined;
  return plausibleSeconds(end - start);
}

/** Whole seconds from one moment to another. A difference below a second backwards is rounding of the sender's clock; more is missing. */
export function secondsBetween(from: Instant | undefined, to: Instant): number | undefined {
  if (from === undefined) return undefined;
  const ms = Date.parse(to) - Date.parse(from);
  return ms > -1000 && ms <= longestMs ? Math.max(0, Math.round(ms / 1000)) : undefined;
}

/** Fields of `T` in which those that may be absent may also be undefined. */
type Loose<T> = { readonly [K in keyof T]: object extends Pick<T, K> ? T[K] | undefined : T[K] };

/** The same fields without those that are undefined: in our vocabulary a missing field is absent. */
export function present<T extends object>(fields: Loose<T>): T {
  const kept: Partial<Loose<T>> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept as T;
}

/** As `present`, but an object without any field is missing itself. */
export function presentAny<T extends object>(fields: Loose<T>): T | undefined {
  const kept = present<T>(fields);
  return Object.keys(kept).length === 0 ? undefined : kept;
}
