import assert from 'node:assert/strict';
import test from 'node:test';
import { plainText } from '#domain/message.ts';
import { TemplateLibrary } from '#messages/library.ts';
import { render } from '#messages/render.ts';
import { bodyOf, facts, shown, tools, worded } from './setup.ts';

function factLabels(fields: string): readonly string[] {
  return worded(`---\ntitle: x\nfields:\n${fields}\n---\n`).facts.map(({ label }) => label);
}

function buttonTexts(buttons: string): readonly string[] {
  return worded(`---\ntitle: x\nbuttons:\n${buttons}\n---\n`).buttons.map(({ text }) => text);
}

/** What a reader sees of a body, block by block. */
function bodyLines(markdown: string): readonly string[] {
  return bodyOf(markdown).flatMap((block) =>
    block.kind === 'list' ? block.items.map(plainText) : [plainText(block.line)],
  );
}

test('a fact whose values are all missing goes with its label', () => {
  assert.deepEqual(factLabels('  Here: "{{room.name}}"\n  Gone: "{{raw.missing}}"'), ['Here']);
  assert.deepEqual(factLabels('  Gone: "about {{raw.missing}} {{duration raw.missing}} long"'), []);
  assert.deepEqual(factLabels('  Gone: "{{#if raw.missing}}yes{{/if}}"\n  Also gone: "  "'), []);
});

test('a fact stays while one of its values is there, and one without values always stays', () => {
  assert.deepEqual(factLabels('  One: "{{raw.missing}} of {{room.name}}"\n  Fixed: "always"'), [
    'One',
    'Fixed',
  ]);
  assert.deepEqual(factLabels('  Zero: "{{default raw.missing 0}}"\n  No: "{{eq 1 2}}"'), ['Zero', 'No']);
});

test('a value that shows nothing counts as missing', () => {
  const message = worded('---\ntitle: x\nfields:\n  Gone: "{{raw.blank}}"\n---\n', {
    raw: { blank: ' \u200b\u200d\u3164 ' },
  });
  assert.deepEqual(message.facts, []);
});

test('a line of the body whose values are all missing goes with its words', () => {
  const lines =
    'Room: {{room.name}}\n\nError: {{raw.missing}}\n\n- {{raw.missing}} left\n- {{participant.name}} came';
  assert.deepEqual(bodyLines(lines), ['Room: Weekly sync', 'Anna came']);
  assert.deepEqual(bodyLines('> {{raw.missing}}\n\n# {{raw.missing}}\n\n[Open]({{raw.missing}})'), []);
});

test('a list whose items are all missing is no list', () => {
  assert.deepEqual(bodyOf('- {{raw.missing}}\n- {{#if raw.missing}}x{{/if}}\n'), []);
});

test('a button without an address or without words goes', () => {
  const buttons = [
    '  - { text: Join, url: "{{room.url}}" }',
    '  - { text: Gone, url: "{{recording.url}}" }',
    '  - { text: "{{raw.missing}}", url: "{{room.url}}" }',
    '  - { text: Relative, url: "/a/b" }',
    '  - { text: Script, url: "javascript:alert(1)" }',
    '  - { text: "Open {{room.name}}", url: "https://a.example" }',
  ].join('\n');
  assert.deepEqual(buttonTexts(buttons), ['Join', 'Open Weekly sync']);
});

test('a missing name prints the id, in loops and blocks too', () => {
  const nameless = { participant: { id: 'anna-1' } };
  assert.equal(shown('{{participant.name}}', nameless), 'anna-1');
  assert.equal(shown('{{#with participant}}{{name}}{{/with}}', nameless), 'anna-1');
  assert.equal(shown('{{#if participant.name}}{{upper participant.name}}{{/if}}', nameless), 'ANNA-1');
});

test('a name that shows nothing prints the id', () => {
  for (const name of ['', '   ', '\u200d', '\u202e\u2800'])
    assert.equal(shown('{{participant.name}}', { participant: { id: 'anna-1', name } }), 'anna-1');
});

test('somebody with neither a name nor an id prints nothing', () => {
  assert.equal(shown('{{participant.name}}', { participant: { sid: 'c1' } }), '');
  assert.equal(shown('{{participant.name}}', {}), '');
});

test('words like undefined, null or object never show', () => {
  const all = '{{raw.missing}} {{raw.list}} {{this}} {{raw.missing.deeper}} {{upper raw.missing}}';
  const message = worded(`---\ntitle: "${all}"\nfields:\n  F: "${all}"\n---\n${all}`, { ...facts, room: {} });
  assert.doesNotMatch(JSON.stringify(message), /undefined|null|object Object|NaN/);
});

test('a text of a rule is a message of one sentence', () => {
  const library = new TemplateLibrary([]);
  const text = '⏳ {{participant.name}} is alone in\n{{room.name}}';
  const template = library.words({ text });
  assert.ok(template);
  const { message } = render(template, facts, tools);
  assert.deepEqual(message.title, []);
  assert.equal(plainText(message.sentence), '⏳ Anna is alone in Weekly sync');
  assert.equal(message.state, 'attention');
  assert.deepEqual([message.body, message.facts, message.buttons], [[], [], []]);
});
