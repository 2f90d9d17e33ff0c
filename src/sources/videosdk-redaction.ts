import { isObject, type JsonObject, type Value } from '#domain/value.ts';
import { type Pseudonym, phoneIdentity, redact } from './redaction.ts';

/**
 * The payload as it is stored: without the addresses of keys, what the integrator noted about a customer, and the text of a summary, which
 * the artifact carries.
 */
export function redactPayload(payload: JsonObject, pseudonym: Pseudonym): JsonObject {
  return redact(payload, (name, value) => {
    if (name === 'customer-data' || name === 'call-summary') return undefined;
    if (name === 'keyUrl' || name === 'metaUrl') return undefined;
    if (name === 'metaData' && isObject(value)) return callMetadata(value, pseudonym);
    return value;
  });
}

/** What the integrator attached to a call, without phone numbers. */
export function callMetadata(metadata: JsonObject, pseudonym: Pseudonym): JsonObject {
  return redact(metadata, (_name, value) =>
    isPhoneNumber(value) ? phoneIdentity(String(value), pseudonym) : value,
  );
}

function isPhoneNumber(value: Value): value is string | number {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const written = String(value)
    .replace(/^(?:sips?|tel):/i, '')
    .replace(/@.*$/s, '');
  const isDate = /^\d{4}-\d\d-\d\d/.test(written);
  return !isDate && /^\+?[\d\s().-]+$/.test(written) && /^\d{7,15}$/.test(written.replaceAll(/\D/g, ''));
}
