import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readConfiguration } from '../src/configuration.ts';

const rules = `version: 1
destinations: { ops: { preview: {} } }
rules:
  - { id: ended, on: room.ended, send: { to: ops, template: ended } }
`;
const template = '---\ntitle: "{{room.name}} is over"\n---\nSee you.\n';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes files into a folder of its own and reads them; places come without the folder. */
async function read(context: TestContext, files: Files, prepare = async (_folder: string) => {}) {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-configuration-'));
  context.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'templates'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  await prepare(folder);
  const { loaded, diagnostics } = readConfiguration({
    rulesFile: join(folder, 'rules.yaml'),
    templatesFolder: join(folder, 'templates'),
    lookup: () => undefined,
  });
  const problems = diagnostics.map(({ file, line, col, code, message }) => {
    return `${file.slice(folder.length + 1)}:${line}:${col} ${code}: ${message}`;
  });
  return { loaded, problems };
}

test('rules and templates are read from disk', async (context) => {
  const { loaded, problems } = await read(context, { 'rules.yaml': rules, 'templates/ended.hbs': template });
  assert.deepEqual(problems, []);
  assert.deepEqual(
    loaded?.rulebook.rules.map(({ id }) => id),
    ['ended'],
  );
  assert.deepEqual(loaded?.library.names, ['ended']);
});

test('the rules and templates that come with the program are right', () => {
  const { loaded, diagnostics } = readConfiguration({
    rulesFile: 'rules.yaml',
    templatesFolder: 'templates',
    lookup: () => undefined,
  });
  assert.deepEqual(
    new Set(diagnostics.map(({ code, severity }) => `${severity} ${code}`)),
    new Set(['warning not-set']),
  );
  assert.ok((loaded?.rulebook.rules.length ?? 0) > 5);
});

test('a mistake in a template keeps the rules out too, and stands at its place', async (context) => {
  const { loaded, problems } = await read(context, {
    'rules.yaml': rules,
    'templates/ended.hbs':
      '---\ntitle: "{{room.name}} is over"\ncolour: red\n---\nSee {{{room.name}}} and\n  {{nothing room.name}}\n',
  });
  assert.equal(loaded, undefined);
  assert.equal(problems.length, 3);
  assert.match(problems[0] ?? '', /^templates\/ended\.hbs:3:1 bad-template: "colour" is not a part/);
  assert.match(problems[1] ?? '', /^templates\/ended\.hbs:5:5 bad-template: three braces/);
  assert.match(problems[2] ?? '', /^templates\/ended\.hbs:6:3 bad-template: "nothing" is not a helper/);
});

test('a template that reads what its event never has is told where it does so', async (context) => {
  const { loaded, problems } = await read(context, {
    'rules.yaml': rules,
    'templates/ended.hbs': '---\ntitle: "{{room.name}} is over"\n---\nBye {{participant.name}}\n',
  });
  assert.equal(loaded, undefined);
  assert.deepEqual(problems, [
    'templates/ended.hbs:4:7 field-never-there: room.ended never has participant.name (used by the rule at line 4)',
  ]);
});

test('a mistake in the rules keeps the templates out too', async (context) => {
  const { loaded, problems } = await read(context, {
    'rules.yaml': rules.replace('room.ended', 'room.endet'),
    'templates/ended.hbs': template,
  });
  assert.equal(loaded, undefined);
  assert.deepEqual(problems, [
    'rules.yaml:4:22 unknown-event: there is no event "room.endet"; did you mean "room.ended"?',
  ]);
});

test('a template for one platform is told not to be available yet, and other files are left alone', async (context) => {
  const { problems } = await read(context, {
    'rules.yaml': rules,
    'templates/ended.hbs': template,
    'templates/ended.slack.hbs': template,
    'templates/.ended.hbs': 'an editor left this',
    'templates/README.md': 'hello',
  });
  assert.deepEqual(problems, [
    'templates/ended.slack.hbs:1:1 not-yet: templates for one platform are not available yet',
  ]);
});

test('without a rules file the problems of the templates are told all the same', async (context) => {
  const { loaded, problems } = await read(context, { 'templates/ended.hbs': 'hello' });
  assert.equal(loaded, undefined);
  assert.equal(problems.length, 2);
  assert.match(problems[0] ?? '', /^rules\.yaml:1:1 unreadable: the file cannot be read: it does not exist$/);
  assert.match(problems[1] ?? '', /^templates\/ended\.hbs:1:1 bad-template: /);
});

const unfit: readonly (readonly [
  what: string,
  files: Files,
  prepare: (folder: string) => Promise<void>,
  problem: string,
])[] = [
  [
    'a folder in place of the rules',
    {},
    async (folder) => {
      await mkdir(join(folder, 'rules.yaml'));
    },
    'rules.yaml:1:1 unreadable: the file cannot be read: it is a folder',
  ],
  [
    'a device in place of the rules',
    {},
    (folder) => symlink('/dev/null', join(folder, 'rules.yaml')),
    'rules.yaml:1:1 unreadable: the file cannot be read: it is a device or a pipe',
  ],
  [
    'rules that are no UTF-8',
    { 'rules.yaml': new Uint8Array([0x76, 0xff, 0xfe]) },
    async () => {},
    'rules.yaml:1:1 unreadable: the file cannot be read: it is not UTF-8 text',
  ],
  [
    'rules of ten megabytes',
    { 'rules.yaml': '# x\n'.repeat(2_500_000) },
    async () => {},
    'rules.yaml:1:1 unreadable: the file cannot be read: it is larger than 5 MB',
  ],
  [
    'no folder of templates',
    { 'rules.yaml': 'version: 1\n' },
    (folder) => rm(join(folder, 'templates'), { recursive: true }),
    'templates:1:1 unreadable: the folder of templates cannot be read: it does not exist',
  ],
  [
    'a folder in place of a template',
    { 'rules.yaml': 'version: 1\n' },
    async (folder) => {
      await mkdir(join(folder, 'templates', 'a.hbs'));
    },
    'templates/a.hbs:1:1 unreadable: the file cannot be read: it is a folder',
  ],
];

for (const [what, files, prepare, problem] of unfit) {
  test(`${what}: a problem like any other`, async (context) => {
    const { loaded, problems } = await read(context, files, prepare);
    assert.equal(loaded, undefined);
    assert.deepEqual(problems, [problem]);
  });
}

test('a rules file that is a symbolic link is followed', async (context) => {
  const { loaded } = await read(context, { 'other.yaml': rules, 'templates/ended.hbs': template }, (folder) =>
    symlink(join(folder, 'other.yaml'), join(folder, 'rules.yaml')),
  );
  assert.ok(loaded);
});
