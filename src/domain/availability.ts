import type { EventType } from './catalogue.ts';

type Platform = 'plugnmeet' | 'livekit' | 'videosdk';

const p: Platform = 'plugnmeet';
const l: Platform = 'livekit';
const v: Platform = 'videosdk';

/** Which platforms send events of a type. */
const senders: Readonly<Record<EventType, readonly Platform[]>> = {
  'room.created': [p],
  'room.started': [p, l, v],
  'room.ended': [p, l, v],
  'participant.joined': [p, l, v],
  'participant.left': [p, l, v],
  'participant.failed': [l],
  'track.published': [p, l],
  'track.unpublished': [p, l],
  'recording.starting': [v],
  'recording.started': [p, l, v],
  'recording.stopping': [l, v],
  'recording.stopped': [p, l, v],
  'recording.transcoded': [p],
  'recording.ready': [p, l, v],
  'recording.failed': [p, l, v],
  'stream.starting': [v],
  'stream.started': [p, l, v],
  'stream.stopping': [l, v],
  'stream.stopped': [p, l, v],
  'stream.failed': [p, l, v],
  'hls.starting': [v],
  'hls.started': [l, v],
  'hls.ready': [l, v],
  'hls.stopping': [l, v],
  'hls.stopped': [l, v],
  'hls.failed': [l, v],
  'ingress.started': [l],
  'ingress.ended': [l],
  'transcript.started': [p, v],
  'transcript.stopped': [p, v],
  'transcript.failed': [v],
  'artifact.ready': [p, l, v],
  'analytics.ready': [p],
  'usage.reported': [p],
  'agent.starting': [v],
  'agent.started': [l, v],
  'agent.stopping': [v],
  'agent.ended': [l, v],
  'agent.failed': [l, v],
  'call.started': [v],
  'call.ringing': [v],
  'call.answered': [v],
  'call.missed': [v],
  'call.ended': [v],
  'call.updated': [v],
  'call.transferring': [v],
  'call.transferred': [v],
  'call.transfer_failed': [v],
  'call.moving': [v],
  'call.moved': [v],
  'call.move_failed': [v],
  'call.batch_started': [v],
  'call.batch_ended': [v],
  'resource.acquired': [v],
  'resource.released': [v],
  other: [p, l, v],
};

type Absence = { readonly platforms: readonly Platform[]; readonly types?: string };

/** What a platform never tells: a field or a whole object, everywhere or on the types that begin like this. */
const absences: Readonly<Record<string, readonly Absence[]>> = {
  'event.id': [{ platforms: [v] }],
  'room.metadata': [{ platforms: [v] }],
  'room.parent_id': [{ platforms: [l, v] }],
  'room.is_breakout': [{ platforms: [l, v] }],
  'room.reason': [{ platforms: [p] }],
  session: [{ platforms: [v], types: 'agent.' }],
  participant: [
    { platforms: [p, l], types: 'recording.' },
    { platforms: [v], types: 'transcript.' },
  ],
  'participant.sid': [{ platforms: [v] }, { platforms: [p], types: 'transcript.' }],
  'participant.name': [{ platforms: [p], types: 'transcript.' }],
  'participant.joined_at': [{ platforms: [v] }],
  'participant.seconds': [{ platforms: [v] }],
  'participant.metadata': [{ platforms: [v] }, { platforms: [p], types: 'transcript.' }],
  'participant.attributes': [{ platforms: [p, v] }],
  'recording.url': [{ platforms: [p] }],
  'recording.bytes': [{ platforms: [v] }],
  'recording.seconds': [{ platforms: [p, v] }],
  'recording.status': [{ platforms: [p, v] }],
  'recording.is_encrypted': [{ platforms: [p, l] }],
  'recording.expires_at': [{ platforms: [p, v] }],
  'stream.id': [{ platforms: [v] }],
  'stream.url': [{ platforms: [p, v] }],
  'stream.seconds': [{ platforms: [p, v] }],
  'stream.error': [{ platforms: [v] }],
  'hls.id': [{ platforms: [v] }],
  'hls.seconds': [{ platforms: [v] }],
  'hls.bytes': [{ platforms: [v] }],
  'hls.error': [{ platforms: [v] }],
  'artifact.path': [{ platforms: [v] }, { platforms: [p], types: 'analytics.' }],
  'artifact.mime': [{ platforms: [l, v] }, { platforms: [p], types: 'analytics.' }],
  'artifact.bytes': [{ platforms: [l, v] }, { platforms: [p], types: 'analytics.' }],
  'artifact.job_id': [{ platforms: [l, v] }, { platforms: [p], types: 'analytics.' }],
  'artifact.text': [{ platforms: [p, l] }],
  transcript: [{ platforms: [p] }],
  usage: [{ platforms: [v], types: 'transcript.' }],
  'agent.error': [{ platforms: [v] }],
};

/** Of a field with a known set of values, those that a platform gives; all where not said. */
const givenValues: Readonly<Record<string, Partial<Record<Platform, readonly string[]>>>> = {
  'participant.kind': {
    livekit: ['human', 'phone', 'recorder', 'ingress', 'agent', 'bridge'],
    videosdk: ['human', 'agent'],
  },
  'recording.scope': {
    plugnmeet: ['room'],
    livekit: ['room', 'web', 'participant', 'track', 'composite'],
    videosdk: ['room', 'participant', 'track', 'composite', 'merge'],
  },
  'artifact.kind': {
    plugnmeet: ['transcript', 'summary', 'analytics', 'other'],
    livekit: ['images'],
    videosdk: ['transcript', 'summary'],
  },
};

const platforms: readonly string[] = [p, l, v];

/** Whether sources of a type (`livekit`) ever send an event. Those that are not bound to a platform can send anything. */
export function canSend(sourceType: string, type: EventType): boolean {
  return isFree(sourceType) || senders[type].some((each) => each === sourceType);
}

/** Source types that are known to send an event. */
export function sendersOf(type: EventType): readonly string[] {
  return senders[type];
}

/** Whether an event from sources of a type can have a field, given or counted by us. `room.url` is not theirs to give: it is configured. */
export function canGive(sourceType: string, field: string, type: EventType): boolean {
  if (isFree(sourceType)) return true;
  for (let end = field.indexOf('.'); end >= 0; end = field.indexOf('.', end + 1)) {
    if (isAbsent(field.slice(0, end), sourceType, type)) return false;
  }
  return !isAbsent(field, sourceType, type);
}

function isAbsent(path: string, sourceType: string, type: EventType): boolean {
  const found = Object.hasOwn(absences, path) ? absences[path] : undefined;
  return (
    found?.some(
      ({ platforms, types = '' }) => type.startsWith(types) && platforms.some((each) => each === sourceType),
    ) === true
  );
}

/** Whether a field can have this value on an event from sources of a type. */
export function canBe(sourceType: string, field: string, value: string): boolean {
  const bySource = Object.hasOwn(givenValues, field) ? givenValues[field] : undefined;
  const given = Object.entries(bySource ?? {}).find(([platform]) => platform === sourceType);
  return given === undefined || given[1].includes(value);
}

function isFree(sourceType: string): boolean {
  return !platforms.includes(sourceType);
}
