import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import { silentLogger } from '#test/slack/silent-logger.ts';
import { SlackStandIn, type SlackStandInOptions } from '#test/slack/stand-in.ts';

const channel = 'C0SALES01';

async function workspace(options: SlackStandInOptions = {}) {
  const slack = await SlackStandIn.start(options);
  slack.addChannel(channel);
  const client = new WebClient(slack.token, {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silentLogger,
  });
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'Live', parse: 'none' });
  /** The code of the answer; `ok` when the update was taken. */
  const update = async (args: Record<string, unknown>): Promise<string> => {
    try {
      await client.apiCall('chat.update', { channel, ts, ...args });
      return 'ok';
    } catch (error) {
      assert(error instanceof WebAPIPlatformError);
      return error.data.error ?? '';
    }
  };
  return { slack, ts, update };
}

const textsOf = (slack: SlackStandIn, ts: string) => slack.versions(channel, ts).map(({ text }) => text);

test('every version of a message is kept, and readers see the last', async () => {
  const { slack, ts, update } = await workspace();
  await using _ = slack;
  assert.deepEqual(textsOf(slack, ts), ['Live']);
  assert.equal(await update({ text: 'Live, 3 people' }), 'ok');
  assert.equal(await update({ text: 'Ended', parse: 'none', blocks: [] }), 'ok');
  assert.deepEqual(textsOf(slack, ts), ['Live', 'Live, 3 people', 'Ended']);
  assert.deepEqual(
    slack.visible(channel).map(({ text, edited }) => ({ text, edited })),
    [{ text: 'Ended', edited: true }],
  );
  assert.deepEqual(
    slack.versions(channel, ts).map(({ rendering }) => rendering.parse),
    ['none', undefined, 'none'],
  );
  slack.deleteMessage(channel, ts);
  assert.deepEqual(textsOf(slack, ts), []);
  assert.equal(await update({ text: 'Ended again' }), 'message_not_found');
});

const refused: readonly { what: string; args: Record<string, unknown>; code: string }[] = [
  { what: 'without a text', args: {}, code: 'no_text' },
  { what: 'with a text that is too long', args: { text: 'x'.repeat(4001) }, code: 'msg_too_long' },
  {
    what: 'with blocks that are none',
    args: { text: 'x', blocks: [{ type: 'poll' }] },
    code: 'invalid_blocks',
  },
  {
    what: 'of a message that never was',
    args: { text: 'x', ts: '1739000000.000100' },
    code: 'message_not_found',
  },
  { what: 'whose timestamp lost digits', args: { text: 'x', ts: 1.5 }, code: 'invalid_arguments' },
  {
    what: 'in a channel that never was',
    args: { text: 'x', channel: 'C0OTHER01' },
    code: 'channel_not_found',
  },
];

for (const { what, args, code } of refused) {
  test(`an update ${what} is refused as ${code} and changes nothing`, async () => {
    const { slack, ts, update } = await workspace();
    await using _ = slack;
    assert.equal(await update(args), code);
    assert.deepEqual(textsOf(slack, ts), ['Live']);
    assert.equal(slack.visible(channel)[0]?.edited, false);
  });
}

test('a message that is older than the workspace allows is not edited any more', async () => {
  let now = 1_739_000_000_000;
  const { slack, ts, update } = await workspace({ now: () => now, editWindowMs: 60_000 });
  await using _ = slack;
  now += 60_000;
  assert.equal(await update({ text: 'just in time' }), 'ok');
  now += 1;
  assert.equal(await update({ text: 'too late' }), 'edit_window_closed');
  assert.deepEqual(textsOf(slack, ts), ['Live', 'just in time']);
});

test('a message of an incoming webhook is not the bot’s to edit', async () => {
  const { slack, update } = await workspace();
  await using _ = slack;
  await fetch(slack.webhookUrl(channel), { method: 'POST', body: '{"text":"Hello"}' });
  const ts = slack.visible(channel)[1]?.ts;
  assert.equal(await update({ ts, text: 'Mine' }), 'cant_update_message');
});
