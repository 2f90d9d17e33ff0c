import { isAscii, isUtf8 } from 'node:buffer';
import { isObject, type JsonObject, type Value } from '#domain/value.ts';

export type Payload =
  | { readonly kind: 'object'; readonly object: JsonObject }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Objects and lists may stand inside each other to a depth below this; no sender comes near it. */
const depthLimit = 64;

/** Names that reach into prototypes when somebody copies an object carelessly. */
const refusedNames = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads the bytes of a webhook: one JSON object in UTF-8, without null, refused names and unpaired surrogates. Never throws. */
export function readPayload(body: Buffer): Payload {
  if (!isUtf8(body)) return { kind: 'unreadable', reason: 'the body is not UTF-8' };
  return parse(body.toString(isAscii(body) ? 'latin1' : 'utf8').replace(/^\ufeff/, ''));
}

/** The JSON object in a text field such as room metadata; missing when it holds anything else. */
export function embeddedObject(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  const payload = parse(text);
  return payload.kind === 'object' ? payload.object : undefined;
}

function parse(text: string): Payload {
  try {
    const value = plain(JSON.parse(text), 1);
    if (isObject(value)) return { kind: 'object', object: value };
    return { kind: 'unreadable', reason: 'the body is not a JSON object' };
  } catch (error) {
    const reason = error instanceof RangeError ? 'the body is nested too deeply' : 'the body is not JSON';
    return { kind: 'unreadable', reason };
  }
}

/** Takes out what we do not keep. In place: the value was just parsed, nobody else has it, and copies would cost as much as parsing. */
function plain(value: unknown, depth: number): Value | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= depthLimit) throw new RangeError('nested too deeply');
  if (Array.isArray(value)) return plainList(value, depth);
  return plainObject(value as Record<string, unknown>, depth);
}

function plainList(list: readonly unknown[], depth: number): readonly Value[] {
  return list.map((item) => plain(item, depth + 1)).filter((item) => item !== undefined);
}

function plainObject(object: Record<string, unknown>, depth: number): JsonObject {
  for (const name in object) {
    const member = object[name];
    const value = refusedNames.has(name) ? undefined : plain(member, depth + 1);
    const kept = name.isWellFormed() ? name : name.toWellFormed();
    if (value === undefined || kept !== name) delete object[name];
    if (value !== undefined && (kept !== name || value !== member)) object[kept] = value;
  }
  return object as JsonObject;
}
