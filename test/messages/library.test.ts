import assert from 'node:assert/strict';
import test from 'node:test';
import { TemplateLibrary } from '#messages/library.ts';
import { render } from '#messages/render.ts';
import { facts } from './setup.ts';

const good = { name: 'good', path: 'templates/good.hbs', text: '---\ntitle: "{{room.name}}"\n---\n' };
const bad = { name: 'bad', path: 'templates/bad.hbs', text: '---\ntitle: "{{{room.name}}}"\n---\n' };

test('a library knows its templates, and what is wrong with each file', () => {
  const library = new TemplateLibrary([good, bad]);
  assert.deepEqual(library.names, ['good', 'bad']);
  assert.deepEqual(
    library.problems.map(({ path, at }) => `${path}:${at.line}:${at.col}`),
    ['templates/bad.hbs:2:9'],
  );
  assert.equal(library.words({ template: 'good' })?.name, 'good');
  assert.equal(library.words({ template: 'bad' }), undefined);
  assert.equal(library.words({ template: 'absent' }), undefined);
  assert.equal(library.words({}), undefined);
});

test('a template is described by its path, the fields it reads and its parts', () => {
  const library = new TemplateLibrary([good, bad]);
  assert.deepEqual(library.describe('good'), {
    path: 'templates/good.hbs',
    uses: [{ path: 'room.name', at: { line: 2, col: 11 } }],
    fields: 0,
    buttons: 0,
  });
  assert.deepEqual(library.describe('bad'), {
    path: 'templates/bad.hbs',
    uses: [],
    fields: 0,
    buttons: 0,
  });
  assert.equal(library.describe('absent'), undefined);
});

test('a text is compiled once', () => {
  const library = new TemplateLibrary([]);
  assert.equal(library.text('{{room.name}}'), library.text('{{room.name}}'));
  assert.deepEqual(library.text('{{room.name').problems.length, 1);
  assert.equal(library.words({ text: '{{room.name' }), undefined);
});

test('a template wins over a text', () => {
  assert.equal(new TemplateLibrary([good]).words({ template: 'good', text: 'x' })?.name, 'good');
});

test('the files that the links of a message open are told, each once', () => {
  const text = [
    '---',
    'title: "{{artifact_link recording}}"',
    'buttons:',
    '  - { text: Open, url: "{{artifact_link recording}}" }',
    '  - { text: None, url: "{{artifact_link hls}}" }',
    '---',
    '',
  ].join('\n');
  const template = new TemplateLibrary([{ name: 'files', path: 'files.hbs', text }]).words({
    template: 'files',
  });
  assert.ok(template);
  const artifact = {
    id: 'a1',
    source: 'meet',
    kind: 'recording',
    reference: { kind: 'recording', recordId: 'rec-1' },
    session: 'S1',
    createdAt: '2026-01-05T09:30:00.000Z',
    expiresAt: '2026-02-05T09:30:00.000Z',
  } as const;
  const asked: unknown[] = [];
  const { message, artifacts } = render(template, facts, {
    timezone: 'UTC',
    artifactLink: (of, target) => {
      asked.push(target);
      assert.equal(of, facts);
      return { url: 'https://callboard.example/a/token', artifact };
    },
  });
  assert.deepEqual([...new Set(asked)], [facts['recording']]);
  assert.deepEqual(artifacts, [artifact]);
  assert.deepEqual(message.buttons, [{ text: 'Open', url: 'https://callboard.example/a/token' }]);
});
