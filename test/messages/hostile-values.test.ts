import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { type Inline, type Line, type Message, plainText } from '#domain/message.ts';
import { cut, oneLine } from '#domain/text.ts';
import type { JsonObject } from '#domain/value.ts';
import { compiled, facts } from './setup.ts';

/** Places every value wherever a template can put it. */
const full = compiled(`---
title: "{{participant.name}} joined {{room.name}}"
sentence: "{{upper participant.name}} is in {{truncate room.name 20}}"
fields:
  Name: "{{participant.name}}"
  Also: "room: {{room.name}} {{link room.url room.name}}"
buttons:
  - { text: "Open {{room.name}}", url: "https://a.example/r-{{room.name}}?by={{participant.name}}#{{room.name}}" }
---
# {{participant.name}}

{{participant.name}} **{{room.name}}** *{{participant.name}}* ~~{{room.name}}~~ \`{{participant.name}}\`
a{{participant.name}}b [{{room.name}}](https://a.example/r-{{participant.name}}) ![{{room.name}}](x)

- {{participant.name}}
- item **{{room.name}}**
  - {{room.name}}

1. {{participant.name}}

> {{room.name}}

\`\`\`
{{participant.name}}
\`\`\`

{{#each raw.list}}{{this}}, {{/each}}
{{#if participant.name}}{{default raw.missing participant.name}}{{/if}}
`);

function wording(name: string, room: string): Message {
  const of: JsonObject = {
    ...facts,
    participant: { id: 'x', name },
    room: { id: 'r', name: room, url: 'https://meet.example/r' },
    raw: { list: [name, room] },
  };
  return full(of);
}

/** A message with every value replaced by a sign: what is left is what the template made of it. */
function structureOf(message: Message): unknown {
  return {
    ...message,
    room: '·',
    title: shapeOf(message.title),
    sentence: shapeOf(message.sentence),
    facts: message.facts.map(({ label, value }) => ({ label, value: shapeOf(value) })),
    buttons: message.buttons.map(({ url }) => ({
      host: new URL(url).host,
      parts: url.split(/[/?#]/).length,
    })),
    body: message.body.map((block) =>
      block.kind === 'list'
        ? { ...block, items: block.items.map(shapeOf) }
        : { ...block, line: shapeOf(block.line) },
    ),
  };
}

function shapeOf(line: Line): unknown {
  return line.map((piece: Inline) => {
    if (piece.kind === 'text') return piece.isValue ? { ...piece, text: '·' } : piece;
    if (piece.kind !== 'link') return piece;
    return { ...piece, url: new URL(piece.url).host, label: shapeOf(piece.label) };
  });
}

/** The texts of all values in a line, also in the words of its links. */
function valuesOf(line: Line): readonly string[] {
  return line.flatMap((piece) => {
    if (piece.kind === 'text') return piece.isValue ? [piece.text] : [];
    return piece.kind === 'link' ? valuesOf(piece.label) : [];
  });
}

const harmless = structureOf(wording('Anna', 'Weekly sync'));

/** What means something to a chat, to Markdown, to Handlebars or to a program. */
const snippets = [
  ...String.raw`
<!channel>
<@U123>
@everyone
<@&123>
<#C1>
<https://evil.example|here>
:tada:
**bold**
_x_
~~x~~
||spoiler||
# h
- item
1. item
> quote
---
***
[a](https://evil.example)
![a](https://evil.example/x.png)
[a]: https://evil.example
<b>x</b>
&lt;
|
\
\*
{{room.id}}
{{{room.id}}}
{{#if x}}
{{/if}}
}}
{{> x}}
undefined
null
__proto__
constructor
${'$'}{x}
%s
%
/
?
#
&
..
//
:
"
'
title: x
@
محمد
👨‍👩‍👧‍👦`
    .trim()
    .split('\n'),
  '`x`',
  '```',
  '\ue0000\ue001',
  '\ue0001\ue001',
  '\ue000',
  '\u202e',
  '\u200b',
  '\ud83d',
  '\u0000',
  '\r\n',
  '\n\n- ',
  '\t',
  '  ',
  'e\u0301',
  `a${'\u0301'.repeat(50)}`,
  'long '.repeat(60),
];

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...snippets), fc.string({ unit: 'binary', maxLength: 8 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''))
  .filter((text) => oneLine(text) !== '');

test('a value changes nothing but its own words', () => {
  fc.assert(
    fc.property(hostile, hostile, (name, room) => {
      assert.deepEqual(structureOf(wording(name, room)), harmless);
    }),
    { numRuns: 300 },
  );
});

test('each snippet that means something somewhere changes nothing but its own words', () => {
  const visible = snippets.filter((snippet) => oneLine(snippet) !== '');
  assert.ok(visible.length > 50);
  for (const snippet of visible)
    assert.deepEqual(structureOf(wording(snippet, snippet)), harmless, JSON.stringify(snippet));
});

test('a value shows its own words, in one line and cut to its budget', () => {
  fc.assert(
    fc.property(hostile, hostile, (name, room) => {
      const message = wording(name, room);
      const [shownName, shownRoom] = [cut(oneLine(name), 40), cut(oneLine(room), 60)];
      assert.deepEqual(valuesOf(message.title), [shownName, shownRoom]);
      assert.deepEqual(valuesOf(message.sentence), [
        cut(oneLine(name.toUpperCase()), 300),
        cut(cut(oneLine(room), 20), 300),
      ]);
      assert.deepEqual(
        message.facts.map(({ value }) => valuesOf(value)),
        [[shownName], [shownRoom, cut(oneLine(room), 80)]],
      );
      assert.equal(message.buttons[0]?.text, `Open ${shownRoom}`);
      assert.equal(message.room, shownRoom);
      const [heading] = message.body;
      assert.deepEqual(heading, {
        kind: 'paragraph',
        line: [{ kind: 'text', text: shownName, isValue: true, bold: true }],
      });
    }),
    { numRuns: 200 },
  );
});

test('the address of a button holds the whole value, encoded', () => {
  fc.assert(
    fc.property(hostile, (name) => {
      const url = new URL(wording(name, 'r').buttons[0]?.url ?? '');
      assert.equal(url.searchParams.get('by'), name.toWellFormed());
      assert.equal(url.origin, 'https://a.example');
      assert.equal(url.pathname, '/r-r');
    }),
    { numRuns: 200 },
  );
});

test('a value of any JSON whatsoever can be printed', () => {
  const uses = [
    'raw.x',
    ...['upper', 'date', 'duration', 'filesize', 'join', 'link', 'not'].map((name) => `${name} raw.x`),
  ];
  const message = compiled(
    `---\ntitle: "${uses.map((use) => `{{${use}}}`).join(' ')}"\n---\n{{#each raw.x}}{{this}}{{@key}}{{artifact_link this}}{{/each}}{{#with raw.x}}{{this}}{{artifact_link this}}{{/with}}`,
  );
  fc.assert(
    fc.property(fc.jsonValue(), (x) => {
      const of: unknown = JSON.parse(JSON.stringify({ raw: { x } }));
      const { title } = message(of as JsonObject);
      assert.doesNotMatch(plainText(title), /undefined|\[object|NaN/);
    }),
    { numRuns: 300 },
  );
});
