import type { Participant, ParticipantKind } from '#domain/event.ts';
import type { Value } from '#domain/value.ts';
import { enumWord } from './wire.ts';

// Enums of LiveKit's protocol in the order of their numbers. plugNmeet relays LiveKit's objects, so they are its words too.

const kinds: Readonly<Record<string, ParticipantKind>> = {
  standard: 'human',
  ingress: 'ingress',
  egress: 'recorder',
  sip: 'phone',
  agent: 'agent',
  connector: 'bridge',
  bridge: 'bridge',
};

/** Our kind of a participant; whoever is not told apart is a human. */
export function participantKind(value: Value | undefined): ParticipantKind {
  const word = enumWord(value, Object.keys(kinds));
  return (word === undefined || !Object.hasOwn(kinds, word) ? undefined : kinds[word]) ?? 'human';
}

const disconnectReasons = [
  'unknown_reason',
  'client_initiated',
  'duplicate_identity',
  'server_shutdown',
  'participant_removed',
  'room_deleted',
  'state_mismatch',
  'join_failure',
  'migration',
  'signal_close',
  'room_closed',
  'user_unavailable',
  'user_rejected',
  'sip_trunk_failure',
  'connection_timeout',
  'media_failure',
  'agent_error',
];

/** Why somebody left, in lower case; missing where the platform does not know. */
export function disconnectReason(value: Value | undefined): Participant['reason'] {
  return enumWord(value, disconnectReasons);
}

const trackKinds = ['audio', 'video', 'data'];
const trackSources = ['unknown', 'camera', 'microphone', 'screen_share', 'screen_share_audio'];

/** An absent type is the first one, audio. */
export function trackKind(value: Value | undefined): string {
  return enumWord(value, trackKinds) ?? 'audio';
}

/** An absent source is the first one, unknown. */
export function trackSource(value: Value | undefined): string {
  return enumWord(value, trackSources) ?? 'unknown';
}
