import { type Database, prepare } from './database.ts';
import type { PruneStep } from './keys.ts';

export type PackedArtifact = {
  readonly id: string;
  readonly session: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly body: string;
};

/** An artifact as it is kept; both are NULL where it was not revoked. */
export type ArtifactRow = {
  readonly body: string;
  readonly revoked_at: string | null;
  readonly revoked_because: string | null;
};

/** `clicks` counts all of them. */
export type ListedArtifactRow = ArtifactRow & { readonly id: string; readonly clicks: number };

export type PackedClick = { readonly artifactId: string; readonly body: string };

export type PackedArtifactFilter = {
  readonly since: string;
  readonly session: string | null;
  readonly limit: number;
  /** Newest clicks of each. */
  readonly clicks: number;
};

export type PackedRevocation = {
  /** Both are NULL where all are meant. */
  readonly id: string | null;
  readonly session: string | null;
  readonly at: string;
  readonly because: string;
};

/** Of each artifact this many clicks are kept, the newest: whoever has a link must not fill the disk. */
const keptClicks = 10_000;

/** Rows that one step of pruning deletes; each takes its clicks along. */
const pruneStep = 100;

/** Statements on artifacts and the clicks on their links. */
export function prepareArtifacts(database: Database) {
  const columns = 'id, body, revoked_at, revoked_because, clicks';
  const write = prepare(
    database,
    `INSERT INTO artifacts (id, session, created_at, expires_at, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET
       session = excluded.session, created_at = excluded.created_at, expires_at = excluded.expires_at, body = excluded.body
     WHERE excluded.expires_at > expires_at`,
  );
  const find = prepare<ListedArtifactRow>(database, `SELECT ${columns} FROM artifacts WHERE id = ?`);
  const listAll = prepare<ListedArtifactRow>(
    database,
    `SELECT ${columns} FROM artifacts WHERE created_at >= ? ORDER BY created_at DESC, id DESC LIMIT ?`,
  );
  const listSession = prepare<ListedArtifactRow>(
    database,
    `SELECT ${columns} FROM artifacts WHERE session = ? AND created_at >= ? ORDER BY created_at DESC, id DESC LIMIT ?`,
  );
  const revoked = 'SET revoked_at = ?, revoked_because = ?';
  const revokeOne = prepare(database, `UPDATE artifacts ${revoked} WHERE id = ? AND revoked_at IS NULL`);
  const revokeSession = prepare(
    database,
    `UPDATE artifacts ${revoked} WHERE session = ? AND revoked_at IS NULL`,
  );
  const revokeAll = prepare(
    database,
    `UPDATE artifacts ${revoked} WHERE expires_at > ? AND revoked_at IS NULL`,
  );
  const countClick = prepare<{ clicks: number }>(
    database,
    'UPDATE artifacts SET clicks = clicks + 1 WHERE id = ? RETURNING clicks',
  );
  const writeClick = prepare(database, 'INSERT INTO link_clicks (artifact, number, body) VALUES (?, ?, ?)');
  const forgetClicks = prepare(database, 'DELETE FROM link_clicks WHERE artifact = ? AND number <= ?');
  const listClicks = prepare<{ body: string }>(
    database,
    'SELECT body FROM link_clicks WHERE artifact = ? ORDER BY number DESC LIMIT ?',
  );
  const ended = prepare<{ id: string }>(
    database,
    'SELECT id FROM artifacts WHERE expires_at < ? AND revoked_at IS NULL ORDER BY expires_at LIMIT ?',
  );
  const forget = prepare(database, 'DELETE FROM artifacts WHERE id = ?');

  return {
    /** Writes it, unless the one we have lives as long. A revocation stays. */
    save: ({ id, session, createdAt, expiresAt, body }: PackedArtifact): void => {
      write.run(id, session, createdAt, expiresAt, body);
    },

    find: (id: string): ArtifactRow | undefined => {
      return find.get(id);
    },

    list: ({ since, session, limit, clicks }: PackedArtifactFilter) => {
      const rows = session === null ? listAll.all(since, limit) : listSession.all(session, since, limit);
      return rows.map((row) => ({ row, clicks: listClicks.all(row.id, clicks).map(({ body }) => body) }));
    },

    /** How many are revoked that were not before. */
    revoke: ({ id, session, at, because }: PackedRevocation): number => {
      if (id !== null) return revokeOne.run(at, because, id);
      return session === null ? revokeAll.run(at, because, at) : revokeSession.run(at, because, session);
    },

    /** Keeps a click on a file that we know. */
    addClick: ({ artifactId, body }: PackedClick): void => {
      const number = countClick.get(artifactId)?.clicks;
      if (number === undefined) return;
      writeClick.run(artifactId, number, body);
      if (number > keptClicks) forgetClicks.run(artifactId, number - keptClicks);
    },

    /** Forgets files whose last link has ended, with their clicks; what was revoked stays so that no new link opens it. */
    prune: (now: string): PruneStep<true> => {
      const ids = ended.all(now, pruneStep);
      for (const { id } of ids) {
        forgetClicks.run(id, Number.MAX_SAFE_INTEGER);
        forget.run(id);
      }
      return ids.length === 0 ? { forgotten: 0 } : { forgotten: ids.length, next: true };
    },
  };
}
