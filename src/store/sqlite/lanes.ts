import { type Database, prepare } from './database.ts';
import { type DeliveryRow, nextChange } from './deliveries.ts';

/** What became of a try: the new state, and what goes with it. */
export type PackedSettlement = {
  readonly state: 'sent' | 'waiting' | 'unknown' | 'superseded' | 'suppressed' | 'dead';
  readonly reason: string | null;
  readonly receipt: string | null;
  /** When it comes back; null when it is settled for good. */
  readonly dueAt: number | null;
  readonly pausesLane: boolean;
};

/** How long a delivery that waits for another try holds the later ones of its session and destination. */
const holdMs = 10 * 60_000;

/** The newest older delivery of the session, destination and priority that is not finished: all before it are older still. */
const predecessor = `(
  SELECT before.waits_since FROM deliveries AS before
  WHERE before.session = this.session AND before.destination = this.destination AND this.session <> ''
    AND before.priority = this.priority
    AND before.state IN ('waiting', 'unknown', 'sending') AND before.sequence < this.sequence
  ORDER BY before.sequence DESC LIMIT 1
)`;

/** The first lane of all where something waits whose name passes `condition`. */
const firstLane = (condition: string): string => `(
  SELECT lane FROM deliveries INDEXED BY deliveries_in_lane
  WHERE state IN ('waiting', 'unknown') AND lane ${condition} ORDER BY lane LIMIT 1
)`;

/** Statements on the deliveries that are not finished, lane by lane. Left alone, SQLite would walk all that are in one state. */
export function prepareLanes(database: Database) {
  const expire = prepare(
    database,
    `UPDATE deliveries INDEXED BY deliveries_in_flight SET state = 'unknown', lease_until = NULL, attempts = attempts + 1,
       reason = 'its last try was cut off', change = ${nextChange}
     WHERE state = 'sending' AND lease_until <= ?`,
  );
  const busyLanes = prepare<{ lane: string }>(
    database,
    `SELECT lane FROM deliveries INDEXED BY deliveries_in_flight WHERE state = 'sending'
     UNION SELECT lane FROM lanes WHERE paused_until > ?`,
  );
  // Jumps from lane to lane, however many deliveries wait in each.
  const waitingLanes = prepare<{ lane: string }>(
    database,
    `WITH RECURSIVE each(lane) AS (
       SELECT ${firstLane(">= ''")} UNION ALL SELECT ${firstLane('> each.lane')} FROM each WHERE each.lane IS NOT NULL
     )
     SELECT lane FROM each WHERE lane IS NOT NULL`,
  );
  const firstOfLane = prepare<{ sequence: number }>(
    database,
    `SELECT this.sequence FROM deliveries AS this INDEXED BY deliveries_in_lane
     WHERE this.lane = ?1 AND this.state IN ('waiting', 'unknown') AND this.due_at <= ?2
       AND coalesce(${predecessor} <= ?2 - ${holdMs}, TRUE)
     ORDER BY this.priority DESC, this.sequence LIMIT 1`,
  );
  const wakeHeld = prepare(
    database,
    `UPDATE deliveries INDEXED BY deliveries_held SET state = 'waiting', reason = NULL, change = ${nextChange}
     WHERE state = 'held' AND due_at <= ?`,
  );
  const firstHeld = prepare<{ at: number | null }>(
    database,
    `SELECT min(due_at) AS at FROM deliveries INDEXED BY deliveries_held WHERE state = 'held'`,
  );
  const lease = prepare<DeliveryRow>(
    database,
    `UPDATE deliveries SET state = 'sending', claimed_from = state, lease_until = ?3,
       first_tried_at = coalesce(first_tried_at, ?2), change = ${nextChange}
     WHERE sequence = ?1 RETURNING *`,
  );
  const release = prepare(
    database,
    `UPDATE deliveries SET state = claimed_from, claimed_from = NULL, lease_until = NULL,
       first_tried_at = iif(attempts = 0, NULL, first_tried_at), change = ${nextChange}
     WHERE id = ? AND state = 'sending'`,
  );
  const settle = prepare<{ lane: string }>(
    database,
    `UPDATE deliveries SET state = ?2, reason = ?3, receipt = ?4, due_at = coalesce(?5, due_at), claimed_from = NULL,
       lease_until = NULL, settled_at = iif(?5 IS NULL, ?6, NULL), attempts = attempts + 1, change = ${nextChange}
     WHERE id = ?1 AND state = 'sending' RETURNING lane`,
  );
  const pause = prepare(
    database,
    `INSERT INTO lanes (lane, paused_until) VALUES (?, ?)
     ON CONFLICT (lane) DO UPDATE SET paused_until = max(paused_until, excluded.paused_until)`,
  );
  const firstLeaseEnd = prepare<{ at: number | null }>(
    database,
    `SELECT min(lease_until) AS at FROM deliveries INDEXED BY deliveries_in_flight WHERE state = 'sending'`,
  );
  const pauseOf = prepare<{ at: number }>(database, 'SELECT paused_until AS at FROM lanes WHERE lane = ?');
  const isInFlight = prepare(
    database,
    `SELECT 1 FROM deliveries INDEXED BY deliveries_in_flight WHERE state = 'sending' AND lane = ? LIMIT 1`,
  );
  const walkDue = prepare<{ due: number; held: number | null }>(
    database,
    `SELECT this.due_at AS due, ${predecessor} + ${holdMs} AS held FROM deliveries AS this INDEXED BY deliveries_due
     WHERE this.lane = ? AND this.state IN ('waiting', 'unknown') ORDER BY this.due_at`,
  );

  /** When a lane with nothing in flight can give something out. */
  const nextOfLane = (lane: string): number => {
    const pausedUntil = pauseOf.get(lane)?.at ?? 0;
    let next = Number.POSITIVE_INFINITY;
    for (const { due, held } of walkDue.iterate(lane)) {
      if (due >= next) break;
      next = Math.min(next, Math.max(due, held ?? 0));
    }
    return Math.max(next, pausedUntil);
  };

  return {
    claim: (now: number, limit: number, leaseMs: number): DeliveryRow[] => {
      expire.run(now);
      wakeHeld.run(now);
      const busy = new Set(busyLanes.all(now).map((row) => row.lane));
      return waitingLanes
        .all()
        .filter(({ lane }) => !busy.has(lane))
        .flatMap(({ lane }) => firstOfLane.get(lane, now)?.sequence ?? [])
        .sort((one, other) => one - other)
        .slice(0, limit)
        .flatMap((sequence) => lease.get(sequence, now, now + leaseMs) ?? []);
    },

    /** False when the delivery is not leased any more. */
    settle: (id: string, settlement: PackedSettlement, now: number): boolean => {
      const { state, reason, receipt, dueAt, pausesLane } = settlement;
      const row = settle.get(id, state, reason, receipt, dueAt, now);
      if (row !== undefined && pausesLane && dueAt !== null) pause.run(row.lane, dueAt);
      return row !== undefined;
    },

    release: (ids: readonly string[]): void => {
      for (const id of ids) release.run(id);
    },

    /** Milliseconds since 1970, or undefined when nothing waits. */
    nextDue: (): number | undefined => {
      const free = waitingLanes.all().filter(({ lane }) => isInFlight.get(lane) === undefined);
      const leaseEnd = firstLeaseEnd.get()?.at ?? Number.POSITIVE_INFINITY;
      const heldEnd = firstHeld.get()?.at ?? Number.POSITIVE_INFINITY;
      const soonest = Math.min(leaseEnd, heldEnd);
      const next = free.reduce((earliest, { lane }) => Math.min(earliest, nextOfLane(lane)), soonest);
      return Number.isFinite(next) ? next : undefined;
    },

    /** What a process that ended was sending may have arrived; it is due at once. */
    recover: (): void => {
      expire.run(Number.MAX_SAFE_INTEGER);
    },
  };
}
