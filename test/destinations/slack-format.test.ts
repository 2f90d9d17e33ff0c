import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSlack } from '#destinations/slack-format.ts';
import type { Fact, Inline, Line, Message } from '#domain/message.ts';
import { at, recordingMissing, text, value, vipJoined } from './example-messages.ts';

const full = { compact: false };
const seconds = 1_739_000_000;

function withFacts(...facts: Fact[]) {
  return formatSlack({ ...recordingMissing, facts }, full).blocks;
}

function withBody(...body: Message['body']) {
  const block = formatSlack({ ...recordingMissing, body }, full).blocks.find(
    ({ type }) => type === 'rich_text',
  );
  return block?.type === 'rich_text' ? block.elements : [];
}

const time = (style: 'time' | 'date' | 'datetime' | 'ago'): Inline => ({
  kind: 'time',
  at,
  style,
  fallback: '8 Feb 2025 07:33 UTC',
});

test('a VIP joined', () => {
  assert.deepEqual(formatSlack(vipJoined, full), {
    text: 'Guest One joined Quarterly review. 6 people are in.',
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', emoji: false, text: 'Guest One joined Quarterly review' },
      },
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            verbatim: true,
            text: `⭐ VIP · <!date^${seconds}^{date_short_pretty} at {time}|8 Feb 2025 07:33 UTC>`,
          },
          { type: 'plain_text', emoji: false, text: 'Room 2' },
        ],
      },
      {
        type: 'section',
        fields: [
          { type: 'plain_text', emoji: false, text: 'Host\nHost Two' },
          { type: 'mrkdwn', verbatim: true, text: '*In the meeting*\n6 people' },
          {
            type: 'mrkdwn',
            verbatim: true,
            text: `*Joined*\n<!date^${seconds}^{date_short_pretty} at {time}|8 Feb 2025 07:33 UTC>`,
          },
        ],
      },
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            action_id: 'open:0',
            style: 'primary',
            text: { type: 'plain_text', emoji: false, text: 'Join meeting' },
            url: 'https://meet.example.com/quarterly-review',
            accessibility_label: 'Join meeting: Guest One joined Quarterly review',
          },
        ],
      },
    ],
  });
});

test('a recording is missing: no room, no facts, no buttons', () => {
  const { text: sentence, blocks } = formatSlack(recordingMissing, full);
  assert.equal(sentence, 'No recording for Weekly sync: no file has arrived 30 min after the end.');
  assert.deepEqual(
    blocks.map(({ type }) => type),
    ['header', 'context', 'rich_text'],
  );
  assert.deepEqual(blocks[2], {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [{ type: 'text', text: 'A file that comes later is still announced.' }],
      },
    ],
  });
});

test('a compact message is its sentence and the main button', () => {
  assert.deepEqual(formatSlack(vipJoined, { compact: true }).blocks, [
    {
      type: 'section',
      text: { type: 'plain_text', emoji: false, text: 'Guest One joined Quarterly review. 6 people are in.' },
      accessory: {
        type: 'button',
        action_id: 'open:0',
        style: 'primary',
        text: { type: 'plain_text', emoji: false, text: 'Join meeting' },
        url: 'https://meet.example.com/quarterly-review',
        accessibility_label: 'Join meeting: Guest One joined Quarterly review',
      },
    },
  ]);
  assert.deepEqual(
    formatSlack(recordingMissing, { compact: true }).blocks.map((block) => Object.keys(block)),
    [['type', 'text']],
  );
});

test('every kind of prose has its place in rich text', () => {
  const link: Inline = {
    kind: 'link',
    url: 'https://example.com/a?b=1&c=2',
    label: [text('here')],
    bold: true,
  };
  const parts = withBody(
    { kind: 'paragraph', line: [text('See '), link, text(' since '), time('ago')] },
    {
      kind: 'paragraph',
      line: [{ ...value('*Bob*'), italic: true, strike: true }, { kind: 'break' }, text('end')],
    },
    { kind: 'list', isOrdered: true, items: [[text('one')], [value('<!here>')]] },
    { kind: 'quote', line: [{ ...text('q'), code: true }] },
    { kind: 'code', line: [text('a\nb '), time('time')] },
  );
  assert.deepEqual(parts, [
    {
      type: 'rich_text_section',
      elements: [
        { type: 'text', text: 'See ' },
        { type: 'link', url: 'https://example.com/a?b=1&c=2', text: 'here', style: { bold: true } },
        { type: 'text', text: ' since ' },
        {
          type: 'date',
          timestamp: seconds,
          format: '{date_short_pretty} at {time}',
          fallback: '8 Feb 2025 07:33 UTC',
        },
        { type: 'text', text: '\n\n' },
        { type: 'text', text: '*Bob*', style: { italic: true, strike: true } },
        { type: 'text', text: '\n' },
        { type: 'text', text: 'end' },
        { type: 'text', text: '\n' },
      ],
    },
    {
      type: 'rich_text_list',
      style: 'ordered',
      elements: [
        { type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] },
        { type: 'rich_text_section', elements: [{ type: 'text', text: '<!here>' }] },
      ],
    },
    { type: 'rich_text_quote', elements: [{ type: 'text', text: 'q', style: { code: true } }] },
    {
      type: 'rich_text_preformatted',
      elements: [
        { type: 'text', text: 'a' },
        { type: 'text', text: '\n' },
        { type: 'text', text: 'b ' },
        { type: 'text', text: '8 Feb 2025 07:33 UTC' },
      ],
    },
  ]);
});

function fieldOf(label: string, line: Line) {
  const section = withFacts({ label, value: line })[2];
  return section?.type === 'section' && 'fields' in section ? section.fields[0] : undefined;
}

test('a fact with tokens is mrkdwn only while everything in it is ours', () => {
  assert.deepEqual(fieldOf('A & B', [text('since '), time('datetime')]), {
    type: 'mrkdwn',
    verbatim: true,
    text: `*A &amp; B*\nsince <!date^${seconds}^{date_short} {time}|8 Feb 2025 07:33 UTC>`,
  });
  const link: Inline = { kind: 'link', url: 'https://example.com/?a=1&b=|', label: [text('a|b')] };
  assert.deepEqual(fieldOf('File', [link]), {
    type: 'mrkdwn',
    verbatim: true,
    text: '*File*\n<https://example.com/?a=1&amp;b=%7C|a¦b>',
  });
  assert.deepEqual(fieldOf('Host', [value('*Bob*'), text(' since '), time('time')]), {
    type: 'plain_text',
    emoji: false,
    text: 'Host\n*Bob* since 8 Feb 2025 07:33 UTC',
  });
  assert.deepEqual(fieldOf('a*b', [time('time')]), {
    type: 'plain_text',
    emoji: false,
    text: 'a*b\n8 Feb 2025 07:33 UTC',
  });
});

test('a fact that links outside is a line of rich text', () => {
  const link: Inline = { kind: 'link', url: 'https://example.com/x', label: [value('*x*')], isValue: true };
  const blocks = formatSlack(
    { ...recordingMissing, body: [], facts: [{ label: 'File', value: [link] }] },
    full,
  ).blocks;
  assert.deepEqual(blocks[2], {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'File: ', style: { bold: true } },
          { type: 'link', url: 'https://example.com/x', text: '*x*' },
        ],
      },
    ],
  });
});

test('what is empty is left out', () => {
  const message: Message = {
    ...recordingMissing,
    title: [value(' \u200b')],
    sentence: [value('\u202e')],
    body: [
      { kind: 'paragraph', line: [value('')] },
      { kind: 'list', isOrdered: false, items: [[value(' ')], []] },
      { kind: 'quote', line: [{ kind: 'break' }] },
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
    room: '\u2060',
  };
  const { text: sentence, blocks } = formatSlack(message, full);
  assert.equal(sentence, 'Missing');
  assert.deepEqual(
    blocks.map(({ type }) => type),
    ['rich_text'],
  );
});

test('a message without a headline is its sentence, and no word of ours classes it', () => {
  const message: Message = {
    ...recordingMissing,
    title: [],
    sentence: [text('Alone: '), value('*Bob*')],
    body: [],
    facts: [],
    buttons: [],
  };
  assert.deepEqual(formatSlack(message, full), {
    text: 'Alone: *Bob*',
    blocks: [
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: 'Alone: ' },
              { type: 'text', text: '*Bob*' },
            ],
          },
        ],
      },
    ],
  });
});

test('a moment that Slack cannot show is told by its fallback', () => {
  const never: Inline = { kind: 'time', at: 'never', style: 'time', fallback: 'some day' };
  const blocks = formatSlack(
    { ...recordingMissing, at: 'never', facts: [{ label: 'When', value: [never] }] },
    full,
  ).blocks;
  assert.deepEqual(blocks[1], {
    type: 'context',
    elements: [{ type: 'mrkdwn', verbatim: true, text: '🔴 Missing' }],
  });
  assert.ok(JSON.stringify(blocks).includes('*When*\\nsome day'));
});
