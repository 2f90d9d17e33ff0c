import { isObject, type JsonObject, type Value } from '#domain/value.ts';
import { embeddedObject } from './payload.ts';
import { identityKind } from './plugnmeet-people.ts';
import { type Pseudonym, phoneIdentity, phonePrefix, redact, withoutPhoneNumbers } from './redaction.ts';
import { text } from './wire.ts';

/** Stand anywhere inside the metadata of a room. */
const secretNames: ReadonlySet<string> = new Set(['encryption_key', 'pin', 'stream_key', 'webhook_url']);

const withoutSecrets = (name: string, value: Value): Value | undefined =>
  secretNames.has(name) ? undefined : value;

/** Metadata is JSON inside a text: the object without its secrets. Another text stays, but not one that seems to hold a secret. */
export function readMetadata(value: Value | undefined): JsonObject | string | undefined {
  const written = text(value);
  if (written === undefined) return undefined;
  const metadata = embeddedObject(written);
  if (metadata !== undefined) return redact(metadata, withoutSecrets);
  return secretNames.values().some((name) => written.includes(name)) ? undefined : written;
}

/** The payload as it is stored. `roomMetadata` is what `readMetadata` made of the metadata of its room. */
export function redactPayload(
  payload: JsonObject,
  roomMetadata: JsonObject | string | undefined,
  pseudonym: Pseudonym,
): JsonObject {
  const room = payload['room'];
  const written = isObject(room) ? room['metadata'] : undefined;
  return redact(payload, function redaction(name, value) {
    if (secretNames.has(name)) return undefined;
    if (typeof value === 'string') {
      if (name === 'metadata') return asText(value === written ? roomMetadata : readMetadata(value));
      return value.startsWith(phonePrefix) ? phoneIdentity(value, pseudonym) : value;
    }
    if (!isObject(value)) return value;
    if (name === 'breakdown') return redactBreakdown(value, pseudonym);
    if (name !== 'participant') return value;
    const identity = text(value['identity']);
    if (identity === undefined || identityKind(identity, value['kind']) !== 'phone') return value;
    const called = text(value['name']);
    return {
      ...redact(value, redaction),
      identity: phoneIdentity(identity, pseudonym),
      ...(called === undefined ? {} : { name: withoutPhoneNumbers(called) }),
    };
  });
}

function asText(metadata: JsonObject | string | undefined): string | undefined {
  return isObject(metadata) ? JSON.stringify(metadata) : metadata;
}

/** Breakdowns count by user id, with a suffix at times (`anna:chat:total`), beside totals and languages. Only user ids are personal. */
export function redactBreakdown(breakdown: JsonObject, pseudonym: Pseudonym): JsonObject {
  return Object.fromEntries(
    Object.entries(breakdown).map(([name, amount]) => {
      if (name.startsWith('total_') || name.startsWith('lang:')) return [name, amount];
      const [user = '', ...rest] = name.split(':');
      return [[pseudonym(user), ...rest].join(':'), amount];
    }),
  );
}
