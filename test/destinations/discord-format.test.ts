import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDiscord } from '#destinations/discord-format.ts';
import type { Fact, Inline, Line, Message } from '#domain/message.ts';
import { readNewMessage } from '#test/discord/message-body.ts';
import { at, recordingMissing, text, value, vipJoined } from './example-messages.ts';

const deliveryId = '5b0d3c1e-6a52-5f0b-9c3e-1f6f2a7d9e01';
const full = { deliveryId, compact: false };
const seconds = 1_739_000_000;

function contentOf(sentence: Line): string {
  return formatDiscord({ ...recordingMissing, sentence }, full).content;
}

function embedOf(change: Partial<Message>) {
  return formatDiscord({ ...recordingMissing, ...change }, full).embeds[0];
}

const moment = { kind: 'time', at, fallback: '8 Feb 2025 07:33 UTC' } as const;

test('a VIP joined', () => {
  assert.deepEqual(formatDiscord(vipJoined, full), {
    content: 'Guest One joined Quarterly review. 6 people are in.',
    embeds: [
      {
        title: 'Guest One joined Quarterly review',
        color: 9_399_272,
        fields: [
          { name: 'Host', value: 'Host Two', inline: true },
          { name: 'In the meeting', value: '6 people', inline: true },
          { name: 'Joined', value: `<t:${seconds}:R>`, inline: true },
        ],
        footer: { text: 'VIP · Room 2 · 1f6f2a7d9e01' },
        timestamp: at,
      },
    ],
    components: [
      {
        type: 1,
        components: [
          { type: 2, style: 5, label: 'Join meeting', url: 'https://meet.example.com/quarterly-review' },
        ],
      },
    ],
    allowed_mentions: { parse: [] },
  });
});

test('a recording is missing: no room, no facts, no buttons', () => {
  assert.deepEqual(formatDiscord(recordingMissing, full), {
    content: 'No recording for Weekly sync: no file has arrived 30 min after the end.',
    embeds: [
      {
        title: 'No recording for Weekly sync',
        description: 'A file that comes later is still announced.',
        color: 14_701_133,
        footer: { text: 'Missing · 1f6f2a7d9e01' },
        timestamp: at,
      },
    ],
    components: [],
    allowed_mentions: { parse: [] },
  });
});

test('a compact message is its sentence and the main button', () => {
  const buttons = [...vipJoined.buttons, { text: 'Details', url: 'https://example.com' }];
  const compact = formatDiscord({ ...vipJoined, buttons }, { deliveryId, compact: true });
  assert.deepEqual(compact.embeds, []);
  assert.deepEqual(
    compact.components.flatMap((row) => row.components.map(({ label }) => label)),
    ['Join meeting'],
  );
});

test('a title that repeats the sentence is left out', () => {
  const title = [value('Weekly sync'), text(' is live')];
  assert.equal(embedOf({ title, sentence: title })?.title, undefined);
});

test('every kind of prose is written in Markdown', () => {
  const link: Inline = {
    kind: 'link',
    url: 'https://example.com/a_(b)',
    label: [value('[x]')],
    italic: true,
  };
  const description = embedOf({
    body: [
      { kind: 'paragraph', line: [text('See '), link, text(' since '), { ...moment, style: 'datetime' }] },
      {
        kind: 'paragraph',
        line: [
          { ...text('bold '), bold: true },
          { ...value('Bob'), bold: true },
          { kind: 'break' },
          text('end'),
        ],
      },
      {
        kind: 'list',
        isOrdered: false,
        items: [[text('one')], [value('two'), { kind: 'break' }, text('more')]],
      },
      { kind: 'list', isOrdered: true, items: [[text('one')], [text('two')]] },
      { kind: 'quote', line: [text('a'), { kind: 'break' }, text('b')] },
      { kind: 'code', line: [text('x = `1`\ny'), value('\n```')] },
      {
        kind: 'paragraph',
        line: [
          { ...text('gone'), strike: true },
          { ...text('`c`'), code: true },
        ],
      },
    ],
  })?.description;
  assert.deepEqual(description?.split('\n'), [
    `See [*\\[x\\]*](https://example.com/a_%28b%29) since <t:${seconds}:f>`,
    '',
    '**bold Bob**',
    'end',
    '- one',
    '- two',
    '  more',
    '1. one',
    '2. two',
    '> a',
    '> b',
    '```',
    'x = ˋ1ˋ',
    'y ˋˋˋ',
    '```',
    '~~gone~~\u200b`ˋcˋ`',
  ]);
});

test('text is escaped where Discord would read it', () => {
  const written: [string, string][] = [
    ['**b** _i_ ~~s~~ ||x|| `c`', '\\*\\*b\\*\\* \\_i\\_ \\~\\~s\\~\\~ \\|\\|x\\|\\| \\`c\\`'],
    ['# heading', '\\# heading'],
    ['-# small', '\\-# small'],
    ['- item', '\\- item'],
    ['12. item', '12\\. item'],
    ['> quote', '\\> quote'],
    ['<@80351110224678912>', '\\<@\u200b80351110224678912\\>'],
    ['@everyone', '@\u200beveryone'],
    ['[a](https://x.example)', '\\[a\\](https\\://x.example)'],
    ['https://x.example/a_b', 'https\\://x.example/a\\_b'],
    ['discord.gg/abc', 'discord\u200b.gg/abc'],
    [':smile: at 12:30', '\\:smile: at 12:30'],
    ['a\\', 'a\\\\'],
  ];
  for (const [words, expected] of written) assert.equal(contentOf([value(words)]), expected);
});

test('no two pieces together make a list or a heading', () => {
  assert.equal(contentOf([text('1'), value('. item')]), '1\\. item');
  assert.equal(contentOf([value('#'), value(' heading')]), '\\# heading');
  assert.equal(contentOf([text(' '), value('- item')]), '\\- item');
});

test('a sentence shows links as their label and times in the zone of the reader', () => {
  const link: Inline = { kind: 'link', url: 'https://example.com', label: [text('the recording')] };
  const styles = ['time', 'date', 'datetime', 'ago'] as const;
  const times = styles.flatMap((style): Inline[] => [text(' '), { ...moment, style }]);
  assert.equal(
    contentOf([link, ...times]),
    `the recording <t:${seconds}:t> <t:${seconds}:D> <t:${seconds}:f> <t:${seconds}:R>`,
  );
  assert.equal(contentOf([{ ...moment, at: 'never', style: 'ago' }]), '8 Feb 2025 07:33 UTC');
});

test('what is empty is left out', () => {
  const message: Message = {
    ...recordingMissing,
    title: [value(' \u200b')],
    sentence: [value('\u202e')],
    body: [
      { kind: 'paragraph', line: [value('')] },
      { kind: 'list', isOrdered: false, items: [[value(' ')], []] },
      { kind: 'code', line: [text('\n')] },
    ],
    facts: [
      { label: 'Host', value: [value('')] },
      { label: ' ', value: [value('Bob')] },
    ],
    buttons: [
      { text: '', url: 'https://example.com' },
      { text: 'Open', url: 'javascript:alert(1)' },
    ],
    at: 'never',
    room: '\u2060',
  };
  assert.deepEqual(formatDiscord(message, full), {
    content: 'Missing',
    embeds: [{ color: 14_701_133, footer: { text: 'Missing · 1f6f2a7d9e01' } }],
    components: [],
    allowed_mentions: { parse: [] },
  });
});

test('a button whose address is too long for Discord becomes a link in the text', () => {
  const url = `https://example.com/${'x'.repeat(600)}`;
  const formatted = formatDiscord({ ...recordingMissing, buttons: [{ text: 'Open file', url }] }, full);
  assert.deepEqual(formatted.components, []);
  assert.ok(formatted.embeds[0]?.description?.endsWith(`\n\n[Open file](${url})`));
});

test('a huge message is cut until Discord takes it', () => {
  const words = ['*_~`|<>[]@#'.repeat(2000), 'wide 👩‍👩‍👧‍👦 words '.repeat(2000), '-'.repeat(9000)];
  for (const long of words) {
    const fact: Fact = { label: long, value: [value(long)] };
    const message: Message = {
      ...vipJoined,
      title: [value(long)],
      sentence: [value(long)],
      body: Array.from({ length: 60 }, () => ({ kind: 'paragraph', line: [value(long)] }) as const),
      facts: Array.from({ length: 40 }, () => fact),
      buttons: Array.from({ length: 9 }, () => ({
        text: long,
        url: `https://example.com/${'x'.repeat(480)}`,
      })),
      room: long,
    };
    const formatted = formatDiscord(message, full);
    assert.doesNotThrow(() => readNewMessage(formatted));
    assert.equal(formatted.components[0]?.components.length, 3);
    assert.ok((formatted.embeds[0]?.fields?.length ?? 0) >= 3);
  }
});
