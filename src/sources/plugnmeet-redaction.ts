import { isObject, type JsonObject, type Value } from '#domain/value.ts';
import { embeddedObject } from './payload.ts';
import { identityKind } from './plugnmeet-people.ts';
import { type Pseudonym, phoneIdentity, phonePrefix, redact, withoutPhoneNumbers } from './redaction.ts';
import { text } from './wire.ts';

/** Stand anywhere inside the metadata of a room. */
const secretNames: ReadonlySet<string> = new Set(['encryption_key', 'pin', 'stream_key', 'webhook_url']);

const withoutSecrets = (name: string, value: Value): Value | undefined =>
  secretNames.has(name) ? undefined : value;

/** What a metadata text holds, and the same as text again; both without secrets. */
export type Metadata = {
  readonly value: JsonObject | string | undefined;
  readonly text: string | undefined;
};

const nothing: Metadata = { value: undefined, text: undefined };

/** Texts that are remembered, and the longest of them. */
const remembered = { texts: 2000, characters: 16_384 };

/** Reads metadata, which is JSON inside a text. Every event of a room repeats the room's: each text is read once. */
export class MetadataReader {
  readonly #recent = new Map<string, Metadata>();

  read(value: Value | undefined): Metadata {
    const written = text(value);
    if (written === undefined) return nothing;
    const known = this.#recent.get(written);
    if (known !== undefined) return known;
    const read = withText(valueOf(written));
    if (written.length > remembered.characters) return read;
    if (this.#recent.size >= remembered.texts) this.#recent.clear();
    this.#recent.set(written, read);
    return read;
  }
}

/** The object without its secrets. Another text stays, but not one that seems to hold a secret. */
function valueOf(written: string): Metadata['value'] {
  const metadata = embeddedObject(written);
  if (metadata !== undefined) return redact(metadata, withoutSecrets);
  return secretNames.values().some((name) => written.includes(name)) ? undefined : written;
}

function withText(value: Metadata['value']): Metadata {
  return { value, text: isObject(value) ? JSON.stringify(value) : value };
}

/** The payload as it is stored. The metadata of the room, by far its largest part, is left out: it stands under `room.metadata`. */
export function redactPayload(
  payload: JsonObject,
  metadata: MetadataReader,
  pseudonym: Pseudonym,
): JsonObject {
  const room = payload['room'];
  return redact(payload, function redaction(name, value) {
    if (secretNames.has(name)) return undefined;
    if (value === room && isObject(room)) {
      const { metadata: _standsParsed, ...rest } = room;
      return redact(rest, redaction);
    }
    if (typeof value === 'string') {
      if (name === 'metadata') return metadata.read(value).text;
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
