import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSlack } from '#destinations/slack-format.ts';
import type { Fact, Message } from '#domain/message.ts';
import { acceptBlocks } from '#test/slack/blocks.ts';
import { recordingMissing, value, vipJoined } from './example-messages.ts';

const full = { compact: false };

test('the sentence is escaped once and never cut inside an entity', () => {
  const ampersands = formatSlack({ ...recordingMissing, sentence: [value(`${'&'.repeat(149)}<>`)] }, full);
  assert.equal(ampersands.text, `${'&amp;'.repeat(149)}…`);
  assert.equal(
    formatSlack({ ...recordingMissing, sentence: [value('a &lt; <b>')] }, full).text,
    'a &amp;lt; &lt;b&gt;',
  );
});

test('a huge message is cut until Slack takes it', () => {
  const long = 'wide 👩‍👩‍👧‍👦 "words" '.repeat(2000);
  const fact: Fact = { label: long, value: [value(long)] };
  const url = `https://example.com/${'x'.repeat(2900)}`;
  const message: Message = {
    ...vipJoined,
    title: [value(long)],
    sentence: [value(long)],
    body: Array.from({ length: 60 }, () => ({ kind: 'paragraph', line: [value(long)] }) as const),
    facts: Array.from({ length: 30 }, () => fact),
    buttons: Array.from({ length: 9 }, () => ({ text: long, url })),
    room: long,
  };
  const formatted = formatSlack(message, full);
  assert.doesNotThrow(() => acceptBlocks(formatted.blocks));
  assert.ok(JSON.stringify(formatted.blocks).length <= 13_000);
  assert.ok(formatted.blocks.length <= 5);
  assert.ok(JSON.stringify(formatted.blocks).includes('wide 👩‍👩‍👧‍👦'));
  const buttons = formatted.blocks.find(({ type }) => type === 'actions');
  assert.ok(buttons?.type === 'actions' && buttons.elements.length >= 1);
});

test('at most three buttons with names of their own, the first one primary', () => {
  const buttons = ['a', 'b', 'c', 'd'].map((name) => ({
    text: `Open ${name}`,
    url: `https://example.com/${name}`,
  }));
  const actions = formatSlack({ ...recordingMissing, buttons }, full).blocks.at(-1);
  assert.ok(actions?.type === 'actions');
  assert.deepEqual(
    actions.elements.map(({ action_id, style }) => [action_id, style]),
    [
      ['open:0', 'primary'],
      ['open:1', undefined],
      ['open:2', undefined],
    ],
  );
});
