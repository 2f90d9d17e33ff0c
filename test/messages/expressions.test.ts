import assert from 'node:assert/strict';
import test from 'node:test';
import { plainText } from '#domain/message.ts';
import { TemplateLibrary } from '#messages/library.ts';
import { bodyOf, facts, problemsOf, shown, worded } from './setup.ts';

/** Problems of a body's first line, without their place. */
function refusals(line: string): readonly string[] {
  return problemsOf(`---\ntitle: x\n---\n${line}`).map((problem) => problem.replace(/^4:\d+ /, ''));
}

test('what would print a value raw is refused', () => {
  const reason = 'three braces would print a value as markup: use two, {{…}}';
  for (const raw of [
    '{{{room.name}}}',
    '{{&room.name}}',
    '{{& room.name}}',
    '{{{upper room.name}}}',
    '{{~{room.name}~}}',
  ])
    assert.deepEqual(refusals(raw), [reason], raw);
});

test('partials and decorators are refused', () => {
  const reason = 'partials and decorators are not available here';
  const written = [
    '{{> other}}',
    '{{> (lookup . "x")}}',
    '{{#> other}}x{{/other}}',
    '{{* other}}',
    '{{#*inline "x"}}y{{/inline}}',
  ];
  for (const text of written) assert.deepEqual(refusals(text), [reason], text);
});

test('only the blocks that there are can be opened', () => {
  for (const name of [
    'room',
    'log',
    'lookup',
    'helperMissing',
    'blockHelperMissing',
    'upper',
    'this',
    'raw.list',
  ])
    assert.deepEqual(refusals(`{{#${name} x}}y{{/${name}}}`), [
      `{{#${name}}} is not a block: there are #if, #unless, #each, #with`,
    ]);
  assert.match(refusals('{{^room}}x{{/room}}')[0] ?? '', /is not a block/);
  assert.match(refusals('{{{{room}}}}x{{{{/room}}}}')[0] ?? '', /is not a block/);
  assert.match(refusals('{{#5}}x{{/5}}')[0] ?? '', /is not a block/);
});

test('a block takes exactly one value', () => {
  for (const name of ['if', 'unless', 'each', 'with']) {
    const reason = `{{#${name}}} takes one value, such as {{#${name} recording.seconds}}`;
    assert.deepEqual(refusals(`{{#${name}}}x{{/${name}}}`), [reason]);
    assert.deepEqual(refusals(`{{#${name} room.id room.name}}x{{/${name}}}`), [reason]);
  }
});

test('only the helpers that there are can be called, wherever the call stands', () => {
  const calls = [
    '{{nope room.id}}',
    '{{nope x=1}}',
    '{{upper (nope room.id)}}',
    '{{#if (nope room.id)}}x{{/if}}',
    '{{#if room.id includeZero=(nope 1)}}x{{/if}}',
    '{{link room.url text=(nope 1)}}',
    '{{upper ("nope" 1)}}',
    '{{#if room.id}}{{#each raw.list}}{{nope this}}{{/each}}{{/if}}',
    '{{#if room.id}}{{else if (nope 1)}}{{/if}}',
  ];
  for (const call of calls) {
    const [reason, ...more] = refusals(call);
    assert.match(reason ?? '', /^"nope" is not a helper: there are date, time, /, call);
    assert.deepEqual(more, [], call);
  }
  for (const name of [
    'lookup',
    'log',
    'callboard_value',
    'helperMissing',
    'each',
    'if',
    'room.upper',
    'this.upper',
    '@upper',
  ])
    assert.match(refusals(`{{${name} room.id "x"}}`)[0] ?? '', /is not a helper/, name);
});

test('a link to a file names one of the objects that have files, or an item inside a block', () => {
  const reason =
    'artifact_link takes recording, artifact, transcript, hls or an item of a block: {{artifact_link recording}}';
  for (const refused of [
    '{{artifact_link room}}',
    '{{artifact_link participant}}',
    '{{artifact_link recording.url}}',
    '{{artifact_link recording.files}}',
    '{{artifact_link raw.recording}}',
    '{{artifact_link this}}',
    '{{artifact_link @root.room}}',
    '{{artifact_link "recording"}}',
    '{{artifact_link (default recording artifact)}}',
    '{{artifact_link}}',
    '{{artifact_link text="Open"}}',
    '{{upper (artifact_link room)}}',
    '{{#if room.id}}{{artifact_link room}}{{/if}}',
    '{{#each raw.list}}x{{else}}{{artifact_link this}}{{/each}}',
    '{{#with recording}}{{artifact_link @root.room}}{{/with}}',
    '{{#with recording}}{{artifact_link "this"}}{{/with}}',
  ])
    assert.deepEqual(refusals(refused), [reason], refused);
  for (const taken of [
    '{{artifact_link recording}}',
    '{{artifact_link artifact text=room.name}}',
    '{{artifact_link this.hls}}',
    '{{artifact_link @root.recording}}',
    '{{#if recording}}{{artifact_link recording}}{{/if}}',
    '{{#each recording.files}}{{artifact_link this}}{{artifact_link @root.recording}}{{/each}}',
    '{{#each recording.files as |file|}}{{artifact_link file}}{{/each}}',
    '{{#with recording}}{{artifact_link files.[0]}}{{/with}}',
  ])
    assert.deepEqual(refusals(taken), [], taken);
});

test('nothing above the event and nothing of the program can be named', () => {
  for (const path of ['../room', '../../room.id', '@../index']) {
    assert.deepEqual(refusals(`{{${path}}}`), ['"../" is not available here'], path);
    assert.deepEqual(
      refusals(`{{#each raw.list}}{{upper ${path}}}{{/each}}`),
      ['"../" is not available here'],
      path,
    );
  }
  for (const path of ['@rendering', '@rendering.context.timezone', '@level', '@partial-block', '@foo'])
    for (const use of [
      `{{${path}}}`,
      `{{upper ${path}}}`,
      `{{#if ${path}}}x{{/if}}`,
      `{{#each raw.list}}{{${path}}}{{/each}}`,
    ])
      assert.deepEqual(
        refusals(use),
        [`"${path}" is not available here: there are @index, @key, @first, @last, @root`],
        use,
      );
});

test('what objects inherit prints nothing and runs nothing', () => {
  const paths = [
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'constructor.constructor',
    'constructor.name',
  ];
  for (const path of [
    ...paths,
    ...paths.map((each) => `room.${each}`),
    ...paths.map((each) => `@root.${each}`),
  ]) {
    assert.equal(shown(`{{${path}}}`), '', path);
    assert.equal(shown(`{{#if ${path}}}there{{/if}}`), '', path);
    assert.equal(shown(`{{#with ${path}}}there{{/with}}{{#each ${path}}}there{{/each}}`), '', path);
    assert.equal(shown(`{{upper ${path}}}`), '', path);
  }
  assert.equal(shown('{{room.name.constructor.name}}{{room.name.toUpperCase}}{{raw.list.map}}'), '');
});

test('a field that holds several values must say which one', () => {
  assert.deepEqual(refusals('{{room.metadata}}'), [
    'room.metadata holds several values: name the one to print, such as room.metadata.name',
  ]);
  assert.deepEqual(refusals('{{@root.recording.files}}'), [
    'recording.files holds several values: name the one to print, such as recording.files.name',
  ]);
  assert.deepEqual(refusals('{{room.metadata.team}} {{#with room.metadata}}{{team}}{{/with}}'), []);
});

test('if, unless and else choose by what is there', () => {
  assert.equal(shown('{{#if room.name}}a{{else}}b{{/if}}'), 'a');
  assert.equal(shown('{{#if raw.missing}}a{{else}}b{{/if}}'), 'b');
  assert.equal(shown('{{#unless raw.missing}}a{{else}}b{{/unless}}'), 'a');
  assert.equal(shown('{{^if raw.missing}}a{{/if}}'), 'a');
  assert.equal(shown('{{#if raw.missing}}a{{else if room.id}}b{{else}}c{{/if}}'), 'b');
  assert.equal(shown('{{#if raw.zero}}a{{else}}b{{/if}}', { raw: { zero: 0 } }), 'b');
  assert.equal(shown('{{#if raw.zero includeZero=true}}a{{else}}b{{/if}}', { raw: { zero: 0 } }), 'a');
  assert.equal(shown('{{#if raw.nothing}}a{{else}}b{{/if}}'), 'b');
});

test('each and with open what a field holds', () => {
  assert.equal(shown('{{#each raw.list}}{{@index}}:{{name}} {{/each}}'), '0:one 1:two');
  assert.equal(shown('{{#each raw.list}}{{name}}{{#unless @last}}, {{/unless}}{{/each}}'), 'one, two');
  assert.equal(shown('{{#each room.metadata.tags}}{{this}}{{/each}}'), 'abcde');
  assert.equal(shown('{{#each raw.nothing}}a{{else}}none{{/each}}'), 'none');
  assert.equal(shown('{{#each room.metadata.tags as |tag place|}}{{place}}{{tag}}{{/each}}'), '0a1b2c3d4e');
  assert.equal(
    shown('{{#with participant}}{{name}}{{/with}}{{#with raw.missing}}a{{else}}none{{/with}}'),
    'Annanone',
  );
  assert.equal(shown('{{#each raw.list}}{{@root.room.name}} {{/each}}'), 'Weekly sync Weekly sync');
});

test('loops and blocks over values of another type print nothing', () => {
  assert.equal(shown('{{#each room.name}}a{{/each}}{{#each session.present}}a{{/each}}'), '');
  assert.equal(shown('{{#with session.present}}{{this}}{{name}}{{/with}}'), '3');
});

test('the words of a loop over keys are values too', () => {
  const [piece] = worded('---\ntitle: "{{#each raw.map}}{{@key}}{{/each}}"\n---\n', {
    raw: { map: { '<!here>': 1 } },
  }).title;
  assert.deepEqual(piece, { kind: 'text', text: '<!here>', isValue: true });
});

test('comments are not shown', () => {
  assert.equal(shown('a{{! one }}b{{!-- two }} --}}c'), 'abc');
});

test('a template knows which fields it reads and where', () => {
  const text = `---
title: "{{participant.name}} {{upper room.name}}"
fields:
  Length: "{{duration recording.seconds}}"
buttons:
  - { text: Open, url: "https://a.example/{{room.id}}" }
---
{{#if (gt session.present 1)}}
{{link recording.url text=raw.label}}
{{/if}}
{{#each raw.list}}{{name}} {{@root.session.id}} {{@index}}{{/each}}
{{#with participant}}{{id}}{{else}}{{event.time}}{{/with}}
{{this}} {{@root}}
`;
  const library = new TemplateLibrary([{ name: 'test', path: 'templates/test.hbs', text }]);
  const uses = library.describe('test')?.uses.map(({ path, at }) => `${at.line}:${at.col} ${path}`);
  assert.deepEqual(uses, [
    '2:11 participant.name',
    '2:38 room.name',
    '4:23 recording.seconds',
    '6:45 room.id',
    '8:11 session.present',
    '9:8 recording.url',
    '9:27 raw.label',
    '11:9 raw.list',
    '11:30 session.id',
    '12:9 participant',
    '12:38 event.time',
  ]);
});

test('a mark that stands in a template of its own means nothing', () => {
  assert.equal(shown('\ue0000\ue001{{room.name}}\ue0007\ue001'), '0Weekly sync7');
  const [block] = bodyOf('a \ue0000\ue001 {{room.name}}');
  assert.equal(block?.kind === 'paragraph' && plainText(block.line), 'a 0 Weekly sync');
});

test('a mark that stands in a value means nothing', () => {
  assert.equal(shown('{{raw.a}}{{room.name}}', { ...facts, raw: { a: '\ue0001\ue001' } }), '1Weekly sync');
});
