import { hash as digest } from 'node:crypto';
import { type Database, prepare } from './database.ts';

/** A duplicate key; `text` names its scope too, so that equal keys of two sources differ. */
export type PackedKey = { readonly text: string; readonly value: string | null; readonly keepMs: number };

/** One small step of forgetting: how many keys went, and where the next step begins; `next` is missing when nothing is left. */
export type PruneStep<Position> = { readonly forgotten: number; readonly next?: Position };

/** Rows that one step of pruning looks at. */
const pruneStep = 2_000;

/** Statements on duplicate keys, claimed keys and secrets. */
export function prepareKeys(database: Database) {
  const findSeen = prepare(database, 'SELECT 1 FROM seen WHERE hash = ? AND value IS ? AND expires_at >= ?');
  const writeSeen = prepare(
    database,
    `INSERT INTO seen (hash, value, expires_at) VALUES (?1, ?2, ?3)
     ON CONFLICT (hash) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
     WHERE value IS NOT excluded.value OR expires_at < ?4`,
  );
  const lastSeenOfStep = prepare<{ last: Uint8Array | null }>(
    database,
    'SELECT max(hash) AS last FROM (SELECT hash FROM seen WHERE hash > ? ORDER BY hash LIMIT ?)',
  );
  const forgetSeen = prepare(database, 'DELETE FROM seen WHERE hash > ? AND hash <= ? AND expires_at < ?');

  const takeKey = prepare(
    database,
    `INSERT INTO held_keys (key, until) VALUES (?1, ?2)
     ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE until <= ?3`,
  );
  const lastKeyOfStep = prepare<{ last: string | null }>(
    database,
    'SELECT max(key) AS last FROM (SELECT key FROM held_keys WHERE key > ? ORDER BY key LIMIT ?)',
  );
  const forgetKeys = prepare(database, 'DELETE FROM held_keys WHERE key > ? AND key <= ? AND until < ?');

  const findSecret = prepare<{ secret: string }>(database, 'SELECT secret FROM secrets WHERE name = ?');
  const writeSecret = prepare(
    database,
    'INSERT INTO secrets (name, secret) VALUES (?, ?) ON CONFLICT (name) DO NOTHING',
  );

  return {
    /** True if any is known; otherwise all of them are known from now on. */
    recognise: (keys: readonly PackedKey[], now: number): boolean => {
      const hashed = keys.map(({ text, value, keepMs }) => ({ hash: hashOf(text), value, keepMs }));
      // A lone key, which is the usual case, is looked up and written in one go.
      const isLone = hashed.length === 1;
      if (!isLone && hashed.some(({ hash, value }) => findSeen.get(hash, value, now) !== undefined))
        return true;
      let written = 0;
      for (const { hash, value, keepMs } of hashed) written += writeSeen.run(hash, value, now + keepMs, now);
      return isLone && written === 0;
    },

    claimKey: (key: string, until: number, now: number): boolean => {
      return takeKey.run(key, until, now) > 0;
    },

    pruneSeen: (after: Uint8Array, now: number): PruneStep<Uint8Array> => {
      const last = lastSeenOfStep.get(after, pruneStep)?.last ?? undefined;
      return last === undefined
        ? { forgotten: 0 }
        : { forgotten: forgetSeen.run(after, last, now), next: last };
    },

    pruneHeld: (after: string, now: number): PruneStep<string> => {
      const last = lastKeyOfStep.get(after, pruneStep)?.last ?? undefined;
      return last === undefined
        ? { forgotten: 0 }
        : { forgotten: forgetKeys.run(after, last, now), next: last };
    },

    findSecret: (name: string): string | undefined => {
      return findSecret.get(name)?.secret;
    },

    /** Returns the secret that is kept: `made`, unless there was one. */
    keepSecret: (name: string, made: string): string => {
      writeSecret.run(name, made);
      return findSecret.get(name)?.secret ?? made;
    },
  };
}

/** Short and of one length, because millions of them are kept. */
function hashOf(text: string): Uint8Array {
  return digest('sha256', text, 'buffer').subarray(0, 16);
}
