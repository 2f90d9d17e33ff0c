import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settlement, Store } from '#store/store.ts';
import type { OpenEmpty } from './contract.ts';
import { at, delivery, heldDelivery } from './samples.ts';

const claim = async (store: Store, seconds: number, limit = 99) => {
  const claimed = await store.claimDeliveries({ now: at(seconds), limit, leaseMs: 10_000 });
  return claimed.map(({ id }) => id);
};

const sent: Settlement = { kind: 'sent', receipt: {} };
const retryAt = (seconds: number): Settlement => ({ kind: 'retry', reason: 'busy', at: at(seconds) });

/** Claims and sends one after the other, and tells the order. */
async function sendAll(store: Store, seconds: number): Promise<readonly string[]> {
  const order: string[] = [];
  for (;;) {
    const claimed = await claim(store, seconds);
    if (claimed.length === 0) return order;
    for (const id of claimed) await store.settleDelivery(id, sent, at(seconds));
    order.push(...claimed);
  }
}

export function testHeld(open: OpenEmpty): void {
  test('a held delivery tells why, and waits when its time has come', async () => {
    await using store = await open({ now: () => at(3) });
    await store.enqueue([heldDelivery('d1', at(60))]);
    const held = await store.findDelivery('d1');
    assert.deepEqual(
      [held?.state, held?.reason, held?.createdAt, held?.settledAt],
      ['held', 'quiet hours: nights', at(3), undefined],
    );
    assert.deepEqual(await claim(store, 59), []);
    assert.equal((await store.findDelivery('d1'))?.state, 'held');
    assert.deepEqual(await store.nextDeliveryDue(), at(60));
    const [claimed] = await store.claimDeliveries({ now: at(60), limit: 9, leaseMs: 10_000 });
    assert.deepEqual(
      [claimed?.id, claimed?.before, claimed?.reason, claimed?.firstTriedAt],
      ['d1', 'waiting', undefined, at(60)],
    );
  });

  test('a held delivery that cannot be given out yet waits, visibly changed', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([heldDelivery('d1', at(10)), delivery('d2')]);
    assert.deepEqual(await claim(store, 5), ['d2']);
    const before = Math.max(...(await store.listDeliveries({ limit: 9 })).map(({ change }) => change));
    assert.deepEqual(await claim(store, 10), []);
    const changed = await store.listDeliveries({ changedAfter: before, limit: 9 });
    assert.deepEqual(
      changed.map(({ id, state, reason }) => [id, state, reason]),
      [['d1', 'waiting', undefined]],
    );
  });

  test('a held delivery blocks nobody: not its lane, not its session', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([
      heldDelivery('held', at(60), { session: 'meet/A' }),
      delivery('later', { session: 'meet/A' }),
    ]);
    assert.deepEqual(await store.nextDeliveryDue(), at(0));
    assert.deepEqual(await sendAll(store, 0), ['later']);
    assert.deepEqual(await store.nextDeliveryDue(), at(60));
    assert.deepEqual(await sendAll(store, 60), ['held']);
    assert.equal(await store.nextDeliveryDue(), undefined);
  });

  test('held deliveries go out in the order they were written, those of other sessions among them', async () => {
    await using store = await open({ now: () => at(0) });
    const ids = Array.from({ length: 12 }, (_, index) => `d${index + 10}`);
    await store.enqueue(
      ids.map((id, index) => heldDelivery(id, at(60 - (index % 3)), { session: `meet/${index % 2}` })),
    );
    assert.deepEqual(await claim(store, 57), []);
    assert.deepEqual(await sendAll(store, 60), ids);
  });

  test('a delivery that was held for hours holds the later ones of its session like any other', async () => {
    let seconds = 0;
    await using store = await open({ now: () => at(seconds) });
    const morning = 8 * 3600;
    await store.enqueue(['d1', 'd2'].map((id) => heldDelivery(id, at(morning), { session: 'meet/A' })));
    assert.deepEqual(await claim(store, morning), ['d1']);
    await store.settleDelivery('d1', retryAt(morning + 900), at(morning));
    seconds = morning + 1;
    await store.enqueue([delivery('d3', { session: 'meet/A' })]);
    assert.deepEqual(await claim(store, morning + 599), []);
    assert.deepEqual(await store.nextDeliveryDue(), at(morning + 600));
    assert.deepEqual(await claim(store, morning + 600), ['d2']);
  });

  test('a high delivery overtakes those in its lane that are not', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([
      delivery('n1'),
      delivery('n2'),
      delivery('h1', { isHigh: true }),
      delivery('h2', { isHigh: true }),
    ]);
    assert.deepEqual(await claim(store, 0, 1), ['h1']);
    assert.deepEqual(await claim(store, 0), []);
    await store.settleDelivery('h1', sent, at(0));
    assert.deepEqual(await sendAll(store, 0), ['h2', 'n1', 'n2']);
  });

  test('a high delivery does not wait for the others of its session, but for high ones', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('n1', { session: 'meet/A' })]);
    assert.deepEqual(await claim(store, 0), ['n1']);
    await store.settleDelivery('n1', retryAt(300), at(0));
    await store.enqueue([
      delivery('n2', { session: 'meet/A' }),
      delivery('h1', { session: 'meet/A', isHigh: true }),
      delivery('h2', { session: 'meet/A', isHigh: true }),
    ]);
    assert.deepEqual(await store.nextDeliveryDue(), at(0));
    assert.deepEqual(await claim(store, 1), ['h1']);
    await store.settleDelivery('h1', retryAt(60), at(1));
    assert.deepEqual(await claim(store, 2), []);
    assert.deepEqual(await store.nextDeliveryDue(), at(60));
    assert.deepEqual(await sendAll(store, 60), ['h1', 'h2']);
    assert.deepEqual(await sendAll(store, 300), ['n1', 'n2']);
  });

  test('a high delivery waits for the delivery in flight on its lane, and for the end of a pause', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('n1')]);
    assert.deepEqual(await claim(store, 0), ['n1']);
    await store.enqueue([delivery('h1', { isHigh: true })]);
    assert.deepEqual(await claim(store, 1), []);
    const limited: Settlement = { kind: 'retry', reason: 'rate limited', at: at(30), pauseLane: true };
    await store.settleDelivery('n1', limited, at(1));
    assert.deepEqual(await claim(store, 29), []);
    assert.deepEqual(await sendAll(store, 30), ['h1', 'n1']);
  });
}
