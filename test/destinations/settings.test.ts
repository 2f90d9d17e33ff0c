import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { DestinationType } from '#destinations/destination.ts';
import { discord } from '#destinations/discord.ts';
import { destinationTypes } from '#destinations/index.ts';
import { preview } from '#destinations/preview.ts';
import { slack } from '#destinations/slack.ts';
import { vipJoined } from './example-messages.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

const slackHook = 'https://hooks.slack.com/services/T0/B0/hook-secret';
const discordHook = 'https://discord.com/api/webhooks/1/hook-secret';

function problemsOf<S>(type: DestinationType<S>, settings: unknown): string[] {
  const parsed = type.settings.safeParse(settings);
  return parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
}

test('the list names every platform once, and their settings have a JSON Schema', () => {
  assert.deepEqual(
    destinationTypes.map(({ type }) => type),
    ['slack', 'discord', 'preview'],
  );
  for (const { settings } of destinationTypes) assert.equal(z.toJSONSchema(settings).type, 'object');
});

test('settings are either a channel or a webhook', () => {
  assert.deepEqual(problemsOf(slack, { channel: 'C0123456789' }), []);
  assert.deepEqual(problemsOf(slack, { webhook: slackHook, on_unknown: 'at_most_once', compact: true }), []);
  assert.deepEqual(problemsOf(discord, { channel: '112233445566778899' }), []);
  assert.deepEqual(problemsOf(discord, { webhook: discordHook }), []);
  for (const type of [slack, discord]) {
    assert.match(problemsOf(type, {}).join(), /give a `channel` .* or a `webhook`/);
    assert.match(problemsOf(type, { on_unknown: 'sometimes', webhook: slackHook }).join(), /at_least_once/);
    assert.equal(problemsOf(type, { webhook: slackHook, chanel: 'C0123456789' }).length, 1);
  }
  assert.match(problemsOf(slack, { channel: 'C0123456789', webhook: slackHook }).join(), /not both/);
  assert.deepEqual(problemsOf(preview, {}), []);
  assert.equal(problemsOf(preview, { channel: 'C0123456789' }).length, 1);
});

test('the usual mistakes with channel ids are explained', () => {
  for (const channel of ['#ops', 'ops', 'C12', 'c0123456789', '']) {
    assert.match(
      problemsOf(slack, { channel }).join(),
      /C0123456789, found in the channel's details/,
      channel,
    );
  }
  assert.match(problemsOf(discord, { channel: 112_233 }).join(), /in quotes: as a number it loses digits/);
  assert.match(problemsOf(discord, { channel: '#ops' }).join(), /17 to 20 digits/);
});

test('without a token a channel is closed, a webhook is not', async () => {
  const tools = toolsWith(credentialsFor({}));
  const closed = { kind: 'closed', reason: 'no credentials' };
  assert.deepEqual(await slack.open('a', { channel: 'C0123456789' }, tools), {
    ...closed,
    remedy: 'set SLACK_BOT_TOKEN',
  });
  assert.deepEqual(await discord.open('a', { channel: '112233445566778899' }, tools), {
    ...closed,
    remedy: 'set DISCORD_BOT_TOKEN',
  });
  const byHook = await opened(slack, { webhook: slackHook }, tools);
  assert.match(byHook.lane, /^slack:webhook:[0-9a-f]{8}$/);
  assert.match(
    (await opened(discord, { webhook: discordHook }, tools)).lane,
    /^discord:webhook:[0-9a-f]{8}$/,
  );
});

test("a webhook is called on the vendor's hosts or the configured base only, and its address is not repeated", async () => {
  const overridden = credentialsFor({
    slack: { url: 'http://127.0.0.1:4000/api', token: 't' },
    discord: { url: 'http://127.0.0.1:4001/api/', token: 't' },
  });
  const cases: [DestinationType<{ webhook?: string | undefined }>, string, boolean][] = [
    [slack, 'http://hooks.slack.com/services/hook-secret', false],
    [slack, 'https://hooks.slack.com.evil.example/services/hook-secret', false],
    [slack, 'https://hooks.slack.com:8443/services/hook-secret', false],
    [slack, 'https://evil.example/hook-secret', false],
    [slack, 'hook-secret', false],
    [slack, '', false],
    [slack, 'http://127.0.0.1:4001/services/hook-secret', false],
    [slack, 'http://127.0.0.1:4000/services/hook-secret', true],
    [discord, 'http://discord.com/api/webhooks/1/hook-secret', false],
    [discord, 'https://evil.example/api/webhooks/1/hook-secret', false],
    [discord, 'https://canary.discord.com/api/webhooks/1/hook-secret', true],
    [discord, 'https://ptb.discord.com/api/webhooks/1/hook-secret', true],
    [discord, 'https://discordapp.com/api/webhooks/1/hook-secret', true],
    [discord, 'http://127.0.0.1:4001/api/webhooks/1/hook-secret', true],
  ];
  for (const [type, webhook, isAllowed] of cases) {
    const open = type.open('a', { webhook }, toolsWith(overridden));
    if (isAllowed) assert.equal((await open).kind, 'open', webhook);
    else await assert.rejects(open, (error: Error) => !error.message.includes('secret'), webhook);
  }
  const vendors = toolsWith(credentialsFor({}));
  await assert.rejects(slack.open('a', { webhook: 'https://slack.com/api/x' }, vendors), /hooks\.slack\.com/);
});

test('a preview takes every message', async () => {
  const destination = await opened(preview, {}, toolsWith(credentialsFor({})));
  assert.equal(destination.lane, 'preview:here');
  assert.deepEqual(await destination.send(outgoing(vipJoined)), { kind: 'sent', receipt: {} });
});
