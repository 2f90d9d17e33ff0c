import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawRequest, Source } from '#sources/source.ts';
import { authentic, refused, unavailable } from '#sources/verification.ts';
import { StoreUnavailable } from '#store/store.ts';
import { temporaryStore } from '#test/stores.ts';
import { accept } from '../src/pipeline.ts';
import { joins } from './engine/processor-setup.ts';
import { at } from './engine/setup.ts';

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
