import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Dispatcher } from '#outbox/dispatcher.ts';
import { openStore } from '#store/index.ts';
import type { Store } from '#store/store.ts';
import { temporaryFolder } from '#test/stores.ts';
import { Clock, place, seconds, testLogger, waiting } from './setup.ts';

/** Runs a dispatcher on a store until `settled` tries have ended. */
async function run(
  store: Store,
  clock: Clock,
  sales: ReturnType<typeof place>,
  settled: number,
): Promise<void> {
  const { logger } = await testLogger();
  const done = Promise.withResolvers<void>();
  let count = 0;
  const dispatcher = new Dispatcher({
    store,
    destination: () => sales,
    now: clock.now,
    random: () => 0.5,
    logger,
    onSettled: () => {
      if (++count === settled) done.resolve();
    },
  });
  dispatcher.start();
  await done.promise;
  await dispatcher.stop();
}

test('a second try that a crash cut off is looked for until the history must show it, then sent again', async () => {
  await using folder = await temporaryFolder();
  const clock = new Clock();
  const location = `sqlite:${join(folder.path, 'callboard.db')}`;
  const before = await openStore(location, { now: clock.now });
  await before.enqueue([waiting('m')]);
  await run(before, clock, place({ send: () => ({ kind: 'later', reason: 'busy' }) }), 1);
  clock.advance(60 * seconds);
  const [cutOff] = await before.claimDeliveries({ now: clock.now(), limit: 1, leaseMs: 60_000 });
  assert.equal(cutOff?.attempts, 1);
  await before[Symbol.asyncDispose]();

  clock.advance(1 * seconds);
  await using after = await openStore(location, { now: clock.now });
  const sales = place({
    find: (_, turn) => (turn === 1 ? { kind: 'absent' } : { kind: 'sent', receipt: {} }),
  });
  await run(after, clock, sales, 1);
  const [waits] = await after.listDeliveries({ limit: 1 });
  assert.deepEqual([waits?.state, sales.sends], ['unknown', []]);
  clock.advance(15 * seconds);
  await run(after, clock, sales, 1);
  const [found] = await after.listDeliveries({ limit: 1 });
  assert.deepEqual([found?.state, sales.sends], ['sent', []]);
});
