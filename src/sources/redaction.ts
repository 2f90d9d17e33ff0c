import { isObject, type JsonObject, type Value } from '#domain/value.ts';
import { isList } from './wire.ts';

/** Decides one member of a payload: `undefined` removes it, the same value goes on inside it, another value takes its place. */
export type Redaction = (name: string, value: Value) => Value | undefined;

/** The payload without what must not be stored; the same object where nothing is. Items of a list are asked for under its name. */
export function redact(payload: JsonObject, redaction: Redaction): JsonObject {
  let kept: Record<string, Value> | undefined;
  for (const name in payload) {
    const value = payload[name];
    const left = value === undefined ? undefined : redactValue(name, value, redaction);
    if (left === value) continue;
    kept ??= { ...payload };
    if (left === undefined) delete kept[name];
    else kept[name] = left;
  }
  return kept ?? payload;
}

function redactValue(name: string, value: Value, redaction: Redaction): Value | undefined {
  const left = redaction(name, value);
  if (left !== value) return left;
  if (isList(value)) return redactList(name, value, redaction);
  return isObject(value) ? redact(value, redaction) : value;
}

function redactList(name: string, list: readonly Value[], redaction: Redaction): readonly Value[] {
  const kept = list.map((item) => redactValue(name, item, redaction));
  const isSame = kept.every((item, at) => item === list[at]);
  return isSame ? list : kept.filter((item) => item !== undefined);
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
