import { isObject, type JsonObject } from '#domain/value.ts';
import { withoutSignature, withoutStreamKey } from './livekit-location.ts';
import { attributesWithoutNumbers, personKind } from './livekit-people.ts';
import { type Pseudonym, phoneIdentity, phonePrefix, redact, withoutPhoneNumbers } from './redaction.ts';
import { text } from './wire.ts';

const secretNames: ReadonlySet<string> = new Set(['turnPassword', 'streamKey', 'participantMetadata']);

/** Blocks of an egress request that hold credentials; the sender blanks them in most cases. */
const storageBlocks: ReadonlySet<string> = new Set(['s3', 'gcp', 'azure', 'aliOSS', 'storage']);

/** The payload as it is stored. */
export function redactPayload(payload: JsonObject, pseudonym: Pseudonym): JsonObject {
  return redact(payload, function redaction(name, value) {
    if (secretNames.has(name)) return undefined;
    if (typeof value === 'string') return redactText(value, pseudonym);
    if (!isObject(value)) return value;
    if (storageBlocks.has(name)) return undefined;
    if (name === 'attributes') return attributesWithoutNumbers(value, pseudonym);
    if (name !== 'participant') return value;
    const identity = text(value['identity']);
    if (identity === undefined || personKind(identity, value['kind']) !== 'phone') return value;
    const called = text(value['name']);
    return {
      ...redact(value, redaction),
      identity: phoneIdentity(identity, pseudonym),
      ...(called === undefined ? {} : { name: withoutPhoneNumbers(called) }),
    };
  });
}

function redactText(value: string, pseudonym: Pseudonym): string {
  if (value.startsWith(phonePrefix)) return phoneIdentity(value, pseudonym);
  return withoutStreamKey(withoutSignature(value));
}
