import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type WebAPICallResult,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import { type Fault, historyLag, rateLimited, slow } from '#test/faults.ts';
import { silentLogger } from '#test/slack/silent-logger.ts';
import { SlackStandIn, type SlackStandInOptions } from '#test/slack/stand-in.ts';

const channel = 'C0SALES01';
const timeoutMs = 400;

async function openWorkspace(
  options: SlackStandInOptions = {},
): Promise<{ slack: SlackStandIn; client: WebClient; send: WebClient['chat']['postMessage'] }> {
  const slack = await SlackStandIn.start(options);
  slack.addChannel(channel);
  const client = clientOf(slack);
  return { slack, client, send: client.chat.postMessage };
}

function clientOf(slack: SlackStandIn, token: string = slack.token): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    allowAbsoluteUrls: false,
    logger: silentLogger,
  });
}

/** What a failed call throws, as our adapter has to tell it apart. */
async function failureOf(call: Promise<WebAPICallResult>): Promise<string> {
  try {
    await call;
    return 'nothing';
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): string {
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error ?? '';
    return `platform ${/^[a-z0-9_]{2,80}$/.test(code) ? code : 'unreadable'}`;
  }
  if (error instanceof WebAPIRateLimitedError) return `rate limited ${error.retryAfter}`;
  if (error instanceof WebAPIHTTPError) return `http ${error.statusCode}`;
  if (error instanceof WebAPIRequestError) return `request ${innerReason(error)}`;
  if (error instanceof DOMException) return `raw ${error.name}`;
  if (error instanceof TypeError) return 'raw TypeError';
  assert(error instanceof Error);
  return error.message.startsWith('Retry header did not contain') ? 'no retry header' : error.message;
}

function innerReason(error: WebAPIRequestError): string {
  const first = error.cause;
  assert(first instanceof Error);
  if (first.name === 'TimeoutError') return 'TimeoutError';
  const { cause } = first;
  assert(cause instanceof Error && 'code' in cause);
  return String(cause.code);
}

const wireFaults: readonly { fault: Fault; thrown: string; applied: boolean }[] = [
  { fault: 'hang', thrown: 'request TimeoutError', applied: false },
  { fault: 'apply-then-hang', thrown: 'request TimeoutError', applied: true },
  { fault: 'reject-then-reset', thrown: 'request ECONNRESET', applied: false },
  { fault: 'apply-then-reset', thrown: 'request ECONNRESET', applied: true },
  { fault: 'reject-then-fin', thrown: 'request UND_ERR_SOCKET', applied: false },
  { fault: 'apply-then-fin', thrown: 'request UND_ERR_SOCKET', applied: true },
  { fault: 'apply-then-stall-body', thrown: 'raw TimeoutError', applied: true },
  { fault: 'apply-then-cut-body', thrown: 'raw TypeError', applied: true },
  { fault: 'apply-then-cut-json', thrown: 'platform unreadable', applied: true },
  { fault: '429', thrown: 'rate limited 1', applied: false },
  { fault: '429-zero', thrown: 'rate limited 0', applied: false },
  { fault: rateLimited(30), thrown: 'rate limited 30', applied: false },
  { fault: '429-no-retry-after', thrown: 'no retry header', applied: false },
  { fault: '429-html', thrown: 'no retry header', applied: false },
  { fault: '503', thrown: 'http 503', applied: false },
  { fault: '503-applied', thrown: 'http 503', applied: true },
  { fault: '500-json', thrown: 'http 500', applied: false },
  { fault: '500-json-applied', thrown: 'http 500', applied: true },
  { fault: '502-html', thrown: 'http 502', applied: false },
  { fault: '502-html-applied', thrown: 'http 502', applied: true },
  { fault: '200-html', thrown: 'platform unreadable', applied: false },
  { fault: '200-html-applied', thrown: 'platform unreadable', applied: true },
  { fault: '200-empty', thrown: 'platform unreadable', applied: false },
  { fault: '200-empty-applied', thrown: 'platform unreadable', applied: true },
  { fault: 'internal-error', thrown: 'platform internal_error', applied: false },
  { fault: 'internal-error-applied', thrown: 'platform internal_error', applied: true },
  { fault: '403-html', thrown: 'http 403', applied: false },
  { fault: slow(timeoutMs * 2), thrown: 'request TimeoutError', applied: true },
  { fault: slow(20), thrown: 'nothing', applied: true },
  { fault: 'token-revoked', thrown: 'platform token_revoked', applied: false },
  { fault: 'channel-archived', thrown: 'platform is_archived', applied: false },
];

for (const { fault, thrown, applied } of wireFaults) {
  const name = typeof fault === 'string' ? fault : JSON.stringify(fault);
  test(`a post that meets ${name} throws "${thrown}" and ${applied ? 'is' : 'is not'} seen`, async () => {
    const { slack, send } = await openWorkspace();
    await using _ = slack;
    slack.faults.next({ method: 'chat.postMessage' }, fault);
    assert.equal(await failureOf(send({ channel, text: 'Hello' })), thrown);
    assert.equal(slack.visible(channel).length, applied ? 1 : 0);
    assert.equal(slack.requests().length, 1);
    assert.equal(slack.faults.unmet(), 0);
  });
}

test('a workspace that refuses connections is reached again at the same address', async () => {
  const { slack, client } = await openWorkspace();
  await using _ = slack;
  await slack.refuse();
  assert.equal(await failureOf(client.auth.test()), 'request ECONNREFUSED');
  await slack.accept();
  assert.equal((await client.auth.test()).bot_id, 'B0STANDIN1');
});

test('the second matching call of one channel meets the fault, others do not', async () => {
  const { slack, send } = await openWorkspace();
  await using _ = slack;
  slack.addChannel('C0OTHER01');
  slack.faults.next({ method: 'chat.postMessage', channel, nth: 2 }, '503');
  const thrown: string[] = [];
  for (const to of [channel, 'C0OTHER01', channel, channel]) {
    thrown.push(await failureOf(send({ channel: to, text: 'Hello' })));
  }
  assert.deepEqual(thrown, ['nothing', 'nothing', 'http 503', 'nothing']);
});

const channelStates = [
  { state: 'open', thrown: 'nothing' },
  { state: 'missing', thrown: 'platform channel_not_found' },
  { state: 'not_member', thrown: 'platform not_in_channel' },
  { state: 'archived', thrown: 'platform is_archived' },
  { state: 'read_only', thrown: 'platform restricted_action_read_only_channel' },
  { state: 'thread_only', thrown: 'platform restricted_action_thread_only_channel' },
] as const;

for (const { state, thrown } of channelStates) {
  test(`a post to a channel that is ${state} throws "${thrown}"`, async () => {
    const { slack, send } = await openWorkspace();
    await using _ = slack;
    slack.addChannel(channel, { state });
    assert.equal(await failureOf(send({ channel, text: 'Hello' })), thrown);
  });
}

test('a credential that does not fit the call is refused with the reason', async () => {
  const { slack } = await openWorkspace({ scopes: ['commands'] });
  await using _ = slack;
  const post = (token: string): Promise<string> =>
    failureOf(clientOf(slack, token).apiCall('chat.postMessage', { channel, text: 'Hello' }));
  assert.equal(await post('xoxb-unknown'), 'platform invalid_auth');
  assert.equal(await post(slack.appToken), 'platform not_allowed_token_type');
  assert.equal(await post(slack.token), 'platform missing_scope');
  assert.equal(await failureOf(clientOf(slack).apiCall('chat.shout')), 'platform unknown_method');
});

test('the scopes of the token come with every answer', async () => {
  const { slack, client } = await openWorkspace({ scopes: ['chat:write', 'commands'] });
  await using _ = slack;
  const { response_metadata: metadata } = await client.auth.test();
  assert.deepEqual(metadata?.scopes, ['chat:write', 'commands']);
});

test('reconciliation finds a message by its metadata, once history has caught up', async () => {
  let now = Date.UTC(2025, 1, 8, 7, 33);
  const { slack, client, send } = await openWorkspace({ now: () => now });
  await using _ = slack;
  const metadata = { event_type: 'callboard_delivery', event_payload: { delivery_id: 'd1' } };
  slack.faults.next({ method: 'chat.postMessage' }, historyLag(5000));
  await send({ channel, text: 'Hello', metadata });
  const look = async (withMetadata: boolean): Promise<unknown[]> => {
    const oldest = String(now / 1000 - 60);
    const found = await client.conversations.history({
      channel,
      oldest,
      inclusive: true,
      include_all_metadata: withMetadata,
    });
    return (found.messages ?? []).map((message) => message.metadata);
  };
  assert.deepEqual(await look(true), []);
  now += 5000;
  assert.deepEqual(await look(true), [metadata]);
  assert.deepEqual(await look(false), [undefined]);
});

test('history comes newest first, in pages that the cursor links', async () => {
  const { slack, client, send } = await openWorkspace({ maxPageSize: 2 });
  await using _ = slack;
  for (const text of ['one', 'two', 'three', 'four', 'five']) {
    await send({ channel, text });
  }
  const texts: (string | undefined)[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.conversations.history({ channel, limit: 100, ...(cursor ? { cursor } : {}) });
    texts.push(...(page.messages ?? []).map((message) => message.text));
    cursor = page.response_metadata?.next_cursor;
  } while (cursor);
  assert.deepEqual(texts, ['five', 'four', 'three', 'two', 'one']);
});

test('a reply stands in its thread, and in the channel too when it is broadcast', async () => {
  const { slack, client, send } = await openWorkspace();
  await using _ = slack;
  const { ts = '' } = await send({ channel, text: 'Card' });
  await send({ channel, text: 'Digest', thread_ts: ts });
  await send({ channel, text: 'Missing', thread_ts: ts, reply_broadcast: true });
  const lines = slack.visible(channel);
  assert.deepEqual(
    lines.map((line) => line.text),
    ['Card', 'Missing'],
  );
  assert.deepEqual(
    lines[0]?.replies.map((reply) => reply.text),
    ['Digest', 'Missing'],
  );
  const thread = await client.conversations.replies({ channel, ts });
  assert.deepEqual(
    thread.messages?.map((message) => message.text),
    ['Card', 'Digest', 'Missing'],
  );
});

test('an update needs an own message that is still there, and keeps metadata it does not name', async () => {
  const { slack, client, send } = await openWorkspace();
  await using _ = slack;
  const metadata = { event_type: 'callboard_delivery', event_payload: { delivery_id: 'd1' } };
  const { ts = '' } = await send({ channel, text: 'Live', metadata });
  const foreign = slack.say(channel, 'Nice meeting');
  const update = (to: string, text: string): Promise<string> =>
    failureOf(client.chat.update({ channel, ts: to, text }));
  assert.equal(await update(ts, 'Ended'), 'nothing');
  assert.deepEqual(slack.visible(channel)[0]?.metadata, metadata);
  assert.equal(slack.visible(channel)[0]?.edited, true);
  assert.equal(await update(foreign, 'Mine'), 'platform cant_update_message');
  assert.equal(await update(ts, 'x'.repeat(4001)), 'platform msg_too_long');
  slack.faults.next({ method: 'chat.update' }, 'message-deleted');
  assert.equal(await update(ts, 'Ended again'), 'platform message_not_found');
});

test('a fourth post within a second is rate limited in its channel alone', async () => {
  let now = 1_739_000_000_000;
  const { slack, send } = await openWorkspace({ limits: true, now: () => now });
  await using _ = slack;
  slack.addChannel('C0OTHER01');
  const post = (to: string): Promise<string> => failureOf(send({ channel: to, text: 'Hello' }));
  for (let count = 0; count < 3; count += 1) assert.equal(await post(channel), 'nothing');
  assert.equal(await post(channel), 'rate limited 1');
  assert.equal(await post('C0OTHER01'), 'nothing');
  now += 1000;
  assert.equal(await post(channel), 'nothing');
});
