import { isObject, type JsonObject, type Value } from '#domain/value.ts';
import { isList } from './wire.ts';

/** Decides one member of a payload: `undefined` removes it, the same value goes on inside it, another value takes its place. */
export type Redaction = (name: string, value: Value) => Value | undefined;

/** The payload without what must not be stored; what needs no change is not copied. Items of a list are asked for under its name. */
export function redact(payload: JsonObject, redaction: Redaction): JsonObject {
  let kept: Record<string, Value> | undefined;
  for (const name in payload) {
    const value = payload[name];
    if (value === undefined) continue;
    const left = redactValue(name, value, redaction);
    if (left !== value) kept ??= membersBefore(name, payload);
    if (kept !== undefined && left !== undefined) kept[name] = left;
  }
  return kept ?? payload;
}

function membersBefore(end: string, payload: JsonObject): Record<string, Value> {
  const members: Record<string, Value> = {};
  for (const name in payload) {
    const value = payload[name];
    if (name === end) break;
    if (value !== undefined) members[name] = value;
  }
  return members;
}

function redactValue(name: string, value: Value, redaction: Redaction): Value | undefined {
  const left = redaction(name, value);
  if (left !== value) return left;
  if (isList(value)) {
    const items = value.map((item) => redactValue(name, item, redaction));
    return items.every((item, at) => item === value[at]) ? value : items.filter((item) => item !== undefined);
  }
  return isObject(value) ? redact(value, redaction) : value;
}

export type Pseudonym = (text: string) => string;

/** How the platforms begin the identity of somebody on the phone; the rest is the number. */
export const phonePrefix = 'sip_';

/** The identity of somebody on the phone without the number: the same caller stays the same, two digits help to recognise one. */
export function phoneIdentity(identity: string, pseudonym: Pseudonym): string {
  const number = identity.startsWith(phonePrefix) ? identity.slice(phonePrefix.length) : identity;
  const digits = number.replaceAll(/\D/g, '');
  return `${phonePrefix}${pseudonym(number.replace(/^\+/, ''))}${digits.slice(-2)}`;
}

/** Shortens numbers of five digits and more to their last two, as in `Phone +15550100`. */
export function withoutPhoneNumbers(text: string): string {
  return text.replaceAll(/\+?\d[\d\s().-]{3,}\d/g, (number) => `…${number.slice(-2)}`);
}

/** True for a text that holds at least five digits in a row, however they are grouped. */
export function holdsPhoneNumber(text: string): boolean {
  return /\d{5}/.test(text.replaceAll(/[\s().-]/g, ''));
}
