import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepare } from '#store/sqlite/database.ts';
import { inMemory, openDatabase } from '#store/sqlite/open.ts';
import { prepareOperations } from '#store/sqlite/operations.ts';

/** Walks that are meant: what few rows are in, or what stops early. Part of the statement, and how SQLite walks. */
const meant: readonly (readonly [statement: string, walk: string])[] = [
  ['FROM waiting_events ORDER BY sequence', 'SCAN waiting_events'],
  ['count(*) AS count FROM waiting_events', 'SCAN waiting_events'],
  ['count(*) AS count FROM failed_events', 'SCAN failed_events'],
  ['count(*) AS count FROM deliveries GROUP BY', 'SCAN deliveries USING COVERING INDEX deliveries_by_state'],
  ['FROM deliveries ORDER BY sequence DESC LIMIT', 'SCAN deliveries'],
  ["WHERE state = 'sending'", 'SCAN deliveries USING COVERING INDEX deliveries_in_flight'],
  ['FROM lanes WHERE paused_until', 'SCAN lanes'],
  ['FROM adopted_rules', 'SCAN adopted_rules'],
];

/** Walks over what the statement itself has made or was given. */
const ownRows = /^SCAN (CONSTANT ROW|each|\(subquery-\d+\)|json_each VIRTUAL TABLE.*)$/;

type Plan = { readonly sql: string; readonly steps: readonly string[] };

/** How SQLite goes about each statement of the store. */
function plans(): readonly Plan[] {
  const database = openDatabase(inMemory);
  const statements: string[] = [];
  const original = database.prepare.bind(database);
  database.prepare = (sql) => {
    statements.push(sql);
    return original(sql);
  };
  prepareOperations(database);
  database.prepare = original;
  const explained = statements.map((sql) => {
    const rows = prepare<{ detail: string }>(database, `EXPLAIN QUERY PLAN ${sql}`).all();
    return { sql: sql.replaceAll(/\s+/g, ' '), steps: rows.map(({ detail }) => detail) };
  });
  database.close();
  return explained;
}

test('no statement walks a whole table, but for those that are meant to', () => {
  const found = plans();
  assert.ok(found.length > 50);
  const used = new Set<string>();
  for (const { sql, steps } of found) {
    for (const step of steps) {
      if (!step.startsWith('SCAN') || ownRows.test(step)) continue;
      const allowed = meant.find(([part, walk]) => sql.includes(part) && step === walk);
      assert.ok(allowed, `${sql}\n${step}`);
      used.add(allowed[0]);
    }
  }
  assert.deepEqual(
    meant.map(([part]) => part).filter((part) => !used.has(part)),
    [],
  );
});

test('what is done again and again goes straight to its rows', () => {
  const found = plans();
  const expected: readonly (readonly [statement: RegExp, way: string])[] = [
    [/FROM memos WHERE kind = 'wait' AND session/, 'memos_of_session (session=?)'],
    [/FROM memos WHERE rule = \? AND kind = \? AND key = \?$/, 'PRIMARY KEY (rule=? AND kind=? AND key=?)'],
    [/FROM memos WHERE kind <> 'window' AND due_at >= \?1/, 'memos_due (due_at>? AND due_at<?)'],
    [/min\(due_at\) AS at FROM memos/, 'memos_due (due_at>?)'],
    [/SELECT 1 FROM once_keys/, 'PRIMARY KEY (rule=? AND key=?)'],
    [/INSERT INTO decisions/, 'PRIMARY KEY (sequence=?)'],
    [/SET state = 'waiting', reason = NULL/, 'deliveries_held (due_at<?)'],
    [/min\(due_at\) AS at FROM deliveries/, 'COVERING INDEX deliveries_held'],
    [/SET state = 'unknown'/, 'deliveries_in_flight (lease_until<?)'],
    [/min\(lease_until\)/, 'COVERING INDEX deliveries_in_flight'],
    [/SELECT this\.sequence/, 'deliveries_in_lane (lane=?)'],
    [
      /SELECT this\.sequence/,
      'deliveries_in_session (session=? AND destination=? AND priority=? AND sequence<?)',
    ],
    [/SELECT this\.due_at/, 'deliveries_due (lane=?)'],
    [/WHERE rule = \?1 AND state = 'held'/, 'deliveries_held_by_rule (rule=?)'],
    [/DELETE FROM memos WHERE \(rule/, '((rule,kind,key)>(?,?,?) AND (rule,kind,key)<(?,?,?))'],
    [/DELETE FROM once_keys WHERE \(rule/, '((rule,key)>(?,?) AND (rule,key)<(?,?))'],
  ];
  for (const [statement, way] of expected) {
    const matching = found.filter(({ sql }) => statement.test(sql));
    assert.ok(matching.length > 0, String(statement));
    for (const { sql, steps } of matching) {
      assert.ok(
        steps.some((step) => step.startsWith('SEARCH') && step.endsWith(way)),
        `${sql}\n${steps.join('\n')}`,
      );
      assert.ok(!steps.some((step) => step.includes('TEMP B-TREE')), `${sql}\n${steps.join('\n')}`);
    }
  }
});
