import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** A connection to a SQLite file. */
export type Database = DatabaseSync;

/** Opens a connection; waits `lockWaitMs` for a lock before it throws. Nothing is read yet. */
export function connect(location: string, lockWaitMs: number): Database {
  return new DatabaseSync(location, { timeout: lockWaitMs });
}

/** A prepared statement whose rows have the shape of `Row`. */
export type Statement<Row> = {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  iterate(...values: SQLInputValue[]): Iterable<Row>;
  /** How many rows changed. */
  run(...values: SQLInputValue[]): number;
};

/** Prepares `sql`; the caller vouches that its columns are those of `Row`. */
export function prepare<Row extends object = object>(database: Database, sql: string): Statement<Row> {
  const statement = database.prepare(sql);
  return {
    get: (...values) => statement.get(...values) as Row | undefined,
    all: (...values) => statement.all(...values) as Row[],
    iterate: (...values) => statement.iterate(...values) as Iterable<Row>,
    run: (...values) => Number(statement.run(...values).changes),
  };
}

/** What went wrong, as far as it matters to us. `other`: the statement itself, or our own mistake. */
export type Trouble =
  | 'locked'
  | 'full'
  | 'read-only'
  | 'cannot open'
  | 'not a database'
  | 'damaged'
  | 'broken'
  | 'other';

/** By SQLite's primary result code, https://www.sqlite.org/rescode.html */
const troubles: Readonly<Record<number, Trouble>> = {
  5: 'locked',
  6: 'locked',
  7: 'broken',
  8: 'read-only',
  10: 'broken',
  11: 'damaged',
  13: 'full',
  14: 'cannot open',
  26: 'not a database',
};

/** Classifies an error that SQLite threw. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return 'other';
  return troubles[error.errcode & 0xff] ?? 'other';
}
