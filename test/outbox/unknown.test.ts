import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Found } from '#destinations/destination.ts';
import type { Outcome } from '#domain/delivery.ts';
import { type Settlement, type Store, StoreUnavailable } from '#store/store.ts';
import { until } from '#test/service.ts';
import {
  hours,
  minutes,
  Outbox,
  place,
  refused,
  seconds,
  sent,
  throttled,
  unknown,
  waiting,
} from './setup.ts';

const cannotTell = (sendAgain: boolean): Found => ({ kind: 'cannot tell', sendAgain });

test('a message that an earlier try had delivered is found and not sent again', async () => {
  const sales = place({
    send: () => unknown,
    find: () => ({ kind: 'sent', receipt: { messageId: 'found' } }),
  });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  assert.equal((await outbox.read('m')).state, 'unknown');
  await outbox.pass(2 * seconds);
  const { state, receipt } = await outbox.read('m');
  assert.deepEqual([state, receipt, sales.sends.length], ['sent', { messageId: 'found' }, 1]);
});

test('a message that is not found is looked for once more, 15 seconds after it was sent, and then sent again', async () => {
  const sales = place({ send: (_, turn) => (turn === 1 ? unknown : sent), find: () => ({ kind: 'absent' }) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  await outbox.pass(2 * seconds);
  assert.deepEqual([sales.finds.length, sales.sends.length], [1, 1]);
  await outbox.pass(12 * seconds);
  assert.deepEqual([sales.finds.length, sales.sends.length], [1, 1]);
  await outbox.pass(1 * seconds);
  assert.deepEqual([sales.finds.length, sales.sends.length], [2, 2]);
  assert.equal((await outbox.read('m')).state, 'sent');
});

test('it is looked for from the moment of the first try', async () => {
  const seen: Date[] = [];
  const sales = place({
    send: ({ firstTriedAt }) => {
      seen.push(firstTriedAt);
      return unknown;
    },
    find: ({ firstTriedAt }) => {
      seen.push(firstTriedAt);
      return { kind: 'absent' };
    },
  });
  await using outbox = await Outbox.open(() => sales);
  const first = outbox.clock.now();
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  await outbox.pass(2 * seconds);
  await outbox.pass(20 * seconds);
  assert.deepEqual(seen, [first, first, first, first]);
});

test('where nobody can tell, at_least_once sends again', async () => {
  const sales = place({ send: (_, turn) => (turn === 1 ? unknown : sent), find: () => cannotTell(true) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  await outbox.pass(2 * seconds);
  assert.deepEqual([(await outbox.read('m')).state, sales.sends.length], ['sent', 2]);
});

test('where nobody can tell, at_most_once ends it with the reason', async () => {
  const sales = place({ send: () => unknown, find: () => cannotTell(false) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  await outbox.pass(2 * seconds);
  const { state, reason } = await outbox.read('m');
  assert.deepEqual([state, sales.sends.length], ['dead', 1]);
  assert.match(reason ?? '', /at_most_once/);
});

test('a look-up that fails is repeated after 15 seconds or when the platform says, and nothing is sent meanwhile', async () => {
  const answers: readonly Found[] = [
    { kind: 'later', reason: 'no look' },
    { kind: 'later', reason: 'no look', afterMs: 90_000 },
    { kind: 'sent', receipt: { messageId: 'found' } },
  ];
  const sales = place({ send: () => unknown, find: (_, turn) => answers[turn - 1] ?? cannotTell(true) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  const looks: number[] = [];
  for (const wait of [2, 14.9, 0.1, 89.9]) {
    await outbox.pass(wait * seconds);
    looks.push(sales.finds.length);
  }
  assert.deepEqual(looks, [1, 1, 2, 2]);
  const { state, reason } = await outbox.read('m');
  assert.deepEqual([state, reason], ['unknown', 'no look']);
  await outbox.pass(0.1 * seconds);
  assert.deepEqual([(await outbox.read('m')).state, sales.sends.length], ['sent', 1]);
});

test('a look-up that fails for 24 hours ends the message with the reason', async () => {
  const sales = place({ send: () => unknown, find: () => ({ kind: 'later', reason: 'no look' }) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  await outbox.pass(24 * hours);
  const { state, reason } = await outbox.read('m');
  assert.deepEqual([state, reason, sales.sends.length], ['dead', 'no look (tried for 24 hours)', 1]);
});

for (const [what, notApplied] of [
  ['put off', throttled(150_000)],
  ['refused by the destination', refused],
] as const) {
  test(`a repeat that is ${what} leaves the first try in doubt: it is looked for before the next`, async () => {
    const sales = place({
      send: (_, turn) => (turn === 1 ? unknown : notApplied),
      find: (_, turn) => (turn < 3 ? { kind: 'absent' } : { kind: 'sent', receipt: { messageId: 'found' } }),
    });
    await using outbox = await Outbox.open(() => sales);
    outbox.dispatcher.start();
    await outbox.enqueue(waiting('m1'));
    await outbox.quiet();
    await outbox.pass(2 * seconds);
    await outbox.pass(13 * seconds);
    assert.deepEqual([sales.sends.length, (await outbox.read('m1')).state], [2, 'unknown']);
    await outbox.enqueue(waiting('m2'));
    await outbox.quiet();
    assert.equal(sales.sends.length, 2, 'the lane pauses');
    await outbox.pass(10 * minutes);
    const { state, receipt } = await outbox.read('m1');
    assert.deepEqual([state, receipt, sales.finds.length], ['sent', { messageId: 'found' }, 3]);
    assert.deepEqual(sales.sends.slice(0, 3), ['m1', 'm1', 'm2']);
  });
}

test('a repeat whose message is refused is dead, whatever became of the first try', async () => {
  const bad: Outcome = { kind: 'refused', scope: 'message', reason: 'invalid_blocks' };
  const sales = place({ send: (_, turn) => (turn === 1 ? unknown : bad) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  await outbox.pass(2 * seconds);
  await outbox.pass(13 * seconds);
  const { state, reason } = await outbox.read('m');
  assert.deepEqual([state, reason], ['dead', 'invalid_blocks']);
});

for (const [what, broken] of [
  ['rejects', () => Promise.reject(new Error('our own mistake'))],
  [
    'throws',
    () => {
      throw new Error('our own mistake');
    },
  ],
] as const) {
  test(`a destination that ${what} leaves the message unknown, not lost, and the lane goes on`, async () => {
    const sales = {
      ...place({}),
      send: (outgoing: { deliveryId: string }) =>
        outgoing.deliveryId === 'm1' ? broken() : Promise.resolve(sent),
    };
    await using outbox = await Outbox.open(() => sales);
    outbox.dispatcher.start();
    await outbox.enqueue(waiting('m1'), waiting('m2'));
    await until('both', () => outbox.settled.length === 2);
    const { state, reason } = await outbox.read('m1');
    assert.equal(state, 'unknown');
    assert.doesNotMatch(reason ?? '', /mistake/);
    assert.equal((await outbox.read('m2')).state, 'sent');
  });
}

test('a destination that goes on throwing is asked ever more rarely, and ends as dead after 24 hours', async () => {
  const sales = place({ send: () => Promise.reject(new Error('always')) });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await outbox.quiet();
  for (let step = 0; step < 6; step++) await outbox.pass(10 * minutes);
  assert.equal((await outbox.read('m')).state, 'unknown');
  await outbox.pass(24 * hours);
  const { state, reason } = await outbox.read('m');
  assert.equal(state, 'dead');
  assert.match(reason ?? '', /unexpected error.*24 hours/);
});

/** A store that refuses to settle as long as `refuses` says so. */
function stubborn(refuses: () => Error | undefined): (store: Store) => Store {
  return (store) => {
    const settle = store.settleDelivery.bind(store);
    return Object.assign(store, {
      settleDelivery(id: string, settlement: Settlement, now: Date) {
        const error = refuses();
        return error ? Promise.reject(error) : settle(id, settlement, now);
      },
    });
  };
}

test('an outcome that the store does not take at once is stored when it does, and nothing is sent twice', async () => {
  const sales = place({});
  let troubles = 2;
  await using outbox = await Outbox.open(
    () => sales,
    stubborn(() => (troubles-- > 0 ? new StoreUnavailable('the disk is full') : undefined)),
  );
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await until('the end', () => outbox.settled.length === 1);
  assert.equal((await outbox.read('m')).state, 'sent');
  assert.deepEqual([sales.sends.length, sales.finds.length], [1, 0]);
});

test('an outcome that the store refuses for good comes back as unknown when its lease ends, and is looked for', async () => {
  const sales = place({ find: () => ({ kind: 'sent', receipt: { messageId: 'found' } }) });
  let troubles = 1;
  await using outbox = await Outbox.open(
    () => sales,
    stubborn(() => (troubles-- > 0 ? new Error('no such table') : undefined)),
  );
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await until('the refusal', () => outbox.logs.some((line) => line.includes('could not be stored')));
  assert.equal((await outbox.read('m')).state, 'sending');
  await outbox.pass(59 * seconds);
  assert.equal(sales.finds.length, 0);
  await outbox.pass(1 * seconds);
  const { state, receipt } = await outbox.read('m');
  assert.deepEqual([state, receipt, sales.sends.length], ['sent', { messageId: 'found' }, 1]);
});

test('stopping waits for what is in flight and leaves the rest as it was', async () => {
  const answer = Promise.withResolvers<typeof sent>();
  const sales = place({ send: () => answer.promise });
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m1'), waiting('m2'));
  await until('the first', () => sales.sends.length === 1);
  const stopping = outbox.dispatcher.stop();
  const first = await Promise.race([stopping.then(() => 'stopped'), delay(60, 'waits')]);
  assert.equal(first, 'waits');
  answer.resolve(sent);
  await stopping;
  const rest = await outbox.read('m2');
  assert.equal((await outbox.read('m1')).state, 'sent');
  assert.deepEqual([rest.state, rest.attempts, rest.firstTriedAt], ['waiting', 0, undefined]);
});

test('stopping in the middle of a claim hands back what was claimed, as if it never was', async () => {
  const sales = place({});
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using outbox = await Outbox.open(
    () => sales,
    (store) => {
      const claim = store.claimDeliveries.bind(store);
      return Object.assign(store, {
        async claimDeliveries(options: Parameters<typeof claim>[0]) {
          const claimed = await claim(options);
          reached.resolve();
          await goOn.promise;
          return claimed;
        },
      });
    },
  );
  await outbox.enqueue(waiting('m'));
  outbox.dispatcher.start();
  await reached.promise;
  const stopping = outbox.dispatcher.stop();
  goOn.resolve();
  await stopping;
  const { state, attempts, firstTriedAt } = await outbox.read('m');
  assert.deepEqual([state, attempts, firstTriedAt, sales.sends], ['waiting', 0, undefined, []]);
});
