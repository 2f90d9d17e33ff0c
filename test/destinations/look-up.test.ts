import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found, Outgoing } from '#destinations/destination.ts';
import { createDiscord } from '#destinations/discord.ts';
import { createSlack } from '#destinations/slack.ts';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { answering, type Fault, rateLimited } from '#test/faults.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { vipJoined } from './example-messages.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

const slackChannel = 'C0CALLBOARD1';
const discordChannel = '112233445566778899';
const timeoutMs = 300;
const on_unknown = 'at_most_once';
const cannotTell: Found = { kind: 'cannot tell', sendAgain: false };

/** A delivery that is too old for the nonce of Discord and for patience with unknown codes. */
function old(): Outgoing {
  return outgoing(vipJoined, new Date(Date.now() - 4 * 60_000));
}

async function lookAtSlack(fault: Fault): Promise<Found> {
  await using slack = await SlackStandIn.start();
  slack.addChannel(slackChannel);
  const settings = { channel: slackChannel, on_unknown };
  const destination = await opened(createSlack(timeoutMs), settings, toolsWith(credentialsFor({ slack })));
  slack.faults.next({ method: 'conversations.history' }, fault);
  const found = await destination.find(old());
  assert.equal(slack.faults.unmet(), 0);
  return found;
}

async function lookAtDiscord(fault: Fault): Promise<Found> {
  await using discord = await DiscordStandIn.start();
  discord.addChannel(discordChannel);
  const settings = { channel: discordChannel, on_unknown };
  const tools = toolsWith(credentialsFor({ discord }));
  const destination = await opened(createDiscord(timeoutMs), settings, tools);
  discord.faults.next({ method: 'GET /channels/:channel/messages' }, fault);
  const found = await destination.find(old());
  assert.equal(discord.faults.unmet(), 0);
  return found;
}

for (const [platform, look, faults] of [
  ['Slack', lookAtSlack, ['503', 'hang', '200-html', 'internal-error', 'token-revoked']],
  ['Discord', lookAtDiscord, ['503', 'hang', '200-html', '403-html', 'token-revoked']],
] as const) {
  for (const fault of faults) {
    test(`a look-up that meets ${fault} at ${platform} is to be repeated, with the reason`, async () => {
      const found = await look(fault);
      assert.ok(found.kind === 'later', found.kind);
      assert.match(found.reason, new RegExp(`^the look-up failed: ${platform}: `));
    });
  }

  test(`a look-up that ${platform} puts off is repeated when it says`, async () => {
    const found = await look(rateLimited(7));
    assert.equal(found.kind === 'later' && Math.floor((found.afterMs ?? 0) / 100), 70);
  });
}

for (const error of ['missing_scope', 'not_in_channel', 'no_permission', 'channel_not_found']) {
  test(`where Slack answers a look-up with ${error} nobody can tell`, async () => {
    assert.deepEqual(await lookAtSlack(answering(200, { ok: false, error })), cannotTell);
  });
}

for (const [status, code] of [
  [403, 50001],
  [403, 160002],
  [404, 10003],
] as const) {
  test(`where Discord answers a look-up with ${code} nobody can tell`, async () => {
    assert.deepEqual(await lookAtDiscord(answering(status, { code, message: 'no' })), cannotTell);
  });
}

test('while calls to Discord are held back a look-up waits too', async () => {
  await using discord = await DiscordStandIn.start();
  discord.addChannel(discordChannel);
  const tools = toolsWith(credentialsFor({ discord }));
  const type = createDiscord(5000);
  const bot = await opened(type, { channel: discordChannel, on_unknown }, tools);
  const webhook = await opened(type, { webhook: discord.webhookUrl(discordChannel) }, tools);
  discord.faults.always({}, '403-html');
  for (let count = 0; count < 500; count += 1) await webhook.send(outgoing(vipJoined));
  const found = await bot.find(old());
  assert.ok(found.kind === 'later', found.kind);
  assert.ok(found.afterMs !== undefined && found.afterMs > 0 && found.afterMs <= 600_000);
  assert.equal(discord.requests().length, 500);
});
