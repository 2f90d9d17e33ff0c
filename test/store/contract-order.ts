import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settlement, Store } from '#store/store.ts';
import type { OpenEmpty } from './contract.ts';
import { at, delivery } from './samples.ts';

const claim = async (store: Store, seconds: number, limit = 99) => {
  const claimed = await store.claimDeliveries({ now: at(seconds), limit, leaseMs: 10_000 });
  return claimed.map(({ id }) => id);
};

const sent: Settlement = { kind: 'sent', receipt: {} };
const retryAt = (seconds: number): Settlement => ({ kind: 'retry', reason: 'busy', at: at(seconds) });

export function testOrder(open: OpenEmpty): void {
  test('a lane has one delivery in flight, and gives the oldest first', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([
      delivery('a1', { lane: 'a' }),
      delivery('a2', { lane: 'a' }),
      delivery('b1', { lane: 'b' }),
    ]);
    assert.deepEqual(await claim(store, 0), ['a1', 'b1']);
    assert.deepEqual(await claim(store, 1), []);
    await store.settleDelivery('a1', sent, at(1));
    assert.deepEqual(await claim(store, 1), ['a2']);
  });

  test('no more deliveries are given out than asked for, the oldest first', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue(['c', 'a', 'b'].map((lane) => delivery(lane, { lane })));
    assert.deepEqual(await claim(store, 0, 2), ['c', 'a']);
    assert.deepEqual(await claim(store, 0, 2), ['b']);
  });

  test('a retry lets other sessions on its lane pass', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('a1', { session: 'meet/A' }), delivery('b1', { session: 'meet/B' })]);
    assert.deepEqual(await claim(store, 0), ['a1']);
    await store.settleDelivery('a1', retryAt(30), at(1));
    assert.deepEqual(await claim(store, 1), ['b1']);
    await store.settleDelivery('b1', sent, at(2));
    assert.deepEqual(await store.nextDeliveryDue(), at(30));
  });

  test('a delivery that waits for a retry holds the later ones of its session and destination', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([
      delivery('first', { session: 'meet/A' }),
      delivery('same', { session: 'meet/A' }),
      delivery('other lane', { session: 'meet/A', lane: 'slack/C2' }),
      delivery('elsewhere', { session: 'meet/A', destination: 'ops', lane: 'slack/C3' }),
    ]);
    assert.deepEqual(await claim(store, 0), ['first', 'elsewhere']);
    await store.settleDelivery('elsewhere', sent, at(0));
    await store.settleDelivery('first', retryAt(30), at(0));
    assert.deepEqual(await claim(store, 1), []);
    assert.deepEqual(await store.nextDeliveryDue(), at(30));
    assert.deepEqual(await claim(store, 30), ['first']);
    assert.deepEqual(await claim(store, 30), []);
    await store.settleDelivery('first', { kind: 'dead', reason: 'gone' }, at(31));
    assert.deepEqual(await claim(store, 31), ['same']);
    await store.settleDelivery('same', sent, at(31));
    assert.deepEqual(await claim(store, 31), ['other lane']);
  });

  test('a delivery of unknown fate holds the later ones of its session, too', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('a1', { session: 'meet/A' }), delivery('a2', { session: 'meet/A' })]);
    await claim(store, 0);
    await store.settleDelivery('a1', { kind: 'unknown', reason: 'cut off', at: at(60) }, at(1));
    assert.deepEqual(await claim(store, 59), []);
    assert.deepEqual(await claim(store, 60), ['a1']);
  });

  test('after ten minutes a waiting delivery holds nobody any more', async () => {
    let seconds = 0;
    await using store = await open({ now: () => at(seconds) });
    await store.enqueue([delivery('a1', { session: 'meet/A' })]);
    assert.deepEqual(await claim(store, 0), ['a1']);
    await store.settleDelivery('a1', retryAt(3600), at(1));
    seconds = 300;
    await store.enqueue([delivery('a2', { session: 'meet/A' }), delivery('a3', { session: 'meet/A' })]);
    assert.deepEqual(await claim(store, 599), []);
    assert.deepEqual(await store.nextDeliveryDue(), at(600));
    assert.deepEqual(await claim(store, 600), ['a2']);
    await store.settleDelivery('a2', retryAt(3000), at(601));
    assert.deepEqual(await claim(store, 601), []);
    assert.deepEqual(await store.nextDeliveryDue(), at(900));
    assert.deepEqual(await claim(store, 900), ['a3']);
  });

  test('deliveries without a session hold nobody', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([delivery('a', { session: '' }), delivery('b', { session: '' })]);
    assert.deepEqual(await claim(store, 0), ['a']);
    await store.settleDelivery('a', retryAt(60), at(0));
    assert.deepEqual(await claim(store, 0), ['b']);
  });

  test('on a paused lane nothing is given out before the pause ends', async () => {
    await using store = await open({ now: () => at(0) });
    await store.enqueue([
      delivery('a1', { lane: 'a' }),
      delivery('a2', { lane: 'a' }),
      delivery('b1', { lane: 'b' }),
    ]);
    assert.deepEqual(await claim(store, 0, 1), ['a1']);
    const limited: Settlement = { kind: 'retry', reason: 'rate limited', at: at(30), pauseLane: true };
    await store.settleDelivery('a1', limited, at(0));
    assert.deepEqual(await claim(store, 29), ['b1']);
    await store.settleDelivery('b1', sent, at(29));
    assert.deepEqual(await store.nextDeliveryDue(), at(30));
    assert.deepEqual(await claim(store, 29), []);
    assert.deepEqual(await claim(store, 30), ['a1']);
  });

  test('the next delivery is due when its lease, its pause and those it waits for allow it', async () => {
    await using store = await open({ now: () => at(0) });
    assert.equal(await store.nextDeliveryDue(), undefined);
    await store.enqueue([delivery('a1'), delivery('a2')]);
    assert.deepEqual(await store.nextDeliveryDue(), at(0));
    await claim(store, 5);
    assert.deepEqual(await store.nextDeliveryDue(), at(15));
    await store.settleDelivery('a1', retryAt(50), at(6));
    assert.deepEqual(await store.nextDeliveryDue(), at(0));
    assert.deepEqual(await claim(store, 6), ['a2']);
    await store.settleDelivery('a2', retryAt(40), at(7));
    assert.deepEqual(await store.nextDeliveryDue(), at(40));
  });

  test('claiming keeps the order of each session, whatever happens to its deliveries', async () => {
    await using store = await open({ now: () => at(0) });
    const lanes = ['a', 'b', 'c'];
    const sessions = ['S1', 'S2', 'S3', 'S4'];
    const ids = Array.from({ length: 60 }, (_, index) => {
      const lane = lanes[index % lanes.length] ?? 'a';
      return {
        id: `d${String(index).padStart(2, '0')}`,
        lane,
        session: sessions[index % sessions.length] ?? '',
      };
    });
    await store.enqueue(
      ids.map(({ id, lane, session }) => delivery(id, { lane, session, destination: `to ${lane}` })),
    );
    const done: string[] = [];
    for (let second = 0; second < 500 && done.length < ids.length; second++) {
      const claimed = await claim(store, second, 2);
      for (const [index, id] of claimed.entries()) {
        const fails = (second + index) % 3 === 0;
        await store.settleDelivery(id, fails ? retryAt(second + 2) : sent, at(second));
        if (!fails) done.push(id);
      }
    }
    assert.equal(done.length, ids.length);
    for (const lane of lanes) {
      for (const session of sessions) {
        const mine = ids.filter((each) => each.lane === lane && each.session === session).map(({ id }) => id);
        assert.ok(mine.length > 0);
        assert.deepEqual(
          done.filter((id) => mine.includes(id)),
          mine,
        );
      }
    }
  });
}
