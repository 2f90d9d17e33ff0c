import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreUnavailable } from '../store.ts';
import { connect, type Database, type Trouble, troubleOf } from './database.ts';
import { migrate } from './migrations.ts';

/** In memory nothing is kept: for tests and demonstrations. */
export const inMemory = ':memory:';

/** Long enough for a predecessor that is just ending. */
const lockWaitMs = 500;

const settings = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 2000;
  PRAGMA journal_size_limit = 67108864;
  PRAGMA cache_size = -8192;
  PRAGMA temp_store = MEMORY;
`;

const advice: Readonly<Record<Exclude<Trouble, 'other' | 'broken'>, string>> = {
  locked: 'another Callboard seems to use it. Stop that one, or give this one a file of its own.',
  full: 'the disk is full. Free some space.',
  'read-only': 'it is read-only. Let the user that runs Callboard write to it and to its folder.',
  'cannot open': 'it cannot be opened. Let the user that runs Callboard read and write it and its folder.',
  'not a database': 'it is not a SQLite database. Name another file, or move this one away.',
  damaged: 'it is damaged. Restore a backup, or move it away to start with an empty one.',
};

/**
 * Opens the file at `location` (or `inMemory`) for this process alone, creates what is missing and brings its format up to date.
 * Throws StoreUnavailable that says what to do.
 */
export function openDatabase(location: string): Database {
  let database: Database | undefined;
  try {
    if (location !== inMemory) prepareFolder(location);
    database = connect(location, lockWaitMs);
    database.exec(settings);
    migrate(database);
    return database;
  } catch (error) {
    database?.close();
    throw new StoreUnavailable(`Cannot open the database ${location}: ${adviceOn(error)}`, { cause: error });
  }
}

function prepareFolder(location: string): void {
  mkdirSync(dirname(location), { recursive: true });
  if (statSync(location, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new Error('it is a folder. Name a file in it.');
  }
}

function adviceOn(error: unknown): string {
  const trouble = troubleOf(error);
  if (trouble !== 'other' && trouble !== 'broken') return advice[trouble];
  return error instanceof Error ? error.message : String(error);
}
