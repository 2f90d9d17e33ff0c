import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '#domain/delivery.ts';
import { StoreUnavailable } from '#store/store.ts';
import { until } from '#test/service.ts';
import { hours, later, minutes, Outbox, place, refused, seconds, sent, throttled, waiting } from './setup.ts';

test('what waits is sent in the order in which it was written, and each once', async () => {
  const sales = place({});
  await using outbox = await Outbox.open(() => sales);
  const ids = Array.from({ length: 12 }, (_, index) => `m${index}`);
  await outbox.enqueue(...ids.map((id) => waiting(id)));
  outbox.dispatcher.start();
  await until('all', () => outbox.settled.length === 12);
  assert.deepEqual(sales.sends, ids);
  const { state, receipt, attempts } = await outbox.read('m3');
  assert.deepEqual([state, receipt, attempts], ['sent', { messageId: '1' }, 1]);
});

test('on one lane at most one message is in flight', async () => {
  let inFlight = 0;
  let most = 0;
  const sales = place({
    send: async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inFlight--;
      return sent;
    },
  });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(...Array.from({ length: 8 }, (_, index) => waiting(`m${index}`)));
  await until('all', () => outbox.settled.length === 8);
  assert.equal(most, 1);
});

test('a lane that hangs does not hold another', async () => {
  const hanging = Promise.withResolvers<Outcome>();
  const slow = place({ send: () => hanging.promise });
  const quick = place({});
  await using outbox = await Outbox.open((name) => (name === 'slow' ? slow : quick));
  outbox.dispatcher.start();
  await outbox.enqueue(
    waiting('s1', { destination: 'slow', lane: 'slow' }),
    waiting('s2', { destination: 'slow', lane: 'slow' }),
    waiting('q1'),
    waiting('q2'),
  );
  await until('the quick lane', () => quick.sends.length === 2);
  assert.deepEqual(slow.sends, ['s1']);
  hanging.resolve(sent);
  await until('the slow lane', () => slow.sends.length === 2);
});

test('what is to be sent later comes back when it is due, not before, and counts its tries', async () => {
  const sales = place({ send: (_, turn) => (turn < 3 ? later : sent) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  assert.equal(sales.sends.length, 1);
  await outbox.pass(1.9 * seconds);
  assert.equal(sales.sends.length, 1);
  await outbox.pass(0.2 * seconds);
  assert.equal(sales.sends.length, 2);
  await outbox.pass(5 * seconds);
  assert.deepEqual(
    outbox.settled.map(({ settlement }) => settlement.kind),
    ['retry', 'retry', 'sent'],
  );
  assert.equal((await outbox.read('m')).attempts, 3);
  assert.deepEqual(sales.finds, []);
});

test('a retry does not need a wake: the dispatcher wakes itself when it is due', async () => {
  const sales = place({ send: (_, turn) => (turn === 1 ? { ...later, afterMs: 2000 } : sent) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await until('the first try', () => outbox.settled.length === 1);
  outbox.clock.advance(10 * seconds);
  await until('the second try', () => outbox.settled.length === 2, 5000);
});

test('a message that waits for a retry does not hold those of other meetings', async () => {
  const sales = place({ send: ({ deliveryId }) => (deliveryId === 'm1' ? later : sent) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m1', { session: 'meet/S1' }), waiting('m2', { session: 'meet/S2' }));
  await outbox.enqueue(waiting('m3', { session: 'meet/S1' }));
  await outbox.quiet();
  assert.deepEqual(sales.sends, ['m1', 'm2']);
});

test('a platform that asks for silence gets it on the whole lane and on no other', async () => {
  const sales = place({ send: (_, turn) => (turn === 1 ? throttled(30_000) : sent) });
  const ops = place({});
  await using outbox = await Outbox.open((name) => (name === 'ops' ? ops : sales));
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m1'), waiting('m2'), waiting('o1', { destination: 'ops', lane: 'slack:C2' }));
  await outbox.quiet();
  assert.deepEqual([sales.sends, ops.sends], [['m1'], ['o1']]);
  await outbox.pass(29 * seconds);
  assert.deepEqual(sales.sends, ['m1']);
  await outbox.pass(1 * seconds);
  assert.deepEqual(sales.sends, ['m1', 'm1', 'm2']);
});

test('a destination that refuses everything is tried with one message every ten minutes', async () => {
  let isOpen = false;
  const sales = place({ send: () => (isOpen ? sent : refused) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m1'), waiting('m2'), waiting('m3'));
  await outbox.quiet();
  for (let probe = 0; probe < 5; probe++) await outbox.pass(10 * minutes);
  assert.deepEqual(new Set(sales.sends), new Set(['m1']));
  assert.equal(sales.sends.length, 6);
  isOpen = true;
  await outbox.pass(10 * minutes);
  assert.deepEqual(sales.sends.slice(6), ['m1', 'm2', 'm3']);
});

test('a message is dead with the reason when it is refused, and the next one goes out', async () => {
  const bad: Outcome = { kind: 'refused', scope: 'message', reason: 'invalid_blocks' };
  const sales = place({ send: ({ deliveryId }) => (deliveryId === 'm1' ? bad : sent) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m1', { session: 's' }), waiting('m2', { session: 's' }));
  await until('both', () => outbox.settled.length === 2);
  const { state, reason, settledAt } = await outbox.read('m1');
  assert.deepEqual([state, reason, settledAt], ['dead', 'invalid_blocks', outbox.clock.now()]);
  assert.equal((await outbox.read('m2')).state, 'sent');
  assert.ok(outbox.logs.some((line) => /"level":50.*"delivery":"m1".*invalid_blocks/.test(line)));
});

test('a platform that has answered nothing useful for 24 hours ends the message, with the reason', async () => {
  const sales = place({ send: () => later });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  await outbox.pass(24 * hours);
  const { state, reason } = await outbox.read('m');
  assert.deepEqual([state, reason], ['dead', 'busy (tried for 24 hours)']);
});

test('a message whose destination is closed is suppressed with the reason for that', async () => {
  await using outbox = await Outbox.open(() => ({ closed: 'no credentials' }));
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await until('the end', () => outbox.settled.length === 1);
  const { state, reason } = await outbox.read('m');
  assert.deepEqual([state, reason], ['suppressed', 'no credentials']);
});

test('a wake while it looks when to wake itself is not lost', async () => {
  const sales = place({});
  const looked: (() => void)[] = [];
  await using outbox = await Outbox.open(
    () => sales,
    (store) => {
      const next = store.nextDeliveryDue.bind(store);
      return Object.assign(store, {
        async nextDeliveryDue() {
          const due = await next();
          for (const tell of looked.splice(0)) tell();
          await new Promise((resolve) => setTimeout(resolve, 15));
          return due;
        },
      });
    },
  );
  outbox.dispatcher.start();
  for (let index = 0; index < 25; index++) {
    // The message is written after the store has said that nothing waits, and before its answer is there.
    const { promise, resolve } = Promise.withResolvers<void>();
    looked.push(resolve);
    outbox.dispatcher.wake();
    await promise;
    await outbox.enqueue(waiting(`m${index}`));
    await until(`message ${index}`, () => outbox.settled.length > index, 2000);
  }
  assert.equal(sales.sends.length, 25);
});

test('a store that cannot be read is asked again', async () => {
  const sales = place({});
  let troubles = 1;
  await using outbox = await Outbox.open(
    () => sales,
    (store) => {
      const claim = store.claimDeliveries.bind(store);
      return Object.assign(store, {
        claimDeliveries: (options: Parameters<typeof claim>[0]) =>
          troubles-- > 0 ? Promise.reject(new StoreUnavailable('locked')) : claim(options),
      });
    },
  );
  await outbox.enqueue(waiting('m'));
  outbox.dispatcher.start();
  await until('the message', () => sales.sends.length === 1, 5000);
  assert.ok(outbox.logs.some((line) => line.includes('deliveries cannot be read')));
});
