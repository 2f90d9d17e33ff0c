import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { formatDiagnostic } from '#rules/diagnostic.ts';
import { loadVectors } from '#test/vectors.ts';
import { readConfiguration } from '../../src/configuration.ts';
import { announced } from './lint/marks.ts';

const { credentials } = loadVectors('videosdk');
const environment: Readonly<Record<string, string>> = {
  PLUGNMEET_URL: 'https://meet.example.com',
  PLUGNMEET_API_KEY: 'meet-key',
  PLUGNMEET_API_SECRET: 'meet-secret',
  LIVEKIT_API_KEY: 'live-key',
  LIVEKIT_API_SECRET: 'live-secret',
  VIDEOSDK_PUBLIC_KEY: credentials.public_key_spki ?? '',
  SLACK_HOOK: 'https://hooks.slack.com/services/T0/B0/x',
};

const fileOf = (name: string) => join('test', 'fixtures', name);

/** Reads a fixture with the templates that come with the program and those that only the example uses. */
async function read(context: TestContext, name: string) {
  const templates = await mkdtemp(join(tmpdir(), 'callboard-worked-example-'));
  context.after(() => rm(templates, { recursive: true }));
  await cp('templates', templates, { recursive: true });
  await writeFile(
    join(templates, 'recording-missing.hbs'),
    '---\ntitle: "No recording for {{room.name}}"\nstate: failed\n---\n',
  );
  await writeFile(join(templates, 'meeting-card.hbs'), '---\ntitle: "{{room.name}}"\nstate: live\n---\n');
  return readConfiguration({
    rulesFile: fileOf(name),
    templatesFolder: templates,
    lookup: (variable) => environment[variable],
  });
}

test('the worked example loads', async (context) => {
  const { loaded, diagnostics } = await read(context, 'worked-example.yaml');
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors.map(formatDiagnostic), []);
  assert.deepEqual(
    loaded?.rulebook.rules.map(({ id }) => id),
    ['vip-joined', 'recording-ready', 'recording-missing', 'vip-waiting-alone'],
  );
  assert.equal(loaded.rulebook.tests.length, 1);
});

test('what the worked example makes no use of is told, and nothing else', async (context) => {
  const { diagnostics } = await read(context, 'worked-example.yaml');
  const told = diagnostics.filter(({ file }) => file === fileOf('worked-example.yaml'));
  assert.deepEqual(new Set(told.map(({ code }) => code)), new Set(['unused', 'no-effect-yet']));
});

test('every mistake of its broken twin is told at its place, and nothing else', async (context) => {
  const expected = announced(await readFile(fileOf('worked-example-broken.yaml'), 'utf8'));
  assert.ok(new Set(expected.map((each) => each.split(' ')[1])).size >= 40, 'at least 40 kinds of mistake');
  const { loaded, diagnostics } = await read(context, 'worked-example-broken.yaml');
  assert.equal(loaded, undefined);
  const found = diagnostics.map(({ line, col, code }) => `${line}:${col} ${code}`);
  assert.deepEqual(found.toSorted(), expected.toSorted());
});
