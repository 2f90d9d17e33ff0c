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

type FoundMemo = { kind: Memo['kind']; session: string; body: string };

/** Rows that one step of pruning looks at. */
const pruneStep = 2_000;

/** A limit that held something back remembers it for so long after its window, for the message that tells it. */
const heldWindowMs = 30 * 86_400_000;

/** Statements on what rules remember. */
export function prepareMemory(database: Database) {
  const writeMemo = prepare(
    database,
    `INSERT INTO memos (kind, rule, key, session, due_at, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (rule, kind, key) DO UPDATE
     SET session = excluded.session, due_at = excluded.due_at, body = excluded.body`,
  );
  const forgetMemo = prepare(database, 'DELETE FROM memos WHERE rule = ? AND kind = ? AND key = ?');
  const findMemo = prepare<FoundMemo>(
    database,
    'SELECT kind, session, body FROM memos WHERE rule = ? AND kind = ? AND key = ?',
  );
  const listOfSession = prepare<FoundMemo>(
    database,
    `SELECT kind, session, body FROM memos WHERE kind = 'wait' AND session = ? AND session <> ''`,
  );
  const listDue = prepare<FoundMemo>(
    database,
    `SELECT kind, session, body FROM memos WHERE kind <> 'window' AND due_at >= ?1 AND due_at < ?2
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
  const lastMemoOfStep = prepare<{ rule: string; kind: Memo['kind']; key: string }>(
    database,
    `SELECT * FROM (SELECT rule, kind, key FROM memos WHERE (rule, kind, key) > (?, ?, ?) ORDER BY rule, kind, key LIMIT ?)
     ORDER BY rule DESC, kind DESC, key DESC LIMIT 1`,
  );
  const forgetWindows = prepare(
    database,
    `DELETE FROM memos WHERE (rule, kind, key) > (?, ?, ?) AND (rule, kind, key) <= (?, ?, ?)
       AND kind = 'window' AND due_at < ?
       AND (json_extract(body, '$.held') = 0 OR due_at < ? - ${heldWindowMs})`,
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
  const lastKeyOfStep = prepare<{ rule: string; key: string }>(
    database,
    `SELECT rule, key FROM (SELECT rule, key FROM once_keys WHERE (rule, key) > (?, ?) ORDER BY rule, key LIMIT ?)
     ORDER BY rule DESC, key DESC LIMIT 1`,
  );
  const forgetKeys = prepare(
    database,
    'DELETE FROM once_keys WHERE (rule, key) > (?, ?) AND (rule, key) <= (?, ?) AND until < ?',
  );

  return {
    put: ({ kind, rule, key, session, dueAt, body }: PackedMemo): void => {
      writeMemo.run(kind, rule, key, session, dueAt, body);
    },
    forget: ({ rule, kind, key }: MemoKey): void => {
      forgetMemo.run(rule, kind, key);
    },
    find: ({ rule, kind, key }: MemoKey): FoundMemo | undefined => {
      return findMemo.get(rule, kind, key);
    },
    waitsOf: (session: string): FoundMemo[] => {
      return listOfSession.all(session);
    },
    due: (from: number, before: number, limit: number): FoundMemo[] => {
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

    /** Forgets windows that hold nothing back and have nothing to count any more. */
    pruneWindows: (after: MemoKey, now: number): PruneStep<MemoKey> => {
      const last = lastMemoOfStep.get(after.rule, after.kind, after.key, pruneStep);
      if (last === undefined) return { forgotten: 0 };
      const { rule, kind, key } = last;
      const span = [after.rule, after.kind, after.key, rule, kind, key] as const;
      return { forgotten: forgetWindows.run(...span, now, now), next: { rule, kind, key } };
    },
    pruneOnce: (after: OnceKey, now: number): PruneStep<OnceKey> => {
      const last = lastKeyOfStep.get(after.rule, after.key, pruneStep);
      if (last === undefined) return { forgotten: 0 };
      const { rule, key } = last;
      return { forgotten: forgetKeys.run(after.rule, after.key, rule, key, now), next: { rule, key } };
    },
  };
}
