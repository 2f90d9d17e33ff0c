import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Memo } from '#domain/memory.ts';
import { sessionKey } from '#domain/session.ts';
import type { MemoryQuery, Store } from '#store/store.ts';
import type { OpenEmpty } from './contract.ts';
import { at, digest, noQuery, nothing, remember, session, wait, window } from './samples.ts';

const now = (): Date => at(0);

const namesOf = (memos: readonly Memo[]) => memos.map(({ kind, rule, key }) => `${kind} ${rule} ${key}`);

async function load(store: Store, query: Partial<MemoryQuery>): Promise<readonly string[]> {
  return namesOf((await store.loadMemory({ ...noQuery, ...query })).memos);
}

export function testMemory(open: OpenEmpty): void {
  test('memory that nothing was put into is empty', async () => {
    await using store = await open({ now });
    const query = {
      sessions: ['meet/S1', ''],
      memos: [wait('r', 'k')],
      once: [{ rule: 'r', key: 'k' }],
      due: { from: at(0), before: at(1e6), limit: 9 },
    };
    assert.deepEqual(await store.loadMemory(query), nothing);
    assert.deepEqual(await store.loadMemory(noQuery), nothing);
    assert.equal(await store.nextTimerDue(at(0)), undefined);
  });

  test('memos come back as they were put, each kind by its key', async () => {
    await using store = await open({ now });
    const memos = [
      wait('r', 'k'),
      digest('r', 'k', { count: 70, session: 'meet/S1' }),
      window('r', 'k', { passed: [1, 2], held: 3 }),
      window('r', ''),
    ];
    await remember(store, { memos });
    for (const memo of memos) {
      const { memos: found } = await store.loadMemory({ ...noQuery, memos: [memo] });
      assert.deepEqual(found, [memo]);
    }
    assert.deepEqual(await load(store, { memos: [wait('r', 'other'), window('other', 'k')] }), []);
  });

  test('a memo that is put again replaces the one of its kind, rule and key', async () => {
    await using store = await open({ now });
    await remember(store, { memos: [wait('r', 'k'), digest('r', 'k'), wait('r', 'k2')] });
    const moved = wait('r', 'k', { session: 'meet/S2', dueAt: at(90), sequence: 5, facts: { n: 1 } });
    await remember(store, { memos: [moved] });
    assert.deepEqual((await store.loadMemory({ ...noQuery, memos: [moved] })).memos, [moved]);
    assert.deepEqual(await load(store, { sessions: ['meet/S1'] }), ['wait r k2']);
    assert.deepEqual(await load(store, { sessions: ['meet/S2'] }), ['wait r k']);
    assert.deepEqual(await load(store, { memos: [digest('r', 'k')] }), ['digest r k']);
    const due = { from: at(0), before: at(91), limit: 9 };
    assert.deepEqual((await load(store, { due })).at(-1), 'wait r k');
  });

  test('a memo that is forgotten is gone, and no other', async () => {
    await using store = await open({ now });
    await remember(store, { memos: [wait('r', 'k'), digest('r', 'k'), wait('r', 'k2'), wait('r2', 'k')] });
    await remember(store, {
      forgotten: [
        { kind: 'wait', rule: 'r', key: 'k' },
        { kind: 'window', rule: 'r', key: 'k2' },
      ],
    });
    const due = { from: at(0), before: at(61), limit: 9 };
    assert.deepEqual([...(await load(store, { due }))].sort(), ['digest r k', 'wait r k2', 'wait r2 k']);
    assert.deepEqual([...(await load(store, { sessions: ['meet/S1'] }))].sort(), ['wait r k2', 'wait r2 k']);
  });

  test('the waits of sessions are found, and only they', async () => {
    await using store = await open({ now });
    await remember(store, {
      memos: [
        wait('r', 'a'),
        wait('r', 'b', { session: 'meet/S2' }),
        wait('r', 'c', { session: 'live/S1' }),
        wait('r', 'none', { session: '' }),
        digest('r', 'd', { session: 'meet/S1' }),
        window('r', 'e'),
      ],
    });
    assert.deepEqual(await load(store, { sessions: ['meet/S1'] }), ['wait r a']);
    const several = await load(store, { sessions: ['meet/S1', 'meet/S2', 'meet/S3'] });
    assert.deepEqual([...several].sort(), ['wait r a', 'wait r b']);
    assert.deepEqual(await load(store, { sessions: [''] }), []);
  });

  test('what is asked for in several ways comes once', async () => {
    await using store = await open({ now });
    await remember(store, { memos: [wait('r', 'k')] });
    const query = {
      sessions: ['meet/S1'],
      memos: [wait('r', 'k')],
      once: [],
      due: { from: at(0), before: at(61), limit: 9 },
    };
    assert.deepEqual(namesOf((await store.loadMemory(query)).memos), ['wait r k']);
  });

  test('waits and digests are due from a moment on and before another, the earliest first, up to the limit', async () => {
    await using store = await open({ now });
    await remember(store, {
      memos: [
        wait('r', '40', { dueAt: at(40) }),
        digest('r', '10', { dueAt: at(10) }),
        window('r', '15', { dueAt: at(15) }),
        wait('r', '30', { dueAt: at(30) }),
        digest('r', '20', { dueAt: at(20) }),
      ],
    });
    const due = (from: number, before: number, limit = 9) =>
      load(store, { due: { from: at(from), before: at(before), limit } });
    assert.deepEqual(await due(0, 100), ['digest r 10', 'digest r 20', 'wait r 30', 'wait r 40']);
    assert.deepEqual(await due(20, 40), ['digest r 20', 'wait r 30']);
    assert.deepEqual(await due(21, 41), ['wait r 30', 'wait r 40']);
    assert.deepEqual(await due(0, 100, 2), ['digest r 10', 'digest r 20']);
    assert.deepEqual(await due(41, 100), []);
  });

  test('the next timer is the earliest wait or digest that is not due before a moment', async () => {
    await using store = await open({ now });
    await remember(store, {
      memos: [
        window('r', 'w', { dueAt: at(5) }),
        digest('r', 'd', { dueAt: at(10) }),
        wait('r', 'k', { dueAt: at(20) }),
      ],
    });
    assert.deepEqual(await store.nextTimerDue(new Date(0)), at(10));
    assert.deepEqual(await store.nextTimerDue(at(10)), at(10));
    assert.deepEqual(await store.nextTimerDue(at(11)), at(20));
    assert.equal(await store.nextTimerDue(at(21)), undefined);
    await remember(store, { forgotten: [digest('r', 'd')] });
    assert.deepEqual(await store.nextTimerDue(new Date(0)), at(20));
  });

  test('waits come with their sessions as they are now, however they were found', async () => {
    await using store = await open({ now });
    const sessions = [session('S1'), session('S2'), session('S3'), session('S4')];
    await store.saveSessions(sessions);
    const waits = sessions.map((each, index) =>
      wait('r', each.id, { session: sessionKey(each), dueAt: at(10 * (index + 1)) }),
    );
    await remember(store, {
      memos: [
        ...waits,
        wait('r', 'again', { dueAt: at(20), session: 'meet/S2' }),
        wait('r', 'unknown', { dueAt: at(20), session: 'meet/S9' }),
        wait('r', 'none', { dueAt: at(20), session: '' }),
        digest('r', 'S1', { session: 'meet/S1' }),
      ],
    });
    await store.saveSessions([session('S2', { peak: 7 })]);
    const idsOf = async (query: Partial<MemoryQuery>) => {
      const loaded = await store.loadMemory({ ...noQuery, ...query });
      return loaded.sessions.map(({ id, peak }) => `${id} ${peak}`).sort();
    };
    assert.deepEqual(await idsOf({ due: { from: at(0), before: at(21), limit: 9 } }), ['S1 0', 'S2 7']);
    assert.deepEqual(await idsOf({ sessions: ['meet/S3'] }), ['S3 0']);
    assert.deepEqual(await idsOf({ memos: [wait('r', 'S4')] }), ['S4 0']);
    assert.deepEqual(await idsOf({ sessions: ['meet/S4'], memos: [wait('r', 'S4')] }), ['S4 0']);
    assert.deepEqual(await idsOf({ memos: [digest('r', 'S1')] }), []);
  });

  test('pruning forgets windows that ended, unless something is still held back', async () => {
    await using store = await open({ now });
    const ended = Array.from({ length: 4_500 }, (_, index) => window(`r${index % 3}`, `k${index}`));
    const kept = [
      window('r0', 'holds', { held: 2 }),
      window('r1', 'lasts', { dueAt: at(61) }),
      wait('r1', 'overdue', { dueAt: at(1) }),
      digest('r2', 'overdue', { dueAt: at(1) }),
    ];
    await remember(store, { memos: [...ended, ...kept] });
    assert.equal(await store.prune(at(60)), 0);
    assert.equal(await store.prune(at(61)), ended.length);
    assert.equal(await store.prune(at(61)), 0);
    assert.deepEqual((await store.loadMemory({ ...noQuery, memos: kept })).memos, kept);
    assert.deepEqual(await load(store, { memos: ended }), []);
  });
}
