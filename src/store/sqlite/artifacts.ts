import { type Database, prepare } from './database.ts';

export type PackedArtifact = { readonly id: string; readonly expiresAt: string; readonly body: string };

/** Statements on artifacts. */
export function prepareArtifacts(database: Database) {
  const write = prepare(
    database,
    `INSERT INTO artifacts (id, expires_at, body) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, body = excluded.body
     WHERE excluded.expires_at > expires_at`,
  );
  const find = prepare<{ body: string }>(database, 'SELECT body FROM artifacts WHERE id = ?');

  return {
    /** Writes it, unless the one we have lives as long. */
    save: (artifact: PackedArtifact): void => {
      write.run(artifact.id, artifact.expiresAt, artifact.body);
    },

    find: (id: string): string | undefined => {
      return find.get(id)?.body;
    },
  };
}
