import type { SessionStatus } from '#domain/session.ts';
import { type Database, prepare } from './database.ts';

/** A session as it is written; `room` is its comparable key. */
export type PackedSession = {
  readonly key: string;
  readonly room: string | null;
  readonly status: SessionStatus;
  readonly heardAt: string;
  readonly body: string;
};

/** Statements on sessions. The newest session is the one that was written first last. */
export function prepareSessions(database: Database) {
  const write = prepare(
    database,
    `INSERT INTO sessions (key, room, status, body) VALUES (?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET room = excluded.room, status = excluded.status, body = excluded.body`,
  );
  const writeUnlessNewer = prepare(
    database,
    `INSERT INTO sessions (key, room, status, body) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (key) DO UPDATE SET room = excluded.room, status = excluded.status, body = excluded.body
     WHERE json_extract(body, '$.heardAt') <= ?5`,
  );
  const find = prepare<{ body: string }>(database, 'SELECT body FROM sessions WHERE key = ?');
  const findOpen = prepare<{ key: string; body: string }>(
    database,
    `SELECT key, body FROM sessions WHERE room = ? AND status IN ('created', 'live') ORDER BY sequence DESC LIMIT 1`,
  );
  const list = prepare<{ sequence: number; body: string }>(
    database,
    'SELECT sequence, body FROM sessions WHERE status = ? ORDER BY sequence DESC LIMIT ?',
  );

  return {
    save: (session: PackedSession): void => {
      write.run(session.key, session.room, session.status, session.body);
    },

    saveUnlessNewer: ({ key, room, status, body, heardAt }: PackedSession): void => {
      writeUnlessNewer.run(key, room, status, body, heardAt);
    },

    find: (key: string): string | undefined => {
      return find.get(key)?.body;
    },

    findOpen: (room: string): { key: string; body: string } | undefined => {
      return findOpen.get(room);
    },

    list: (statuses: readonly SessionStatus[], limit: number): string[] => {
      return [...new Set(statuses)]
        .flatMap((status) => list.all(status, limit))
        .sort((one, other) => other.sequence - one.sequence)
        .slice(0, limit)
        .map((row) => row.body);
    },
  };
}
