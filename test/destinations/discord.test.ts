import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outgoing } from '#destinations/destination.ts';
import { createDiscord } from '#destinations/discord.ts';
import type { Outcome } from '#domain/delivery.ts';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { type Fault, rateLimited, slow } from '#test/faults.ts';
import { vipJoined } from './example-messages.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

const channel = '112233445566778899';
const shortly = 300;
const posting = 'POST /channels/:channel/messages';
const executing = 'POST /webhooks/:webhook/:token';

async function withChannel(discord: DiscordStandIn, settings: object = { channel }, timeoutMs = 5000) {
  return opened(createDiscord(timeoutMs), settings, toolsWith(credentialsFor({ discord })));
}

async function started(options?: Parameters<typeof DiscordStandIn.start>[0]): Promise<DiscordStandIn> {
  const discord = await DiscordStandIn.start(options);
  discord.addChannel(channel);
  return discord;
}

function verdictOf(outcome: Outcome): string {
  return outcome.kind === 'refused' ? `refused ${outcome.scope}` : outcome.kind;
}

function reasonOf(outcome: Outcome): string {
  return outcome.kind === 'sent' ? '' : outcome.reason;
}

/** A delivery whose first try began `minutes` ago. */
function triedBefore(minutes: number, from: Outgoing = outgoing(vipJoined)): Outgoing {
  return { ...from, firstTriedAt: new Date(Date.now() - minutes * 60_000) };
}

test('a message arrives with its receipt and mentions nobody', async () => {
  await using discord = await started();
  const destination = await withChannel(discord);
  assert.equal(destination.lane, `discord:${channel}`);
  const outcome = await destination.send(outgoing(vipJoined));
  const [message] = discord.visible(channel);
  assert.deepEqual(outcome, { kind: 'sent', receipt: { channel, messageId: message?.id } });
  assert.equal(message?.content, 'Guest One joined Quarterly review. 6 people are in.');
  assert.deepEqual(message?.mentions, { everyone: false, users: [], roles: [] });
  assert.equal(message?.components.length, 1);
});

const afterwards: readonly { fault: Fault; verdict: string; visible: number; byWebhook?: string }[] = [
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
  { fault: '502-html-applied', verdict: 'unknown', visible: 1 },
  { fault: '200-html', verdict: 'unknown', visible: 0 },
  { fault: '200-html-applied', verdict: 'unknown', visible: 1 },
  { fault: '200-empty', verdict: 'unknown', visible: 0 },
  { fault: '200-empty-applied', verdict: 'unknown', visible: 1 },
  { fault: '403-html', verdict: 'later', visible: 0 },
  { fault: 'token-revoked', verdict: 'refused credential', visible: 0, byWebhook: 'sent' },
  { fault: slow(50), verdict: 'sent', visible: 1 },
];

for (const { fault, verdict, visible, byWebhook = verdict } of afterwards) {
  const name = typeof fault === 'string' ? fault : fault.kind;
  test(`Discord answers with ${name}: ${verdict}, one try, and the reason holds no secret`, async () => {
    await using discord = await started();
    const destination = await withChannel(discord, { channel }, shortly);
    discord.faults.next({ method: posting }, fault);
    const outcome = await destination.send(outgoing(vipJoined));
    assert.equal(verdictOf(outcome), verdict, reasonOf(outcome));
    assert.equal(discord.faults.unmet(), 0);
    assert.equal(discord.visible(channel).length, visible);
    assert.equal(discord.requests().length, 1);
    assert.ok(!reasonOf(outcome).includes(discord.token));
    assert.ok(!reasonOf(outcome).includes(discord.url));
  });

  test(`an incoming webhook of Discord meets ${name}, one try, and the reason holds no secret`, async () => {
    await using discord = await started();
    const url = discord.webhookUrl(channel);
    const destination = await withChannel(discord, { webhook: url }, shortly);
    discord.faults.next({ method: executing }, fault);
    const outcome = await destination.send(outgoing(vipJoined));
    assert.equal(verdictOf(outcome), byWebhook, reasonOf(outcome));
    assert.equal(discord.visible(channel).length, byWebhook === 'sent' ? 1 : visible);
    assert.equal(discord.requests().length, 1);
    assert.ok(!reasonOf(outcome).includes('webhook-token'));
  });
}

test('a repeat after an ambiguous try posts nothing twice', async () => {
  await using discord = await started();
  const destination = await withChannel(discord, { channel }, shortly);
  const lost = outgoing(vipJoined);
  discord.faults.next({ method: posting }, 'apply-then-hang');
  assert.equal((await destination.send(lost)).kind, 'unknown');
  assert.deepEqual(await destination.find(lost), { kind: 'absent' });
  const [message] = discord.visible(channel);
  assert.deepEqual(await destination.send(lost), {
    kind: 'sent',
    receipt: { channel, messageId: message?.id },
  });
  assert.equal(discord.visible(channel).length, 1);
});

test('after the window of the nonce a lost message is found by its mark, over several pages', async () => {
  await using discord = await started();
  const destination = await withChannel(discord, { channel }, shortly);
  for (let count = 0; count < 130; count += 1) discord.say(channel, 'chatter');
  const lost = outgoing(vipJoined);
  discord.faults.next({ method: posting }, 'apply-then-hang');
  assert.equal((await destination.send(lost)).kind, 'unknown');
  const messageId = discord.visible(channel).at(-1)?.id;
  assert.deepEqual(await destination.find(triedBefore(3, lost)), {
    kind: 'sent',
    receipt: { channel, messageId },
  });
  assert.deepEqual(await destination.find(triedBefore(3)), { kind: 'absent' });
});

test('a mark that somebody else wrote is not ours', async () => {
  await using discord = await started();
  const byBot = await withChannel(discord);
  const byWebhook = await withChannel(discord, { webhook: discord.webhookUrl(channel) });
  const lost = outgoing(vipJoined);
  assert.equal((await byWebhook.send(lost)).kind, 'sent');
  assert.deepEqual(await byBot.find(triedBefore(3, lost)), { kind: 'absent' });
});

test('a compact message leaves no mark, so the policy of the destination decides', async () => {
  await using discord = await started();
  const lost = triedBefore(3);
  for (const [on_unknown, sendAgain] of [
    ['at_least_once', true],
    ['at_most_once', false],
  ] as const) {
    const destination = await withChannel(discord, { channel, compact: true, on_unknown });
    assert.equal((await destination.send(lost)).kind, 'sent');
    assert.deepEqual(await destination.find(lost), { kind: 'cannot tell', sendAgain });
  }
});

test('when the channel cannot be read the policy of the destination decides', async () => {
  await using discord = await started();
  const careful = await withChannel(discord, { channel, on_unknown: 'at_most_once' });
  discord.changeChannel(channel, { state: 'no_access' });
  assert.deepEqual(await careful.find(triedBefore(3)), { kind: 'cannot tell', sendAgain: false });
  const webhook = await withChannel(discord, { webhook: discord.webhookUrl(channel) });
  assert.deepEqual(await webhook.find(triedBefore(0)), { kind: 'cannot tell', sendAgain: true });
});

test('a 429 names the pause of the lane', async () => {
  await using discord = await started();
  const faults = [rateLimited(7, 'global'), '429-no-retry-after', '429-zero', '403-html'] as const;
  for (const [settings, method] of [
    [{ channel }, posting],
    [{ webhook: discord.webhookUrl(channel) }, executing],
  ] as const) {
    const pauses: unknown[] = [];
    for (const fault of faults) {
      // Each time a client that has not been told to be silent yet.
      const destination = await withChannel(discord, settings);
      discord.faults.next({ method }, fault);
      const outcome = await destination.send(outgoing(vipJoined));
      pauses.push(
        outcome.kind === 'later' && outcome.pausesLane === true && Math.floor((outcome.afterMs ?? 0) / 100),
      );
    }
    assert.deepEqual(pauses, [70, 600, 10, 600]);
  }
});

test('a limit that the client knows itself is respected without a call', async () => {
  await using discord = await started({ limits: true });
  const destination = await withChannel(discord);
  const outcomes: Outcome[] = [];
  for (let count = 0; count < 8; count += 1) outcomes.push(await destination.send(outgoing(vipJoined)));
  const sent = outcomes.filter(({ kind }) => kind === 'sent');
  const later = outcomes.filter((outcome) => outcome.kind === 'later' && outcome.pausesLane === true);
  assert.ok(later.length > 0);
  assert.equal(sent.length + later.length, 8);
  assert.equal(discord.visible(channel).length, sent.length);
  assert.equal(discord.invalidRequests(), 0);
});

for (const [state, code] of [
  ['missing', 10003],
  ['no_access', 50001],
  ['no_permission', 50013],
] as const) {
  test(`a channel in the state ${state} is refused as ${code}`, async () => {
    await using discord = await started();
    const destination = await withChannel(discord);
    discord.changeChannel(channel, { state });
    const outcome = await destination.send(outgoing(vipJoined));
    assert.equal(verdictOf(outcome), 'refused destination');
    assert.ok(reasonOf(outcome).startsWith(`Discord: ${code} — `), reasonOf(outcome));
  });
}

test('a closed port is waited for', async () => {
  await using discord = await started();
  const bot = await withChannel(discord);
  const webhook = await withChannel(discord, { webhook: discord.webhookUrl(channel) });
  await discord.refuseConnections();
  for (const destination of [bot, webhook]) {
    const outcome = await destination.send(outgoing(vipJoined));
    assert.equal(outcome.kind, 'later');
    assert.match(reasonOf(outcome), /^Discord: ECONNREFUSED/);
  }
  await discord.acceptConnections();
  assert.equal((await bot.send(outgoing(vipJoined))).kind, 'sent');
});

test('a refused token that works again is used again', async () => {
  await using discord = await started();
  const destination = await withChannel(discord);
  discord.revokeToken();
  assert.equal(verdictOf(await destination.send(outgoing(vipJoined))), 'refused credential');
  assert.equal(verdictOf(await destination.send(outgoing(vipJoined))), 'refused credential');
  discord.restoreToken();
  assert.equal(verdictOf(await destination.send(outgoing(vipJoined))), 'sent');
});

test('after 500 refused calls nothing is sent for ten minutes', async () => {
  let nowMs = Date.now();
  await using discord = await started();
  const tools = toolsWith(credentialsFor({ discord }), () => new Date(nowMs));
  const type = createDiscord(5000);
  const bot = await opened(type, { channel }, tools);
  const webhook = await opened(type, { webhook: discord.webhookUrl(channel) }, tools);
  discord.faults.always({}, '403-html');
  for (let count = 0; count < 490; count += 1) await webhook.send(outgoing(vipJoined));
  for (let count = 0; count < 10; count += 1) await bot.send(outgoing(vipJoined));
  discord.faults.clear();
  for (const destination of [bot, webhook]) {
    const outcome = await destination.send(outgoing(vipJoined));
    assert.ok(outcome.kind === 'later' && outcome.pausesLane === true);
    assert.match(outcome.reason, /ban/);
    assert.ok(outcome.afterMs !== undefined && outcome.afterMs <= 600_000 && outcome.afterMs > 0);
  }
  assert.equal(discord.requests().length, 500);
  nowMs += 600_001;
  assert.equal((await bot.send(outgoing(vipJoined))).kind, 'sent');
});

test('a deleted webhook is refused and never called again', async () => {
  await using discord = await started();
  const destination = await withChannel(discord, { webhook: discord.webhookUrl(channel) });
  discord.deleteWebhook(channel);
  for (let count = 0; count < 3; count += 1) {
    assert.equal(verdictOf(await destination.send(outgoing(vipJoined))), 'refused destination');
  }
  assert.equal(discord.requests().length, 1);
});

test('a webhook tells its message id and shows the buttons', async () => {
  await using discord = await started();
  const destination = await withChannel(discord, { webhook: discord.webhookUrl(channel) });
  const outcome = await destination.send(outgoing(vipJoined));
  const [message] = discord.visible(channel);
  assert.deepEqual(outcome, { kind: 'sent', receipt: { channel, messageId: message?.id } });
  assert.equal(message?.components.length, 1);
  assert.equal(discord.requests()[0]?.headers.authorization, undefined);
});

test('a webhook that a stranger calls with the wrong token is refused without blaming the bot', async () => {
  await using discord = await started();
  const destination = await withChannel(discord, { webhook: `${discord.webhookUrl(channel)}x` });
  assert.equal(verdictOf(await destination.send(outgoing(vipJoined))), 'refused destination');
});

test('the base may end in a slash', async () => {
  await using discord = await started();
  const credentials = credentialsFor({ discord: { url: `${discord.url}/`, token: discord.token } });
  const destination = await opened(createDiscord(5000), { channel }, toolsWith(credentials));
  assert.equal((await destination.send(outgoing(vipJoined))).kind, 'sent');
});
