import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideBatch } from '#engine/batch.ts';
import { wordStep } from '#engine/run.ts';
import type { ClaimedEvent } from '#store/store.ts';
import { temporaryStore } from '#test/stores.ts';
import { at, configuration, event } from './setup.ts';

const stays = configuration(
  '  - { id: stays, on: participant.joined, where: { session.present: { at_least: 1 } }, still_true_after: 5m, send: { to: sales, text: "x" } }\n',
);
const { rulebook } = stays;
const timers = { from: at(0), before: at(1000) };
const room = (index: number) => ({ session: `S${index}`, room: `R${index}`, who: `p${index}` });

test('when more timers are due than fit, the events between them are decided in their order', async () => {
  await using store = await temporaryStore({ now: () => at(0) });
  const keep = (seconds: number, ...events: readonly ReturnType<typeof event>[]) =>
    store.append({
      source: 'meet',
      native: 'x',
      receivedAt: at(seconds),
      keys: [],
      events: events.map((each) => ({ event: each, keys: [] })),
    });
  const claim = () => store.claimEvents({ now: at(0), limit: 1000, leaseMs: 1000 });
  const settle = async (events: readonly ClaimedEvent[], span: { from: Date; before?: Date }, now: Date) => {
    const result = await decideBatch({ events, timers: span }, { rulebook, store, now });
    assert.ok('decided' in result);
    const steps = result.decided.map((each) => wordStep(each, stays));
    await store.settle(steps, at(100_000));
    return result;
  };
  const people = Array.from({ length: 600 }, (_, index) => index);
  await keep(0, ...people.map((index) => event('participant.joined', 0, room(index))));
  await settle(await claim(), { from: at(0) }, at(0));

  await keep(299, event('participant.left', 299, room(0)));
  await keep(300, event('participant.left', 300, room(599)));
  await keep(301, event('participant.left', 301, room(1)));
  const events = await claim();
  assert.equal(events.length, 3);
  const first = await settle(events, timers, at(400));
  const told = first.decided.map(({ decisions }) => decisions.map(({ kind }) => kind).join());
  assert.deepEqual(told.slice(0, 2), ['silent', 'silent']);
  assert.deepEqual([first.left?.map(({ sequence }) => sequence)], [[events[2]?.sequence]]);
  const second = await settle(first.left ?? [], timers, at(400));
  assert.equal(second.left, undefined);
  assert.equal(second.decided.at(-1)?.finishesEvent, true);
  assert.equal((await store.counts()).deliveries.waiting, 598);
});

test('a batch without events and timers decides nothing', async () => {
  await using store = await temporaryStore({ now: () => at(0) });
  const result = await decideBatch({ events: [], timers }, { rulebook, store, now: at(1) });
  assert.deepEqual(result, { decided: [] });
});
