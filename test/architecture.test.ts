import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  circles,
  type Files,
  longFiles,
  platformQuestions,
  readSources,
  unlisted,
  unrankedFolders,
  wrongDirections,
} from '#test/architecture.ts';

const files = readSources(process.cwd());
const planted = (added: Record<string, string>): Files => new Map([...files, ...Object.entries(added)]);

test('there are files to look at', () => {
  assert.ok(files.size > 50, `${files.size} files`);
});

test('imports point down only', () => {
  assert.deepEqual(wrongDirections(files), []);
});

test('an import that goes up, sideways or across a border without # is found', () => {
  const found = wrongDirections(
    planted({
      'src/domain/up.ts': "import { x } from '#rules/load.ts';\n",
      'src/rules/sideways.ts': "import type { x } from '#messages/library.ts';\n",
      'src/links/dynamic.ts': "const x = await import('#receiver/http.ts');\n",
      'src/outbox/across.ts': "import { x } from '../store/store.ts';\n",
      'src/receiver/top.ts': "import { x } from '../pipeline.ts';\n",
      'src/housekeeping.ts': "import { x } from './app.ts';\n",
    }),
  );
  for (const file of [
    'domain/up',
    'rules/sideways',
    'links/dynamic',
    'outbox/across',
    'receiver/top',
    'housekeeping',
  ]) {
    assert.ok(
      found.some((line) => line.startsWith(`src/${file}.ts`)),
      file,
    );
  }
});

test('every folder has its place', () => {
  assert.deepEqual(unrankedFolders(files), []);
  assert.deepEqual(unrankedFolders(planted({ 'src/utils/x.ts': '' })), ['utils']);
});

test('no imports go in circles', () => {
  assert.deepEqual(circles(files), []);
});

test('a circle is found', () => {
  const found = circles(
    planted({
      'src/links/a.ts': "import { b } from './b.ts';\n",
      'src/links/b.ts': "import type { a } from './a.ts';\n",
    }),
  );
  assert.deepEqual(found, ['src/links/a.ts → src/links/b.ts → src/links/a.ts']);
});

test('no file is longer than 300 lines', () => {
  assert.deepEqual(longFiles(files), []);
  assert.deepEqual(longFiles(planted({ 'src/links/long.ts': 'x;\n'.repeat(301) })), [
    'src/links/long.ts has 301 lines',
  ]);
});

test('every source and destination stands in its list', () => {
  const sources = unlisted(files, 'sources', 'SourceType');
  const destinations = unlisted(files, 'destinations', 'DestinationType');
  assert.deepEqual([sources.missing, destinations.missing], [[], []]);
  assert.ok(
    sources.seen >= 4 && destinations.seen >= 3,
    `${sources.seen} sources, ${destinations.seen} destinations`,
  );
});

test('a source that stands in no list is found', () => {
  const { missing } = unlisted(
    planted({ 'src/sources/zoom.ts': 'export const zoom: SourceType<X> = {};\n' }),
    'sources',
    'SourceType',
  );
  assert.deepEqual(missing, ['zoom']);
});

test('shared code never asks which platform it is', () => {
  assert.deepEqual(platformQuestions(files), []);
  assert.deepEqual(platformQuestions(planted({ 'src/outbox/x.ts': "if (type === 'slack') go();\n" })), [
    'src/outbox/x.ts',
  ]);
});
