import assert from 'node:assert/strict';
import test from 'node:test';
import { plainText } from '#domain/message.ts';
import { problemsOf, worded } from './setup.ts';

const whole = `---
title: "{{participant.name}} joined {{room.name}}"
sentence: "{{participant.name}} joined, {{session.present}} are in"
state: live
fields:
  People: "{{session.present}}"
  Team: "{{room.metadata.team}}"
buttons:
  - { text: Open room, url: "{{room.url}}" }
---
Started {{time session.started_at}}.
`;

test('a template words a whole message', () => {
  assert.deepEqual(worded(whole), {
    state: 'live',
    title: [
      { kind: 'text', text: 'Anna', isValue: true },
      { kind: 'text', text: ' joined ' },
      { kind: 'text', text: 'Weekly sync', isValue: true },
    ],
    sentence: [
      { kind: 'text', text: 'Anna', isValue: true },
      { kind: 'text', text: ' joined, ' },
      { kind: 'text', text: '3' },
      { kind: 'text', text: ' are in' },
    ],
    body: [
      {
        kind: 'paragraph',
        line: [
          { kind: 'text', text: 'Started ' },
          { kind: 'time', at: '2026-01-05T08:45:00.000Z', style: 'time', fallback: '08:45 UTC' },
          { kind: 'text', text: '.' },
        ],
      },
    ],
    facts: [
      { label: 'People', value: [{ kind: 'text', text: '3' }] },
      { label: 'Team', value: [{ kind: 'text', text: 'Sales', isValue: true }] },
    ],
    buttons: [{ text: 'Open room', url: 'https://meet.example/room-1' }],
    at: '2026-01-05T09:30:00.000Z',
    room: 'Weekly sync',
  });
});

test('a message is data that survives being stored', () => {
  const message = worded(whole);
  assert.deepEqual(JSON.parse(JSON.stringify(message)), message);
});

test('a title is enough: the sentence repeats it, and the state is attention', () => {
  const message = worded('---\ntitle: "{{room.name}} is live"\n---\n');
  assert.deepEqual(message.sentence, message.title);
  assert.equal(plainText(message.sentence), 'Weekly sync is live');
  assert.equal(message.state, 'attention');
  assert.deepEqual([message.body, message.facts, message.buttons], [[], [], []]);
});

test('a sentence whose words all fall away is the title', () => {
  const message = worded('---\ntitle: News\nsentence: "{{raw.missing}}"\n---\n');
  assert.equal(plainText(message.sentence), 'News');
});

test('a title that spans lines is one line', () => {
  const message = worded('---\ntitle: |\n  one\n  {{room.name}}\n\n  three\n---\n');
  assert.equal(plainText(message.title), 'one Weekly sync three');
});

test('line ends of Windows and a byte order mark do no harm', () => {
  const message = worded(`\ufeff${whole.replaceAll('\n', '\r\n')}`);
  assert.deepEqual(message, worded(whole));
});

test('the name of the room is fit for one line', () => {
  const message = worded('---\ntitle: x\n---\n', { room: { name: `a\u202e\nb${'c'.repeat(100)}` } });
  assert.equal(message.room, `a b${'c'.repeat(56)}…`);
  assert.equal(Object.hasOwn(worded('---\ntitle: x\n---\n', {}), 'room'), false);
});

test('a template without front matter says what it needs', () => {
  const needs =
    '1:1 a template begins with a line "---", its title and other parts in YAML, and another line "---"';
  for (const text of ['', 'Hello', '---\ntitle: x\n', 'x\n---\ntitle: x\n---\n', '----\ntitle: x\n---\n'])
    assert.deepEqual(problemsOf(text), [needs], JSON.stringify(text));
});

test('a front matter without a title says so', () => {
  const needed = 'the part between the two "---" lines needs at least a title';
  assert.deepEqual(problemsOf('---\n---\nHello'), [`2:1 ${needed}`]);
  assert.deepEqual(problemsOf('---\n# nothing\n---\n'), [`2:1 ${needed}`]);
  assert.deepEqual(problemsOf('---\n- a\n- b\n---\n'), [`2:1 ${needed}`]);
  assert.deepEqual(problemsOf('---\nstate: live\n---\n'), ['2:1 a template needs a title']);
});

test('what is wrong in the front matter is told with its place, all of it', () => {
  const text = `---
title: x
titel: y
state: angry
fields: none
buttons:
  - Open
  - { text: Open }
  - { url: "https://a.example" }
sentence: 5
---
`;
  const button = 'a button has a text and a url: { text: "Open room", url: "{{room.url}}" }';
  assert.deepEqual(problemsOf(text).toSorted(), [
    '10:11 this must be a text; put it in quotes if it begins with {{',
    '3:1 "titel" is not a part of a template: there are title, sentence, state, fields, buttons',
    '4:8 state is one of live, attention, ready, warning, failed, ended',
    '5:9 fields is a list of "Label: value" lines',
    `7:5 ${button}`,
    `8:5 ${button}`,
    `9:5 ${button}`,
  ]);
});

test('YAML that is broken is told with its place', () => {
  const broken = {
    '---\ntitle: "x\n---\n': '3:1',
    '---\ntitle: x\nsentence: [\n---\n': '4:1',
    '---\ntitle: x\nstate: live\ntitle: y\n---\n': '4:1',
    '---\ntitle: x: y\n---\n': '2:8',
  };
  for (const [text, place] of Object.entries(broken)) {
    const [first = ''] = problemsOf(text);
    assert.ok(first.startsWith(`${place} this is not valid YAML: `), `${text}${first}`);
  }
});

test('a field without a label and a button with more than text and url are refused', () => {
  assert.deepEqual(problemsOf('---\ntitle: x\nfields:\n  "": a\n  ? [b]\n  : c\n---\n'), [
    '4:3 a field needs a label',
    '5:5 a field needs a label',
  ]);
  assert.deepEqual(problemsOf('---\ntitle: x\nbuttons:\n  - { text: a, url: b, style: red }\n---\n'), [
    '4:24 "style" is not a part of a button: there are text, url',
  ]);
});

test('a value in braces without quotes is not a text, and the message says how to mend it', () => {
  assert.deepEqual(problemsOf('---\ntitle: {{participant.name}}\n---\n'), [
    '2:8 this must be a text; put it in quotes if it begins with {{',
  ]);
});

test('lists, numbers, nothing and aliases are not texts', () => {
  for (const value of ['[a]', '5', 'true', '', '~', '*other', '{ a: b }']) {
    const [problem, ...more] = problemsOf(`---\nstate: live\ntitle: ${value}\n---\n`);
    assert.match(problem ?? '', /^3:\d+ /, value);
    assert.deepEqual(more, [], value);
  }
});

const braces = 'three braces would print a value as markup: use two, {{…}}';

test('what is wrong in a text is placed in the file, however YAML writes the text', () => {
  const places: Readonly<Record<string, string>> = {
    'sentence: ab {{{x}}}': '3:14',
    'sentence:    ab {{{x}}}': '3:17',
    'sentence: "ab {{{x}}}"': '3:15',
    "sentence: 'ab {{{x}}}'": '3:15',
    "sentence: 'it''s {{{x}}}'": '3:18',
    'sentence: "a \\"b\\" \\u00e9 {{{x}}}"': '3:27',
    'sentence: |\n  one\n  two {{{x}}}': '5:7',
    'sentence: >-\n    one\n    two {{{x}}}': '5:9',
    'sentence: "one\n  two {{{x}}}"': '4:7',
    'sentence: one\n  two {{{x}}}': '4:7',
    'fields:\n  Label: "ab {{{x}}}"': '4:14',
    'buttons:\n  - { text: "ab {{{x}}}", url: "https://a.example" }': '4:17',
    'buttons:\n  - text: Open\n    url: https://a.example/{{{x}}}': '5:28',
  };
  for (const [part, place] of Object.entries(places)) {
    assert.deepEqual(problemsOf(`---\ntitle: x\n${part}\n---\n`), [`${place} ${braces}`], part);
    const crlf = `---\ntitle: x\n${part}\n---\n`.replaceAll('\n', '\r\n');
    assert.deepEqual(problemsOf(crlf), [`${place} ${braces}`], `CRLF ${part}`);
  }
});

test('what is wrong in the body is placed in the file', () => {
  assert.deepEqual(problemsOf('---\ntitle: x\n---\n{{{a}}}\n\n  {{{b}}}'), [
    `4:1 ${braces}`,
    `6:3 ${braces}`,
  ]);
  assert.deepEqual(problemsOf('---\r\ntitle: x\r\n---\r\n\r\n {{{a}}}'), [`5:2 ${braces}`]);
});

test('a block that is not closed is told with the line where the text ends', () => {
  const reason = 'this is not a valid template: a block is not closed, {{#if …}} needs its {{/if}}';
  assert.deepEqual(problemsOf('---\ntitle: x\n---\none\n{{#if room.id}}\ntwo'), [`6:1 ${reason}`]);
});

test('a block that another closes is told with the place where it opens', () => {
  const reason = "this is not a valid template: if doesn't match each";
  assert.deepEqual(problemsOf('---\ntitle: x\n---\none\n {{#if room.id}}\n{{/each}}'), [`5:5 ${reason}`]);
});

test('braces that hold nonsense are told with their line', () => {
  const reason = 'this is not a valid template: check the text between {{ and }}';
  for (const nonsense of ['{{room.id', '{{room..id}', '{{&}}', '{{}}', '{{ room.id ! }}', '{{else}}'])
    assert.deepEqual(problemsOf(`---\ntitle: x\n---\n\n${nonsense}`), [`5:1 ${reason}`], nonsense);
});
