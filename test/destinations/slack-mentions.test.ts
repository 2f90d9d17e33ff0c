import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSlack } from '#destinations/slack.ts';
import { formatSlack } from '#destinations/slack-format.ts';
import type { Message } from '#domain/message.ts';
import { acceptBlocks } from '#test/slack/blocks.ts';
import { mentions } from '#test/slack/mentions.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { everywhere, recordingMissing, value, vipJoined } from './example-messages.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

const channel = 'C0CALLBOARD1';
const slack = ['U0HOST001', 'S0ONCALL1', 'W0BOSS001'];
const mentioned: Message = { ...vipJoined, mentions: { slack, discord: ['80351110224678912'] } };

const block = {
  type: 'rich_text',
  elements: [
    {
      type: 'rich_text_section',
      elements: [
        { type: 'user', user_id: 'U0HOST001' },
        { type: 'text', text: ' ' },
        { type: 'usergroup', usergroup_id: 'S0ONCALL1' },
        { type: 'text', text: ' ' },
        { type: 'user', user_id: 'W0BOSS001' },
      ],
    },
  ],
};

for (const compact of [false, true]) {
  test(`mentions begin the blocks and the text of a ${compact ? 'compact' : 'full'} message`, () => {
    const plainly = formatSlack(vipJoined, { compact });
    const formatted = formatSlack(mentioned, { compact });
    assert.deepEqual(formatted.blocks, [block, ...plainly.blocks]);
    assert.equal(
      formatted.text,
      `<@U0HOST001> <!subteam^S0ONCALL1> <@W0BOSS001> Guest One joined Quarterly review. 6 people are in.`,
    );
  });
}

test('a list that names nobody changes nothing', () => {
  for (const none of [{}, { slack: [] }, { discord: ['80351110224678912'] }]) {
    const formatted = formatSlack({ ...vipJoined, mentions: none }, { compact: false });
    assert.deepEqual(formatted, formatSlack(vipJoined, { compact: false }));
  }
});

test('who is named twice is mentioned once', () => {
  const twice = { ...vipJoined, mentions: { slack: [...slack, ...slack] } };
  assert.deepEqual(formatSlack(twice, { compact: false }), formatSlack(mentioned, { compact: false }));
});

test('thirty mentions always fit, and no number of them exceeds the limits or is cut in the middle', () => {
  const long = '&<>"wide" 👩‍👩‍👧‍👦 '.repeat(2000);
  for (const [count, least] of [
    [30, 30],
    [5000, 30],
  ] as const) {
    const ids = Array.from({ length: count }, (_, index) => `S${String(index).padStart(20, '0')}`);
    const message: Message = {
      ...everywhere(long),
      facts: Array.from({ length: 30 }, () => ({ label: long, value: [value(long)] })),
      mentions: { slack: ids },
    };
    for (const compact of [false, true]) {
      const { text, blocks } = formatSlack(message, { compact });
      assert.doesNotThrow(() => acceptBlocks(blocks));
      assert.ok(text.length <= 4000 && JSON.stringify(blocks).length <= 13_000);
      const inText = mentions({ text }).pings;
      const inBlocks = mentions({ text: '', blocks: acceptBlocks(blocks) }).pings;
      assert.ok(inText.length >= least && inText.length <= count);
      assert.deepEqual(inText, ids.slice(0, inText.length));
      assert.deepEqual(inBlocks, inText);
    }
  }
});

for (const by of ['the bot', 'an incoming webhook'] as const) {
  test(`a message by ${by} pings whom it mentions, by its blocks and by its text`, async () => {
    await using workspace = await SlackStandIn.start();
    workspace.addChannel(channel);
    const settings = by === 'the bot' ? { channel } : { webhook: workspace.webhookUrl(channel) };
    const tools = toolsWith(credentialsFor({ slack: workspace }));
    const destination = await opened(createSlack(5000), settings, tools);
    assert.equal((await destination.send(outgoing(mentioned))).kind, 'sent');
    const [message] = workspace.visible(channel);
    assert.ok(message);
    assert.deepEqual(mentions({ ...message, text: '' }).pings, slack);
    assert.deepEqual(mentions({ ...message, blocks: [] }).pings, slack);
  });
}

test('a guest who is called like a mention pings nobody beside a real one', async () => {
  await using workspace = await SlackStandIn.start();
  workspace.addChannel(channel);
  const tools = toolsWith(credentialsFor({ slack: workspace }));
  for (const [compact, name] of [
    [false, '<@U123>'],
    [true, '<@U123>'],
    [false, '<@U0HOST001>'],
    [true, '<!subteam^S123|@U0HOST001>'],
  ] as const) {
    const destination = await opened(createSlack(5000), { channel, compact }, tools);
    const message = { ...everywhere(name), mentions: { slack: ['U0HOST001'] } };
    assert.equal((await destination.send(outgoing(message))).kind, 'sent');
    const seen = workspace.visible(channel).at(-1);
    assert.ok(seen);
    assert.deepEqual(mentions({ ...seen, text: '' }).pings, ['U0HOST001']);
    assert.deepEqual(mentions({ ...seen, blocks: [] }).pings, ['U0HOST001']);
    assert.ok(mentions(seen).texts.some((words) => words.includes(name)));
  }
});

test('a message of one sentence is mentioned above it', () => {
  const { blocks } = formatSlack(
    { ...recordingMissing, title: [], body: [], mentions: { slack: ['U0HOST001'] } },
    { compact: false },
  );
  assert.deepEqual(
    blocks.map(({ type }) => type),
    ['rich_text', 'rich_text'],
  );
});
