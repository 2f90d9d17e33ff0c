import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '#domain/session.ts';
import type { RawRequest, Source } from '#sources/source.ts';
import { authentic, refused, unavailable } from '#sources/verification.ts';
import { type Store, StoreUnavailable } from '#store/store.ts';
import { until } from '#test/service.ts';
import { temporaryStore } from '#test/stores.ts';
import { accept } from '../src/pipeline.ts';
import { joins, Pipeline } from './pipeline-setup.ts';
import { at, configuration } from './processing-setup.ts';

const sessions = async (store: Store): Promise<readonly Session[]> =>
  store.listSessions({ statuses: ['created', 'live', 'ended', 'lost'], limit: 100 });

test('stored events are processed in order, each once, and their messages wait to be sent', async () => {
  await using pipeline = await Pipeline.open();
  await pipeline.append(...['anna', 'ben', 'cleo'].map((who) => joins(who)));
  pipeline.processor.start();
  await until('all three', () => pipeline.processed.length === 3);
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
  await until('all', () => pipeline.processed.length === 200);
  assert.deepEqual(pipeline.who, people);
});

test('a wake while it looks is not lost', async () => {
  await using pipeline = await Pipeline.open(undefined, (store) => {
    const claim = store.claimEvents.bind(store);
    return Object.assign(store, {
      async claimEvents(options: Parameters<typeof claim>[0]) {
        const claimed = await claim(options);
        await new Promise((resolve) => setTimeout(resolve, 15));
        return claimed;
      },
    });
  });
  pipeline.processor.start();
  for (let index = 0; index < 20; index++) {
    await pipeline.append(joins(`p${index}`));
    await until(`event ${index}`, () => pipeline.processed.length > index, 2000);
  }
});

test('a once-key that is taken holds the message back, and the callback is told so', async () => {
  const once = configuration(
    '  - { id: once, on: participant.joined, once_per: [ participant.id ], send: { to: sales, text: "x" } }\n',
  );
  await using pipeline = await Pipeline.open(() => once);
  await pipeline.append(joins('anna', 'S1'), joins('anna', 'S2'), joins('ben', 'S2'));
  pipeline.processor.start();
  await until('all', () => pipeline.processed.length === 3);
  assert.deepEqual(pipeline.processed, [
    { who: 'anna', settled: ['fired'] },
    { who: 'anna', settled: ['held'] },
    { who: 'ben', settled: ['fired'] },
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
  await using pipeline = await Pipeline.open(() => rules);
  await pipeline.append(joins('anna', 'S1'), joins('anna', 'S2'));
  pipeline.processor.start();
  await until('both', () => pipeline.processed.length === 2);
  const [line, ...more] = pipeline.logs.filter((each) => each.includes('delivery: dead'));
  assert.match(line ?? '', /"level":50.*"rule":"file","destination":"sales".*out of order/);
  assert.deepEqual(more, []);
});

test('a reload takes effect with the next batch', async () => {
  let rules = configuration('  - { id: first, on: participant.joined, send: { to: sales, text: "x" } }\n');
  await using pipeline = await Pipeline.open(() => rules);
  pipeline.processor.start();
  await pipeline.append(joins('anna'));
  await until('one', () => pipeline.processed.length === 1);
  rules = configuration('  - { id: second, on: participant.joined, send: { to: ops, text: "x" } }\n');
  await pipeline.append(joins('ben'));
  await until('two', () => pipeline.processed.length === 2);
  const listed = await pipeline.store.listDeliveries({ limit: 10 });
  assert.deepEqual(
    listed.map(({ rule, destination }) => [rule, destination]),
    [
      ['second', 'ops'],
      ['first', 'sales'],
    ],
  );
});

const read = (): never => {
  throw new Error('must not be read');
};

const request: RawRequest = {
  url: 'https://callboard.example/hooks/meet',
  headers: {},
  body: Buffer.from('{}'),
};

function source(parts: Partial<Source>): Source {
  return {
    name: 'meet',
    type: 'any',
    verify: authentic,
    read: () => ({ kind: 'events', native: 'x', keys: [], events: [{ event: joins('anna'), keys: [] }] }),
    opens: [],
    open: async () => ({ kind: 'gone', reason: 'not asked here' }),
    ...parts,
  };
}

test('a webhook is stored when it is verified and read, and known when it comes again', async () => {
  await using store = await temporaryStore();
  const keys = [{ key: 'meet/1', keepMs: 60_000 }];
  const meet = source({ read: () => ({ kind: 'events', native: 'x', keys, events: [] }) });
  assert.deepEqual(await accept(request, meet, store, at(0)), { kind: 'stored' });
  assert.deepEqual(await accept(request, meet, store, at(1)), { kind: 'duplicate' });
});

test('what is not verified is never read, and what cannot be read is never stored', async () => {
  await using store = await temporaryStore();
  assert.deepEqual(await accept(request, source({ verify: () => refused('no key'), read }), store, at(0)), {
    kind: 'refused',
    reason: 'no key',
  });
  const away = source({ verify: async () => unavailable('keys cannot be loaded'), read });
  assert.equal((await accept(request, away, store, at(0))).kind, 'unavailable');
  const odd = source({ read: () => ({ kind: 'unreadable', reason: 'no JSON' }) });
  assert.deepEqual(await accept(request, odd, store, at(0)), { kind: 'unreadable', reason: 'no JSON' });
  assert.equal((await store.counts()).eventsWaiting, 0);
});

test('a webhook that cannot be kept is no acceptance: it rejects', async () => {
  const store = await temporaryStore();
  await store[Symbol.asyncDispose]();
  await assert.rejects(accept(request, source({}), store, at(0)), StoreUnavailable);
});
