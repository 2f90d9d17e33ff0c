import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outgoing } from '#destinations/destination.ts';
import { createSlack } from '#destinations/slack.ts';
import type { Outcome } from '#domain/delivery.ts';
import { type Fault, historyLag, rateLimited, slow } from '#test/faults.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { vipJoined } from './example-messages.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

const channel = 'C0CALLBOARD1';
const shortly = 300;

async function withChannel(slack: SlackStandIn, settings: object = { channel }, timeoutMs = 5000) {
  slack.addChannel(channel);
  return opened(createSlack(timeoutMs), settings, toolsWith(credentialsFor({ slack })));
}

function verdictOf(outcome: Outcome): string {
  return outcome.kind === 'refused' ? `refused ${outcome.scope}` : outcome.kind;
}

function reasonOf(outcome: Outcome): string {
  return outcome.kind === 'sent' ? '' : outcome.reason;
}

test('a message arrives with its receipt, its delivery id and nothing that unfurls', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack);
  assert.equal(destination.lane, `slack:${channel}`);
  const sent = outgoing(vipJoined);
  const outcome = await destination.send(sent);
  const [message] = slack.visible(channel);
  assert.deepEqual(outcome, { kind: 'sent', receipt: { channel, messageId: message?.ts } });
  assert.equal(message?.text, 'Guest One joined Quarterly review. 6 people are in.');
  assert.deepEqual(message?.metadata, {
    event_type: 'callboard_delivery',
    event_payload: { delivery_id: sent.deliveryId },
  });
  const [request] = slack.requests();
  assert.deepEqual(
    ['parse', 'unfurl_links', 'unfurl_media', 'link_names'].map((name) => request?.args[name]),
    ['none', 'false', 'false', undefined],
  );
});

const afterwards: readonly { fault: Fault; verdict: string; visible: number }[] = [
  { fault: 'apply-then-hang', verdict: 'unknown', visible: 1 },
  { fault: 'hang', verdict: 'unknown', visible: 0 },
  { fault: 'apply-then-reset', verdict: 'unknown', visible: 1 },
  { fault: 'reject-then-reset', verdict: 'unknown', visible: 0 },
  { fault: 'apply-then-fin', verdict: 'unknown', visible: 1 },
  { fault: 'apply-then-stall-body', verdict: 'unknown', visible: 1 },
  { fault: 'apply-then-cut-body', verdict: 'unknown', visible: 1 },
  { fault: 'apply-then-cut-json', verdict: 'unknown', visible: 1 },
  { fault: '429', verdict: 'later', visible: 0 },
  { fault: '429-zero', verdict: 'later', visible: 0 },
  { fault: '429-no-retry-after', verdict: 'later', visible: 0 },
  { fault: '429-html', verdict: 'later', visible: 0 },
  { fault: '503', verdict: 'unknown', visible: 0 },
  { fault: '503-applied', verdict: 'unknown', visible: 1 },
  { fault: '500-json', verdict: 'unknown', visible: 0 },
  { fault: '500-json-applied', verdict: 'unknown', visible: 1 },
  { fault: '502-html', verdict: 'unknown', visible: 0 },
  { fault: '200-html', verdict: 'unknown', visible: 0 },
  { fault: '200-html-applied', verdict: 'unknown', visible: 1 },
  { fault: '200-empty', verdict: 'unknown', visible: 0 },
  { fault: '200-empty-applied', verdict: 'unknown', visible: 1 },
  { fault: 'internal-error', verdict: 'unknown', visible: 0 },
  { fault: 'internal-error-applied', verdict: 'unknown', visible: 1 },
  { fault: '403-html', verdict: 'unknown', visible: 0 },
  { fault: 'token-revoked', verdict: 'refused credential', visible: 0 },
  { fault: 'channel-archived', verdict: 'refused destination', visible: 0 },
  { fault: slow(50), verdict: 'sent', visible: 1 },
];

for (const { fault, verdict, visible } of afterwards) {
  const name = typeof fault === 'string' ? fault : fault.kind;
  test(`Slack answers with ${name}: ${verdict}, one try, and the reason holds no secret`, async () => {
    await using slack = await SlackStandIn.start();
    const destination = await withChannel(slack, { channel }, shortly);
    slack.faults.next({ method: 'chat.postMessage' }, fault);
    const outcome = await destination.send(outgoing(vipJoined));
    assert.equal(verdictOf(outcome), verdict, reasonOf(outcome));
    assert.equal(slack.faults.unmet(), 0);
    assert.equal(slack.visible(channel).length, visible);
    assert.equal(slack.requests().length, 1);
    assert.ok(!reasonOf(outcome).includes(slack.token));
    assert.ok(!reasonOf(outcome).includes(slack.url));
  });

  test(`an incoming webhook meets ${name}, one try, and the reason holds no secret`, async () => {
    await using slack = await SlackStandIn.start();
    const url = slack.webhookUrl(channel);
    const destination = await withChannel(slack, { webhook: url }, shortly);
    slack.faults.next({ method: 'webhook' }, fault);
    const outcome = await destination.send(outgoing(vipJoined));
    // A webhook answers in one word: `ok` cut in half is no word, and it knows no token.
    const isUntouched = fault === 'token-revoked';
    assert.equal(verdictOf(outcome), isUntouched ? 'sent' : verdict, reasonOf(outcome));
    assert.equal(slack.visible(channel).length, isUntouched ? 1 : visible);
    assert.equal(slack.requests().length, 1);
    assert.ok(!reasonOf(outcome).includes(new URL(url).pathname));
  });
}

test('a 429 names the pause of the lane', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack);
  slack.faults.next({}, rateLimited(7));
  slack.faults.next({}, '429-no-retry-after');
  const pauses = [await destination.send(outgoing(vipJoined)), await destination.send(outgoing(vipJoined))];
  assert.deepEqual(
    pauses.map((outcome) => outcome.kind === 'later' && [outcome.afterMs, outcome.pausesLane]),
    [
      [7000, true],
      [30_000, true],
    ],
  );
});

test('a closed port is waited for', async () => {
  await using slack = await SlackStandIn.start();
  const bot = await withChannel(slack);
  const webhook = await withChannel(slack, { webhook: slack.webhookUrl(channel) });
  await slack.refuse();
  for (const destination of [bot, webhook]) {
    const outcome = await destination.send(outgoing(vipJoined));
    assert.equal(outcome.kind, 'later');
    assert.match(reasonOf(outcome), /^Slack: ECONNREFUSED/);
  }
  await slack.accept();
  assert.equal((await bot.send(outgoing(vipJoined))).kind, 'sent');
});

for (const [state, code] of [
  ['missing', 'channel_not_found'],
  ['not_member', 'not_in_channel'],
  ['archived', 'is_archived'],
  ['read_only', 'restricted_action_read_only_channel'],
  ['thread_only', 'restricted_action_thread_only_channel'],
] as const) {
  test(`a channel that is ${state} is refused as ${code}`, async () => {
    await using slack = await SlackStandIn.start({ scopes: ['chat:write'] });
    const destination = await withChannel(slack);
    slack.addChannel(channel, { state });
    const outcome = await destination.send(outgoing(vipJoined));
    assert.equal(verdictOf(outcome), 'refused destination');
    assert.ok(reasonOf(outcome).startsWith(`Slack: ${code} — `), reasonOf(outcome));
  });
}

test('a missing scope is a matter of the credential and is named', async () => {
  await using slack = await SlackStandIn.start({ scopes: [] });
  const outcome = await (await withChannel(slack)).send(outgoing(vipJoined));
  assert.equal(verdictOf(outcome), 'refused credential');
  assert.match(reasonOf(outcome), /missing_scope .*needed: chat:write/);
});

test('a revoked token that works again is used again', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack);
  slack.setTokenRevoked(true);
  assert.equal(verdictOf(await destination.send(outgoing(vipJoined))), 'refused credential');
  slack.setTokenRevoked(false);
  assert.equal(verdictOf(await destination.send(outgoing(vipJoined))), 'sent');
});

test('a lost message is found by its delivery id, over several pages', async () => {
  await using slack = await SlackStandIn.start({ maxPageSize: 2 });
  const destination = await withChannel(slack, { channel }, shortly);
  const lost = outgoing(vipJoined);
  slack.faults.next({ method: 'chat.postMessage' }, 'apply-then-hang');
  assert.equal((await destination.send(lost)).kind, 'unknown');
  for (let count = 0; count < 5; count += 1) await destination.send(outgoing(vipJoined));
  const [first] = slack.visible(channel);
  assert.deepEqual(await destination.find(lost), {
    kind: 'sent',
    receipt: { channel, messageId: first?.ts },
  });
  assert.deepEqual(await destination.find(outgoing(vipJoined)), { kind: 'absent' });
});

test('a message that never arrived is absent', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack, { channel }, shortly);
  const lost = outgoing(vipJoined);
  slack.faults.next({ method: 'chat.postMessage' }, 'reject-then-reset');
  assert.equal((await destination.send(lost)).kind, 'unknown');
  assert.deepEqual(await destination.find(lost), { kind: 'absent' });
});

test('a message that the history does not show yet is found later', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack);
  slack.faults.next({ method: 'chat.postMessage' }, historyLag(200));
  const sent = outgoing(vipJoined);
  const outcome = await destination.send(sent);
  assert.equal((await destination.find(sent)).kind, 'absent');
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.deepEqual(await destination.find(sent), outcome);
});

test('without access to the history the policy of the destination decides', async () => {
  await using slack = await SlackStandIn.start({ scopes: ['chat:write'] });
  const sendAgain = async (settings: object) =>
    (await withChannel(slack, settings)).find(outgoing(vipJoined));
  assert.deepEqual(await sendAgain({ channel }), { kind: 'cannot tell', sendAgain: true });
  assert.deepEqual(await sendAgain({ channel, on_unknown: 'at_least_once' }), {
    kind: 'cannot tell',
    sendAgain: true,
  });
  assert.deepEqual(await sendAgain({ channel, on_unknown: 'at_most_once' }), {
    kind: 'cannot tell',
    sendAgain: false,
  });
  const webhook = slack.webhookUrl(channel);
  assert.deepEqual(await sendAgain({ webhook, on_unknown: 'at_most_once' }), {
    kind: 'cannot tell',
    sendAgain: false,
  });
});

test('a webhook that is gone is refused by its word', async () => {
  await using slack = await SlackStandIn.start();
  const url = slack.webhookUrl(channel).replace(/B0\w+/, 'B0OTHER');
  const outcome = await (await withChannel(slack, { webhook: url })).send(outgoing(vipJoined));
  assert.equal(verdictOf(outcome), 'refused destination');
  assert.match(reasonOf(outcome), /^Slack: no_service — /);
});

test('a bug of ours is an unknown outcome, not an exception', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack);
  const broken: Outgoing = JSON.parse(JSON.stringify({ ...outgoing(vipJoined), message: {} }));
  const outcome = await destination.send({ ...broken, firstTriedAt: new Date() });
  assert.equal(outcome.kind, 'unknown');
  assert.match(reasonOf(outcome), /TypeError/);
});

test('all channels of one set of credentials share one client, and the base may end in a slash', async () => {
  await using slack = await SlackStandIn.start();
  slack.addChannel(channel);
  const credentials = credentialsFor({ slack: { url: `${slack.url}/`, token: slack.token } });
  const type = createSlack(5000);
  for (const name of ['C0AAAAAA', 'C0BBBBBB']) {
    slack.addChannel(name);
    const destination = await opened(type, { channel: name }, toolsWith(credentials));
    assert.equal((await destination.send(outgoing(vipJoined))).kind, 'sent');
    assert.equal(slack.visible(name).length, 1);
  }
});
