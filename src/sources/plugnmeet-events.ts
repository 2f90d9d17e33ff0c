import type { EventType } from '#domain/catalogue.ts';
import type {
  DuplicateKey,
  Instant,
  MediaFile,
  MeetingEvent,
  Recording,
  Room,
  SessionFacts,
  Stream,
} from '#domain/event.ts';
import { isObject, type JsonObject, type Value } from '#domain/value.ts';
import { bodyKey, dayKey, dayMs } from './duplicates.ts';
import { readArtifactNews } from './plugnmeet-artifacts.ts';
import { readParticipant, readSpeaker, readTrack } from './plugnmeet-people.ts';
import { type MetadataReader, type Metadata as ReadMetadata, redactPayload } from './plugnmeet-redaction.ts';
import type { Facts, ReadingContext } from './reading.ts';
import type { Reading } from './source.ts';
import {
  count,
  exactText,
  flag,
  instantOfSeconds,
  megabytes,
  object,
  present,
  presentAny,
  text,
} from './wire.ts';

/** What reading takes; the reader of metadata remembers across webhooks. */
export type PlugNmeetContext = ReadingContext & { readonly metadata: MetadataReader };

/** Reads a webhook of plugNmeet; each tells one event. */
export function readPlugNmeet(payload: JsonObject, context: PlugNmeetContext): Reading {
  const { source, now, pseudonym } = context;
  const native = text(payload['event']) ?? 'unknown';
  const id = text(payload['id']);
  const told = instantOfSeconds(payload['created_at']) ?? instantOfSeconds(payload['createdAt']);
  const time = told ?? now.toISOString();
  const room = object(payload['room']);
  const metadata = context.metadata.read(room?.['metadata']).value;
  const { type, facts, keys } = newsOf(native, payload, time, context);
  const event = present<MeetingEvent>({
    event: { type, native, ...(id === undefined ? {} : { id }), time },
    source: { name: source, type: 'plugnmeet' },
    room: readRoom(room, metadata),
    session: readSession(room, metadata, type, time),
    ...facts,
    raw: redactPayload(payload, context.metadata, pseudonym),
  });
  // Servers up to 2.1.5 give two different events the same id.
  const [delivery = bodyKey(source, context.body, dayMs)] = dayKey(source, 'delivery', native, id);
  return { kind: 'events', native, keys: [delivery], events: [{ event, keys }] };
}

type Metadata = ReadMetadata['value'];

function inside(metadata: Metadata, name: string): Value | undefined {
  return isObject(metadata) ? metadata[name] : undefined;
}

function readRoom(room: JsonObject | undefined, metadata: Metadata): Room | undefined {
  return presentAny<Room>({
    id: text(room?.['room_id']),
    name: text(inside(metadata, 'room_title')) ?? text(room?.['name']),
    metadata,
    parent_id: text(inside(metadata, 'parent_room_id')),
    is_breakout: flag(inside(metadata, 'is_breakout_room')),
  });
}

/** The creation of a room may lie long before its meeting, so it is the last resort. */
function readSession(
  room: JsonObject | undefined,
  metadata: Metadata,
  type: EventType,
  time: Instant,
): SessionFacts | undefined {
  const started =
    instantOfSeconds(inside(metadata, 'started_at')) ?? instantOfSeconds(room?.['creation_time']);
  return presentAny<SessionFacts>({
    id: text(room?.['sid']),
    started_at: type === 'room.started' ? time : started,
    ended_at: type === 'room.ended' ? time : undefined,
  });
}

/** What a webhook says in our words, with the keys that recognise the same news under another id. */
type News = { readonly type: EventType; readonly facts: Facts; readonly keys: readonly DuplicateKey[] };

/** Types of the events that a recorder may report with or without success. */
const recorderTypes = {
  start_recording: ['recording.started', 'recording.failed'],
  end_recording: ['recording.stopped', 'recording.failed'],
  recording_transcoding_finished: ['recording.transcoded', 'recording.failed'],
  start_rtmp: ['stream.started', 'stream.failed'],
  end_rtmp: ['stream.stopped', 'stream.failed'],
} as const;

function newsOf(native: string, payload: JsonObject, time: Instant, context: PlugNmeetContext): News {
  switch (native) {
    case 'room_created':
      return roomNews('room.created', payload, context);
    case 'room_started':
      return roomNews('room.started', payload, context);
    case 'room_finished':
    case 'session_ended':
      return roomNews('room.ended', payload, context);
    case 'participant_joined':
      return personNews('participant.joined', payload, time, context);
    case 'participant_left':
      return personNews('participant.left', payload, time, context);
    case 'track_published':
      return trackNews('track.published', payload, time, context);
    case 'track_unpublished':
      return trackNews('track.unpublished', payload, time, context);
    case 'start_recording':
    case 'end_recording':
    case 'recording_transcoding_finished':
      return recordingNews(recorderTypes[native], payload);
    case 'start_rtmp':
    case 'end_rtmp':
      return streamNews(recorderTypes[native], payload);
    case 'recording_proceeded':
      return fileNews(payload, context);
    case 'artifact_created':
      return artifactNews(payload, context);
    case 'analytics_proceeded':
      return analyticsNews(payload, context);
    case 'speech_to_text_session_started':
    case 'speech_to_text_session_ended':
    case 'speech_to_text_total_usage':
      return speechNews(native, payload, context);
    default:
      return { type: 'other', facts: {}, keys: [] };
  }
}

function roomNews(
  type: 'room.created' | 'room.started' | 'room.ended',
  payload: JsonObject,
  { source }: ReadingContext,
): News {
  return { type, facts: {}, keys: dayKey(source, type, text(object(payload['room'])?.['sid'])) };
}

function personNews(
  type: 'participant.joined' | 'participant.left',
  payload: JsonObject,
  time: Instant,
  { source, pseudonym, metadata }: PlugNmeetContext,
): News {
  const from = object(payload['participant']) ?? {};
  const participant = readParticipant(from, type, time, metadata.read(from['metadata']).value, pseudonym);
  return { type, facts: { participant }, keys: dayKey(source, type, participant.sid) };
}

function trackNews(
  type: 'track.published' | 'track.unpublished',
  payload: JsonObject,
  time: Instant,
  { pseudonym }: ReadingContext,
): News {
  const participant = readParticipant(object(payload['participant']) ?? {}, type, time, undefined, pseudonym);
  return { type, facts: { participant, track: readTrack(object(payload['track']) ?? {}) }, keys: [] };
}

type Outcomes<Noun extends 'recording' | 'stream'> = readonly [
  EventType & `${Noun}.${string}`,
  `${Noun}.failed`,
];

/** The texts of failures are not documented: anything but "success" is one. */
function failureIn(info: JsonObject | undefined): { readonly error: string | undefined } | undefined {
  if (info === undefined || info['recorder_msg'] === 'success') return undefined;
  return { error: text(info['recorder_msg']) };
}

function recordingNews([done, failed]: Outcomes<'recording'>, payload: JsonObject): News {
  const info = object(payload['recording_info']);
  const failure = failureIn(info);
  const recording = present<Recording>({
    id: text(info?.['record_id']),
    scope: 'room',
    error: failure?.error,
  });
  return { type: failure === undefined ? done : failed, facts: { recording }, keys: [] };
}

function streamNews([done, failed]: Outcomes<'stream'>, payload: JsonObject): News {
  const info = object(payload['recording_info']);
  const failure = failureIn(info);
  const stream = present<Stream>({ id: text(info?.['record_id']), error: failure?.error });
  return { type: failure === undefined ? done : failed, facts: { stream }, keys: [] };
}

function fileNews(payload: JsonObject, { source }: ReadingContext): News {
  const info = object(payload['recording_info']);
  const file = present<MediaFile>({
    path: exactText(info?.['file_path']),
    bytes: megabytes(info?.['file_size']),
  });
  const recording = present<Recording>({
    id: text(info?.['record_id']),
    scope: 'room',
    ...file,
    files: Object.keys(file).length > 0 ? [file] : undefined,
    error: failureIn(info)?.error,
  });
  return {
    type: 'recording.ready',
    facts: { recording },
    keys: dayKey(source, 'recording.ready', recording.id),
  };
}

function artifactNews(payload: JsonObject, { source, pseudonym }: ReadingContext): News {
  const { type, facts, artifactId, summaryJob } = readArtifactNews(
    object(payload['room_artifact']) ?? {},
    pseudonym,
  );
  const keys = [...dayKey(source, 'artifact', artifactId), ...dayKey(source, 'summary', summaryJob)];
  return { type, facts, keys: type === 'other' ? [] : keys };
}

/** Newer servers tell the same file as an artifact first: one key for both. */
function analyticsNews(payload: JsonObject, { source }: ReadingContext): News {
  const id = text(object(payload['analytics'])?.['file_id']);
  return {
    type: 'analytics.ready',
    facts: { artifact: { ...(id === undefined ? {} : { id }), kind: 'analytics' } },
    keys: dayKey(source, 'artifact', id),
  };
}

/** Servers before 2.1.0. */
function speechNews(
  native: 'speech_to_text_session_started' | 'speech_to_text_session_ended' | 'speech_to_text_total_usage',
  payload: JsonObject,
  { pseudonym }: ReadingContext,
): News {
  const service = object(payload['speech_service']);
  const usage = { kind: 'transcription', seconds: count(service?.['total_usage']) ?? 0 };
  if (native === 'speech_to_text_total_usage') return { type: 'usage.reported', facts: { usage }, keys: [] };
  const speaker = readSpeaker(service?.['user_id'], pseudonym);
  const participant = speaker === undefined ? {} : { participant: speaker };
  return native === 'speech_to_text_session_ended'
    ? { type: 'transcript.stopped', facts: { ...participant, usage }, keys: [] }
    : { type: 'transcript.started', facts: participant, keys: [] };
}
