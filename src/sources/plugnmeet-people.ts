import type { EventType } from '#domain/catalogue.ts';
import type { Instant, Participant, ParticipantKind, Track } from '#domain/event.ts';
import type { JsonObject, Value } from '#domain/value.ts';
import { disconnectReason, participantKind, trackKind, trackSource } from './livekit-words.ts';
import { type Pseudonym, phoneIdentity, phonePrefix, withoutPhoneNumbers } from './redaction.ts';
import { instantOfMs, instantOfSeconds, present, secondsBetween, text } from './wire.ts';

/** Who is behind an identity. plugNmeet names its machines by fixed identities; only then does LiveKit's `kind` count. */
export function identityKind(identity: string, kind: Value | undefined): ParticipantKind {
  if (identity === 'RECORDER_BOT') return 'recorder';
  if (identity === 'RTMP_BOT') return 'stream';
  if (identity.startsWith('ingres_')) return 'ingress';
  if (identity.startsWith('pnm_agent-') || identity.startsWith('pnm_tts_agent-')) return 'agent';
  if (identity.startsWith(phonePrefix)) return 'phone';
  return participantKind(kind);
}

/** A participant of an event at `time`. The number of somebody on the phone stays out of id and name. */
export function readParticipant(
  from: JsonObject,
  type: EventType,
  time: Instant,
  metadata: JsonObject | string | undefined,
  pseudonym: Pseudonym,
): Participant {
  const identity = text(from['identity']);
  const name = text(from['name']);
  const kind = identityKind(identity ?? '', from['kind']);
  const joinedAt = instantOfMs(from['joined_at_ms']) ?? instantOfSeconds(from['joined_at']);
  const hasLeft = type === 'participant.left';
  return present<Participant>({
    id: identity && kind === 'phone' ? phoneIdentity(identity, pseudonym) : identity,
    sid: text(from['sid']),
    name: name && kind === 'phone' ? withoutPhoneNumbers(name) : name,
    kind,
    reason: hasLeft ? disconnectReason(from['disconnect_reason']) : undefined,
    joined_at: joinedAt,
    seconds: hasLeft ? secondsBetween(joinedAt, time) : undefined,
    metadata,
  });
}

/** Somebody of whom only the identity is told. */
export function readSpeaker(value: Value | undefined, pseudonym: Pseudonym): Participant | undefined {
  const identity = text(value);
  if (identity === undefined) return undefined;
  const kind = identityKind(identity, undefined);
  return { id: kind === 'phone' ? phoneIdentity(identity, pseudonym) : identity, kind };
}

export function readTrack(from: JsonObject): Track {
  return present<Track>({
    id: text(from['sid']),
    kind: trackKind(from['type']),
    source: trackSource(from['source']),
    mime: text(from['mime_type']),
  });
}
