import assert from 'node:assert/strict';
import test from 'node:test';
import type { Inline } from '#domain/message.ts';
import { bodyOf } from './setup.ts';

const text = (words: string, more: object = {}) => ({ kind: 'text', text: words, ...more });
const lineBreak = { kind: 'break' };

/** The pieces of a body that is one paragraph. */
function lineOf(markdown: string): readonly Inline[] {
  const [block, ...more] = bodyOf(markdown);
  assert.deepEqual(more, [], `${markdown} is more than one block`);
  if (block?.kind !== 'paragraph') throw new Error(`${markdown} is no paragraph`);
  return block.line;
}

test('paragraphs are set apart, and line ends inside one are kept', () => {
  assert.deepEqual(bodyOf('one\ntwo\n\nthree'), [
    { kind: 'paragraph', line: [text('one'), lineBreak, text('two')] },
    { kind: 'paragraph', line: [text('three')] },
  ]);
  assert.deepEqual(lineOf('one  \ntwo'), [text('one'), lineBreak, text('two')]);
  assert.deepEqual(lineOf('one\\\ntwo'), [text('one'), lineBreak, text('two')]);
});

test('words can be bold, italic, struck and code, also together', () => {
  assert.deepEqual(lineOf('**a** *b* _c_ ~~d~~ `e`'), [
    text('a', { bold: true }),
    text(' '),
    text('b', { italic: true }),
    text(' '),
    text('c', { italic: true }),
    text(' '),
    text('d', { strike: true }),
    text(' '),
    text('e', { code: true }),
  ]);
  assert.deepEqual(lineOf('**a *b ~~c~~***'), [
    text('a ', { bold: true }),
    text('b ', { bold: true, italic: true }),
    text('c', { bold: true, italic: true, strike: true }),
  ]);
});

test('emphasis around a value is that of the template', () => {
  assert.deepEqual(lineOf('**{{room.name}}**: `{{room.id}}` _{{participant.name}}_'), [
    text('Weekly sync', { isValue: true, bold: true }),
    text(': '),
    text('room-1', { isValue: true, code: true }),
    text(' '),
    text('Anna', { isValue: true, italic: true }),
  ]);
});

test('a heading is a bold line', () => {
  for (const heading of ['# Title', '### Title ###', '###### Title'])
    assert.deepEqual(
      bodyOf(heading),
      [{ kind: 'paragraph', line: [text('Title', { bold: true })] }],
      heading,
    );
});

test('underlined lines are no headings', () => {
  assert.deepEqual(bodyOf('Title\n==='), [
    { kind: 'paragraph', line: [text('Title'), lineBreak, text('===')] },
  ]);
  assert.deepEqual(bodyOf('Title\n---'), [{ kind: 'paragraph', line: [text('Title')] }]);
});

test('lists have items, with or without numbers', () => {
  assert.deepEqual(bodyOf('- a\n- **b**\n\n1. c\n2. d'), [
    { kind: 'list', isOrdered: false, items: [[text('a')], [text('b', { bold: true })]] },
    { kind: 'list', isOrdered: true, items: [[text('c')], [text('d')]] },
  ]);
});

test('a list in a list becomes lines of its item', () => {
  assert.deepEqual(bodyOf('- a\n  - b\n    - c\n  - d\n- e'), [
    {
      kind: 'list',
      isOrdered: false,
      items: [[text('a'), lineBreak, text('b'), lineBreak, text('c'), lineBreak, text('d')], [text('e')]],
    },
  ]);
});

test('an item may have several paragraphs, a quote and code', () => {
  assert.deepEqual(bodyOf('- a\n\n  b\n\n  > c\n\n  ```\n  d\n  ```'), [
    {
      kind: 'list',
      isOrdered: false,
      items: [[text('a'), lineBreak, text('b'), lineBreak, text('c'), lineBreak, text('d')]],
    },
  ]);
});

test('a quote is one block, whatever is in it', () => {
  assert.deepEqual(bodyOf('> a\n> b\n>\n> # c\n> > d\n> - e'), [
    {
      kind: 'quote',
      line: [
        text('a'),
        lineBreak,
        text('b'),
        lineBreak,
        text('c'),
        lineBreak,
        text('d'),
        lineBreak,
        text('e'),
      ],
    },
  ]);
});

test('code keeps its lines and reads nothing in them', () => {
  const code = { kind: 'code', line: [text('**a**'), lineBreak, text('  <b> [c](d)')] };
  assert.deepEqual(bodyOf('```js\n**a**\n  <b> [c](d)\n```'), [code]);
  assert.deepEqual(bodyOf('~~~\n**a**\n  <b> [c](d)\n~~~'), [code]);
});

test('a value in code is a value', () => {
  assert.deepEqual(bodyOf('```\nroom {{room.id}}\n```'), [
    { kind: 'code', line: [text('room '), text('room-1', { isValue: true })] },
  ]);
});

test('indented lines are no code', () => {
  assert.deepEqual(bodyOf('    four spaces'), [{ kind: 'paragraph', line: [text('four spaces')] }]);
});

test('a link has its address and its words', () => {
  assert.deepEqual(lineOf('**[Open *now*](https://a.example/x "title")**'), [
    {
      kind: 'link',
      url: 'https://a.example/x',
      label: [text('Open '), text('now', { italic: true })],
      bold: true,
    },
  ]);
});

test('a link that leads nowhere leaves its words', () => {
  assert.deepEqual(lineOf('[a](javascript:x) [b](/c) [d]()'), [
    text('a'),
    text(' '),
    text('b'),
    text(' '),
    text('d'),
  ]);
});

test('a link in the words of a link leaves its words', () => {
  const [link] = lineOf('[{{link room.url "Join"}} it](https://a.example/)');
  assert.deepEqual(link, {
    kind: 'link',
    url: 'https://a.example/',
    label: [text('Join', { isValue: true }), text(' it')],
  });
});

test('a link without words is none', () => {
  assert.deepEqual(bodyOf('[](https://a.example)'), []);
});

test('an image leaves its words', () => {
  assert.deepEqual(lineOf('![A {{room.name}}](https://a.example/x.png) b'), [
    text('A '),
    text('Weekly sync', { isValue: true }),
    text(' b'),
  ]);
  assert.deepEqual(bodyOf('![](https://a.example/x.png)'), []);
});

test('links by reference are text', () => {
  assert.deepEqual(bodyOf('[a][b] [b]\n\n[b]: https://a.example'), [
    { kind: 'paragraph', line: [text('[a][b] [b]')] },
    { kind: 'paragraph', line: [text('[b]: https://a.example')] },
  ]);
});

test('HTML, bare addresses, entities and what other dialects know are text', () => {
  const plain = [
    '<b>a</b>',
    '<!-- a -->',
    '<script>alert(1)</script>',
    '<https://a.example>',
    'https://a.example/x',
    '&amp; &lt;',
    '| a | b |',
    '<@U1> <!channel> @everyone #general',
    ':tada: ||spoiler|| __underline',
  ];
  for (const words of plain) assert.deepEqual(lineOf(words), [text(words)], words);
});

test('a backslash takes the meaning from a mark', () => {
  assert.deepEqual(lineOf('\\*a\\* \\[b](c) \\`d\\`'), [text('*a* [b](c) `d`')]);
});

test('a rule between paragraphs is left out', () => {
  assert.deepEqual(bodyOf('a\n\n---\n\nb\n\n***'), [
    { kind: 'paragraph', line: [text('a')] },
    { kind: 'paragraph', line: [text('b')] },
  ]);
});

test('a body of nothing is no block', () => {
  for (const nothing of ['', '\n\n', '   ', '{{#if raw.missing}}x{{/if}}', '-\n-', '>', '#', '```\n```'])
    assert.deepEqual(bodyOf(nothing), [], JSON.stringify(nothing));
});
