import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openStore } from '#store/index.ts';
import { temporaryFolder } from '#test/stores.ts';
import { at, wait } from './samples.ts';

const appender = fileURLToPath(new URL('./appender.ts', import.meta.url));
const settler = fileURLToPath(new URL('./settler.ts', import.meta.url));

/** Runs a process that writes, kills it in the middle of its work, and tells what it had acknowledged. */
async function acknowledgedUntilKilled(
  program: string,
  path: string,
  run: number,
  enough: number,
): Promise<string[]> {
  const child = spawn(process.execPath, [program, path, String(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    printed += text;
    if (printed.split('\n').length > enough) child.kill('SIGKILL');
  });
  await once(child, 'close');
  assert.equal(child.signalCode, 'SIGKILL');
  return printed.split('\n').slice(0, -1);
}

test('what was acknowledged is there after the process was killed, twenty times over', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'callboard.db');
  const acknowledged: string[] = [];
  for (let run = 0; run < 20; run++) {
    acknowledged.push(...(await acknowledgedUntilKilled(appender, path, run, 1 + run * 7)));
  }
  assert.ok(acknowledged.length > 1000);
  await using store = await openStore(`sqlite:${path}`);
  const claimed = await store.claimEvents({ now: at(0), limit: 1_000_000, leaseMs: 1000 });
  const ids = claimed.map(({ event }) => event.event.id ?? '');
  const kept = new Set(ids);
  assert.equal(kept.size, ids.length);
  assert.deepEqual(
    acknowledged.filter((id) => !kept.has(id)),
    [],
  );
});

test('what an event came to is there whole or not at all after the process was killed', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'callboard.db');
  const acknowledged: string[] = [];
  for (let run = 0; run < 8; run++) {
    acknowledged.push(...(await acknowledgedUntilKilled(settler, path, run, 1 + run * 5)));
  }
  assert.ok(acknowledged.length > 100);
  await using store = await openStore(`sqlite:${path}`, { now: () => at(0) });
  const waiting = await store.claimEvents({ now: at(0), limit: 1_000_000, leaseMs: 1000 });
  const unfinished = new Set(waiting.map(({ sequence }) => sequence));
  const events = await store.listEvents({ after: 0, since: at(0), limit: 1_000_000 });
  const finished: string[] = [];
  for (const { sequence, event } of events) {
    const id = event.event.id ?? '';
    const isFinished = !unfinished.has(sequence);
    if (isFinished) finished.push(id);
    const memos = [wait('alone', id)];
    const once = [{ rule: 'vip', key: id }];
    const memory = await store.loadMemory({ sessions: [], memos, once });
    const found = [
      (await store.findDelivery(id)) !== undefined,
      memory.memos.length === 1,
      memory.held.length === 1,
      (await store.listDecisions(sequence)).length === 1,
    ];
    assert.deepEqual(found, [isFinished, isFinished, isFinished, isFinished], id);
  }
  const kept = new Set(finished);
  assert.deepEqual(
    acknowledged.filter((id) => !kept.has(id)),
    [],
  );
});

test('a second process is refused, and the first goes on', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'callboard.db');
  await using store = await openStore(`sqlite:${path}`);
  const child = spawn(process.execPath, [appender, path, '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    errors += text;
  });
  await once(child, 'close');
  assert.equal(child.exitCode, 1);
  assert.match(
    errors,
    /StoreUnavailable: Cannot open the database .*callboard\.db: another Callboard seems to use it/,
  );
  assert.equal((await store.counts()).eventsWaiting, 0);
});
