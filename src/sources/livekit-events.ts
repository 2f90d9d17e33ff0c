import type { EventType } from '#domain/catalogue.ts';
import type {
  Agent,
  DuplicateKey,
  Ingress,
  Instant,
  MeetingEvent,
  Room,
  SessionFacts,
} from '#domain/event.ts';
import type { JsonObject, Value } from '#domain/value.ts';
import { bodyKey, dayKey, dayMs } from './duplicates.ts';
import { readEgressNews } from './livekit-egress.ts';
import { readMetadata, readParticipant, readTrack } from './livekit-people.ts';
import { redactPayload } from './livekit-redaction.ts';
import type { Facts, ReadingContext } from './reading.ts';
import type { Reading } from './source.ts';
import { enumWord, instantOfMs, instantOfSeconds, object, present, presentAny, text } from './wire.ts';

/** Reads a webhook of LiveKit: mostly one event, for an egress as many as it has kinds of output, or none. */
export function readLiveKit(payload: JsonObject, context: ReadingContext): Reading {
  const { source, now, pseudonym } = context;
  const native = text(payload['event']) ?? 'unknown';
  const id = text(payload['id']);
  const time = instantOfSeconds(payload['createdAt']) ?? now.toISOString();
  const raw = redactPayload(payload, pseudonym);
  const events = newsOf(native, payload, time, context).map(({ type, facts, keys }) => ({
    event: present<MeetingEvent>({
      event: { type, native, ...(id === undefined ? {} : { id }), time },
      source: { name: source, type: 'livekit' },
      room: readRoom(payload, type),
      session: readSession(payload, type, time),
      ...facts,
      raw,
    }),
    keys,
  }));
  const [delivery = bodyKey(source, context.body, dayMs)] = dayKey(source, 'delivery', id);
  return { kind: 'events', native, keys: [delivery], events };
}

const endReasons = ['unknown', 'api_delete', 'idle_timeout', 'server_shutdown', 'superseded', 'open_failed'];

function readRoom(payload: JsonObject, type: EventType): Room | undefined {
  const room = object(payload['room']);
  const name =
    text(room?.['name']) ??
    text(object(payload['egressInfo'])?.['roomName']) ??
    text(object(payload['ingressInfo'])?.['roomName']) ??
    text(object(object(payload['job'])?.['room'])?.['name']);
  return presentAny<Room>({
    id: name,
    name,
    metadata: readMetadata(room?.['metadata']),
    reason: type === 'room.ended' ? enumWord(payload['roomEndReason'], endReasons, 'ROOM_END_') : undefined,
  });
}

function readSession(payload: JsonObject, type: EventType, time: Instant): SessionFacts | undefined {
  const room = object(payload['room']);
  return presentAny<SessionFacts>({
    id:
      text(room?.['sid']) ??
      text(object(payload['egressInfo'])?.['roomId']) ??
      text(object(object(payload['ingressInfo'])?.['state'])?.['roomId']) ??
      text(object(object(payload['job'])?.['room'])?.['sid']),
    started_at: instantOfMs(room?.['creationTimeMs']) ?? instantOfSeconds(room?.['creationTime']),
    ended_at: type === 'room.ended' ? time : undefined,
  });
}

/** One event of a webhook, with the keys that recognise the same news under another id. */
type News = { readonly type: EventType; readonly facts: Facts; readonly keys: readonly DuplicateKey[] };

function newsOf(
  native: string,
  payload: JsonObject,
  time: Instant,
  context: ReadingContext,
): readonly News[] {
  switch (native) {
    case 'room_started':
      return [roomNews('room.started', payload, context)];
    case 'room_finished':
      return [roomNews('room.ended', payload, context)];
    case 'participant_joined':
      return [personNews('participant.joined', payload, time, context)];
    case 'participant_left':
      return [personNews('participant.left', payload, time, context)];
    case 'participant_connection_aborted':
      return [personNews('participant.failed', payload, time, context)];
    case 'track_published':
      return [trackNews('track.published', payload, time, context)];
    case 'track_unpublished':
      return [trackNews('track.unpublished', payload, time, context)];
    case 'egress_started':
    case 'egress_updated':
    case 'egress_ended': {
      const info = object(payload['egressInfo']) ?? {};
      const id = text(info['egressId']);
      return readEgressNews(native, info).map(({ type, facts, subject }) => ({
        type,
        facts,
        keys: dayKey(context.source, type, id, subject),
      }));
    }
    case 'ingress_started':
      return [ingressNews('ingress.started', payload, context)];
    case 'ingress_ended':
      return [ingressNews('ingress.ended', payload, context)];
    case 'agent_job_started':
    case 'agent_job_ended':
      return [agentNews(native, payload, context)];
    default:
      return [{ type: 'other', facts: {}, keys: [] }];
  }
}

function roomNews(
  type: 'room.started' | 'room.ended',
  payload: JsonObject,
  { source }: ReadingContext,
): News {
  return { type, facts: {}, keys: dayKey(source, type, text(object(payload['room'])?.['sid'])) };
}

function personNews(
  type: 'participant.joined' | 'participant.left' | 'participant.failed',
  payload: JsonObject,
  time: Instant,
  { source, pseudonym }: ReadingContext,
): News {
  const participant = readParticipant(object(payload['participant']) ?? {}, type, time, pseudonym);
  return { type, facts: { participant }, keys: dayKey(source, type, participant.sid) };
}

function trackNews(
  type: 'track.published' | 'track.unpublished',
  payload: JsonObject,
  time: Instant,
  { source, pseudonym }: ReadingContext,
): News {
  const participant = readParticipant(object(payload['participant']) ?? {}, type, time, pseudonym);
  const track = readTrack(object(payload['track']) ?? {});
  return { type, facts: { participant, track }, keys: dayKey(source, type, track.id) };
}

const ingressKinds = ['rtmp_input', 'whip_input', 'url_input'];

/** The same ingress may run again and again, so its start is part of the key. */
function ingressNews(
  type: 'ingress.started' | 'ingress.ended',
  payload: JsonObject,
  { source }: ReadingContext,
): News {
  const info = object(payload['ingressInfo']);
  const state = object(info?.['state']);
  const ingress = present<Ingress>({
    id: text(info?.['ingressId']),
    name: text(info?.['name']),
    kind: enumWord(info?.['inputType'], ingressKinds) ?? 'rtmp_input',
    error: text(state?.['error']),
  });
  return { type, facts: { ingress }, keys: dayKey(source, type, ingress.id, startOf(state)) };
}

const jobStatuses = ['pending', 'running', 'success', 'failed'];

function agentNews(
  native: 'agent_job_started' | 'agent_job_ended',
  payload: JsonObject,
  { source }: ReadingContext,
): News {
  const job = object(payload['job']);
  const state = object(job?.['state']);
  const agent = present<Agent>({
    id: text(job?.['id']),
    name: text(job?.['agentName']),
    error: text(state?.['error']),
  });
  const isFailed = enumWord(state?.['status'], jobStatuses, 'JS_') === 'failed';
  const ending = isFailed ? 'agent.failed' : 'agent.ended';
  const type = native === 'agent_job_started' ? 'agent.started' : ending;
  return { type, facts: { agent }, keys: dayKey(source, type, agent.id, startOf(state)) };
}

function startOf(state: JsonObject | undefined): string | undefined {
  const started: Value | undefined = state?.['startedAt'];
  return typeof started === 'number' ? String(started) : text(started);
}
