import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, problemsOf, rulebookOf } from './loading.ts';

function errorOf(text: string): string {
  const { rulebook, diagnostics } = load(text);
  assert.equal(rulebook, undefined);
  const [first] = diagnostics;
  return first === undefined ? 'nothing' : `${first.line}:${first.col} ${first.code}: ${first.message}`;
}

const syntaxMistakes: readonly (readonly [what: string, text: string, error: string])[] = [
  ['an empty file', '', '1:1 empty: the file is empty'],
  ['only comments', '# a\n\n# b\n', '1:1 empty: the file is empty'],
  ['only blanks', '  \n\n', '1:1 empty: the file is empty'],
  [
    'a list at the top',
    '- a\n- b\n',
    '1:1 wrong-type: the file must have lines like "key: value", beginning with version: 1',
  ],
  [
    'a text at the top',
    'version\n',
    '1:1 wrong-type: the file must have lines like "key: value", beginning with version: 1',
  ],
  ['a tab', 'version: 1\nlists:\n\ta: [b]\n', '3:1 yaml: a tab is used to indent; use spaces'],
  [
    'a tab after spaces',
    'version: 1\nrules:\n  - id: a\n\ton: b\n',
    '4:1 yaml: a tab is used to indent; use spaces',
  ],
  [
    'braces without quotes',
    'version: 1\nrules:\n  - text: {{room.name}} hi\n',
    '3:25 yaml: a text that begins with {{ must stand in quotes',
  ],
  [
    'braces alone without quotes',
    'version: 1\nlists: { a: [{{room.name}}] }\n',
    '2:15 yaml: a text with {{…}} must stand in quotes',
  ],
  [
    'a colon in a text',
    'version: 1\nrules:\n  - text: over: and out\n',
    '3:11 yaml: a text with ": " in it must stand in quotes; or this line is indented too far',
  ],
  [
    'a reserved first character',
    'version: 1\nrules:\n  - text: @here\n',
    '3:11 yaml: a text that begins with this character must stand in quotes',
  ],
  [
    'a quote that is never closed',
    'version: 1\nlists:\n  a: ["b, c]\nrules: []\n',
    '3:7 yaml: the text that begins here has no closing quote',
  ],
  [
    'a bracket that is never closed',
    'version: 1\nlists: { a: [b }\n',
    '2:16 yaml: a bracket "[" is not closed by "]" before here, or a comma is missing',
  ],
  [
    'a line that is indented wrongly',
    'version: 1\nrules:\n  - id: a\n   on: b\n',
    '4:1 yaml: this line is not indented like those above it, or a "-" is missing at its beginning',
  ],
  [
    'a second document',
    'version: 1\n---\nversion: 1\n',
    '2:1 yaml: the file must not have a second part after a "---" line',
  ],
  [
    'a tag',
    'version: !!js/function 1\n',
    '1:10 yaml: tags such as "!name" are not used here; a text that begins with "!" must stand in quotes',
  ],
  [
    'an anchor that is not there',
    'version: 1\nlists: { a: *b }\n',
    '2:13 yaml: "*b" cannot be used here: there is no anchor "&b" above',
  ],
  [
    'a list that contains itself',
    'version: 1\nlists: { a: &b [*b] }\n',
    '2:17 yaml: "*b" cannot be used here: it contains itself',
  ],
  [
    'a map that contains itself',
    'version: 1\nlists: &a\n  b: *a\n',
    '3:6 yaml: "*a" cannot be used here: it contains itself',
  ],
  ['a key twice', 'version: 1\nversion: 1\n', '2:1 duplicate-key: this key stands here twice: remove one'],
  [
    'a key twice, once in quotes',
    'version: 1\nlists: { 1: [a], "1": [b] }\n',
    '2:18 duplicate-key: this key stands here twice: remove one',
  ],
  ['a list as a key', 'version: 1\n? [a]\n: b\n', '2:3 yaml: a key must be a plain text'],
  [
    'the key that JavaScript treats specially',
    'version: 1\nlists: { __proto__: [a] }\n',
    '2:10 yaml: "__proto__" cannot be used as a key',
  ],
  [
    'a zero byte',
    'version: 1\nlists: { a: ["x\0"] }\n',
    '2:16 control-character: there is an invisible control character here: delete it, and save the file as UTF-8 text',
  ],
];

for (const [what, text, error] of syntaxMistakes) {
  test(`${what} is told in plain words`, () => assert.equal(errorOf(text), error));
}

test('a slip in the syntax is told once a line, and nothing is guessed about the rest', () => {
  assert.deepEqual(problemsOf('version: 1\nrules:\n\t- id: x\n\t  on: room.ended\n'), [
    '3:1 yaml',
    '4:1 yaml',
  ]);
});

test('windows line ends and a byte order mark change nothing', () => {
  assert.deepEqual(problemsOf('\ufeffversion: 1\r\nrules: []\r\nrule: 1\r\n'), ['3:1 unknown-key']);
  assert.deepEqual(problemsOf('\ufeffversion: 1\r\ntimezone: Europe/Berlin\r\n'), []);
});

test('yes and on are texts, as YAML 1.2 says', () => {
  const { rules } = rulebookOf(`version: 1
destinations: { ops: { preview: {} } }
rules: [{ id: yes, on: room.ended, where: { room.id: [on, no, off] }, send: { to: ops, text: hi } }]
`);
  assert.equal(rules[0]?.id, 'yes');
  assert.equal(rules[0]?.where.holds({ room: { id: 'off' } }), true);
});

test('an anchor stands for the last value of that name above it', () => {
  const { rules } = rulebookOf(`version: 1
destinations: { ops: { preview: {} } }
lists: { a: &x [&y one], b: *x, c: [&y two], d: *x, e: [*y] }
rules:
  - { id: a, on: room.ended, where: { room.id: { in_list: d } }, send: { to: ops, text: hi } }
  - { id: b, on: room.ended, where: { room.id: { in_list: e } }, send: { to: ops, text: hi } }
`);
  assert.equal(rules[0]?.where.holds({ room: { id: 'one' } }), true);
  assert.equal(rules[1]?.where.holds({ room: { id: 'two' } }), true);
});

const hostile: readonly (readonly [what: string, text: string])[] = [
  [
    'a billion laughs',
    `version: 1\na: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghijk')
      .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghij'[index]}`).join(',')}]\n`)
      .join('')}`,
  ],
  ['a million brackets', `version: 1\nlists: ${'['.repeat(1_000_000)}`],
  ['two hundred levels', `version: 1\nlists: ${'['.repeat(200)}${']'.repeat(200)}\n`],
  ['ten megabytes', '# x\n'.repeat(2_500_000)],
  ['two million values', `version: 1\nlists: { a: [${'x,'.repeat(2_000_000)}] }\n`],
];

for (const [what, text] of hostile) {
  test(`${what} are refused`, () => {
    const { rulebook, diagnostics } = load(text);
    assert.equal(rulebook, undefined);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['too-large'],
    );
  });
}

test('tens of thousands of keys and anchors take no longer than their number', { timeout: 60_000 }, () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `n${index}`);
  const anchors = names.map((name) => `&${name} x`).join(', ');
  const aliases = names.map((name) => `*${name}`).join(', ');
  const lists = names.map((name) => `  ${name}: []`).join('\n');
  rulebookOf(`version: 1\nlists:\n  a: [${anchors}]\n  b: [${aliases}]\n${lists}\n`);
});
