import type { DeliveryState } from '#domain/delivery.ts';
import type { DeliveryFilter } from '../store.ts';
import { type Database, prepare } from './database.ts';

/** A delivery as it is first written. */
export type PackedDelivery = {
  readonly id: string;
  readonly rule: string;
  readonly eventSequence: number;
  readonly session: string;
  readonly destination: string;
  readonly lane: string;
  readonly message: string;
  readonly state: DeliveryState;
  readonly reason: string | null;
  /** When it becomes due; null for at once. */
  readonly dueAt: number | null;
  readonly priority: number;
  readonly fallback: string | null;
  readonly edits: string | null;
};

export type DeliveryRow = {
  sequence: number;
  id: string;
  rule: string;
  event_sequence: number;
  session: string;
  destination: string;
  lane: string;
  state: DeliveryState;
  reason: string | null;
  attempts: number;
  created_at: number;
  first_tried_at: number | null;
  claimed_from: 'waiting' | 'unknown' | null;
  settled_at: number | null;
  receipt: string | null;
  change: number;
  priority: number;
  fallback: string | null;
  edits: string | null;
  message: string;
};

/** As a part of a statement: the number of the next change. */
export const nextChange = '(SELECT coalesce(max(change), 0) + 1 FROM deliveries)';

/** Statements that write new deliveries and read all of them. */
export function prepareDeliveries(database: Database) {
  const write = prepare(
    database,
    `INSERT INTO deliveries (id, rule, event_sequence, session, destination, lane, message, state, reason,
       attempts, created_at, waits_since, due_at, settled_at, priority, fallback, edits, change)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, coalesce(?11, ?10), coalesce(?11, ?10),
       iif(?8 IN ('waiting', 'held'), NULL, ?10), ?12, ?13, ?14, ${nextChange})
     ON CONFLICT (id) DO NOTHING`,
  );
  // The unary plus keeps SQLite from taking another way to the rows than the one each statement is for.
  const matches = `(?1 IS NULL OR +state IN (SELECT value FROM json_each(?1)))
    AND (?2 IS NULL OR +destination IN (SELECT value FROM json_each(?2)))`;
  const listAll = prepare<DeliveryRow>(database, 'SELECT * FROM deliveries ORDER BY sequence DESC LIMIT ?');
  const listChanged = prepare<DeliveryRow>(
    database,
    `SELECT * FROM deliveries WHERE change > ?4 AND ${matches} ORDER BY +sequence DESC LIMIT ?3`,
  );
  const listOfDestination = prepare<DeliveryRow>(
    database,
    `SELECT * FROM deliveries WHERE destination = ?4 AND ${matches} ORDER BY sequence DESC LIMIT ?3`,
  );
  const listOfState = prepare<DeliveryRow>(
    database,
    `SELECT * FROM deliveries WHERE state = ?4 AND ${matches} ORDER BY sequence DESC LIMIT ?3`,
  );
  const find = prepare<DeliveryRow>(database, 'SELECT * FROM deliveries WHERE id = ?');
  const suppressHeld = prepare(
    database,
    `UPDATE deliveries SET state = 'suppressed', reason = ?2, settled_at = ?3, change = ${nextChange}
     WHERE rule = ?1 AND state = 'held'`,
  );
  const renameHeld = prepare(
    database,
    `UPDATE deliveries SET rule = ?2, change = ${nextChange} WHERE rule = ?1 AND state = 'held'`,
  );
  const count = prepare<{ state: DeliveryState; count: number }>(
    database,
    'SELECT state, count(*) AS count FROM deliveries GROUP BY state',
  );

  return {
    /** Writes a delivery that is new; one whose id is known stays as it is. */
    add: (delivery: PackedDelivery, now: number): void => {
      const { id, rule, eventSequence, session, destination, lane, message, state, reason } = delivery;
      const { dueAt, priority, fallback, edits } = delivery;
      const what = [
        id,
        rule,
        eventSequence,
        session,
        destination,
        lane,
        message,
        state,
        reason,
        now,
      ] as const;
      write.run(...what, dueAt, priority, fallback, edits);
    },

    find: (id: string): DeliveryRow | undefined => {
      return find.get(id);
    },

    /** Ends the messages of a rule that wait for the end of quiet hours. */
    suppressHeld: (rule: string, reason: string, now: number): number => {
      return suppressHeld.run(rule, reason, now);
    },

    renameHeld: (from: string, to: string): void => {
      renameHeld.run(from, to);
    },

    list: ({ states, destinations, changedAfter, limit }: DeliveryFilter): DeliveryRow[] => {
      const filter = [listText(states), listText(destinations), limit] as const;
      if (changedAfter !== undefined) return listChanged.all(...filter, changedAfter);
      const ways = destinations ?? states;
      if (ways === undefined) return listAll.all(limit);
      const way = destinations === undefined ? listOfState : listOfDestination;
      return [...new Set<string>(ways)]
        .flatMap((value) => way.all(...filter, value))
        .sort((one, other) => other.sequence - one.sequence)
        .slice(0, limit);
    },

    counts: (): { state: DeliveryState; count: number }[] => {
      return count.all();
    },
  };
}

function listText(values: readonly string[] | undefined): string | null {
  return values === undefined ? null : JSON.stringify(values);
}
