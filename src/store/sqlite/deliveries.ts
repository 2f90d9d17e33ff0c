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
