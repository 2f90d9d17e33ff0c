import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '../../../src/configuration.ts';

const facts = (count: number) =>
  Array.from({ length: count }, (_, index) => `  Fact ${index}: "{{room.name}}"`).join('\n');
const buttons = (count: number) =>
  Array.from({ length: count }, () => '  - { text: Open, url: "{{room.url}}" }').join('\n');

function told(template: string): readonly string[] {
  const { diagnostics } = loadConfiguration(
    {
      rulesFile: 'rules.yaml',
      rules: `version: 1
sources: { live: { livekit: { keys: { key: "\${SECRET}" }, room_url: "https://meet.example/{{room.id}}" } } }
destinations:
  ops: { slack: { channel: C0OPS0001 } }
  community: { discord: { channel: "112233445566778899" } }
  board: { preview: {} }
rules:
  - { id: a, on: room.ended, send: { to: [ops, community, board], template: wide } }
  - { id: b, on: room.started, send: { to: ops, template: wide } }
`,
      templates: [{ name: 'wide', path: 'wide.hbs', text: template }],
      problems: [],
    },
    () => 'a-value-for-the-tests',
  );
  return diagnostics.map(({ file, severity, code, message }) => `${file} ${severity} ${code}: ${message}`);
}

test('a template with more parts than a platform shows is told once for each platform', () => {
  assert.deepEqual(told(`---\ntitle: T\nfields:\n${facts(10)}\nbuttons:\n${buttons(3)}\n---\n`), []);
  assert.deepEqual(told(`---\ntitle: T\nfields:\n${facts(11)}\n---\n`), [
    'wide.hbs warning too-many-parts: slack shows 10 fields of a message at most, and this template has 11: the last are left out',
  ]);
  const both = told(`---\ntitle: T\nfields:\n${facts(26)}\nbuttons:\n${buttons(4)}\n---\n`);
  assert.equal(both.length, 4);
  assert.match(both.join('\n'), /discord shows 25 fields .* has 26/);
  assert.match(both.join('\n'), /slack shows 3 buttons .* has 4/);
});
