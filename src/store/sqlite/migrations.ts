import type { Database } from './database.ts';

/** Marks our files in their header, so that nobody else's database is taken for ours ("CbrD"). */
const applicationId = 0x43627244;

/** Forward only: a step that was released never changes. The number of steps taken is the file's `user_version`. */
const steps: readonly string[] = [
  `
  -- Every webhook's events, only ever appended to; body is NULL where the webhook said nothing in our words.
  CREATE TABLE inbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    native TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    session TEXT,
    room TEXT,
    is_repeat INTEGER NOT NULL,
    body TEXT
  ) STRICT;

  -- The events of the inbox that are not finished. Kept apart from their bodies: these rows change often.
  CREATE TABLE waiting_events (
    sequence INTEGER PRIMARY KEY,
    order_key TEXT,
    claims INTEGER NOT NULL,
    lease_until INTEGER,
    retry_at INTEGER,
    reason TEXT
  ) STRICT;
  CREATE TABLE failed_events (sequence INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;
  -- What became of rules at an event, and later at the timers that it left behind.
  CREATE TABLE decisions (
    sequence INTEGER NOT NULL,
    position INTEGER NOT NULL,
    log TEXT NOT NULL,
    PRIMARY KEY (sequence, position)
  ) STRICT, WITHOUT ROWID;

  -- What rules remember: waits, digests, windows of limits. due_at is when each is looked at again, or may be forgotten.
  CREATE TABLE memos (
    kind TEXT NOT NULL,
    rule TEXT NOT NULL,
    key TEXT NOT NULL,
    session TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (rule, kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX memos_due ON memos (due_at) WHERE kind <> 'window';
  CREATE INDEX memos_of_session ON memos (session) WHERE kind = 'wait' AND session <> '';
  CREATE TABLE once_keys (rule TEXT NOT NULL, key TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (rule, key))
    STRICT, WITHOUT ROWID;
  -- The rules as they were last taken over; meaning is NULL for one that is gone.
  CREATE TABLE adopted_rules (id TEXT PRIMARY KEY, was TEXT, meaning TEXT, once TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE documents (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE seen (hash BLOB PRIMARY KEY, value TEXT, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE held_keys (key TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    room TEXT,
    status TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sessions_open ON sessions (room, sequence) WHERE status IN ('created', 'live');
  CREATE INDEX sessions_by_status ON sessions (status, sequence);

  CREATE TABLE artifacts (id TEXT PRIMARY KEY, expires_at TEXT NOT NULL, body TEXT NOT NULL) STRICT;

  CREATE TABLE deliveries (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    rule TEXT NOT NULL,
    event_sequence INTEGER NOT NULL,
    session TEXT NOT NULL,
    destination TEXT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    first_tried_at INTEGER,
    -- When it first became due: from then on it holds the later ones of its session for a while.
    waits_since INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    claimed_from TEXT,
    lease_until INTEGER,
    settled_at INTEGER,
    receipt TEXT,
    change INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    fallback TEXT,
    edits TEXT,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_by_state ON deliveries (state, sequence);
  CREATE INDEX deliveries_by_destination ON deliveries (destination, sequence);
  CREATE INDEX deliveries_by_change ON deliveries (change);
  CREATE INDEX deliveries_due ON deliveries (lane, due_at) WHERE state IN ('waiting', 'unknown');
  CREATE INDEX deliveries_in_lane ON deliveries (lane, priority DESC, sequence, due_at) WHERE state IN ('waiting', 'unknown');
  CREATE INDEX deliveries_held ON deliveries (due_at) WHERE state = 'held';
  CREATE INDEX deliveries_held_by_rule ON deliveries (rule) WHERE state = 'held';
  CREATE INDEX deliveries_in_flight ON deliveries (lease_until, lane) WHERE state = 'sending';
  CREATE INDEX deliveries_in_session ON deliveries (session, destination, priority, sequence, waits_since)
    WHERE state IN ('waiting', 'unknown', 'sending');
  CREATE TABLE lanes (lane TEXT PRIMARY KEY, paused_until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE artifacts ADD COLUMN session TEXT NOT NULL DEFAULT '';
  ALTER TABLE artifacts ADD COLUMN created_at TEXT NOT NULL DEFAULT '';
  ALTER TABLE artifacts ADD COLUMN revoked_at TEXT;
  ALTER TABLE artifacts ADD COLUMN revoked_because TEXT;
  ALTER TABLE artifacts ADD COLUMN clicks INTEGER NOT NULL DEFAULT 0;
  UPDATE artifacts SET session = body ->> '$.session', created_at = body ->> '$.createdAt';
  CREATE INDEX artifacts_by_time ON artifacts (created_at, id);
  CREATE INDEX artifacts_in_session ON artifacts (session, created_at, id);
  CREATE INDEX artifacts_ended ON artifacts (expires_at) WHERE revoked_at IS NULL;

  -- Who opened the links to a file, numbered from 1; the artifact counts them.
  CREATE TABLE link_clicks (
    artifact TEXT NOT NULL,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (artifact, number)
  ) STRICT, WITHOUT ROWID;
  `,
];

/**
 * Brings the file to the newest format, or to an older one that is given, in one transaction. Throws an Error that says what to do when it is
 * not ours or too new.
 */
export function migrate(database: Database, format: number = steps.length): void {
  const tables = read(database, 'SELECT count(*) AS value FROM sqlite_schema');
  const version = read(database, 'SELECT user_version AS value FROM pragma_user_version');
  const application = read(database, 'SELECT application_id AS value FROM pragma_application_id');
  if (tables > 0 && application !== applicationId) {
    throw new Error('it belongs to another program. Name another file.');
  }
  if (version > steps.length) {
    throw new Error(
      `a newer Callboard wrote it (format ${version}, this one knows ${steps.length}). Update Callboard, or restore a backup.`,
    );
  }
  if (version >= format) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const step of steps.slice(version, format)) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${format}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function read(database: Database, sql: string): number {
  return Number(database.prepare(sql).get()?.['value']);
}
