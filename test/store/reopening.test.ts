import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '#store/index.ts';
import { connect } from '#store/sqlite/database.ts';
import { type Store, StoreUnavailable } from '#store/store.ts';
import { temporaryFolder } from '#test/stores.ts';
import {
  at,
  claimIds,
  delivery,
  digest,
  heldDelivery,
  key,
  remember,
  wait,
  webhook,
  window,
} from './samples.ts';

async function refusal(url: string): Promise<Error> {
  return openStore(url).then(
    async (store) => {
      await store[Symbol.asyncDispose]();
      throw new Error('The store opened.');
    },
    (error: unknown) => {
      assert.ok(error instanceof Error);
      return error;
    },
  );
}

const options = { now: () => at(0) };
const claim = (store: Store) => store.claimDeliveries({ now: at(1), limit: 9, leaseMs: 1_000_000 });

test('a store that is opened again has everything, its folder made for it', async () => {
  await using folder = await temporaryFolder();
  const url = `sqlite:${join(folder.path, 'deep', 'er', 'callboard.db')}`;
  {
    await using store = await openStore(url, options);
    await store.append(webhook('e1', { keys: [key('w1')] }));
    await store.enqueue([delivery('d1')]);
    assert.equal(await store.secret('links', () => 'first'), 'first');
  }
  await using store = await openStore(url, options);
  assert.equal((await store.append(webhook('e1', { keys: [key('w1')] }))).kind, 'duplicate');
  assert.deepEqual(await claimIds(store), ['e1']);
  assert.equal(await store.secret('links', () => 'second'), 'first');
  assert.equal((await claim(store))[0]?.id, 'd1');
});

test('what rules remember, and what waits for the end of quiet hours, is there when a store is opened again', async () => {
  await using folder = await temporaryFolder();
  const url = `sqlite:${join(folder.path, 'callboard.db')}`;
  const memos = [wait('alone', 'k'), digest('daily', 'k'), window('often', 'k', { held: 3 })];
  const once = { rule: 'vip', key: 'k' };
  const rules = [{ id: 'alone', meaning: 'm', once: 'o' }];
  {
    await using store = await openStore(url, options);
    await remember(store, { memos, taken: [once] });
    await store.enqueue([heldDelivery('d1', at(1), { rule: 'alone' })]);
    await store.saveDocument('rules', 'version: 1');
    assert.deepEqual(await store.adoptRules(rules), []);
  }
  await using store = await openStore(url, options);
  assert.deepEqual(await store.loadMemory({ sessions: [], memos, once: [once] }), {
    memos,
    held: [once],
    sessions: [],
  });
  assert.deepEqual(await store.nextTimerDue(at(0)), at(60));
  assert.equal(await store.findDocument('rules'), 'version: 1');
  assert.deepEqual(await store.nextDeliveryDue(), at(1));
  const ended = await store.adoptRules(rules.map((each) => ({ ...each, meaning: 'another' })));
  assert.deepEqual(ended, [{ rule: 'alone', reason: 'rule changed', ended: 2 }]);
});

test('what the last process was sending is of unknown fate, and what it was processing waits again', async () => {
  await using folder = await temporaryFolder();
  const url = `sqlite:${join(folder.path, 'callboard.db')}`;
  {
    await using store = await openStore(url, options);
    await store.append(webhook('e1', { session: 'S1' }));
    await store.append(webhook('e2', { session: 'S1' }));
    await store.claimEvents({ now: at(0), limit: 1, leaseMs: 1_000_000 });
    await store.enqueue([delivery('d1'), delivery('d2')]);
    assert.equal((await claim(store))[0]?.before, 'waiting');
  }
  await using store = await openStore(url, options);
  assert.deepEqual((await store.listDeliveries({ states: ['unknown'], limit: 9 }))[0]?.id, 'd1');
  assert.deepEqual(
    (await claim(store)).map(({ id, before, attempts }) => [id, before, attempts]),
    [['d1', 'unknown', 1]],
  );
  const claimed = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 1000 });
  assert.deepEqual(
    claimed.map(({ event, failures }) => [event.event.id, failures]),
    [
      ['e1', 1],
      ['e2', 0],
    ],
  );
});

test('in memory everybody has a store of his own, and nothing is kept', async () => {
  await using store = await openStore('sqlite::memory:', options);
  await using other = await openStore('sqlite::memory:', options);
  await store.append(webhook('e1'));
  assert.deepEqual(await claimIds(other), []);
  assert.deepEqual(await claimIds(store), ['e1']);
});

test('a file that is in use is refused with its name', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'callboard.db');
  await using store = await openStore(`sqlite:${path}`);
  const error = await refusal(`sqlite:${path}`);
  assert.ok(error instanceof StoreUnavailable);
  assert.match(error.message, /callboard\.db: another Callboard seems to use it/);
  assert.equal((await store.append(webhook('e1'))).kind, 'stored');
});

test('a file that is no database is refused and stays as it is', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'notes.txt');
  await writeFile(path, 'Buy milk. '.repeat(1000));
  const error = await refusal(`sqlite:${path}`);
  assert.ok(error instanceof StoreUnavailable);
  assert.match(error.message, /notes\.txt: it is not a SQLite database/);
});

test("another program's database is refused", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'other.db');
  const other = connect(path, 0);
  other.exec('CREATE TABLE customers (name TEXT)');
  other.close();
  assert.match((await refusal(`sqlite:${path}`)).message, /other\.db: it belongs to another program/);
});

test('a file of a newer version is refused', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'callboard.db');
  await (await openStore(`sqlite:${path}`))[Symbol.asyncDispose]();
  const newer = connect(path, 0);
  newer.exec('PRAGMA user_version = 999');
  newer.close();
  assert.match((await refusal(`sqlite:${path}`)).message, /a newer Callboard wrote it \(format 999/);
});

test('a folder in place of the file, and a file in place of its folder, are refused', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'callboard.db');
  await mkdir(path);
  assert.match((await refusal(`sqlite:${path}`)).message, /callboard\.db: it is a folder/);
  await writeFile(join(folder.path, 'file'), '');
  const below = await refusal(`sqlite:${join(folder.path, 'file', 'callboard.db')}`);
  assert.ok(below instanceof StoreUnavailable);
  assert.match(below.message, /Cannot open the database .*callboard\.db: /);
});

test('an address that names no store is refused, and never repeated', async () => {
  assert.match((await refusal('postgres://me:hunter2@db/x')).message, /Postgres is not supported yet/);
  for (const url of ['mysql://me:hunter2@db/x', 'hunter2', 'sqlite:', '']) {
    const error = await refusal(url);
    assert.match(error.message, /write sqlite:PATH/);
    assert.doesNotMatch(error.message, /hunter2/);
  }
});
