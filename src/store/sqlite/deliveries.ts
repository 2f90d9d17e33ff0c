import type { DeliveryState } from '#domain/delivery.ts';
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
  message: string;
};

/** As a part of a statement: the number of the next change. */
export const nextChange = '(SELECT coalesce(max(change), 0) + 1 FROM deliveries)';

/** Statements that write new deliveries and read all of them. */
export function prepareDeliveries(database: Database) {
  const write = prepare(
    database,
    `INSERT INTO deliveries (id, rule, event_sequence, session, destination, lane, message, state, reason,
       attempts, created_at, due_at, settled_at, change)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?10, iif(?8 = 'waiting', NULL, ?10), ${nextChange})
     ON CONFLICT (id) DO NOTHING`,
  );
  const list = prepare<DeliveryRow>(database, 'SELECT * FROM deliveries ORDER BY sequence DESC LIMIT ?');
  const listState = prepare<DeliveryRow>(
    database,
    'SELECT * FROM deliveries WHERE state = ? ORDER BY sequence DESC LIMIT ?',
  );
  // The unary plus keeps SQLite from walking all deliveries backwards instead of the few that changed.
  const listChanged = prepare<DeliveryRow>(
    database,
    `SELECT * FROM deliveries WHERE change > ?1 AND (?2 IS NULL OR +state IN (SELECT value FROM json_each(?2)))
     ORDER BY +sequence DESC LIMIT ?3`,
  );
  const count = prepare<{ state: DeliveryState; count: number }>(
    database,
    'SELECT state, count(*) AS count FROM deliveries GROUP BY state',
  );

  return {
    /** Writes a delivery that is new; one whose id is known stays as it is. */
    add: (delivery: PackedDelivery, now: number): void => {
      const { id, rule, eventSequence, session, destination, lane, message, state, reason } = delivery;
      write.run(id, rule, eventSequence, session, destination, lane, message, state, reason, now);
    },

    list: (
      states: readonly DeliveryState[] | undefined,
      changedAfter: number | undefined,
      limit: number,
    ): DeliveryRow[] => {
      if (changedAfter !== undefined) {
        return listChanged.all(changedAfter, states === undefined ? null : JSON.stringify(states), limit);
      }
      if (states === undefined) return list.all(limit);
      return [...new Set(states)]
        .flatMap((state) => listState.all(state, limit))
        .sort((one, other) => other.sequence - one.sequence)
        .slice(0, limit);
    },

    counts: (): { state: DeliveryState; count: number }[] => {
      return count.all();
    },
  };
}
