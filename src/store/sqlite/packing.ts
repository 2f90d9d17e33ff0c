import type { Artifact } from '#domain/artifact.ts';
import type { DeliveryState, NewDelivery, Receipt, StoredDelivery } from '#domain/delivery.ts';
import type { AcceptedWebhook, DuplicateKey, MeetingEvent } from '#domain/event.ts';
import type { Message } from '#domain/message.ts';
import { type Session, sessionKey } from '#domain/session.ts';
import { comparable } from '#domain/text.ts';
import type { ClaimedDelivery, ClaimedEvent, ListedDelivery, Processed, Settlement } from '../store.ts';
import type { DeliveryRow, PackedDelivery } from './deliveries.ts';
import type { PackedClaim, PackedWebhook } from './inbox.ts';
import type { PackedKey } from './keys.ts';
import type { PackedSettlement } from './lanes.ts';
import type { PackedProcessed } from './processing.ts';
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
  };
}

export function packProcessed({ sequence, sessions, firings, log }: Processed): PackedProcessed {
  return {
    sequence,
    sessions: sessions.map(packSession),
    firings: firings.map(({ rule, onceKey, deliveries, artifacts }) => ({
      rule,
      onceKey,
      deliveries: deliveries.map(packDelivery),
      artifacts: artifacts.map((artifact) => ({
        id: artifact.id,
        expiresAt: artifact.expiresAt,
        body: JSON.stringify(artifact),
      })),
    })),
    log,
  };
}

export function unpackArtifact(body: string): Artifact {
  return JSON.parse(body) as Artifact;
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

function unpackDelivery(row: DeliveryRow): StoredDelivery {
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
