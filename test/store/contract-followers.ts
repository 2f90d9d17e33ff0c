import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settlement, Store } from '#store/store.ts';
import type { OpenEmpty } from './contract.ts';
import { at, delivery, heldDelivery } from './samples.ts';

const claim = (store: Store, seconds: number) =>
  store.claimDeliveries({ now: at(seconds), limit: 9, leaseMs: 10_000 });

const dead: Settlement = { kind: 'dead', reason: 'gone' };

async function states(store: Store): Promise<readonly string[]> {
  const listed = await store.listDeliveries({ limit: 9 });
  return listed.map(({ id, state }) => `${id} ${state}`).reverse();
}

export function testFollowers(open: OpenEmpty): void {
  test('a delivery is found by its id as it is now', async () => {
    await using store = await open({ now: () => at(3) });
    assert.equal(await store.findDelivery('d1'), undefined);
    await store.enqueue([delivery('d1'), delivery('d2')]);
    const found = await store.findDelivery('d1');
    assert.ok(found);
    const { sequence, ...others } = found;
    assert.ok(sequence > 0);
    assert.deepEqual(others, { ...delivery('d1'), attempts: 0, createdAt: at(3) });
    await claim(store, 5);
    await store.settleDelivery('d1', { kind: 'sent', receipt: { messageId: '17.2' } }, at(6));
    const sent = await store.findDelivery('d1');
    assert.deepEqual(sent, {
      ...found,
      state: 'sent',
      attempts: 1,
      firstTriedAt: at(5),
      settledAt: at(6),
      receipt: { messageId: '17.2' },
    });
  });

  test('what a delivery edits, where it goes else and that it is high come back as they were written', async () => {
    await using store = await open({ now: () => at(0) });
    const more = { edits: 'd0', fallback: 'ops', isHigh: true };
    await store.enqueue([delivery('d1', more), heldDelivery('d2', at(9), more), delivery('d3')]);
    const parts = ['edits', 'fallback', 'isHigh'] as const;
    const told = (each: object | undefined) => parts.filter((part) => each !== undefined && part in each);
    for (const id of ['d1', 'd2']) {
      const { edits, fallback, isHigh } = (await store.findDelivery(id)) ?? {};
      assert.deepEqual({ edits, fallback, isHigh }, more);
    }
    assert.deepEqual(told(await store.findDelivery('d3')), []);
    const [claimed] = await claim(store, 1);
    assert.equal(claimed?.id, 'd1');
    assert.deepEqual(told(claimed), parts);
    const listed = await store.listDeliveries({ limit: 9 });
    assert.deepEqual(
      listed.map((each) => told(each).length),
      [0, 3, 3],
    );
  });

  test('a follower is written with the end of the delivery that it follows, and only once', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('d1')]);
    await claim(store, 1);
    const follower = delivery('d1 again', { destination: 'ops', lane: 'slack/C2' });
    await store.settleDelivery('d1', dead, at(2), follower);
    await store.settleDelivery('d1', dead, at(2), { ...follower, id: 'another' });
    assert.deepEqual(await states(store), ['d1 dead', 'd1 again waiting']);
    const [claimed] = await claim(store, 2);
    assert.deepEqual([claimed?.id, claimed?.destination, claimed?.createdAt], ['d1 again', 'ops', at(2)]);
  });

  test('a follower whose id is known is left alone, and the delivery ends', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('d1'), delivery('d2', { lane: 'other' })]);
    await claim(store, 1);
    await store.settleDelivery('d1', dead, at(2), delivery('d2', { destination: 'ops' }));
    assert.deepEqual(await states(store), ['d1 dead', 'd2 sending']);
    assert.equal((await store.findDelivery('d2'))?.destination, 'sales');
  });

  test('a follower of a delivery whose lease was lost is not written', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('d1'), delivery('d2', { lane: 'other' })]);
    await claim(store, 1);
    await store.releaseDeliveries(['d1']);
    for (const id of ['d1', 'nobody']) await store.settleDelivery(id, dead, at(2), delivery(`after ${id}`));
    assert.deepEqual(await states(store), ['d1 waiting', 'd2 sending']);
  });

  test('when a follower cannot be written the delivery is still leased', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('d1')]);
    await claim(store, 1);
    const broken = delivery('broken', { lane: null as unknown as string });
    await assert.rejects(store.settleDelivery('d1', dead, at(2), broken));
    assert.deepEqual(await states(store), ['d1 sending']);
  });
}
