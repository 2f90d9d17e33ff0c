import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReplayOrder } from '#receiver/admin.ts';
import { openStore } from '#store/index.ts';
import type { Store } from '#store/store.ts';
import { Replayer, type ReplayerOptions } from '../src/replay.ts';
import { at, configuration, event, everyJoin } from './engine/setup.ts';

const now = at(100_000);

/** A store with this many arrivals, one a second. */
async function storeOf(arrivals: number): Promise<Store> {
  const store = await openStore('sqlite::memory:', { now: () => now });
  const appended = Array.from({ length: arrivals }, (_, second) => {
    const given = event('participant.joined', second, { who: `guest-${second}` });
    return store.append({
      source: 'meet',
      native: 'joined',
      receivedAt: at(second),
      keys: [],
      events: [{ event: given, keys: [] }],
    });
  });
  await Promise.all(appended);
  return store;
}

function replayer(store: ReplayerOptions['store'], more: Partial<ReplayerOptions> = {}): Replayer {
  const rules = configuration(everyJoin);
  let id = 0;
  return new Replayer({
    store,
    configuration: () => rules,
    now: () => now,
    newId: () => `replay-${++id}`,
    signal: new AbortController().signal,
    onEnqueued: () => undefined,
    ...more,
  });
}

const order: ReplayOrder = { since: at(0), to: 'ops', intervalMs: 0, isDryRun: false };

test('the messages of one replay stand in one order in the outbox, apart from those of the meeting', async () => {
  await using store = await storeOf(250);
  const { json } = await replayer(store).replay(order);
  assert.deepEqual(json, { events: 250, messages: 250, rules: { joined: 250 }, unworded: 0 });
  const listed = (await store.listDeliveries({ limit: 1000 })).toReversed();
  assert.deepEqual(
    listed.map(({ eventSequence }) => eventSequence),
    Array.from({ length: 250 }, (_, index) => index + 1),
  );
  const sessions = new Set(listed.map(({ session }) => session));
  assert.deepEqual([...sessions], ['replay replay-1 meet/S1']);
});

test('the same replay again has the same ids', async () => {
  await using store = await storeOf(3);
  await replayer(store).replay(order);
  await replayer(store).replay(order);
  assert.equal((await store.listDeliveries({ limit: 100 })).length, 3);
});

test('a replay of too much stops and says where, and the next goes on from there', async () => {
  await using store = await storeOf(5150);
  const one = replayer(store);
  const { json } = await one.replay({ ...order, isDryRun: true });
  assert.ok('stopped_at' in json && 'messages' in json, JSON.stringify(json));
  assert.deepEqual([json.stopped_at, json.messages], [5000, 5000]);
  const rest = await one.replay({ ...order, since: 5001, isDryRun: true });
  assert.deepEqual(rest.json, { events: 150, messages: 150, rules: { joined: 150 }, unworded: 0 });
});

test('the event loop gets its turn with every page', async () => {
  await using store = await storeOf(2000);
  let turns = 0;
  const turn = () => {
    turns += 1;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  await replayer(store).replay({ ...order, isDryRun: true });
  clearImmediate(next);
  assert.ok(turns >= 20, `${turns} turns`);
});

test('there is one replay at a time, and the next one may begin when it is over', async () => {
  await using store = await storeOf(10);
  const one = replayer(store);
  const [first, second] = await Promise.all([one.replay(order), one.replay(order)]);
  assert.deepEqual([first.status, second.status], [200, 409]);
  assert.equal((await one.replay(order)).status, 200);
});

test('a program that stops ends a replay between two pages', async () => {
  await using store = await storeOf(250);
  const stopping = new AbortController();
  const { json } = await replayer(store, {
    signal: stopping.signal,
    onEnqueued: () => stopping.abort(),
  }).replay(order);
  assert.ok('stopped_at' in json);
  assert.equal(json.stopped_at, 100);
});

test('what comes in after the order is not sent twice', async () => {
  await using store = await storeOf(5);
  const { json } = await replayer(store, { now: () => at(2) }).replay(order);
  assert.deepEqual(json, { events: 3, messages: 3, rules: { joined: 3 }, unworded: 0 });
});

test('a message that cannot be worded is counted, and the others go', async () => {
  await using store = await storeOf(2);
  const rules = configuration(
    `${everyJoin}  - { id: other, on: participant.joined, send: { to: ops, text: "x" } }\n`,
  );
  const library = Object.assign(Object.create(rules.library), {
    words: (send: { text?: string }) => (send.text === 'x' ? undefined : rules.library.words(send)),
  });
  const { json } = await replayer(store, { configuration: () => ({ ...rules, library }) }).replay(order);
  assert.deepEqual(json, { events: 2, messages: 2, rules: { joined: 2 }, unworded: 2 });
});

test('the files that a message links to can be opened', async () => {
  await using store = await storeOf(1);
  const artifact = {
    id: 'file-1',
    source: 'meet',
    kind: 'recording',
    reference: { kind: 'recording', recordId: 'R' },
    session: 'meet/S1',
    createdAt: now.toISOString(),
    expiresAt: at(200_000).toISOString(),
  } as const;
  const file = { id: 'R' };
  const given = event('recording.ready', 5, { more: { recording: file } });
  const webhook = { source: 'meet', native: 'ready', receivedAt: at(5), keys: [] };
  await store.append({ ...webhook, events: [{ event: given, keys: [] }] });
  const rule =
    '  - { id: file, on: recording.ready, send: { to: ops, text: "{{artifact_link recording}}" } }\n';
  const rules = configuration(rule, {
    artifactLink: () => ({ url: 'https://callboard.example/a/token', artifact }),
  });
  await replayer(store, { configuration: () => rules }).replay(order);
  assert.deepEqual(await store.findArtifact('file-1'), artifact);
});
