import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settlement, Store } from '#store/store.ts';
import type { OpenEmpty } from './contract.ts';
import { at, delivery, heldDelivery } from './samples.ts';

const claim = (store: Store, seconds: number, limit = 9) =>
  store.claimDeliveries({ now: at(seconds), limit, leaseMs: 10_000 });

const settle = (store: Store, id: string, settlement: Settlement, seconds: number) =>
  store.settleDelivery(id, settlement, at(seconds));

export function testDeliveries(open: OpenEmpty): void {
  test('a delivery comes back as it was written, and begins to be sent', async () => {
    await using store = await open({ now: () => at(3) });
    const written = delivery('d1', { eventSequence: 7, session: 'meet/S1' });
    await store.enqueue([written]);
    const [claimed, ...rest] = await claim(store, 5);
    assert.equal(rest.length, 0);
    assert.ok(claimed);
    const { sequence, ...others } = claimed;
    assert.ok(sequence > 0);
    assert.deepEqual(others, {
      ...written,
      state: 'sending',
      before: 'waiting',
      attempts: 0,
      createdAt: at(3),
      firstTriedAt: at(5),
    });
    assert.deepEqual(await claim(store, 6), []);
  });

  test('a sent delivery keeps its receipt and is done', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('d1')]);
    await claim(store, 1);
    await settle(store, 'd1', { kind: 'sent', receipt: { channel: 'C1', messageId: '17.2' } }, 2);
    const [sent] = await store.listDeliveries({ limit: 9 });
    assert.equal(sent?.state, 'sent');
    assert.deepEqual(sent?.receipt, { channel: 'C1', messageId: '17.2' });
    assert.deepEqual([sent?.attempts, sent?.firstTriedAt, sent?.settledAt], [1, at(1), at(2)]);
    assert.equal(sent?.reason, undefined);
    assert.deepEqual(await claim(store, 100_000), []);
    assert.equal(await store.nextDeliveryDue(), undefined);
  });

  test('a delivery that is to be retried comes back when it is due, its tries counted', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('d1')]);
    await claim(store, 1);
    await settle(store, 'd1', { kind: 'retry', reason: 'busy', at: at(30) }, 2);
    const [waiting] = await store.listDeliveries({ limit: 9 });
    assert.deepEqual([waiting?.state, waiting?.reason, waiting?.settledAt], ['waiting', 'busy', undefined]);
    assert.deepEqual(await store.nextDeliveryDue(), at(30));
    assert.deepEqual(await claim(store, 29), []);
    const [again] = await claim(store, 30);
    assert.deepEqual([again?.before, again?.attempts, again?.firstTriedAt], ['waiting', 1, at(1)]);
  });

  test('a delivery of unknown fate comes back as unknown', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('d1')]);
    await claim(store, 1);
    await settle(store, 'd1', { kind: 'unknown', reason: 'cut off', at: at(20) }, 2);
    assert.equal((await store.listDeliveries({ limit: 9 }))[0]?.state, 'unknown');
    assert.deepEqual(await claim(store, 19), []);
    const [again] = await claim(store, 20);
    assert.deepEqual([again?.before, again?.state, again?.attempts], ['unknown', 'sending', 1]);
  });

  test('a lease that ran out comes back as unknown, and the try counts', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('d1')]);
    await claim(store, 1);
    assert.deepEqual(await store.nextDeliveryDue(), at(11));
    assert.deepEqual(await claim(store, 10), []);
    const [again] = await claim(store, 11);
    assert.deepEqual([again?.before, again?.attempts, again?.firstTriedAt], ['unknown', 1, at(1)]);
  });

  for (const kind of ['superseded', 'suppressed', 'dead'] as const) {
    test(`a delivery that ends ${kind} keeps the reason`, async () => {
      await using store = await open({ now: () => at(0) });
      await store.enqueue([delivery('d1')]);
      await claim(store, 1);
      await settle(store, 'd1', { kind, reason: 'because' }, 2);
      const [ended] = await store.listDeliveries({ limit: 9 });
      assert.deepEqual([ended?.state, ended?.reason, ended?.settledAt], [kind, 'because', at(2)]);
      assert.deepEqual(await claim(store, 100_000), []);
    });
  }

  for (const kind of ['suppressed', 'dead'] as const) {
    test(`a delivery that is written as ${kind} is never given out`, async () => {
      await using store = await open({ now: () => at(4) });
      const { state: _, ...rest } = delivery('d1');
      await store.enqueue([{ ...rest, state: kind, reason: 'no credentials' }]);
      assert.deepEqual(await claim(store, 100_000), []);
      assert.equal(await store.nextDeliveryDue(), undefined);
      const [ended] = await store.listDeliveries({ limit: 9 });
      assert.deepEqual(
        [ended?.state, ended?.reason, ended?.settledAt, ended?.attempts],
        [kind, 'no credentials', at(4), 0],
      );
    });
  }

  test('only a leased delivery can be settled', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('d1'), delivery('d2', { lane: 'other' })]);
    await settle(store, 'd1', { kind: 'dead', reason: 'too early' }, 0);
    assert.equal((await claim(store, 1)).length, 2);
    await settle(store, 'd1', { kind: 'sent', receipt: {} }, 2);
    await settle(store, 'd1', { kind: 'retry', reason: 'too late', at: at(3), pauseLane: true }, 3);
    await settle(store, 'nobody', { kind: 'sent', receipt: {} }, 3);
    const listed = await store.listDeliveries({ limit: 9 });
    assert.deepEqual(
      listed.map(({ id, state, attempts }) => [id, state, attempts]),
      [
        ['d2', 'sending', 0],
        ['d1', 'sent', 1],
      ],
    );
  });

  test('released deliveries are as if never claimed', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('d1'), delivery('d2', { lane: 'other' })]);
    await claim(store, 1);
    await settle(store, 'd2', { kind: 'unknown', reason: 'cut off', at: at(2) }, 2);
    await store.releaseDeliveries(['d1']);
    const claimed = await claim(store, 5);
    assert.deepEqual(
      claimed.map(({ id, before, attempts, firstTriedAt }) => [id, before, attempts, firstTriedAt]),
      [
        ['d1', 'waiting', 0, at(5)],
        ['d2', 'unknown', 1, at(1)],
      ],
    );
    await store.releaseDeliveries(['d1', 'd2', 'nobody']);
    const listed = await store.listDeliveries({ limit: 9 });
    assert.deepEqual(
      listed.map(({ id, state, attempts, firstTriedAt }) => [id, state, attempts, firstTriedAt]),
      [
        ['d2', 'unknown', 1, at(1)],
        ['d1', 'waiting', 0, undefined],
      ],
    );
  });

  test('deliveries are listed newest first, by state, destination and limit', async () => {
    await using store = await open({ now: () => at(0) });
    const destinations = ['sales', 'ops', 'sales', 'ops', 'sales'];
    await store.enqueue(
      destinations.map((destination, index) => delivery(`d${index}`, { destination, lane: `lane ${index}` })),
    );
    assert.equal((await claim(store, 0, 2)).length, 2);
    const list = async (filter: Omit<Parameters<Store['listDeliveries']>[0], 'limit'>, limit = 9) =>
      (await store.listDeliveries({ ...filter, limit })).map(({ id }) => id);
    assert.deepEqual(await list({}), ['d4', 'd3', 'd2', 'd1', 'd0']);
    assert.deepEqual(await list({}, 2), ['d4', 'd3']);
    assert.deepEqual(await list({ states: ['waiting'] }), ['d4', 'd3', 'd2']);
    assert.deepEqual(await list({ states: ['sending', 'waiting'] }, 4), ['d4', 'd3', 'd2', 'd1']);
    assert.deepEqual(await list({ states: [] }), []);
    assert.deepEqual(await list({ destinations: ['ops'] }), ['d3', 'd1']);
    assert.deepEqual(await list({ destinations: ['sales', 'ops'] }, 3), ['d4', 'd3', 'd2']);
    assert.deepEqual(await list({ destinations: ['sales', 'none'], states: ['sending'] }), ['d0']);
  });

  test('every change of a delivery is newer than all before it', async () => {
    await using store = await open({ now: () => at(0) });
    const newest = async () =>
      Math.max(...(await store.listDeliveries({ limit: 9 })).map(({ change }) => change));
    const changed = async (after: number, destinations?: readonly string[]) => {
      const filter = destinations === undefined ? {} : { destinations };
      const listed = await store.listDeliveries({ ...filter, changedAfter: after, limit: 9 });
      return listed.map(({ id }) => id);
    };
    await store.enqueue([delivery('d1'), delivery('d2', { lane: 'other', destination: 'ops' })]);
    assert.deepEqual(await changed(0), ['d2', 'd1']);
    const steps: readonly (readonly [string[], () => Promise<unknown>])[] = [
      [['d1'], () => claim(store, 0, 1)],
      [['d1'], () => settle(store, 'd1', { kind: 'retry', reason: 'busy', at: at(1) }, 0)],
      [['d2', 'd1'], () => claim(store, 1)],
      [['d2'], () => store.releaseDeliveries(['d2'])],
      [['d1'], () => settle(store, 'd1', { kind: 'dead', reason: 'gone' }, 2)],
      [[], () => store.releaseDeliveries(['d1'])],
    ];
    for (const [ids, change] of steps) {
      const before = await newest();
      await change();
      assert.deepEqual(await changed(before), ids);
      assert.deepEqual(
        await changed(before, ['ops']),
        ids.filter((id) => id === 'd2'),
      );
    }
  });

  test('deliveries are counted by state', async () => {
    await using store = await open({ now: () => at(0) });
    const none = {
      held: 0,
      waiting: 0,
      sending: 0,
      unknown: 0,
      sent: 0,
      superseded: 0,
      suppressed: 0,
      dead: 0,
    };
    assert.deepEqual((await store.counts()).deliveries, none);
    await store.enqueue([delivery('d1'), delivery('d2', { lane: 'other' }), delivery('d3')]);
    await store.enqueue([heldDelivery('d4', at(60)), heldDelivery('d5', at(60))]);
    await claim(store, 0);
    await settle(store, 'd2', { kind: 'sent', receipt: {} }, 1);
    assert.deepEqual((await store.counts()).deliveries, {
      ...none,
      held: 2,
      waiting: 1,
      sending: 1,
      sent: 1,
    });
  });
}
