import type { EventType } from '#domain/catalogue.ts';
import type { Instant, Participant, ParticipantKind, Track } from '#domain/event.ts';
import type { JsonObject, Value } from '#domain/value.ts';
import { disconnectReason, participantKind, trackKind, trackSource } from './livekit-words.ts';
import { embeddedObject } from './payload.ts';
import {
  holdsPhoneNumber,
  type Pseudonym,
  phoneIdentity,
  phonePrefix,
  withoutPhoneNumbers,
} from './redaction.ts';
import { instantOfMs, instantOfSeconds, object, present, secondsBetween, text } from './wire.ts';

/** Track events tell no kind, so recorders and callers are known by their identity too. */
export function personKind(identity: string, kind: Value | undefined): ParticipantKind {
  const told = participantKind(kind);
  if (told !== 'human') return told;
  if (identity.startsWith('EG_')) return 'recorder';
  return identity.startsWith(phonePrefix) ? 'phone' : 'human';
}

/** Metadata is free text, often JSON: an object where it is one. */
export function readMetadata(value: Value | undefined): JsonObject | string | undefined {
  const written = text(value);
  return written === undefined ? undefined : (embeddedObject(written) ?? written);
}

/** Attributes of a participant; those of the telephone bridge hold the numbers of both ends. */
export function attributesWithoutNumbers(attributes: JsonObject, pseudonym: Pseudonym): JsonObject {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]): [string, Value] => {
      const isNumber = name.startsWith('sip.') && typeof value === 'string' && holdsPhoneNumber(value);
      return [name, isNumber ? phoneIdentity(value, pseudonym) : value];
    }),
  );
}

/** A participant of an event at `time`. The number of somebody on the phone stays out of id, name and attributes. */
export function readParticipant(
  from: JsonObject,
  type: EventType,
  time: Instant,
  pseudonym: Pseudonym,
): Participant {
  const identity = text(from['identity']);
  const name = text(from['name']);
  const kind = personKind(identity ?? '', from['kind']);
  const joinedAt = instantOfMs(from['joinedAtMs']) ?? instantOfSeconds(from['joinedAt']);
  const attributes = object(from['attributes']);
  const isGone = type === 'participant.left' || type === 'participant.failed';
  return present<Participant>({
    id: identity && kind === 'phone' ? phoneIdentity(identity, pseudonym) : identity,
    sid: text(from['sid']),
    name: name && kind === 'phone' ? withoutPhoneNumbers(name) : name,
    kind,
    reason: isGone ? disconnectReason(from['disconnectReason']) : undefined,
    joined_at: joinedAt,
    seconds: type === 'participant.left' ? secondsBetween(joinedAt, time) : undefined,
    metadata: readMetadata(from['metadata']),
    attributes: attributes && attributesWithoutNumbers(attributes, pseudonym),
  });
}

export function readTrack(from: JsonObject): Track {
  return present<Track>({
    id: text(from['sid']),
    kind: trackKind(from['type']),
    source: trackSource(from['source']),
    mime: text(from['mimeType']),
  });
}
