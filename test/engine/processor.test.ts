import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '#domain/session.ts';
import type { Store } from '#store/store.ts';
import { until } from '#test/service.ts';
import { joins, Pipeline } from './processor-setup.ts';
import { configuration } from './setup.ts';

const sessions = async (store: Store): Promise<readonly Session[]> =>
  store.listSessions({ statuses: ['created', 'live', 'ended', 'lost'], limit: 100 });

test('stored events are processed in order, each once, and their messages wait to be sent', async () => {
  await using pipeline = await Pipeline.open();
  await pipeline.append(...['anna', 'ben', 'cleo'].map((who) => joins(who)));
  pipeline.processor.start();
  await until('all three', () => pipeline.told.length === 3);
  assert.deepEqual(pipeline.who, ['anna', 'ben', 'cleo']);
  const [session] = await sessions(pipeline.store);
  assert.deepEqual(session?.people, ['anna', 'ben', 'cleo']);
  const counts = await pipeline.store.counts();
  assert.deepEqual([counts.eventsWaiting, counts.deliveries.waiting], [0, 3]);
});

test('many more events than one batch holds are all processed, in the order of their sessions', async () => {
  await using pipeline = await Pipeline.open();
  pipeline.processor.start();
  const people = Array.from({ length: 200 }, (_, index) => `p${index}`);
  await pipeline.append(...people.map((who, index) => joins(who, `S${index % 5}`)));
  await until('all', () => pipeline.told.length === 200);
  assert.deepEqual(pipeline.who, people);
});

test('a wake while it looks is not lost', async () => {
  await using pipeline = await Pipeline.open(undefined, {
    wrap: (store) => {
      const claim = store.claimEvents.bind(store);
      return Object.assign(store, {
        async claimEvents(options: Parameters<typeof claim>[0]) {
          const claimed = await claim(options);
          await new Promise((resolve) => setTimeout(resolve, 15));
          return claimed;
        },
      });
    },
  });
  pipeline.processor.start();
  for (let index = 0; index < 20; index++) {
    await pipeline.append(joins(`p${index}`));
    await until(`event ${index}`, () => pipeline.told.length > index, 2000);
  }
});

test('a once-key that is taken holds the message back, and the callback is told so', async () => {
  const once = configuration(
    '  - { id: once, on: participant.joined, once_per: [ participant.id ], send: { to: sales, text: "x" } }\n',
  );
  await using pipeline = await Pipeline.open(once);
  await pipeline.append(joins('anna', 'S1'), joins('anna', 'S2'), joins('ben', 'S2'));
  pipeline.processor.start();
  await until('all', () => pipeline.told.length === 3);
  assert.deepEqual(pipeline.told, [
    { who: 'anna', rules: ['once: fires'] },
    { who: 'anna', rules: ['once: already told'] },
    { who: 'ben', rules: ['once: fires'] },
  ]);
  assert.equal((await pipeline.store.listDeliveries({ limit: 10 })).length, 2);
});

test('a message that is dead from the beginning is in the log with its reason, once', async () => {
  const rules = configuration(
    '  - { id: file, on: participant.joined, once_per: [ participant.id ], send: { to: sales, text: "{{#with room}}{{artifact_link this}}{{/with}}" } }\n',
    {
      artifactLink: () => {
        throw new Error('out of order');
      },
    },
  );
  await using pipeline = await Pipeline.open(rules);
  await pipeline.append(joins('anna', 'S1'), joins('anna', 'S2'));
  pipeline.processor.start();
  await until('both', () => pipeline.told.length === 2);
  const [line, ...more] = pipeline.logs.filter((each) => each.includes('delivery: dead'));
  assert.match(line ?? '', /"level":50.*"rule":"file","destination":"sales".*out of order/);
  assert.deepEqual(more, []);
});

test('other rules take effect with the next batch', async () => {
  const first = configuration('  - { id: first, on: participant.joined, send: { to: sales, text: "x" } }\n');
  await using pipeline = await Pipeline.open(first);
  pipeline.processor.start();
  await pipeline.append(joins('anna'));
  await until('one', () => pipeline.told.length === 1);
  const second = configuration('  - { id: second, on: participant.joined, send: { to: ops, text: "x" } }\n');
  await pipeline.processor.swap(second);
  assert.equal(pipeline.processor.configuration, second);
  await pipeline.append(joins('ben'));
  await until('two', () => pipeline.told.length === 2);
  const listed = await pipeline.store.listDeliveries({ limit: 10 });
  assert.deepEqual(
    listed.map(({ rule, destination }) => [rule, destination]),
    [
      ['second', 'ops'],
      ['first', 'sales'],
    ],
  );
});
