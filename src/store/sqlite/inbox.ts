import { type Database, prepare } from './database.ts';
import type { PackedKey, prepareKeys } from './keys.ts';
import type { prepareSessions } from './sessions.ts';

/** An event as it is written; `session` and `room` are the keys under which its session is found. */
export type PackedEvent = {
  readonly session: string | null;
  readonly room: string | null;
  readonly body: string;
  readonly keys: readonly PackedKey[];
};

export type PackedWebhook = {
  readonly source: string;
  readonly native: string;
  readonly receivedAt: number;
  readonly keys: readonly PackedKey[];
  readonly events: readonly PackedEvent[];
};

/** Events of a claim and, once each, the sessions that they name by position. */
export type PackedClaim = {
  readonly events: readonly {
    readonly sequence: number;
    readonly receivedAt: number;
    readonly body: string;
    readonly isRepeat: boolean;
    readonly failures: number;
    readonly session: number | undefined;
    readonly openSession: number | undefined;
  }[];
  readonly sessions: readonly string[];
};

type WaitingRow = {
  sequence: number;
  order_key: string | null;
  lease_until: number | null;
  retry_at: number | null;
};

/** An event as it was accepted. */
export type AcceptedRow = { sequence: number; received_at: number; is_repeat: number; body: string };

type EventRow = {
  sequence: number;
  received_at: number;
  session: string | null;
  room: string | null;
  is_repeat: number;
  body: string;
  claims: number;
};

type Tools = {
  readonly keys: ReturnType<typeof prepareKeys>;
  readonly sessions: ReturnType<typeof prepareSessions>;
};

/** Times of acceptance rise with the sequence, but for a clock that is set back. */
const clockStepMs = 60_000;

/** Statements on the inbox and on those of its events that are not finished. */
export function prepareInbox(database: Database, { keys, sessions }: Tools) {
  const write = prepare(
    database,
    `INSERT INTO inbox (source, native, received_at, session, room, is_repeat, body)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const writeWaiting = prepare(
    database,
    'INSERT INTO waiting_events (sequence, order_key, claims) VALUES (last_insert_rowid(), ?, 0)',
  );
  const walkWaiting = prepare<WaitingRow>(
    database,
    'SELECT sequence, order_key, lease_until, retry_at FROM waiting_events ORDER BY sequence',
  );
  const lease = prepare(
    database,
    'UPDATE waiting_events SET claims = claims + 1, lease_until = ?, retry_at = NULL WHERE sequence = ?',
  );
  const read = prepare<EventRow>(
    database,
    `SELECT sequence, received_at, session, room, is_repeat, body, claims
     FROM inbox JOIN waiting_events USING (sequence) WHERE sequence = ?`,
  );
  const release = prepare(
    database,
    'UPDATE waiting_events SET claims = claims - 1, lease_until = NULL WHERE sequence = ? AND lease_until IS NOT NULL',
  );
  const retry = prepare(
    database,
    'UPDATE waiting_events SET lease_until = NULL, retry_at = ?, reason = ? WHERE sequence = ?',
  );
  const finish = prepare(database, 'DELETE FROM waiting_events WHERE sequence = ?');
  const writeFailed = prepare(database, 'INSERT INTO failed_events (sequence, reason) VALUES (?, ?)');
  // A timer may be settled again after an answer was lost: what is there already is not written twice.
  const writeDecisions = prepare(
    database,
    `INSERT INTO decisions (sequence, position, log)
     SELECT ?1, coalesce(max(position), 0) + 1, ?2 FROM decisions WHERE sequence = ?1
     HAVING coalesce(max(log = ?2), 0) = 0`,
  );
  const listDecisions = prepare<{ log: string }>(
    database,
    'SELECT log FROM decisions WHERE sequence = ? ORDER BY position',
  );
  const findEvent = prepare<AcceptedRow>(
    database,
    'SELECT sequence, received_at, is_repeat, body FROM inbox WHERE sequence = ? AND body IS NOT NULL',
  );
  const listEvents = prepare<AcceptedRow>(
    database,
    `SELECT sequence, received_at, is_repeat, body FROM inbox
     WHERE sequence > ?1 AND received_at >= ?2 AND body IS NOT NULL ORDER BY sequence LIMIT ?3`,
  );
  const lastEvent = prepare<{ sequence: number | null }>(
    database,
    'SELECT max(sequence) AS sequence FROM inbox',
  );
  const nearestEvent = prepare<{ sequence: number; received_at: number }>(
    database,
    'SELECT sequence, received_at FROM inbox WHERE sequence >= ? ORDER BY sequence LIMIT 1',
  );
  const countWaiting = prepare<{ count: number }>(database, 'SELECT count(*) AS count FROM waiting_events');
  const countFailed = prepare<{ count: number }>(database, 'SELECT count(*) AS count FROM failed_events');

  /** The oldest events that may be given out now. */
  const claimable = (now: number, limit: number): number[] => {
    const found: number[] = [];
    const held = new Set<string>();
    for (const row of walkWaiting.iterate()) {
      if (found.length >= limit) break;
      if (row.order_key !== null && held.has(row.order_key)) continue;
      if ((row.lease_until ?? row.retry_at ?? now) <= now) found.push(row.sequence);
      else if (row.order_key !== null) held.add(row.order_key);
    }
    return found;
  };

  /** A sequence before the first event since a moment: halving the inbox costs a few look-ups, walking it may cost seconds. */
  const justBefore = (since: number, after: number): number => {
    let [low, high] = [after, lastEvent.get()?.sequence ?? after];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      const event = nearestEvent.get(middle);
      if (event !== undefined && event.received_at < since - clockStepMs) low = event.sequence;
      else high = middle;
    }
    return low;
  };

  return {
    /** False when the webhook is a duplicate. */
    append: (webhook: PackedWebhook): boolean => {
      const { source, native, receivedAt } = webhook;
      if (keys.recognise(webhook.keys, receivedAt)) return false;
      if (webhook.events.length === 0) write.run(source, native, receivedAt, null, null, 0, null);
      for (const { session, room, body, keys: meanings } of webhook.events) {
        const isRepeat = keys.recognise(meanings, receivedAt);
        write.run(source, native, receivedAt, session, room, isRepeat ? 1 : 0, body);
        writeWaiting.run(session ?? room);
      }
      return true;
    },

    claim: (now: number, limit: number, leaseMs: number): PackedClaim => {
      const bodies: string[] = [];
      const positions = new Map<string, number>();
      const positionOf = (key: string, find: () => string | undefined): number | undefined => {
        const known = positions.get(key);
        if (known !== undefined) return known;
        const body = find();
        if (body === undefined) return undefined;
        positions.set(key, bodies.push(body) - 1);
        return bodies.length - 1;
      };
      const events = claimable(now, limit).flatMap((sequence) => {
        const row = read.get(sequence);
        if (row === undefined) return [];
        lease.run(now + leaseMs, sequence);
        const { session, room } = row;
        const open = room === null ? undefined : sessions.findOpen(room);
        return {
          sequence,
          receivedAt: row.received_at,
          body: row.body,
          isRepeat: row.is_repeat === 1,
          failures: row.claims,
          session: session === null ? undefined : positionOf(session, () => sessions.find(session)),
          openSession: open && positionOf(open.key, () => open.body),
        };
      });
      return { events, sessions: bodies };
    },

    /** False when the event was finished already. */
    finish: (sequence: number): boolean => finish.run(sequence) > 0,

    /** Keeps what became of the rules of an event, where any had a say. */
    note: (sequence: number, log: readonly unknown[]): void => {
      if (log.length > 0) writeDecisions.run(sequence, JSON.stringify(log));
    },

    findEvent: (sequence: number): AcceptedRow | undefined => {
      return findEvent.get(sequence);
    },

    listEvents: (after: number, since: number, limit: number): AcceptedRow[] => {
      return listEvents.all(justBefore(since, after), since, limit);
    },

    decisionsAt: (sequence: number): string[] => {
      return listDecisions.all(sequence).map(({ log }) => log);
    },

    release: (sequences: readonly number[]): void => {
      for (const sequence of sequences) release.run(sequence);
    },

    fail: (sequence: number, reason: string, retryAt: number | 'never'): void => {
      if (retryAt !== 'never') retry.run(retryAt, reason, sequence);
      else if (finish.run(sequence) > 0) writeFailed.run(sequence, reason);
    },

    /** The order keys of all events that are not finished. */
    waitingKeys: (): ReadonlySet<string> => {
      const found = new Set<string>();
      for (const { order_key: key } of walkWaiting.iterate()) if (key !== null) found.add(key);
      return found;
    },

    /** Gives back what a process that ended had claimed. */
    recover: (): void => {
      database.exec('UPDATE waiting_events SET lease_until = NULL WHERE lease_until IS NOT NULL');
    },

    counts: (): { eventsWaiting: number; eventsFailed: number } => {
      return {
        eventsWaiting: countWaiting.get()?.count ?? 0,
        eventsFailed: countFailed.get()?.count ?? 0,
      };
    },
  };
}
