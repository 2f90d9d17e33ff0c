import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import { z } from 'zod';
import { mentions } from '#test/slack/mentions.ts';
import { silentLogger } from '#test/slack/silent-logger.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';

const lines = z.array(z.string()).default([]);
const refusalShape = z.object({
  error: z.string(),
  errors: lines,
  response_metadata: z.object({ messages: lines }).prefault({}),
});

const channel = 'C0SALES01';

/** What Slack says to a post with these arguments: its code, and its problems if it lists any. */
async function verdictOn(args: Record<string, unknown>): Promise<{ code: string; errors: string[] }> {
  await using slack = await SlackStandIn.start();
  slack.addChannel(channel);
  const client = new WebClient(slack.token, {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    logger: silentLogger,
  });
  try {
    await client.apiCall('chat.postMessage', { channel, ...args });
    assert.equal(slack.visible(channel).length, 1);
    return { code: 'ok', errors: [] };
  } catch (error) {
    assert(error instanceof WebAPIPlatformError);
    assert.deepEqual(slack.visible(channel), []);
    const { error: code, errors, response_metadata: metadata } = refusalShape.parse(error.data);
    assert.deepEqual(
      metadata.messages,
      errors.map((line) => `[ERROR] ${line}`),
    );
    return { code, errors };
  }
}

const plain = (text: string): object => ({ type: 'plain_text', text });
const button = (extra: object): object => ({ type: 'button', text: plain('Join'), ...extra });
const actions = (...elements: object[]): object => ({ type: 'actions', elements });
const richSection = (...elements: object[]): object => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements }],
});

const acceptable = [
  { type: 'header', text: { type: 'plain_text', emoji: false, text: 'Weekly sync is live' } },
  {
    type: 'context',
    elements: [{ type: 'mrkdwn', verbatim: true, text: '🟢 Live' }, plain('Room 4')],
  },
  { type: 'section', fields: [plain('Host\nHost Two'), plain('People\n3 now')] },
  { type: 'section', text: plain('Recording'), accessory: button({ action_id: 'open:recording' }) },
  richSection(
    { type: 'text', text: 'Guest', style: { bold: true } },
    { type: 'link', url: 'https://meet.example.com/', text: 'room' },
    { type: 'date', timestamp: 1_739_000_000, format: '{time}', fallback: '07:33 UTC' },
    { type: 'user', user_id: 'U0HOST' },
  ),
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_list',
        style: 'bullet',
        indent: 1,
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] }],
      },
      { type: 'rich_text_quote', elements: [{ type: 'emoji', name: 'tada' }] },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'code' }] },
    ],
  },
  actions(
    button({ action_id: 'open:join', url: 'https://meet.example.com/', style: 'primary' }),
    button({
      action_id: 'end',
      value: 'd1',
      style: 'danger',
      confirm: { title: plain('Sure?'), text: plain('It ends'), confirm: plain('End'), deny: plain('No') },
    }),
  ),
];

test('a message with every kind of block we use is accepted', async () => {
  assert.deepEqual(await verdictOn({ text: 'Hello', blocks: acceptable }), { code: 'ok', errors: [] });
});

const faulty: readonly { what: string; block: unknown; error: string }[] = [
  {
    what: 'a header that is too long',
    block: { type: 'header', text: plain('x'.repeat(151)) },
    error: 'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  },
  {
    what: 'markup in a header',
    block: { type: 'header', text: { type: 'mrkdwn', text: '*x*' } },
    error: 'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  },
  {
    what: 'a section without text and fields',
    block: { type: 'section' },
    error: 'failed to match all allowed schemas [json-pointer:/blocks/0]',
  },
  {
    what: 'an empty field',
    block: { type: 'section', fields: [plain('')] },
    error: 'must be more than 0 characters [json-pointer:/blocks/0/fields/0/text]',
  },
  {
    what: 'an eleventh field',
    block: { type: 'section', fields: Array.from({ length: 11 }, () => plain('x')) },
    error: 'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  },
  {
    what: 'a property that does not exist',
    block: actions(button({ colour: 'red' })),
    error: 'invalid additional property: colour [json-pointer:/blocks/0/elements/0]',
  },
  {
    what: 'verbatim on plain text',
    block: { type: 'section', text: { type: 'plain_text', text: 'x', verbatim: true } },
    error: 'invalid additional property: verbatim [json-pointer:/blocks/0/text]',
  },
  {
    what: 'a button address that is none',
    block: actions(button({ url: 'javascript:alert(1)' })),
    error: 'must be a valid URL [json-pointer:/blocks/0/elements/0/url]',
  },
  {
    what: 'a button without text',
    block: actions({ type: 'button' }),
    error: 'missing required field: text [json-pointer:/blocks/0/elements/0]',
  },
  {
    what: 'a style that does not exist',
    block: actions(button({ style: 'success' })),
    error: 'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
  },
  {
    what: 'a number where a text belongs',
    block: actions(button({ value: 5 })),
    error: 'must provide a string [json-pointer:/blocks/0/elements/0/value]',
  },
  {
    what: 'two buttons of one action_id',
    block: actions(button({ action_id: 'same' }), button({ action_id: 'same' })),
    error: '`action_id` "same" already exists [json-pointer:/blocks/0/elements/1/action_id]',
  },
  {
    what: 'an empty piece of rich text',
    block: richSection({ type: 'text', text: '' }),
    error: 'must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]',
  },
  {
    what: 'a list inside a rich text section',
    block: richSection({ type: 'rich_text_list', elements: [] }),
    error: 'unsupported type: rich_text_list [json-pointer:/blocks/0/elements/0/elements/0/type]',
  },
  { what: 'null for a block', block: null, error: 'must provide an object [json-pointer:/blocks/0]' },
];

for (const { what, block, error } of faulty) {
  test(`${what} is refused with its place`, async () => {
    assert.deepEqual(await verdictOn({ text: 'Hello', blocks: [block] }), {
      code: 'invalid_blocks',
      errors: [error],
    });
  });
}

test('every problem of a message is listed', async () => {
  const blocks = [{ type: 'header', text: plain('') }, actions(button({ style: 'x' })), { type: 'poll' }];
  assert.equal((await verdictOn({ text: 'Hello', blocks })).errors.length, 3);
});

const refusedAsAWhole: readonly { what: string; args: Record<string, unknown>; code: string }[] = [
  { what: 'no text', args: {}, code: 'no_text' },
  { what: 'blank text', args: { text: ' \n' }, code: 'no_text' },
  { what: 'no text and no block', args: { blocks: [] }, code: 'no_text' },
  { what: 'blocks that are no JSON', args: { text: 'x', blocks: '[{' }, code: 'invalid_blocks_format' },
  {
    what: 'more text in blocks than fits',
    args: { blocks: Array.from({ length: 5 }, () => ({ type: 'section', text: plain('x'.repeat(3000)) })) },
    code: 'msg_blocks_too_long',
  },
  {
    what: 'a fifty-first block',
    args: { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) },
    code: 'invalid_blocks',
  },
  { what: 'a thread_ts that lost digits', args: { text: 'x', thread_ts: 1.5 }, code: 'invalid_arguments' },
  {
    what: 'a reply under a message that is gone',
    args: { text: 'x', thread_ts: '1739000000.000100' },
    code: 'thread_not_found',
  },
  {
    what: 'nested metadata',
    args: { text: 'x', metadata: { event_type: 'a', event_payload: { b: { c: 1 } } } },
    code: 'invalid_metadata_format',
  },
];

for (const { what, args, code } of refusedAsAWhole) {
  test(`a post with ${what} is refused as ${code}`, async () => {
    assert.equal((await verdictOn(args)).code, code);
  });
}

test('an incoming webhook answers in words', async () => {
  await using slack = await SlackStandIn.start({ limits: true, now: () => 1_739_000_000_000 });
  slack.addChannel(channel);
  const url = slack.webhookUrl(channel);
  const post = async (body: string, to = url): Promise<string> => {
    const response = await fetch(to, { method: 'POST', body });
    return `${response.status} ${await response.text()}`;
  };
  assert.equal(await post('{"text":"Hello"}'), '200 ok');
  assert.equal(await post('{"text":""}'), '400 no_text');
  assert.equal(await post('{"text":'), '400 invalid_payload');
  assert.equal(await post('{"text":"One too many"}'), '429 rate_limited');
  assert.equal(await post('{"text":"Hello"}', `${url}x`), '403 invalid_token');
  assert.equal(await post('{"text":"Hello"}', new URL('/services/T/B/x', url).href), '404 no_service');
  assert.deepEqual(
    slack.visible(channel).map((line) => line.text),
    ['Hello'],
  );
});

test('an incoming webhook of an archived channel is gone', async () => {
  await using slack = await SlackStandIn.start();
  slack.addChannel(channel, { state: 'archived' });
  const response = await fetch(slack.webhookUrl(channel), { method: 'POST', body: '{"text":"Hello"}' });
  assert.equal(`${response.status} ${await response.text()}`, '410 channel_is_archived');
});

test('a name that was not escaped pings, links and formats in text and in mrkdwn', () => {
  const text = '<!channel> <@U0HOST|h> <#C0SALES01> <https://evil.example/|safe> www.evil.example *bold*';
  const expected = {
    pings: ['@channel', 'U0HOST'],
    links: ['#C0SALES01', 'https://evil.example/', 'www.evil.example'],
    texts: ['@channel @h #C0SALES01 safe www.evil.example bold'],
    markup: ['bold'],
  };
  assert.deepEqual(mentions({ text }), expected);
  assert.deepEqual(
    mentions({ text: '', blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] }),
    expected,
  );
});

test('an escaped name and a name in plain text stay what they are', () => {
  const blocks = [{ type: 'header', text: plain('<!here> *x* www.evil.example') }];
  assert.deepEqual(mentions({ text: '&lt;!channel&gt; &amp;lt;', rendering: { parse: 'none' }, blocks }), {
    pings: [],
    links: [],
    texts: ['<!channel> &lt;', '<!here> *x* www.evil.example'],
    markup: [],
  });
});

test('rich text speaks through its elements, not through what its words look like', () => {
  const block = richSection(
    { type: 'text', text: '<!channel> ' },
    { type: 'broadcast', range: 'here' },
    { type: 'link', url: 'https://meet.example.com/', text: ' room' },
  );
  assert.deepEqual(mentions({ text: '', blocks: [{ ...block }] }), {
    pings: ['@here'],
    links: ['https://meet.example.com/'],
    texts: ['<!channel> @here room'],
    markup: [],
  });
});
