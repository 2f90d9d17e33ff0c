import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Loaded } from '#rehearsal/stage.ts';
import { createLogger } from '#runtime/logger.ts';
import { OperatorError } from '#runtime/operator-error.ts';
import { Redactor } from '#runtime/redactor.ts';
import { temporaryStore } from '#test/stores.ts';
import { type ConfigurationTexts, loadConfiguration } from '../src/configuration.ts';
import { Reloader } from '../src/reload.ts';

const file = (command: string): ConfigurationTexts => ({
  rulesFile: 'rules.yaml',
  rules: `version: 1\ncommand: ${command}\n`,
  templates: [],
  problems: [],
});

/** A reloader on a real store, with files that are handed in. */
async function setUp(adopt: (loaded: Loaded) => void = () => undefined) {
  const store = await temporaryStore();
  const logs: string[] = [];
  const write = (line: string) => void logs.push(line);
  const logger = await createLogger({ level: 'debug', format: 'json', redactor: new Redactor(), write });
  const told: (string | undefined)[] = [];
  const files = { now: file('/one') };
  const reloader = () =>
    new Reloader({
      store,
      logger,
      read: () => files.now,
      load: (texts) => loadConfiguration(texts, () => undefined),
      adopt: async (loaded) => {
        adopt(loaded);
        return [];
      },
      onResult: (problem) => void told.push(problem),
    });
  return { store, logs, told, files, reloader };
}

test('what is kept for a start with a broken file is what was checked, not what stands there by then', async () => {
  const { store, files, reloader } = await setUp();
  await using _store = store;
  const first = reloader();
  assert.equal((await first.first()).rulebook.command, '/one');
  files.now = file('not a command');
  await first.started();
  const second = reloader();
  assert.equal((await second.first()).rulebook.command, '/one');
  assert.match(second.problem ?? '', /rules\.yaml:2:10 a command begins with/);
});

test('without any rules that worked it does not start', async () => {
  const { store, files, reloader } = await setUp();
  await using _store = store;
  files.now = file('not a command');
  await assert.rejects(reloader().first(), OperatorError);
});

test('rules that the store does not take now are a problem that shows, until they are taken', async () => {
  let isAway = true;
  const { store, told, files, reloader } = await setUp(() => {
    if (isAway) throw new Error('the disk is full');
  });
  await using _store = store;
  const it = reloader();
  await it.first();
  await it.started();
  files.now = file('/two');
  assert.equal((await it.reload('test')).kind, 'failed');
  assert.equal(it.problem, 'the rules could not be taken: the disk is full');
  isAway = false;
  assert.equal((await it.reload('test')).kind, 'taken');
  assert.equal(it.problem, undefined);
  assert.deepEqual(told, [undefined, 'the rules could not be taken: the disk is full', undefined]);
});

test('reloads come one after the other, and the last one counts', async () => {
  const taken: string[] = [];
  const { store, files, reloader } = await setUp(({ rulebook }) => void taken.push(rulebook.command));
  await using _store = store;
  const it = reloader();
  await it.first();
  await it.started();
  const results = ['/two', '/three'].map((command) => {
    files.now = file(command);
    return it.reload('test');
  });
  assert.deepEqual(
    (await Promise.all(results)).map(({ kind }) => kind),
    ['taken', 'taken'],
  );
  assert.equal(taken.at(-1), '/three');
});
