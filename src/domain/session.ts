import type { ArtifactKind, Instant, MeetingEvent, ParticipantKind } from './event.ts';
import type { JsonObject } from './value.ts';

/** `lost`: its end never came; `closed`: long over. Later artifacts still attach. */
export type SessionStatus = 'created' | 'live' | 'ended' | 'lost' | 'closed';

/** Somebody or something connected to the room. */
export type Connection = {
  /** participant.sid; the id on platforms without one. */
  readonly key: string;
  readonly id: string;
  readonly name?: string;
  readonly kind: ParticipantKind;
};

/** A file that the meeting leaves behind. States only rise: running, waiting, failed, ready. */
export type SessionArtifact = {
  /** Missing where the platform does not name it. */
  readonly id?: string;
  readonly kind: ArtifactKind | 'recording';
  readonly state: 'running' | 'waiting' | 'failed' | 'ready';
  readonly since: Instant;
};

/** One meeting in a room, folded from its events. */
export type Session = {
  readonly source: string;
  readonly id: string;
  readonly status: SessionStatus;
  readonly roomId?: string;
  readonly title?: string;
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  /** When we last heard of it, by our clock. */
  readonly heardAt: Instant;
  /** Who is connected, machines included. */
  readonly connections: readonly Connection[];
  /** Connections that are over: a late `joined` must not bring them back. */
  readonly gone: readonly string[];
  /** Ids of the people who have been here. */
  readonly people: readonly string[];
  readonly peak: number;
  readonly reconnects: number;
  readonly artifacts: readonly SessionArtifact[];
  /** Last address of its HLS stream. */
  readonly hlsUrl?: string;
};

/** The key of a session among those of all sources. */
export function sessionKey(session: Pick<Session, 'source' | 'id'>): string {
  return `${session.source}/${session.id}`;
}

export function newSession(source: string, id: string, heardAt: Instant): Session {
  return {
    source,
    id,
    status: 'created',
    heardAt,
    connections: [],
    gone: [],
    people: [],
    peak: 0,
    reconnects: 0,
    artifacts: [],
  };
}

/** People count; recorders, streams, agents and bridges do not. */
export function isPerson(kind: ParticipantKind): boolean {
  return kind === 'human' || kind === 'phone';
}

/** People in the room now. */
export function present(session: Session): number {
  let count = 0;
  for (const connection of session.connections) if (isPerson(connection.kind)) count++;
  return count;
}

/** True while a recording ran whose file or failure has not come yet. */
export function isRecordingPending(session: Session): boolean {
  return session.artifacts.some(
    (artifact) =>
      artifact.kind === 'recording' && (artifact.state === 'running' || artifact.state === 'waiting'),
  );
}

/** Length of an ended meeting in seconds; missing while it runs or where the clocks contradict each other. */
export function sessionSeconds(session: Session): number | undefined {
  if (session.startedAt === undefined || session.endedAt === undefined) return undefined;
  const seconds = Math.round((Date.parse(session.endedAt) - Date.parse(session.startedAt)) / 1000);
  return seconds >= 0 ? seconds : undefined;
}

const quietRoomMs = 10 * 60_000;
const silenceMs = 12 * 3_600_000;
const closedAfterMs = 24 * 3_600_000;

/** What time alone makes of a session: given up without an end, or closed a day after it. Returns the same object if nothing changes. */
export function age(session: Session, now: Date): Session {
  const silent = now.getTime() - Date.parse(session.heardAt);
  if (session.status === 'created' || session.status === 'live') {
    const limit = session.status === 'live' && present(session) === 0 ? quietRoomMs : silenceMs;
    return silent >= limit ? lose(session) : session;
  }
  if (session.status === 'closed') return session;
  const since = Date.parse(session.endedAt ?? session.heardAt);
  return now.getTime() - since >= closedAfterMs ? { ...session, status: 'closed' } : session;
}

/** Ends a session whose end was never told. */
export function lose(session: Session): Session {
  return { ...session, status: 'lost', connections: [] };
}

/** What surrounds an event: its session after it and before it, and where to join the room, as far as known. */
export type Surroundings = {
  readonly session?: Session | undefined;
  readonly before?: Session | undefined;
  readonly roomUrl?: string | undefined;
};

/** What rules and templates see: the event, completed by what its session remembers; of somebody who left, by what it knew before. */
export function factsOf(event: MeetingEvent, { session, before, roomUrl }: Surroundings): JsonObject {
  const key = event.participant?.sid ?? event.participant?.id;
  const connection = [...(session?.connections ?? []), ...(before?.connections ?? [])].find(
    (each) => each.key === key,
  );
  const roomId = event.room?.id ?? session?.roomId;
  const participant =
    event.participant &&
    defined({
      ...event.participant,
      name: event.participant.name ?? connection?.name,
      kind: connection?.kind ?? event.participant.kind,
    });
  return defined({
    ...event,
    room: defined({
      ...event.room,
      id: roomId,
      name: session?.title ?? event.room?.name ?? roomId,
      url: roomUrl,
    }),
    session: session ? sessionFacts(session) : undefined,
    participant,
    hls: event.hls && defined({ ...event.hls, url: event.hls.url ?? session?.hlsUrl }),
  });
}

/** What rules and templates see of a session. */
export function sessionFacts(session: Session): JsonObject {
  return defined({
    id: session.id,
    status: session.status,
    started_at: session.startedAt,
    ended_at: session.endedAt,
    present: present(session),
    peak: session.peak,
    unique: session.people.length,
    reconnects: session.reconnects,
    seconds: sessionSeconds(session),
    recorded: session.artifacts.some((artifact) => artifact.kind === 'recording'),
    recording_pending: isRecordingPending(session),
  });
}

/** Leaves out what is undefined: in our vocabulary a missing field is absent. */
function defined(fields: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}
