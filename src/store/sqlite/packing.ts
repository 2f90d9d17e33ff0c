import type { Artifact, LinkClick, Revocation } from '#domain/artifact.ts';
import type { DeliveryState, NewDelivery, Receipt, StoredDelivery } from '#domain/delivery.ts';
import type { AcceptedWebhook, DuplicateKey, MeetingEvent } from '#domain/event.ts';
import type { Memo } from '#domain/memory.ts';
import type { Message } from '#domain/message.ts';
import { type Session, sessionKey } from '#domain/session.ts';
import { comparable } from '#domain/text.ts';
import type {
  ArtifactFilter,
  ClaimedDelivery,
  ClaimedEvent,
  ListedArtifact,
  ListedDelivery,
  LoadedMemory,
  MemoryQuery,
  RevokedArtifacts,
  Settlement,
  Step,
  StoredEvent,
} from '../store.ts';
import type {
  ArtifactRow,
  ListedArtifactRow,
  PackedArtifact,
  PackedArtifactFilter,
  PackedClick,
  PackedRevocation,
} from './artifacts.ts';
import type { DeliveryRow, PackedDelivery } from './deliveries.ts';
import type { AcceptedRow, PackedClaim, PackedWebhook } from './inbox.ts';
import type { PackedKey } from './keys.ts';
import type { PackedSettlement } from './lanes.ts';
import type { PackedMemory, PackedQuery, PackedStep } from './processing.ts';
import type { PackedSession } from './sessions.ts';

// Calls cross to the worker as flat objects of text and numbers: whatever is deep is JSON, which is far cheaper to hand over.

/** Under which a room's sessions are found, whatever the case of its id. */
function roomKey(source: string, roomId: string): string {
  return `${source}//${comparable(roomId, true)}`;
}

function packKeys(keys: readonly DuplicateKey[], scope: string): PackedKey[] {
  return keys.map(({ key, value, keepMs }) => ({ text: `${scope}/${key}`, value: value ?? null, keepMs }));
}

export function packWebhook(webhook: AcceptedWebhook): PackedWebhook {
  const { source, native, receivedAt } = webhook;
  return {
    source,
    native,
    receivedAt: receivedAt.getTime(),
    keys: packKeys(webhook.keys, `webhook/${source}`),
    events: webhook.events.map(({ event, keys }) => ({
      session: event.session?.id === undefined ? null : sessionKey({ source, id: event.session.id }),
      room: event.room?.id === undefined ? null : roomKey(source, event.room.id),
      body: JSON.stringify(event),
      keys: packKeys(keys, `event/${source}`),
    })),
  };
}

/** Events of one claim share the object of a session that they have in common. */
export function unpackClaim({ events, sessions }: PackedClaim): ClaimedEvent[] {
  const parsed = sessions.map((body) => JSON.parse(body) as Session);
  const at = (position: number | undefined): Session | undefined =>
    position === undefined ? undefined : parsed[position];
  return events.map(({ sequence, receivedAt, body, isRepeat, failures, ...positions }) => {
    const session = at(positions.session);
    const openSession = at(positions.openSession);
    return {
      sequence,
      receivedAt: new Date(receivedAt),
      event: JSON.parse(body) as MeetingEvent,
      isRepeat,
      failures,
      ...(session && { session }),
      ...(openSession && { openSession }),
    };
  });
}

export function packSession(session: Session): PackedSession {
  return {
    key: sessionKey(session),
    room: session.roomId === undefined ? null : roomKey(session.source, session.roomId),
    status: session.status,
    heardAt: session.heardAt,
    body: JSON.stringify(session),
  };
}

export function unpackSession(body: string): Session {
  return JSON.parse(body) as Session;
}

export function packDelivery(delivery: NewDelivery): PackedDelivery {
  const { id, rule, eventSequence, session, destination, lane, message, state } = delivery;
  return {
    id,
    rule,
    eventSequence,
    session,
    destination,
    lane,
    message: JSON.stringify(message),
    state,
    reason: delivery.state === 'waiting' ? null : delivery.reason,
    dueAt: delivery.state === 'held' ? delivery.until.getTime() : null,
    priority: delivery.isHigh === true ? 1 : 0,
    fallback: delivery.fallback ?? null,
    edits: delivery.edits ?? null,
  };
}

export function packStep({ memory, ...step }: Step): PackedStep {
  return {
    sequence: step.sequence,
    finishesEvent: step.finishesEvent,
    sessions: step.sessions.map(packSession),
    deliveries: step.deliveries.map(packDelivery),
    artifacts: step.artifacts.map(packArtifact),
    memos: memory.memos.map((memo) => ({
      kind: memo.kind,
      rule: memo.rule,
      key: memo.key,
      session: memo.kind === 'window' ? '' : memo.session,
      dueAt: memo.dueAt.getTime(),
      body: JSON.stringify(memo),
    })),
    forgotten: memory.forgotten,
    used: memory.used,
    freed: memory.freed,
    taken: memory.taken,
    log: step.log,
  };
}

export function packQuery({ due, ...query }: MemoryQuery, now: Date): PackedQuery {
  const bounds = due && { from: due.from.getTime(), before: due.before.getTime(), limit: due.limit };
  return { ...query, due: bounds ?? null, now: now.getTime() };
}

export function unpackMemory({ memos, held, sessions }: PackedMemory): LoadedMemory {
  return { memos: memos.map(unpackMemo), held, sessions: sessions.map(unpackSession) };
}

function unpackMemo(body: string): Memo {
  const memo = JSON.parse(body) as Memo & { dueAt: string };
  return { ...memo, dueAt: new Date(memo.dueAt) };
}

export function unpackEvent({ sequence, received_at: at, is_repeat, body }: AcceptedRow): StoredEvent {
  return {
    sequence,
    receivedAt: new Date(at),
    event: JSON.parse(body) as MeetingEvent,
    isRepeat: is_repeat === 1,
  };
}

function packArtifact(artifact: Artifact): PackedArtifact {
  const { id, session, createdAt, expiresAt } = artifact;
  return { id, session, createdAt, expiresAt, body: JSON.stringify(artifact) };
}

export function unpackArtifact({ body, revoked_at: at, revoked_because: because }: ArtifactRow): Artifact {
  const artifact = JSON.parse(body) as Artifact;
  return at === null ? artifact : { ...artifact, revocation: { at, because: because ?? '' } };
}

export function packArtifactFilter({ since, session, limit, clicks }: ArtifactFilter): PackedArtifactFilter {
  return { since: since.toISOString(), session: session ?? null, limit, clicks };
}

export function unpackListedArtifact(listed: {
  readonly row: ListedArtifactRow;
  readonly clicks: readonly string[];
}): ListedArtifact {
  return {
    artifact: unpackArtifact(listed.row),
    clickCount: listed.row.clicks,
    clicks: listed.clicks.map((body) => JSON.parse(body) as LinkClick),
  };
}

export function packRevocation(which: RevokedArtifacts, { at, because }: Revocation): PackedRevocation {
  return {
    id: which !== 'all' && 'id' in which ? which.id : null,
    session: which !== 'all' && 'session' in which ? which.session : null,
    at,
    because,
  };
}

export function packClick(click: LinkClick): PackedClick {
  return { artifactId: click.artifactId, body: JSON.stringify(click) };
}

export function packSettlement(settlement: Settlement): PackedSettlement {
  const packed = { reason: null, receipt: null, dueAt: null, pausesLane: false };
  switch (settlement.kind) {
    case 'sent':
      return { ...packed, state: 'sent', receipt: JSON.stringify(settlement.receipt) };
    case 'retry':
    case 'unknown':
      return {
        ...packed,
        state: settlement.kind === 'retry' ? 'waiting' : 'unknown',
        reason: settlement.reason,
        dueAt: settlement.at.getTime(),
        pausesLane: settlement.pauseLane ?? false,
      };
    default:
      return { ...packed, state: settlement.kind, reason: settlement.reason };
  }
}

export function unpackDelivery(row: DeliveryRow): StoredDelivery {
  return {
    id: row.id,
    rule: row.rule,
    eventSequence: row.event_sequence,
    session: row.session,
    destination: row.destination,
    lane: row.lane,
    message: JSON.parse(row.message) as Message,
    sequence: row.sequence,
    state: row.state,
    attempts: row.attempts,
    createdAt: new Date(row.created_at),
    ...(row.priority > 0 && { isHigh: true }),
    ...(row.fallback !== null && { fallback: row.fallback }),
    ...(row.edits !== null && { edits: row.edits }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.first_tried_at !== null && { firstTriedAt: new Date(row.first_tried_at) }),
    ...(row.settled_at !== null && { settledAt: new Date(row.settled_at) }),
    ...(row.receipt !== null && { receipt: JSON.parse(row.receipt) as Receipt }),
  };
}

export function unpackListedDelivery(row: DeliveryRow): ListedDelivery {
  return { ...unpackDelivery(row), change: row.change };
}

export function unpackClaimedDelivery(row: DeliveryRow): ClaimedDelivery {
  return { ...unpackDelivery(row), before: row.claimed_from ?? 'waiting' };
}

const noDeliveries: Readonly<Record<DeliveryState, number>> = {
  held: 0,
  waiting: 0,
  sending: 0,
  unknown: 0,
  sent: 0,
  superseded: 0,
  suppressed: 0,
  dead: 0,
};

export function unpackCounts(
  rows: readonly { readonly state: DeliveryState; readonly count: number }[],
): Readonly<Record<DeliveryState, number>> {
  return { ...noDeliveries, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
}
