import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenEmpty } from './contract.ts';
import {
  artifact,
  at,
  claimedSequence,
  delivery,
  noChanges,
  noQuery,
  nothing,
  remember,
  session,
  settle,
  step,
  timerStep,
  wait,
  webhook,
  window,
} from './samples.ts';

const now = (): Date => at(0);

export function testProcessing(open: OpenEmpty): void {
  test('what an event came to is written: sessions, deliveries, artifacts, memory and the log', async () => {
    await using store = await open({ now });
    const sequence = await claimedSequence(store, 'e1');
    const once = { rule: 'vip-joined', key: 'vip' };
    const isWritten = await settle(
      store,
      step(sequence, {
        sessions: [session('S1', { status: 'live', title: 'Zoë' })],
        deliveries: [delivery('d1'), delivery('d2')],
        artifacts: [artifact('a1')],
        memory: { ...noChanges, memos: [wait('alone', 'k')], taken: [once] },
        log: [{ rule: 'vip-joined', fired: ['d1', 'd2'] }],
      }),
    );
    assert.equal(isWritten, true);
    assert.deepEqual(await store.listSessions({ statuses: ['live'], limit: 9 }), [
      session('S1', { status: 'live', title: 'Zoë' }),
    ]);
    const ids = (await store.listDeliveries({ limit: 9 })).map(({ id }) => id);
    assert.deepEqual(ids, ['d2', 'd1']);
    assert.deepEqual(await store.findArtifact('a1'), artifact('a1'));
    assert.equal(await store.findArtifact('a2'), undefined);
    const { memos, held } = await store.loadMemory({ ...noQuery, sessions: ['meet/S1'], once: [once] });
    assert.deepEqual([memos, held], [[wait('alone', 'k')], [once]]);
    assert.deepEqual(await store.listDecisions(sequence), [{ rule: 'vip-joined', fired: ['d1', 'd2'] }]);
  });

  test('a step whose event is finished changes nothing, and the others of its call are written', async () => {
    await using store = await open({ now });
    const first = await claimedSequence(store, 'e1');
    const second = await claimedSequence(store, 'e2');
    await settle(store, step(first, { sessions: [session('S1', { peak: 1 })] }));
    const once = { rule: 'r', key: 'k' };
    const again = step(first, {
      sessions: [session('S1', { peak: 2 })],
      deliveries: [delivery('d1')],
      artifacts: [artifact('a1')],
      memory: { ...noChanges, memos: [wait('r', 'k')], taken: [once] },
      log: [{ rule: 'r' }],
    });
    const other = step(second, { deliveries: [delivery('d2')] });
    assert.deepEqual(await store.settle([again, other], at(60)), [false, true]);
    assert.deepEqual(await store.listSessions({ statuses: ['created'], limit: 9 }), [
      session('S1', { peak: 1 }),
    ]);
    assert.deepEqual(
      (await store.listDeliveries({ limit: 9 })).map(({ id }) => id),
      ['d2'],
    );
    assert.equal(await store.findArtifact('a1'), undefined);
    const query = { sessions: ['meet/S1'], memos: [wait('r', 'k')], once: [once] };
    assert.deepEqual(await store.loadMemory(query), nothing);
    assert.deepEqual(await store.listDecisions(first), []);
  });

  test('the step of a timer is written though its event is finished, and a second time changes nothing', async () => {
    await using store = await open({ now });
    const sequence = await claimedSequence(store, 'e1');
    await settle(store, step(sequence, { memory: { ...noChanges, memos: [wait('alone', 'k')] } }));
    const once = { rule: 'alone', key: 'k' };
    const fired = timerStep(sequence, {
      deliveries: [delivery('d1')],
      memory: { ...noChanges, forgotten: [wait('alone', 'k')], taken: [once] },
      log: [{ rule: 'alone', fired: ['d1'] }],
    });
    for (let time = 0; time < 2; time++) {
      assert.equal(await settle(store, fired), true);
      assert.equal((await store.listDeliveries({ limit: 9 })).length, 1);
      const query = { ...noQuery, memos: [wait('alone', 'k')], once: [once] };
      assert.deepEqual(await store.loadMemory(query), { ...nothing, held: [once] });
      assert.deepEqual(await store.listDecisions(sequence), [{ rule: 'alone', fired: ['d1'] }]);
    }
  });

  test('when one step of a call cannot be written, none is', async () => {
    await using store = await open({ now });
    const first = await claimedSequence(store, 'e1');
    const second = await claimedSequence(store, 'e2');
    const once = { rule: 'r', key: 'k' };
    await remember(store, { memos: [window('r', 'kept')] });
    const broken = delivery('d2', { lane: null as unknown as string });
    const call = store.settle(
      [
        step(first, {
          deliveries: [delivery('d1')],
          memory: {
            ...noChanges,
            memos: [wait('r', 'k')],
            forgotten: [{ kind: 'window', rule: 'r', key: 'kept' }],
            taken: [once],
          },
          log: [{ rule: 'r' }],
        }),
        step(second, { sessions: [session('S1')], deliveries: [broken] }),
      ],
      at(60),
    );
    await assert.rejects(call);
    assert.deepEqual(await store.listDeliveries({ limit: 9 }), []);
    assert.deepEqual(await store.listSessions({ statuses: ['created'], limit: 9 }), []);
    assert.equal((await store.counts()).eventsWaiting, 2);
    const query = { sessions: ['meet/S1'], memos: [window('r', 'kept')], once: [once] };
    assert.deepEqual(await store.loadMemory(query), { ...nothing, memos: [window('r', 'kept')] });
    assert.deepEqual(await store.listDecisions(first), []);
  });

  test('a delivery whose id is known is left alone', async () => {
    await using store = await open({ now });
    await store.enqueue([delivery('d1', { destination: 'ops' })]);
    const sequence = await claimedSequence(store, 'e1');
    await settle(store, step(sequence, { deliveries: [delivery('d1', { destination: 'sales' })] }));
    await store.enqueue([delivery('d1', { destination: 'else' }), delivery('d2')]);
    const listed = await store.listDeliveries({ limit: 9 });
    assert.deepEqual(
      listed.map(({ id, destination }) => [id, destination]),
      [
        ['d2', 'sales'],
        ['d1', 'ops'],
      ],
    );
  });

  test('a file that is linked again lives until its last link ends', async () => {
    await using store = await open({ now });
    for (const [id, seconds] of Object.entries({ e1: 100, e2: 300, e3: 200 })) {
      const linked = artifact('a1', { expiresAt: at(seconds).toISOString() });
      await settle(store, step(await claimedSequence(store, id), { artifacts: [linked] }));
    }
    assert.equal((await store.findArtifact('a1'))?.expiresAt, at(300).toISOString());
  });

  test('sessions are listed newest first, of the asked states, up to the limit', async () => {
    await using store = await open({ now });
    await store.saveSessions([
      session('S1', { status: 'live' }),
      session('S2', { status: 'ended' }),
      session('S3', { status: 'closed' }),
      session('S4', { status: 'live' }),
    ]);
    await store.saveSessions([session('S1', { status: 'live', peak: 1 })]);
    const list = async (limit: number) =>
      (await store.listSessions({ statuses: ['live', 'ended'], limit })).map(({ id }) => id);
    assert.deepEqual(await list(9), ['S4', 'S2', 'S1']);
    assert.deepEqual(await list(2), ['S4', 'S2']);
    assert.deepEqual(await store.listSessions({ statuses: [], limit: 9 }), []);
  });

  test('ageing leaves a session alone for which an event waits', async () => {
    await using store = await open({ now });
    const sessions = [session('S1'), session('S2', { roomId: 'Sales' }), session('S3', { roomId: 'Other' })];
    await store.saveSessions(sessions);
    await store.append(webhook('e1', { session: 'S1' }));
    await store.append(webhook('e2', { room: 'SALES' }));
    await store.saveSessions(sessions.map((each) => ({ ...each, status: 'lost' })));
    const lost = await store.listSessions({ statuses: ['lost'], limit: 9 });
    assert.deepEqual(
      lost.map(({ id }) => id),
      ['S3'],
    );
    const claimed = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 1000 });
    await store.settle(
      claimed.map(({ sequence }) => step(sequence)),
      at(60),
    );
    await store.saveSessions(sessions.map((each) => ({ ...each, status: 'lost' })));
    assert.equal((await store.listSessions({ statuses: ['lost'], limit: 9 })).length, 3);
  });
}
