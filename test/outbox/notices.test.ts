import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, StoredDelivery } from '#domain/delivery.ts';
import { plainText } from '#domain/message.ts';
import { Notices } from '#outbox/notices.ts';
import type { Settlement, Store } from '#store/store.ts';
import { until } from '#test/service.ts';
import { temporaryStore } from '#test/stores.ts';
import { Clock, minutes, refused, testLogger, waiting } from './setup.ts';

const places = ['ops', 'sales', 'archive'];

async function open(names: readonly string[] = places) {
  const clock = new Clock();
  const store = await temporaryStore({ now: clock.now });
  const { logger, logs } = await testLogger();
  const state = { enqueued: 0 };
  const notices = new Notices({
    store,
    now: clock.now,
    logger,
    place: (about) => {
      const name = names.find((each) => each !== about);
      return name === undefined ? undefined : { name, lane: `slack:${name}` };
    },
    onEnqueued: () => state.enqueued++,
  });
  return { clock, store, logs, notices, state, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

const told = (store: Store) => store.listDeliveries({ limit: 100 });

/** Waits until the store has answered all that was asked of it so far. */
async function settled(store: Store): Promise<readonly StoredDelivery[]> {
  for (let turn = 0; turn < 5; turn++) await store.counts();
  return told(store);
}

const failed = (destination = 'sales', rule = 'vip-joined'): StoredDelivery => ({
  ...waiting('m', { destination, rule }),
  sequence: 1,
  state: 'sending',
  attempts: 1,
  createdAt: new Date('2026-07-05T08:00:00.000Z'),
});
const dead: Settlement = { kind: 'dead', reason: 'invalid_blocks' };
const parked: Settlement = { kind: 'retry', reason: 'archived', at: new Date(0), pauseLane: true };
const later: Outcome = { kind: 'later', reason: 'busy' };

test('a dead message is told once an hour for each cause, with rule, destination and reason', async () => {
  await using world = await open();
  for (let repeat = 0; repeat < 4; repeat++) world.notices.afterDelivery(failed(), dead, undefined);
  const [notice, ...more] = await until('the notice', async () => {
    const listed = await told(world.store);
    return listed.length > 0 && listed;
  });
  assert.deepEqual(more, []);
  assert.equal(
    plainText(notice?.message.sentence ?? []),
    'A message of vip-joined could not be delivered to sales: invalid_blocks',
  );
  assert.deepEqual([notice?.destination, notice?.lane, notice?.state], ['ops', 'slack:ops', 'waiting']);
  world.clock.advance(59 * minutes);
  world.notices.afterDelivery(failed(), dead, undefined);
  assert.equal((await settled(world.store)).length, 1);
  world.clock.advance(1 * minutes);
  world.notices.afterDelivery(failed(), dead, undefined);
  assert.equal((await settled(world.store)).length, 2);
  assert.equal(world.state.enqueued, 2);
});

test('another reason or another destination is another cause', async () => {
  await using world = await open();
  world.notices.afterDelivery(failed(), dead, undefined);
  world.notices.afterDelivery(failed(), { kind: 'dead', reason: 'too long' }, undefined);
  world.notices.afterDelivery(failed('archive'), dead, undefined);
  world.notices.eventSetAside(7, 'a mistake of ours');
  const sentences = (await settled(world.store)).map(({ message }) => plainText(message.sentence));
  assert.equal(sentences.length, 4);
  assert.ok(sentences.includes('Event 7 could not be processed and was set aside: a mistake of ours'));
});

test('a destination that takes nothing is told, with what happens to its messages', async () => {
  await using world = await open();
  world.notices.afterDelivery(failed(), parked, refused);
  const [notice] = await settled(world.store);
  assert.match(plainText(notice?.message.sentence ?? []), /^sales refuses messages: archived.*10 minutes/);
});

test('what works, waits or is unknown is nobody’s worry', async () => {
  await using world = await open();
  const at = new Date(0);
  const fine: readonly (readonly [Settlement, Outcome | undefined])[] = [
    [
      { kind: 'sent', receipt: {} },
      { kind: 'sent', receipt: {} },
    ],
    [{ kind: 'retry', reason: 'busy', at }, later],
    [
      { kind: 'unknown', reason: 'no answer', at },
      { kind: 'unknown', reason: 'no answer' },
    ],
    [{ kind: 'suppressed', reason: 'removed' }, undefined],
  ];
  for (const [settlement, outcome] of fine) world.notices.afterDelivery(failed(), settlement, outcome);
  assert.deepEqual(await settled(world.store), []);
});

test('a worry about the place for notices goes to another destination', async () => {
  await using world = await open();
  world.notices.afterDelivery(failed('ops'), parked, refused);
  const [notice] = await settled(world.store);
  assert.equal(notice?.destination, 'sales');
});

test('a notice that fails makes no notice about itself', async () => {
  await using world = await open();
  world.notices.afterDelivery(failed(), dead, undefined);
  const [notice] = await settled(world.store);
  assert.ok(notice);
  world.notices.afterDelivery(notice, dead, undefined);
  world.notices.afterDelivery(notice, parked, refused);
  assert.equal((await settled(world.store)).length, 1);
});

test('without a working destination the worry is in the log, with what to do', async () => {
  await using world = await open(['sales']);
  world.notices.afterDelivery(failed('sales'), dead, undefined);
  assert.deepEqual(await settled(world.store), []);
  const line = world.logs.find((each) => each.includes('notices:'));
  assert.match(line ?? '', /"level":50.*dead:sales:invalid_blocks/);
});

test('a store that takes no notice leaves a line in the log and throws at nobody', async () => {
  const world = await open();
  await world.store[Symbol.asyncDispose]();
  world.notices.afterDelivery(failed(), dead, undefined);
  await until('the line', () => world.logs.some((line) => line.includes('a notice could not be written')));
});

test('values in a notice are marked as values, so that a reason can ping nobody', async () => {
  await using world = await open();
  world.notices.eventSetAside(7, '<!channel> @everyone');
  const [notice] = await settled(world.store);
  const piece = notice?.message.sentence.find(
    (each) => each.kind === 'text' && each.text.includes('@everyone'),
  );
  assert.ok(piece?.kind === 'text' && piece.isValue === true);
});

test('a message that could not even be worded is told like any other that died', async () => {
  await using world = await open();
  world.notices.stillborn(waiting('m'), 'template card: out of range');
  world.notices.afterDelivery(failed(), { kind: 'dead', reason: 'template card: out of range' }, undefined);
  const sentences = (await settled(world.store)).map(({ message }) => plainText(message.sentence));
  assert.deepEqual(sentences, [
    'A message of vip-joined could not be delivered to sales: template card: out of range',
  ]);
});
