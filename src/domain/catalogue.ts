import { fields } from './fields.ts';

/** The objects an event may carry besides `event`, `source`, `room`, `session` and `raw`, which may stand on every event. */
type ObjectName =
  | 'participant'
  | 'track'
  | 'recording'
  | 'stream'
  | 'hls'
  | 'ingress'
  | 'artifact'
  | 'transcript'
  | 'usage'
  | 'agent'
  | 'call'
  | 'resource';

const carriers = {
  'room.created': [],
  'room.started': [],
  'room.ended': [],
  'participant.joined': ['participant'],
  'participant.left': ['participant'],
  'participant.failed': ['participant'],
  'track.published': ['participant', 'track'],
  'track.unpublished': ['participant', 'track'],
  'recording.starting': ['recording', 'participant'],
  'recording.started': ['recording', 'participant'],
  'recording.stopping': ['recording', 'participant'],
  'recording.stopped': ['recording', 'participant'],
  'recording.transcoded': ['recording'],
  'recording.ready': ['recording', 'participant'],
  'recording.failed': ['recording', 'participant'],
  'stream.starting': ['stream'],
  'stream.started': ['stream'],
  'stream.stopping': ['stream'],
  'stream.stopped': ['stream'],
  'stream.failed': ['stream'],
  'hls.starting': ['hls'],
  'hls.started': ['hls'],
  'hls.ready': ['hls'],
  'hls.stopping': ['hls'],
  'hls.stopped': ['hls'],
  'hls.failed': ['hls'],
  'ingress.started': ['ingress'],
  'ingress.ended': ['ingress'],
  'transcript.started': ['transcript', 'participant'],
  'transcript.stopped': ['transcript', 'participant', 'usage'],
  'transcript.failed': ['transcript'],
  'artifact.ready': ['artifact'],
  'analytics.ready': ['artifact'],
  'usage.reported': ['usage'],
  'agent.starting': ['agent'],
  'agent.started': ['agent'],
  'agent.stopping': ['agent'],
  'agent.ended': ['agent'],
  'agent.failed': ['agent'],
  'call.started': ['call'],
  'call.ringing': ['call'],
  'call.answered': ['call'],
  'call.missed': ['call'],
  'call.ended': ['call'],
  'call.updated': ['call'],
  'call.transferring': ['call'],
  'call.transferred': ['call'],
  'call.transfer_failed': ['call'],
  'call.moving': ['call'],
  'call.moved': ['call'],
  'call.move_failed': ['call'],
  'call.batch_started': ['call'],
  'call.batch_ended': ['call'],
  'resource.acquired': ['resource'],
  'resource.released': ['resource'],
  other: [],
} as const satisfies Record<string, readonly ObjectName[]>;

/** Our word for something that happened: noun.participle. */
export type EventType = keyof typeof carriers;

export const eventTypes: readonly EventType[] = Object.keys(carriers) as EventType[];

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(carriers, text);
}

/** Words people find in vendors' pages and plug-ins for things that are never sent under that name, with ours. */
export const eventTypesOftenMeant: Readonly<Record<string, EventType>> = {
  room_ended: 'room.ended',
  room_finished: 'room.ended',
  session_ended: 'room.ended',
  'session-started': 'room.started',
  'session-ended': 'room.ended',
  room_started: 'room.started',
  user_joined: 'participant.joined',
  user_left: 'participant.left',
  'user-joined': 'participant.joined',
  participant_joined: 'participant.joined',
  participant_left: 'participant.left',
  'participant-joined': 'participant.joined',
  'participant-left': 'participant.left',
  participant_connection_aborted: 'participant.failed',
  start_recording: 'recording.started',
  stop_recording: 'recording.stopped',
  end_recording: 'recording.stopped',
  recording_proceeded: 'recording.ready',
  egress_started: 'recording.started',
  egress_ended: 'recording.ready',
  stop_rtmp: 'stream.stopped',
  artifact_created: 'artifact.ready',
  analytics_proceeded: 'analytics.ready',
};

/** Whether an event of one type can carry a field: `known` by the catalogue, `open` (inside a free-form object or `raw`), or not at all. */
export type Presence = 'known' | 'never' | 'open' | 'unknown field';

/** Fields like `room.metadata.team` lie below one of these; nothing is known about them. */
function openRoot(path: string): boolean {
  if (path.startsWith('raw.')) return true;
  const parts = path.split('.');
  for (let length = parts.length - 1; length >= 2; length--) {
    const kind = fields[parts.slice(0, length).join('.')]?.kind;
    if (kind === 'object' || kind === 'list') return true;
  }
  return false;
}

/** Whether `path` can be on an event of this type. */
export function presenceOf(path: string, type: EventType): Presence {
  const field = fields[path];
  const root = path.split('.')[0] ?? '';
  if (field === undefined && !openRoot(path)) return 'unknown field';
  const everywhere = ['event', 'source', 'room', 'session', 'raw'];
  const carried: readonly string[] = carriers[type];
  if (!everywhere.includes(root) && !carried.includes(root)) return 'never';
  if (field === undefined) return 'open';
  return field.on === undefined || field.on.includes(type) ? 'known' : 'never';
}
