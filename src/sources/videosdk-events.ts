import type { EventType } from '#domain/catalogue.ts';
import type {
  Agent,
  ArtifactFacts,
  Call,
  DuplicateKey,
  Hls,
  Instant,
  MediaFile,
  MeetingEvent,
  Participant,
  Recording,
  Resource,
  Room,
  SessionFacts,
  Transcript,
} from '#domain/event.ts';
import { comparable } from '#domain/text.ts';
import { isObject, type JsonObject, type Value } from '#domain/value.ts';
import { bodyKey, dayMs, minuteMs } from './duplicates.ts';
import type { Facts, ReadingContext } from './reading.ts';
import type { Pseudonym } from './redaction.ts';
import type { Reading } from './source.ts';
import { callMetadata, redactPayload } from './videosdk-redaction.ts';
import { scopeOf, typeOf } from './videosdk-types.ts';
import { address, exactText, instantOfText, object, objects, present, presentAny, text } from './wire.ts';

/** What a webhook holds, read once. `data` of a call summary is brought into the form of the others. */
type Told = { readonly native: string; readonly type: EventType; readonly data: JsonObject };

/** Reads a webhook of VideoSDK; each tells one event. `ignored`: ids of participants that are no people. */
export function readVideoSdk(
  payload: JsonObject,
  context: ReadingContext,
  ignored: readonly string[],
): Reading {
  const { source, now, pseudonym } = context;
  const told = readTold(payload);
  const { native, type } = told;
  const time = timeOf(told) ?? now.toISOString();
  const event = present<MeetingEvent>({
    event: { type, native, time },
    source: { name: source, type: 'videosdk' },
    room: readRoom(told),
    session: readSession(told, time),
    ...factsOf(told, context, ignored),
    raw: redactPayload(payload, pseudonym),
  });
  const presence = presenceKey(event, source);
  if (presence !== undefined)
    return { kind: 'events', native, keys: [], events: [{ event, keys: [presence] }] };
  const keepMs = keepMsOf(type);
  return {
    kind: 'events',
    native,
    keys: [bodyKey(source, context.body, keepMs)],
    events: [{ event, keys: meaningKeys(told, event, source, keepMs) }],
  };
}

function readTold(payload: JsonObject): Told {
  const native = text(payload['webhookType']) ?? text(payload['type']);
  if (native === undefined && Object.hasOwn(payload, 'call-summary')) return readSummary(payload);
  const data = object(payload['data']) ?? {};
  const type = typeOf(native ?? '');
  const isReady = type === 'recording.stopped' && native?.endsWith('-stopped') && hasFile(data);
  return { native: native ?? 'unknown', type: isReady ? 'recording.ready' : type, data };
}

function readSummary(payload: JsonObject): Told {
  const room = object(payload['room-data']);
  const data = present<{ meetingId?: Value; sessionId?: Value; summary?: Value }>({
    meetingId: room?.['meeting-id'],
    sessionId: room?.['session-id'],
    summary: payload['call-summary'],
  });
  return { native: 'call-summary', type: typeOf('call-summary'), data };
}

/** Most events tell no time. A session that ended tells its start too, but that is not when this happened. */
function timeOf({ type, data }: Told): Instant | undefined {
  const moment = instantOfText(data['timestamp']) ?? instantOfText(data['end']);
  return moment ?? (type === 'room.ended' ? undefined : instantOfText(data['start']));
}

function readRoom({ type, data }: Told): Room | undefined {
  const id = text(data['meetingId']) ?? text(data['roomId']);
  return presentAny<Room>({
    id,
    name: id,
    reason: type === 'room.ended' ? text(data['reason']) : undefined,
  });
}

/** The `sessionId` of an agent is its own, not that of the meeting. */
function readSession({ type, data }: Told, time: Instant): SessionFacts | undefined {
  return presentAny<SessionFacts>({
    id: type.startsWith('agent.') ? undefined : text(data['sessionId']),
    started_at: instantOfText(data['start']),
    ended_at: type === 'room.ended' ? (instantOfText(data['end']) ?? time) : undefined,
  });
}

function factsOf(told: Told, { pseudonym }: ReadingContext, ignored: readonly string[]): Facts {
  const { native, type, data } = told;
  const id = text(data['id']);
  const noun = type.slice(0, type.indexOf('.'));
  switch (noun) {
    case 'participant':
      return { participant: readParticipant(told, ignored) ?? {} };
    case 'recording': {
      const participant = readParticipant(told, ignored);
      return { recording: readRecording(told), ...(participant && { participant }) };
    }
    case 'stream':
      return { stream: {} };
    case 'hls':
      return { hls: present<Hls>({ url: playlistAddress(data) }) };
    case 'transcript':
      return { transcript: present<Transcript>({ id, kind: text(data['type']) }) };
    case 'artifact':
      return native === 'call-summary'
        ? { artifact: present<ArtifactFacts>({ kind: 'summary', text: text(data['summary']) }) }
        : { artifact: present<ArtifactFacts>({ id, kind: 'transcript' }) };
    case 'agent':
      return { agent: present<Agent>({ id: text(data['sessionId']), name: text(data['agentId']) }) };
    case 'call':
      return { call: readCall(data, pseudonym) };
    case 'resource':
      return { resource: present<Resource>({ id, kind: text(data['type']) }) };
    default:
      return {};
  }
}

function readParticipant({ type, data }: Told, ignored: readonly string[]): Participant | undefined {
  const id = text(data['participantId']);
  if (id === undefined) return undefined;
  const isIgnored = ignored.some((each) => comparable(each, true) === comparable(id, true));
  return present<Participant>({
    id,
    name: text(data['participantName']),
    kind: isIgnored ? 'agent' : 'human',
    reason: type === 'participant.left' ? text(data['reason']) : undefined,
  });
}

/** The files of a recording, told as a list or singly. One in the customer's own storage has a path and no address. */
function filesOf(data: JsonObject): readonly MediaFile[] {
  const listed = objects(data['fileDetails']);
  return (listed.length > 0 ? listed : [data])
    .map((file) => present<MediaFile>({ url: address(file['fileUrl']), path: exactText(file['filePath']) }))
    .filter((file) => Object.keys(file).length > 0);
}

/** The older list of events names a file by its id only. */
function hasFile(data: JsonObject): boolean {
  return filesOf(data).length > 0 || text(data['fileId']) !== undefined;
}

function readRecording({ native, type, data }: Told): Recording {
  const isReady = type === 'recording.ready';
  const isOver = isReady || type === 'recording.failed' || type === 'recording.stopped';
  const files = filesOf(data);
  return present<Recording>({
    id: text(data['id']) ?? text(data['fileId']) ?? files[0]?.path,
    scope: scopeOf(native),
    ...(isReady ? files[0] : {}),
    files: isReady && files.length > 0 ? files : undefined,
    error: isOver ? text(data['message']) : undefined,
    is_encrypted: isReady ? isObject(data['encryption']) : undefined,
  });
}

/** With rewind and replay first; the last one is deprecated. */
function playlistAddress(data: JsonObject): string | undefined {
  return address(data['playbackHlsUrl']) ?? address(data['livestreamUrl']) ?? address(data['downstreamUrl']);
}

function readCall(data: JsonObject, pseudonym: Pseudonym): Call {
  const metadata = object(data['metaData']);
  return present<Call>({
    id: text(data['callId']),
    agent_id: text(data['agentId']),
    metadata: metadata && callMetadata(metadata, pseudonym),
  });
}

/** VideoSDK sends no ids, so time decides what is a repeat and what happened twice. */
function keepMsOf(type: EventType): number {
  if (type.startsWith('participant.')) return minuteMs;
  if (type.startsWith('room.')) return dayMs;
  return /\.(?:starting|started|stopping)$/.test(type) ? 10 * minuteMs : dayMs;
}

/** Somebody who leaves and comes back sends the same bytes as before: a join repeats only a join, a leave only a leave. */
function presenceKey(
  { event, session, participant }: MeetingEvent,
  source: string,
): DuplicateKey | undefined {
  const isPresence = event.type === 'participant.joined' || event.type === 'participant.left';
  if (!isPresence || participant?.id === undefined) return undefined;
  return {
    key: `${source}:presence:${session?.id ?? ''}:${participant.id}`,
    value: event.type === 'participant.joined' ? 'joined' : 'left',
    keepMs: keepMsOf(event.type),
  };
}

/** Types of which one session or call may have many that differ only in what we do not read. */
const repeatable: ReadonlySet<EventType> = new Set(['other', 'call.updated']);

/** Recognises the same news in another body: keys in another order, a field added. */
function meaningKeys(
  { native, type, data }: Told,
  { session }: MeetingEvent,
  source: string,
  keepMs: number,
): readonly DuplicateKey[] {
  const subject = subjectOf(type, data);
  const isNamed = subject !== undefined || (session?.id !== undefined && native !== 'call-summary');
  if (!isNamed || repeatable.has(type) || type.startsWith('participant.')) return [];
  return [{ key: [source, type, native, session?.id ?? '', subject ?? ''].join(':'), keepMs }];
}

function subjectOf(type: EventType, data: JsonObject): string | undefined {
  if (type.startsWith('agent.')) return text(data['sessionId']);
  if (type.startsWith('call.')) return text(data['callId']);
  if (type.startsWith('hls.')) return text(data['id']) ?? playlistAddress(data);
  const [file] = filesOf(data);
  const participant = text(data['participantId']);
  return (
    text(data['id']) ??
    file?.url ??
    file?.path ??
    text(data['fileId']) ??
    (participant && [participant, text(data['kind']) ?? ''].join(':'))
  );
}
