import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  at,
  content,
  dates,
  drawDiscord,
  drawEntry,
  elementsOf,
  embed,
  links,
  mrkdwn,
  section,
  slack,
  tags,
  textOf,
} from './preview-page.ts';

test("Slack's header, state line, fields and buttons are drawn", () => {
  const tree = slack(
    { type: 'header', text: { type: 'plain_text', text: 'Weekly sync is live' } },
    {
      type: 'context',
      elements: [
        { type: 'mrkdwn', text: '🟢 Live since <!date^1739000000^{time}|07:33 UTC>' },
        { type: 'plain_text', text: 'Room 4' },
      ],
    },
    { type: 'section', fields: [{ type: 'plain_text', text: 'Host\n*Host* <Two>' }] },
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          text: { text: 'Join meeting' },
          url: 'https://meet.example.com/a',
          style: 'primary',
        },
      ],
    },
  );
  const text = textOf(tree);
  for (const part of ['Weekly sync is live', '🟢 Live since 08:33', 'Room 4', 'Host\n*Host* <Two>'])
    assert.ok(text.includes(part), part);
  assert.deepEqual(links(tree), [['Join meeting', 'https://meet.example.com/a']]);
  assert.doesNotMatch(text, /Sentence|not drawn/);
});

test('a Slack message without blocks shows its text', () => {
  assert.match(textOf(slack()), /Sentence$/);
});

test('the markup of our own texts on Slack is read, and entities last', () => {
  const tree = mrkdwn(
    '*Label*\n<https://ok.example.com/?a=1&amp;b=2|a &amp;lt; b> &lt;!channel&gt; 2*3*4 <@U1>',
  );
  assert.deepEqual(tags(tree, 'strong').slice(1), ['Label']);
  assert.deepEqual(links(tree), [['a &lt; b', 'https://ok.example.com/?a=1&b=2']]);
  assert.match(textOf(tree), /<!channel> 2\*3\*4 @U1$/);
});

test("moments on Slack stand in the reader's zone, near days by name", () => {
  assert.match(textOf(mrkdwn('<!date^1739000000^{date_short_pretty} at {time}|x>')), /today at 08:33$/);
  assert.match(textOf(mrkdwn('<!date^1738900000^{date_short_pretty} at {time}|x>')), /yesterday at 04:46$/);
  assert.match(textOf(mrkdwn('<!date^1741592000^{date_short} {time}|x>')), /10 Mar 2025 08:33$/);
  assert.match(textOf(mrkdwn('<!date^soon^{time}|the fallback>')), /the fallback$/);
});

test('rich text of Slack is drawn with styles, lists, quotes, code, links and dates', () => {
  const tree = slack({
    type: 'rich_text',
    elements: [
      section(
        { type: 'text', text: '<b>Bob</b>', style: { bold: true, italic: true } },
        { type: 'link', url: 'https://ok.example.com/', text: 'log' },
        { type: 'date', timestamp: 1739000000, format: '{time}', fallback: 'x' },
      ),
      { type: 'rich_text_list', style: 'ordered', elements: [section({ type: 'text', text: 'one' })] },
      { type: 'rich_text_quote', elements: [{ type: 'text', text: 'said' }] },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'x = 1' }] },
    ],
  });
  assert.deepEqual(tags(tree, 'em'), ['<b>Bob</b>']);
  assert.deepEqual(links(tree), [['log', 'https://ok.example.com/']]);
  assert.deepEqual(tags(tree, 'time').slice(1), ['08:33']);
  assert.deepEqual(
    [tags(tree, 'li'), tags(tree, 'blockquote'), tags(tree, 'pre')],
    [['one'], ['said'], ['x = 1']],
  );
});

test("Discord's embed is drawn with its colour, linked title, fields and footer", () => {
  const tree = embed({
    title: 'Weekly \\*sync\\*',
    url: 'https://meet.example.com/a',
    color: 0x2e9e5b,
    description: 'a **bold** word',
    fields: [
      { name: 'Host', value: 'Host \\_Two\\_', inline: true },
      { name: 'Started', value: '<t:1739000000:R>', inline: true },
    ],
    footer: { text: 'Live · **Room**' },
    timestamp: '2025-02-08T07:33:20Z',
  });
  assert.deepEqual(links(tree), [['Weekly *sync*', 'https://meet.example.com/a']]);
  assert.ok(elementsOf(tree).some(({ attributes }) => attributes['colour'] === '#2e9e5b'));
  assert.deepEqual(
    [tags(tree, 'dt'), tags(tree, 'dd')],
    [
      ['Host', 'Started'],
      ['Host _Two_', '1 hour ago'],
    ],
  );
  assert.match(textOf(tree), /Live · \*\*Room\*\* • Today at 08:33$/);
});

test("Discord's Markdown is read, and a backslash takes its meaning away", () => {
  const tree = content(
    '**b** *i* ~~s~~ `c*` ***both*** \\*no\\* snake_case_name [label \\[1\\]](https://ok.example.com/x)\n> quote\n- one\n- two\n1. three\n```\na *b*\n```',
  );
  assert.deepEqual(tags(tree, 'strong').slice(1), ['b', 'both']);
  assert.deepEqual(tags(tree, 'em'), ['i', 'both']);
  assert.deepEqual([tags(tree, 's'), tags(tree, 'code'), tags(tree, 'pre')], [['s'], ['c*'], ['a *b*']]);
  assert.deepEqual([tags(tree, 'blockquote'), tags(tree, 'li')], [['quote'], ['one', 'two', 'three']]);
  assert.deepEqual(links(tree), [['label [1]', 'https://ok.example.com/x']]);
  assert.match(textOf(tree), / \*no\* snake_case_name /);
});

test('what the page cannot draw leaves a note', () => {
  assert.match(textOf(slack({ type: 'video' })), /not drawn: video$/);
  assert.match(
    textOf(slack({ type: 'actions', elements: [{ type: 'datepicker' }] })),
    /not drawn: datepicker$/,
  );
  assert.match(textOf(embed({ description: 'x', thumbnail: {} })), /not drawn: thumbnail$/);
  const tree = drawDiscord({ content: '', embeds: [], components: [{ type: 17 }] }, { dates, at });
  assert.match(textOf(tree), /not drawn: component 17$/);
});

test('an entry tells destination, rule and why it was not sent', () => {
  const item = {
    destination: 'team',
    rule: 'vip_joined',
    createdAt: '2025-02-08T07:33:20.000Z',
    slack: { text: 'a &amp; b', blocks: [] },
    discord: { content: 'a & b', embeds: [], components: [] },
  };
  const text = textOf(drawEntry({ ...item, state: 'suppressed', reason: 'no credentials' }, dates));
  assert.match(text, /team.*vip_joined.*suppressed: no credentials.*Today at 08:33/);
  assert.doesNotMatch(textOf(drawEntry({ ...item, state: 'sent' }, dates)), /sent/);
});

test('a message that nobody foresaw leaves a note and not a broken page', () => {
  const tree = drawEntry(
    {
      destination: 'team',
      rule: 'r',
      state: 'sent',
      createdAt: '2025-02-08T07:33:20.000Z',
      slack: { text: 'x', blocks: [] },
      discord: null,
    },
    dates,
  );
  assert.match(textOf(tree), /not drawn: this message/);
});
