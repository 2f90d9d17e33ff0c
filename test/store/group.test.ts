import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { openSqlite } from '#store/sqlite/engine.ts';
import { prepareGroup } from '#store/sqlite/group.ts';
import { openDatabase } from '#store/sqlite/open.ts';
import { prepareOperations, type Request } from '#store/sqlite/operations.ts';
import { packWebhook } from '#store/sqlite/packing.ts';
import type { WorkerSettings } from '#store/sqlite/protocol.ts';
import { StoreUnavailable } from '#store/store.ts';
import { temporaryFolder, temporaryStore } from '#test/stores.ts';
import { at, claimIds, delivery, key, webhook } from './samples.ts';

/** Transactions in a write-ahead log: a frame that ends one says how many pages the file has, https://www.sqlite.org/fileformat2.html#walformat */
async function countCommits(path: string): Promise<number> {
  const log = await readFile(`${path}-wal`);
  const pageSize = log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let frame = 32; frame + 24 + pageSize <= log.length; frame += 24 + pageSize) {
    if (!log.subarray(frame + 8, frame + 16).equals(salt)) break;
    if (log.readUInt32BE(frame + 4) !== 0) commits += 1;
  }
  return commits;
}

function hundredAppends(run: number): Request[] {
  return Array.from({ length: 100 }, (_, index) => ['append', packWebhook(webhook(`e${run}/${index}`))]);
}

test('what arrives while one transaction runs is written in the next, all together', async () => {
  await using folder = await temporaryFolder();
  const location = join(folder.path, 'callboard.db');
  await using store = await openSqlite({ location });
  const before = await countCommits(location);
  for (let index = 0; index < 10; index++) await store.append(webhook(`alone ${index}`));
  const alone = await countCommits(location);
  assert.equal(alone - before, 10);
  const first = store.append(webhook('first'));
  await nextTurn();
  await Promise.all(Array.from({ length: 300 }, (_, index) => store.append(webhook(`together ${index}`))));
  await first;
  assert.equal((await countCommits(location)) - alone, 2);
  assert.equal((await store.counts()).eventsWaiting, 311);
});

test('an operation that fails leaves the others of its group alone', async () => {
  await using store = await temporaryStore({ now: () => at(0) });
  const broken = delivery('broken', { lane: null as unknown as string });
  const [one, failed, other, claimed] = await Promise.allSettled([
    store.append(webhook('e1', { keys: [key('w1')] })),
    store.enqueue([delivery('half'), broken]),
    store.append(webhook('e2', { keys: [key('w1')] })),
    store.claimKey('k', at(1), at(0)),
  ]);
  assert.deepEqual(one, { status: 'fulfilled', value: { kind: 'stored' } });
  assert.deepEqual(other, { status: 'fulfilled', value: { kind: 'duplicate' } });
  assert.deepEqual(claimed, { status: 'fulfilled', value: true });
  assert.ok(failed.status === 'rejected' && !(failed.reason instanceof StoreUnavailable));
  assert.match(String(failed.reason), /lane/);
  assert.deepEqual(await claimIds(store), ['e1']);
  assert.deepEqual(await store.listDeliveries({ limit: 9 }), []);
});

test('when the disk is full nothing of the group is written, and it works again when there is room', async () => {
  await using folder = await temporaryFolder();
  const database = openDatabase(join(folder.path, 'callboard.db'));
  const run = prepareGroup(database, prepareOperations(database));
  const count = () => {
    const [answer] = run([['counts']]);
    return answer?.kind === 'done' ? answer.value : answer;
  };
  const empty = count();
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  database.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const answers = run(hundredAppends(1));
  assert.equal(answers.length, 100);
  for (const answer of answers) assert.deepEqual(answer, { kind: 'unavailable', reason: 'the disk is full' });
  assert.deepEqual(count(), empty);
  database.exec('PRAGMA max_page_count = 100000');
  assert.ok(run(hundredAppends(2)).every(({ kind }) => kind === 'done'));
  assert.notDeepEqual(count(), empty);
  database.close();
});

test('too many waiting webhooks, or too long ones, are refused at once', async () => {
  await using folder = await temporaryFolder();
  const location = join(folder.path, 'callboard.db');
  await using store = await openSqlite({ location, maxWaiting: { webhooks: 20, characters: 10_000 } });
  const outcomes = async (webhooks: Parameters<typeof store.append>[0][]): Promise<string[]> => {
    const settled = await Promise.allSettled(webhooks.map((each) => store.append(each)));
    return settled.map((each) => {
      if (each.status === 'rejected') assert.ok(each.reason instanceof StoreUnavailable);
      return each.status;
    });
  };
  const many = await outcomes(Array.from({ length: 25 }, (_, index) => webhook(`e${index}`)));
  assert.equal(many.filter((status) => status === 'rejected').length, 5);
  const long = await outcomes(Array.from({ length: 3 }, (_, index) => webhook(`${index}`.repeat(6_000))));
  assert.deepEqual(long, ['fulfilled', 'fulfilled', 'rejected']);
  assert.equal((await store.append(webhook('later'))).kind, 'stored');
  assert.equal((await store.counts()).eventsWaiting, 23);
});

test('when its thread is lost the store refuses what waits, says so, and opens again', async () => {
  await using folder = await temporaryFolder();
  const location = join(folder.path, 'callboard.db');
  const workers: Worker[] = [];
  const startWorker = (settings: WorkerSettings): Worker => {
    const worker = new Worker(new URL('../../src/store/sqlite/worker.ts', import.meta.url), {
      workerData: settings,
    });
    workers.push(worker);
    return worker;
  };
  const told: string[] = [];
  const logger = {
    info: (_: object, text: string) => void told.push(text),
    warn: (_: object, text: string) => void told.push(text),
  };
  await using store = await openSqlite({ location, startWorker, logger });
  await store.append(webhook('kept'));
  assert.deepEqual(await claimIds(store), ['kept']);
  const cut = store.append(webhook('cut'));
  const ended = workers[0]?.terminate();
  await assert.rejects(cut, StoreUnavailable);
  await ended;
  await assert.rejects(store.counts(), StoreUnavailable);
  let isBack = false;
  for (let tries = 0; !isBack && tries < 100; tries++) {
    await delay(50);
    isBack = await store.append(webhook('later')).then(
      () => true,
      () => false,
    );
  }
  assert.ok(isBack);
  assert.equal(workers.length, 2);
  assert.deepEqual(told, ['the store was lost', 'the store is open again']);
  assert.deepEqual(await claimIds(store), ['later']);
});
