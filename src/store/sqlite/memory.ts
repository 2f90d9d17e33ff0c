import type { Memo, MemoKey, OnceKey } from '#domain/memory.ts';
import { type Database, prepare } from './database.ts';
import type { PruneStep } from './keys.ts';

/** A memo as it is written; `body` is all of it as JSON. */
export type PackedMemo = {
  readonly kind: Memo['kind'];
  readonly rule: string;
  readonly key: string;
  readonly session: string;
  readonly dueAt: number;
  readonly body: string;
};

/** Rows that one step of pruning looks at. */
const pruneStep = 2_000;

/** Statements on what rules remember. */
export function prepareMemory(database: Database) {
  const writeMemo = prepare(
    database,
    `INSERT INTO memos (kind, rule, key, session, due_at, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (rule, kind, key) DO UPDATE
     SET session = excluded.session, due_at = excluded.due_at, body = excluded.body`,
  );
  const forgetMemo = prepare(database, 'DELETE FROM memos WHERE rule = ? AND kind = ? AND key = ?');
  const findMemo = prepare<{ body: string }>(
    database,
    'SELECT body FROM memos WHERE rule = ? AND kind = ? AND key = ?',
  );
  const listOfSession = prepare<{ body: string }>(
    database,
    `SELECT body FROM memos WHERE kind = 'wait' AND session = ? AND session <> ''`,
  );
  const listDue = prepare<{ body: string; session: string }>(
    database,
    `SELECT body, session FROM memos WHERE kind <> 'window' AND due_at >= ?1 AND due_at < ?2
     ORDER BY due_at LIMIT ?3`,
  );
  const nextDue = prepare<{ at: number | null }>(
    database,
    `SELECT min(due_at) AS at FROM memos WHERE kind <> 'window' AND due_at >= ?`,
  );
  const countOfRule = prepare<{ count: number }>(
    database,
    `SELECT count(*) AS count FROM memos WHERE rule = ? AND kind <> 'window'`,
  );
  const forgetRule = prepare(database, 'DELETE FROM memos WHERE rule = ?');
  const renameMemos = prepare(
    database,
    `UPDATE OR REPLACE memos SET rule = ?2, body = json_set(body, '$.rule', ?2) WHERE rule = ?1`,
  );
  const forgetWindows = prepare(
    database,
    `DELETE FROM memos WHERE kind = 'window' AND due_at < ? AND json_extract(body, '$.held') = 0`,
  );

  const isHeld = prepare(database, 'SELECT 1 FROM once_keys WHERE rule = ? AND key = ? AND until >= ?');
  const hold = prepare(
    database,
    `INSERT INTO once_keys (rule, key, until) VALUES (?, ?, ?)
     ON CONFLICT (rule, key) DO UPDATE SET until = max(until, excluded.until)`,
  );
  const free = prepare(database, 'DELETE FROM once_keys WHERE rule = ? AND key = ?');
  const freeRule = prepare(database, 'DELETE FROM once_keys WHERE rule = ?');
  const renameKeys = prepare(database, 'UPDATE OR REPLACE once_keys SET rule = ?2 WHERE rule = ?1');
  const lastOfStep = prepare<{ rule: string; key: string }>(
    database,
    `SELECT rule, key FROM (SELECT rule, key FROM once_keys WHERE (rule, key) > (?, ?) ORDER BY rule, key LIMIT ?)
     ORDER BY rule DESC, key DESC LIMIT 1`,
  );
  const forgetKeys = prepare(
    database,
    'DELETE FROM once_keys WHERE (rule, key) > (?, ?) AND (rule, key) <= (?, ?) AND until < ?',
  );

  const listAdopted = prepare<{ id: string; meaning: string; once: string }>(
    database,
    'SELECT id, meaning, once FROM adopted_rules',
  );
  const writeAdopted = prepare(
    database,
    `INSERT INTO adopted_rules (id, meaning, once) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET meaning = excluded.meaning, once = excluded.once`,
  );
  const forgetAdopted = prepare(database, 'DELETE FROM adopted_rules WHERE id = ?');

  return {
    put: ({ kind, rule, key, session, dueAt, body }: PackedMemo): void => {
      writeMemo.run(kind, rule, key, session, dueAt, body);
    },
    forget: ({ rule, kind, key }: MemoKey): void => {
      forgetMemo.run(rule, kind, key);
    },
    find: ({ rule, kind, key }: MemoKey): string | undefined => {
      return findMemo.get(rule, kind, key)?.body;
    },
    waitsOf: (session: string): string[] => {
      return listOfSession.all(session).map(({ body }) => body);
    },
    due: (from: number, before: number, limit: number): { body: string; session: string }[] => {
      return listDue.all(from, before, limit);
    },
    nextDue: (from: number): number | undefined => {
      return nextDue.get(from)?.at ?? undefined;
    },
    /** Ends what a rule remembers besides its once-keys; gives the number of its waits and digests. */
    end: (rule: string): number => {
      const count = countOfRule.get(rule)?.count ?? 0;
      forgetRule.run(rule);
      return count;
    },
    rename: (from: string, to: string): void => {
      renameMemos.run(from, to);
      renameKeys.run(from, to);
    },

    isHeld: ({ rule, key }: OnceKey, now: number): boolean => {
      return isHeld.get(rule, key, now) !== undefined;
    },
    hold: ({ rule, key }: OnceKey, until: number): void => {
      hold.run(rule, key, until);
    },
    free: ({ rule, key }: OnceKey): void => {
      free.run(rule, key);
    },
    freeAll: (rule: string): void => {
      freeRule.run(rule);
    },

    adopted: (): { id: string; meaning: string; once: string }[] => {
      return listAdopted.all();
    },
    adopt: (id: string, meaning: string, once: string): void => {
      writeAdopted.run(id, meaning, once);
    },
    dismiss: (id: string): void => {
      forgetAdopted.run(id);
    },

    pruneWindows: (now: number): number => {
      return forgetWindows.run(now);
    },
    pruneOnce: (after: OnceKey, now: number): PruneStep<OnceKey> => {
      const last = lastOfStep.get(after.rule, after.key, pruneStep);
      if (last === undefined) return { forgotten: 0 };
      const { rule, key } = last;
      return { forgotten: forgetKeys.run(after.rule, after.key, rule, key, now), next: { rule, key } };
    },
  };
}
