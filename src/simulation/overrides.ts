import { isObject } from '#domain/value.ts';
import { embeddedObject } from '#sources/payload.ts';
import type { Payload } from './platform.ts';
import { WrongUse } from './wrong-use.ts';

/** A value to be put into the sender's payload, as `path=value` asks for it. */
export type Override = { readonly path: readonly string[]; readonly text: string };

/** Reads `participant.name=Guest One`. Throws WrongUse. */
export function parseOverride(written: string): Override {
  const at = written.indexOf('=');
  const path = written.slice(0, Math.max(0, at)).split('.');
  if (at < 1 || path.includes(''))
    throw new WrongUse(`--set ${written}: write it as path=value, such as participant.name="Guest One"`);
  return { path, text: written.slice(at + 1) };
}

/** What is inside: the members of an object or list, also of one that is written as text (metadata of rooms). */
function inside(value: unknown): unknown {
  return typeof value === 'string' ? embeddedObject(value) : value;
}

function memberOf(value: unknown, name: string): unknown {
  const holder: unknown = inside(value);
  if (Array.isArray(holder)) return /^\d{1,9}$/.test(name) ? holder[Number(name)] : undefined;
  return isObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
}

/** What stands at that place, undefined where there is nothing. */
export function valueAt(payload: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(memberOf, payload);
}

/** A copy with `value` at that place; objects on the way there are made where they are missing. */
export function placeAt(payload: Payload, [name, ...rest]: readonly string[], value: unknown): Payload {
  if (name === undefined) return payload;
  return { ...payload, [name]: rest.length === 0 ? value : placedIn(payload[name], rest, value) };
}

function placedIn(holder: unknown, path: readonly string[], value: unknown): unknown {
  const [name = '', ...rest] = path;
  const held: unknown = inside(holder);
  if (Array.isArray(held) && /^\d{1,9}$/.test(name) && Number(name) <= held.length) {
    const items: unknown[] = [...held];
    items[Number(name)] = rest.length === 0 ? value : placedIn(held[Number(name)], rest, value);
    return items;
  }
  const placed = placeAt(isObject(held) ? held : {}, path, value);
  return typeof holder === 'string' && held !== undefined ? JSON.stringify(placed) : placed;
}

/** The text as JSON, else as it is. Where the sender writes text, a number stays text: ids and 64-bit integers are text on the wire. */
function valueOf(text: string, before: unknown): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  return isScalar && typeof before === 'string' ? text : value;
}

/** One webhook to be; `takes` says whether a place of it may be changed at all. */
export type Draft = {
  readonly payload: Payload;
  readonly takes: (path: readonly string[]) => boolean;
};

export type Overridden = {
  readonly payloads: readonly Payload[];
  /** Places that the sender does not fill by itself, so that a slip of the pen shows. */
  readonly added: readonly string[];
};

/**
 * Puts every value where its place is, else into every payload that has the first part of its path. Throws WrongUse where no payload has
 * that; `nearest` finds what was meant.
 */
export function override(
  drafts: readonly Draft[],
  overrides: readonly Override[],
  nearest: (word: string, known: readonly string[]) => string | undefined,
): Overridden {
  let payloads = drafts.map(({ payload }) => payload);
  const added: string[] = [];
  for (const { path, text } of overrides) {
    const [root = ''] = path;
    const isOpen = (index: number): boolean => drafts[index]?.takes(path) ?? false;
    const exact = payloads.map((each, index) => isOpen(index) && valueAt(each, path) !== undefined);
    const rooted = payloads.map((each, index) => isOpen(index) && Object.hasOwn(each, root));
    const isKnown = exact.includes(true);
    if (!isKnown) {
      if (!rooted.includes(true)) throw unknownRoot(path, payloads, nearest);
      added.push(path.join('.'));
    }
    const chosen = isKnown ? exact : rooted;
    payloads = payloads.map((each, index) =>
      chosen[index] === true ? placeAt(each, path, valueOf(text, valueAt(each, path))) : each,
    );
  }
  return { payloads, added };
}

function unknownRoot(
  path: readonly string[],
  payloads: readonly Payload[],
  nearest: (word: string, known: readonly string[]) => string | undefined,
): WrongUse {
  const written = path.join('.');
  const places = [...new Set(payloads.flatMap((each) => pathsOf(each)))];
  const roots = [...new Set(payloads.flatMap((each) => Object.keys(each)))];
  const best = places.find((place) => place.endsWith(`.${written}`)) ?? nearest(written, places);
  const meant = best ?? nearest(path[0] ?? '', roots);
  return new WrongUse(
    `--set ${written}: the payload has no "${path[0]}"${meant === undefined ? '' : `; did you mean ${meant}?`} (it has ${roots.join(', ')})`,
  );
}

function pathsOf(value: unknown, before = ''): readonly string[] {
  const holder: unknown = inside(value);
  if (!isObject(holder)) return [];
  return Object.entries(holder).flatMap(([name, member]) => {
    const path = `${before}${name}`;
    return [path, ...pathsOf(member, `${path}.`)];
  });
}
