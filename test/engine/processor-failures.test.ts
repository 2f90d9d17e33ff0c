import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from '#engine/run.ts';
import { type Step, type Store, StoreUnavailable } from '#store/store.ts';
import { until } from '#test/service.ts';
import { joins, Pipeline, simple } from './processor-setup.ts';
import { at } from './setup.ts';

/** Rules whose words cannot be read at all for people called broken: every event of theirs fails. */
function breaking(isBroken: () => boolean = () => true): Configuration {
  const { rulebook } = simple;
  const matcher: typeof rulebook.matcher = {
    match: (type, facts) => {
      if (isBroken() && JSON.stringify(facts).includes('"broken')) throw new Error('this event is broken');
      return rulebook.matcher.match(type, facts);
    },
  };
  return { ...simple, rulebook: { ...rulebook, matcher } };
}

/** Counts the events that were handed back to be tried again. */
function counting(): { readonly wrap: (store: Store) => Store; readonly putBack: () => number } {
  let count = 0;
  const wrap = (store: Store) => {
    const fail = store.failEvent.bind(store);
    return Object.assign(store, {
      async failEvent(...given: Parameters<typeof fail>) {
        await fail(...given);
        count++;
      },
    });
  };
  return { wrap, putBack: () => count };
}

test('an event that fails five times is set aside and told; later events of its session wait for it, others do not', async () => {
  const { wrap, putBack } = counting();
  await using pipeline = await Pipeline.open(breaking(), { wrap });
  await pipeline.append(joins('broken'), joins('anna'), joins('ben', 'S2'));
  pipeline.processor.start();
  await until('the other session', () => pipeline.told.length === 1);
  assert.deepEqual(pipeline.who, ['ben']);
  for (let tries = 1; tries < 5; tries++) {
    await until(`try ${tries}`, () => putBack() === tries);
    assert.deepEqual([pipeline.setAside, pipeline.who], [[], ['ben']]);
    pipeline.advance(4 ** tries);
  }
  await until('it was set aside', () => pipeline.setAside.length > 0);
  assert.deepEqual(pipeline.setAside, ['broken: this event is broken']);
  await until('the event behind it', () => pipeline.told.length === 2);
  assert.deepEqual(pipeline.who, ['ben', 'anna']);
  const { eventsFailed, eventsWaiting } = await pipeline.store.counts();
  assert.deepEqual([eventsFailed, eventsWaiting], [1, 0]);
});

test('an event that fails waits longer each time, and is processed when it works again', async () => {
  let isBroken = true;
  const { wrap, putBack } = counting();
  await using pipeline = await Pipeline.open(
    breaking(() => isBroken),
    { wrap },
  );
  await pipeline.append(joins('broken'));
  pipeline.processor.start();
  await until('the first try', () => putBack() === 1);
  pipeline.advance(3);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(putBack(), 1);
  isBroken = false;
  pipeline.advance(1);
  await until('it works', () => pipeline.told.length === 1);
  assert.deepEqual(pipeline.setAside, []);
});

test('an event that ended the program each time takes no others with it, and is set aside in the end', async () => {
  await using pipeline = await Pipeline.open();
  await pipeline.append(joins('poison'), joins('anna', 'S2'));
  const { store } = pipeline;
  // What a program leaves behind that dies with the events in its hands.
  const [poison] = await store.claimEvents({ now: at(0), limit: 1, leaseMs: 1 });
  assert.ok(poison);
  for (let death = 2; death <= 5; death++) await store.claimEvents({ now: at(death), limit: 1, leaseMs: 1 });
  const claims: number[] = [];
  const claim = store.claimEvents.bind(store);
  Object.assign(store, {
    async claimEvents(options: Parameters<typeof claim>[0]) {
      const claimed = await claim(options);
      if (claimed.length > 0) claims.push(claimed.length);
      return claimed;
    },
  });
  pipeline.advance(10);
  pipeline.processor.start();
  await until('the other', () => pipeline.told.length === 1);
  assert.deepEqual(pipeline.setAside, ['poison: the program ended each time it was processed']);
  assert.deepEqual([pipeline.who, claims], [['anna'], [2, 1]]);
  assert.equal((await store.counts()).eventsFailed, 1);
});

/** A store that refuses to settle as long as `refuses` says so. */
function stubborn(refuses: (steps: readonly Step[]) => Error | undefined): (store: Store) => Store {
  return (store) => {
    const settle = store.settle.bind(store);
    return Object.assign(store, {
      settle(steps: readonly Step[], holdUntil: Date) {
        const error = refuses(steps);
        return error ? Promise.reject(error) : settle(steps, holdUntil);
      },
    });
  };
}

test('a store that is away while an event is settled is insisted on: nothing is lost, nothing is said twice', async () => {
  let troubles = 2;
  const wrap = stubborn(() => (troubles-- > 0 ? new StoreUnavailable('the disk is full') : undefined));
  await using pipeline = await Pipeline.open(undefined, { wrap });
  await pipeline.append(joins('anna'), joins('ben'));
  pipeline.processor.start();
  await until('both', () => pipeline.told.length === 2);
  assert.deepEqual([pipeline.who, pipeline.setAside], [['anna', 'ben'], []]);
  assert.equal((await pipeline.store.counts()).deliveries.waiting, 2);
  assert.equal(pipeline.logs.filter((line) => line.includes('does not take what was decided')).length, 2);
});

test('a program that stops while the store is away ends, and the next one finds the event', async () => {
  let isAway = true;
  const wrap = stubborn(() => (isAway ? new StoreUnavailable('the disk is full') : undefined));
  await using pipeline = await Pipeline.open(undefined, { wrap });
  await pipeline.append(joins('anna'));
  pipeline.processor.start();
  await until('trouble', () => pipeline.logs.some((line) => line.includes('does not take')));
  await pipeline.processor.stop();
  isAway = false;
  assert.equal((await pipeline.store.counts()).eventsWaiting, 1);
  const [again] = await pipeline.store.claimEvents({ now: at(31), limit: 10, leaseMs: 1000 });
  assert.equal(again?.event.participant?.id, 'anna');
});

test('an event that cannot ever be written fails alone: those that came with it are written', async () => {
  const wrap = stubborn((steps) =>
    JSON.stringify(steps).includes('"unwritable') ? new Error('string or blob too big') : undefined,
  );
  await using pipeline = await Pipeline.open(undefined, { wrap });
  await pipeline.append(joins('anna', 'S1'), joins('unwritable', 'S2'), joins('ben', 'S3'));
  pipeline.processor.start();
  await until('the first try', () => pipeline.logs.some((line) => line.includes('cannot be written')));
  for (let tries = 1; tries < 5; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    pipeline.advance(4 ** tries);
  }
  await until('it was set aside', () => pipeline.setAside.length > 0);
  assert.deepEqual(pipeline.setAside, ['unwritable: string or blob too big']);
  assert.deepEqual(pipeline.who, ['anna', 'ben']);
});
