import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenEmpty } from './contract.ts';
import { artifact, at, claimedSequence, delivery, firing, processed, session, webhook } from './samples.ts';

const now = (): Date => at(0);

export function testProcessing(open: OpenEmpty): void {
  test('what processing came to is written: sessions, deliveries and artifacts', async () => {
    await using store = await open({ now });
    const sequence = await claimedSequence(store, 'e1');
    const answers = await store.settleEvents([
      processed(sequence, {
        sessions: [session('S1', { status: 'live', title: 'Zoë' })],
        firings: [firing({ deliveries: [delivery('d1'), delivery('d2')], artifacts: [artifact('a1')] })],
        log: [{ rule: 'vip-joined', fired: true }],
      }),
    ]);
    assert.deepEqual(answers, [['fired']]);
    assert.deepEqual(await store.listSessions({ statuses: ['live'], limit: 9 }), [
      session('S1', { status: 'live', title: 'Zoë' }),
    ]);
    const ids = (await store.listDeliveries({ limit: 9 })).map(({ id }) => id);
    assert.deepEqual(ids, ['d2', 'd1']);
    assert.deepEqual(await store.findArtifact('a1'), artifact('a1'));
    assert.equal(await store.findArtifact('a2'), undefined);
  });

  test('an event that was settled already changes nothing more', async () => {
    await using store = await open({ now });
    const sequence = await claimedSequence(store, 'e1');
    await store.settleEvents([processed(sequence, { sessions: [session('S1', { peak: 1 })] })]);
    const again = processed(sequence, {
      sessions: [session('S1', { peak: 2 })],
      firings: [firing({ onceKey: 'k', deliveries: [delivery('d1')] }), firing()],
    });
    assert.deepEqual(await store.settleEvents([again]), [['held', 'held']]);
    assert.deepEqual(await store.listSessions({ statuses: ['created'], limit: 9 }), [
      session('S1', { peak: 1 }),
    ]);
    assert.deepEqual(await store.listDeliveries({ limit: 9 }), []);
    assert.equal(await store.claimKey('k', at(10), at(0)), true);
  });

  test('a once-key lets one firing through, in one event and in later ones', async () => {
    await using store = await open({ now });
    const first = await claimedSequence(store, 'e1');
    const second = await claimedSequence(store, 'e2');
    const answers = await store.settleEvents([
      processed(first, {
        firings: [
          firing({ onceKey: 'vip/S1', deliveries: [delivery('d1')] }),
          firing({ onceKey: 'vip/S1', deliveries: [delivery('d2')], artifacts: [artifact('a2')] }),
          firing({ onceKey: 'vip/S2', deliveries: [delivery('d3')] }),
          firing({ deliveries: [delivery('d4')] }),
        ],
      }),
      processed(second, { firings: [firing({ onceKey: 'vip/S1', deliveries: [delivery('d5')] })] }),
    ]);
    assert.deepEqual(answers, [['fired', 'held', 'fired', 'fired'], ['held']]);
    const ids = (await store.listDeliveries({ limit: 9 })).map(({ id }) => id);
    assert.deepEqual(ids, ['d4', 'd3', 'd1']);
    assert.equal(await store.findArtifact('a2'), undefined);
  });

  test('a key that was claimed holds a firing, too', async () => {
    await using store = await open({ now });
    await store.claimKey('k', at(10), at(0));
    const sequence = await claimedSequence(store, 'e1');
    const answers = await store.settleEvents([processed(sequence, { firings: [firing({ onceKey: 'k' })] })]);
    assert.deepEqual(answers, [['held']]);
  });

  test('when one event of a call cannot be written, none is', async () => {
    await using store = await open({ now });
    const first = await claimedSequence(store, 'e1');
    const second = await claimedSequence(store, 'e2');
    const broken = delivery('d2', { lane: null as unknown as string });
    const call = store.settleEvents([
      processed(first, { firings: [firing({ onceKey: 'k', deliveries: [delivery('d1')] })] }),
      processed(second, { sessions: [session('S1')], firings: [firing({ deliveries: [broken] })] }),
    ]);
    await assert.rejects(call);
    assert.deepEqual(await store.listDeliveries({ limit: 9 }), []);
    assert.deepEqual(await store.listSessions({ statuses: ['created'], limit: 9 }), []);
    assert.equal((await store.counts()).eventsWaiting, 2);
    assert.equal(await store.claimKey('k', at(10), at(0)), true);
  });

  test('a delivery whose id is known is left alone', async () => {
    await using store = await open({ now });
    await store.enqueue([delivery('d1', { destination: 'ops' })]);
    const sequence = await claimedSequence(store, 'e1');
    const again = firing({ deliveries: [delivery('d1', { destination: 'sales' })] });
    assert.deepEqual(await store.settleEvents([processed(sequence, { firings: [again] })]), [['fired']]);
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
      const sequence = await claimedSequence(store, id);
      await store.settleEvents([processed(sequence, { firings: [firing({ artifacts: [linked] })] })]);
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
    await store.settleEvents(claimed.map(({ sequence }) => processed(sequence)));
    await store.saveSessions(sessions.map((each) => ({ ...each, status: 'lost' })));
    assert.equal((await store.listSessions({ statuses: ['lost'], limit: 9 })).length, 3);
  });
}
