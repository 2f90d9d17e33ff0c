import type { ArtifactKind, Instant, MeetingEvent } from './event.ts';
import {
  type Connection,
  isPerson,
  newSession,
  present,
  type Session,
  type SessionArtifact,
} from './session.ts';

/**
 * Folds one event into its session; `undefined` begins one. Any order, repetition or loss of events leaves a valid session: ends are
 * final, a connection that left stays gone, artifacts only move forward. `id` is the session's id, `heardAt` the moment we accepted
 * the event.
 */
export function follow(
  session: Session | undefined,
  event: MeetingEvent,
  id: string,
  heardAt: Instant,
): Session {
  const before = session ?? newSession(event.source.name, id, heardAt);
  const heard = { ...before, ...remembered(before, event), heardAt: later(before.heardAt, heardAt) };
  const { type, time } = event.event;
  switch (type) {
    case 'room.started':
      return begin(heard, event.session?.started_at ?? time);
    case 'room.ended':
      return end(heard, event);
    case 'participant.joined':
      return join(heard, event);
    case 'participant.left':
    case 'participant.failed':
      return leave(heard, event);
    case 'recording.starting':
    case 'recording.started':
      return artifact(heard, 'recording', event.recording?.id, 'running', time);
    case 'recording.stopping':
    case 'recording.stopped':
    case 'recording.transcoded':
      return artifact(heard, 'recording', event.recording?.id, 'waiting', time);
    case 'recording.failed':
      return artifact(heard, 'recording', event.recording?.id, 'failed', time);
    case 'recording.ready':
      return artifact(heard, 'recording', event.recording?.id, 'ready', time);
    case 'transcript.started':
      return artifact(heard, 'transcript', event.transcript?.id, 'running', time);
    case 'transcript.stopped':
      return artifact(heard, 'transcript', event.transcript?.id, 'waiting', time);
    case 'transcript.failed':
      return artifact(heard, 'transcript', event.transcript?.id, 'failed', time);
    case 'artifact.ready':
    case 'analytics.ready':
      return artifact(heard, event.artifact?.kind ?? 'other', event.artifact?.id, 'ready', time);
    default:
      return heard;
  }
}

function later(one: Instant, other: Instant): Instant {
  return one > other ? one : other;
}

/** What any event may tell besides its news: title, room, address of the HLS stream. A title that is more than the id wins. */
function remembered(session: Session, event: MeetingEvent): Partial<Session> {
  const { room } = event;
  const title = room?.name !== undefined && room.name !== room.id ? room.name : (session.title ?? room?.name);
  return {
    ...(room?.id === undefined ? {} : { roomId: room.id }),
    ...(title === undefined ? {} : { title }),
    ...(event.hls?.url === undefined ? {} : { hlsUrl: event.hls.url }),
  };
}

function isOver(session: Session): boolean {
  return session.status === 'ended' || session.status === 'closed';
}

/** What `room.started` tells replaces what was taken from other events before: they only know when the room was made. */
function begin(session: Session, startedAt: Instant): Session {
  return { ...session, startedAt, status: isOver(session) ? session.status : 'live' };
}

/** The first end counts; a repeat only fills what is missing. */
function end(before: Session, event: MeetingEvent): Session {
  const at = event.session?.ended_at ?? event.event.time;
  const startedAt = before.startedAt ?? event.session?.started_at;
  const session: Session = { ...before, ...(startedAt === undefined ? {} : { startedAt }) };
  if (isOver(session)) return { ...session, endedAt: session.endedAt ?? at };
  const artifacts = session.artifacts.map((each) =>
    each.state === 'running' ? { ...each, state: 'waiting' as const } : each,
  );
  const gone = [...session.gone, ...session.connections.map((each) => each.key)];
  return { ...session, status: 'ended', endedAt: at, connections: [], gone, artifacts };
}

function join(session: Session, event: MeetingEvent): Session {
  const { participant } = event;
  if (participant?.id === undefined) return session;
  const kind = participant.kind ?? 'human';
  const key = participant.sid ?? participant.id;
  const isKnown = session.connections.some((each) => each.key === key);
  if (isKnown) return session;
  const wasHere = session.people.includes(participant.id);
  const isGone = participant.sid !== undefined && session.gone.includes(key);
  const people = isPerson(kind) && !wasHere ? [...session.people, participant.id] : session.people;
  const reconnects = isPerson(kind) && wasHere && !isGone ? session.reconnects + 1 : session.reconnects;
  if (isGone || isOver(session))
    return { ...session, people, peak: Math.max(session.peak, people.length > 0 ? 1 : 0) };
  const connection: Connection = {
    key,
    id: participant.id,
    kind,
    ...(participant.name === undefined ? {} : { name: participant.name }),
  };
  const joined = begin(
    { ...session, connections: [...session.connections, connection], people, reconnects },
    startOf(session, event),
  );
  return { ...joined, peak: Math.max(joined.peak, present(joined)) };
}

/** A meeting whose beginning was lost began, as far as we know, with the first who joined. */
function startOf(session: Session, event: MeetingEvent): Instant {
  return session.startedAt ?? event.session?.started_at ?? event.event.time;
}

function leave(session: Session, event: MeetingEvent): Session {
  const { participant } = event;
  const key = participant?.sid ?? participant?.id;
  if (participant?.id === undefined || key === undefined) return session;
  const connections = session.connections.filter((each) => each.key !== key);
  const remembersGone = participant.sid !== undefined && !session.gone.includes(key);
  const gone = remembersGone ? [...session.gone, key] : session.gone;
  return { ...session, connections, gone };
}

const rank = { running: 0, waiting: 1, failed: 2, ready: 3 } as const;

/**
 * Moves one artifact forward. An end without a known id belongs to one that began without any, because some platforms name a recording
 * only when its file is there.
 */
function artifact(
  session: Session,
  kind: ArtifactKind | 'recording',
  id: string | undefined,
  state: SessionArtifact['state'],
  since: Instant,
): Session {
  const { artifacts } = session;
  let at = artifacts.findIndex(
    (each) => each.kind === kind && each.id === id && (id !== undefined || rank[each.state] < 2),
  );
  if (at < 0) {
    const isNameless = (each: SessionArtifact) => each.id === undefined || id === undefined;
    at = artifacts.findIndex((each) => each.kind === kind && rank[each.state] < 2 && isNameless(each));
  }
  const known = artifacts[at];
  if (known === undefined) {
    const isLate = isOver(session) && state === 'running';
    const added: SessionArtifact = {
      kind,
      state: isLate ? 'waiting' : state,
      since,
      ...(id === undefined ? {} : { id }),
    };
    return { ...session, artifacts: [...artifacts, added] };
  }
  const name = known.id ?? id;
  const named: SessionArtifact = { ...known, ...(name === undefined ? {} : { id: name }) };
  const moved = rank[state] > rank[known.state] ? { ...named, state, since } : named;
  return { ...session, artifacts: artifacts.with(at, moved) };
}
