import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Configuration } from '#engine/run.ts';
import { openStore } from '#store/index.ts';
import type { Store } from '#store/store.ts';
import { type TemporaryFolder, temporaryFolder } from '#test/stores.ts';
import { joins, Pipeline } from './processor-setup.ts';
import { at, configuration, event } from './setup.ts';

const stays = configuration(
  `  - { id: stays, on: participant.joined, where: { session.present: { at_least: 1 } }, still_true_after: 5m,
      send: { to: sales, text: "{{participant.name}} {{#if late}}late by {{late}}{{/if}}" } }
`,
);
const leaves = (who: string, session = 'S1') => event('participant.left', 0, { session, room: session, who });

/** One life of the program on the store in this folder, which begins at this time. */
async function life(
  folder: TemporaryFolder,
  seconds: number,
  live: (pipeline: Pipeline) => Promise<void>,
  { rules = stays, wrap }: { rules?: Configuration; wrap?: (store: Store) => Store } = {},
): Promise<void> {
  await using store = await openStore(`sqlite:${join(folder.path, 'callboard.db')}`, { now: () => at(0) });
  await using pipeline = await Pipeline.open(rules, { store, seconds, wrap });
  pipeline.processor.start();
  await live(pipeline);
}

const remember = async (pipeline: Pipeline) => {
  await pipeline.append(joins('anna'), joins('ben'));
  await pipeline.steps(2);
};

const addToIt = async (pipeline: Pipeline) => {
  await pipeline.append(joins('cleo'));
  await pipeline.steps(1);
  pipeline.setClock(300);
  await pipeline.steps(3);
};

const finish = async (pipeline: Pipeline) => {
  pipeline.setClock(420);
  await pipeline.steps(1);
  pipeline.setClock(600);
  await pipeline.steps(2);
  await pipeline.settled();
  assert.deepEqual((await pipeline.messages()).toSorted(), [
    'daily: 3',
    'few: anna +0',
    'few: cleo +1',
    'once: anna',
    'stays: anna',
    'stays: ben',
    'stays: cleo',
  ]);
};

test('what rules remember survives a restart: waits, digests, limits and once-keys', async () => {
  await using folder = await temporaryFolder();
  const rules =
    configuration(`  - { id: stays, on: participant.joined, still_true_after: 5m, send: { to: sales, text: "{{participant.name}}" } }
  - { id: daily, on: participant.joined, digest: { every: 10m }, send: { to: sales, text: "{{count}}" } }
  - { id: few, on: participant.joined, at_most: { n: 1, per: 2m }, send: { to: sales, text: "{{participant.name}} +{{held}}" } }
  - { id: once, on: participant.joined, once_per: [ session.id ], send: { to: sales, text: "{{participant.name}}" } }
`);
  await life(folder, 0, remember, { rules });
  await life(folder, 120, addToIt, { rules });
  await life(folder, 400, finish, { rules });
});

test('a timer that became due while the program was down waits 15 seconds, and says how late it is', async () => {
  await using folder = await temporaryFolder();
  await life(folder, 0, async (pipeline) => {
    await pipeline.append(joins('anna'));
    await pipeline.steps(1);
  });
  await life(folder, 1000, async (pipeline) => {
    await pipeline.settled();
    pipeline.setClock(1014);
    await pipeline.settled();
    assert.deepEqual(pipeline.told, []);
    pipeline.setClock(1015);
    await pipeline.steps(1);
    pipeline.setClock(2000);
    await pipeline.settled();
    assert.deepEqual(await pipeline.messages(), ['stays: anna late by 715']);
  });
});

test('a timer that is not overdue fires in time, right after a start too', async () => {
  await using folder = await temporaryFolder();
  await life(folder, 0, async (pipeline) => {
    await pipeline.append(joins('anna'));
    await pipeline.steps(1);
  });
  await life(folder, 295, async (pipeline) => {
    await pipeline.settled();
    assert.deepEqual(pipeline.told, []);
    pipeline.setClock(300);
    await pipeline.steps(1);
    assert.deepEqual(await pipeline.messages(), ['stays: anna']);
  });
});

const startsIn = (session: string) => event('room.started', 0, { session, room: session });

const begin = async (pipeline: Pipeline) => {
  await pipeline.append(startsIn('S1'), startsIn('S2'));
  await pipeline.steps(2);
};
const repeat = async (pipeline: Pipeline) => {
  pipeline.setClock(1010);
  // Other events of the same session bring the overdue wait to mind, and must not fire it.
  await pipeline.append(event('track.published', 0, { session: 'S1', room: 'S1' }), joins('anna', 'S1'));
  await pipeline.steps(2);
  pipeline.setClock(1020);
  await pipeline.steps(3);
  await pipeline.settled();
  assert.deepEqual(pipeline.told, [
    { who: undefined, rules: [] },
    { who: 'anna', rules: ['silent: followed'] },
    { who: undefined, rules: ['silent: fires'] },
  ]);
  assert.deepEqual(await pipeline.messages(), ['silent: nobody came']);
};

test('what the senders repeat in those 15 seconds still ends an overdue wait', async () => {
  await using folder = await temporaryFolder();
  const rules = configuration(
    `  - id: silent
    on: room.started
    unless_followed_by: { event: participant.joined, same: session.id, within: 5m }
    send: { to: ops, text: "nobody came" }
`,
  );
  await life(folder, 0, begin, { rules });
  await life(folder, 1000, repeat, { rules });
});

test('an overdue timer waits until the inbox is drained, however long that takes', async () => {
  await using folder = await temporaryFolder();
  await life(folder, 0, async (pipeline) => {
    await pipeline.append(joins('anna'));
    await pipeline.steps(1);
    await pipeline.processor.stop();
    pipeline.setClock(900);
    const others = Array.from({ length: 200 }, (_, index) => joins(`p${index}`, `T${index}`));
    await pipeline.keep(...others, leaves('anna'));
  });
  const claims: number[] = [];
  let tick: (() => void) | undefined;
  const wrap = (store: Store) => {
    const claim = store.claimEvents.bind(store);
    return Object.assign(store, {
      async claimEvents(options: Parameters<typeof claim>[0]) {
        const claimed = await claim(options);
        if (claimed.length > 0) claims.push(claimed.length);
        tick?.();
        return claimed;
      },
    });
  };
  const slow = async (pipeline: Pipeline) => {
    await pipeline.steps(201);
    await pipeline.settled();
    assert.deepEqual(claims, [64, 64, 64, 9]);
    assert.deepEqual(pipeline.told.at(-1), { who: 'anna', rules: ['stays: no longer true'] });
    assert.deepEqual(await pipeline.messages(), []);
  };
  await using store = await openStore(`sqlite:${join(folder.path, 'callboard.db')}`, { now: () => at(0) });
  await using pipeline = await Pipeline.open(stays, { store, seconds: 1000, wrap });
  let seconds = 1000;
  tick = () => pipeline.setClock(Math.min((seconds += 20), 1100));
  pipeline.processor.start();
  await slow(pipeline);
});
