import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { post, Service, secrets, testSources, until } from '#test/service.ts';
import { signLiveKit, signPlugNmeet } from '#test/signing.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { loadVectors } from '#test/vectors.ts';

const discordChannel = '112233445566778899';
const redactedWords = /SECRET-|REDACTED-example|15550100|stream-key-in-clear/;

const rules = `version: 1
${testSources}
destinations:
  sales: { slack: { channel: C0SALES01 } }
  hook: { slack: { webhook: "\${SLACK_HOOK}" } }
  community: { discord: { channel: "${discordChannel}" } }
  discord_hook: { discord: { webhook: "\${DISCORD_HOOK}" } }
  nowhere: { discord: { webhook: "\${DEAD_HOOK}" } }
rules:
  - id: everything
    on: [ room.started, participant.joined, recording.ready, artifact.ready, ingress.started ]
    send: { to: [ sales, hook, community, discord_hook, nowhere ], text: "{{event.native}} in {{room.name}}: {{raw.room.metadata}}" }
`;

test('no secret, token, webhook address or redacted field gets into logs, store or messages, in good times and bad', async () => {
  await using slack = await SlackStandIn.start();
  await using discord = await DiscordStandIn.start();
  slack.addChannel('C0SALES01');
  slack.addChannel('C0HOOK001');
  discord.addChannel(discordChannel);
  discord.addChannel('222233445566778899');
  const variables = {
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.url,
    SLACK_HOOK: slack.webhookUrl('C0HOOK001'),
    DISCORD_BOT_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
    DISCORD_HOOK: discord.webhookUrl(discordChannel),
    DEAD_HOOK: discord.webhookUrl('222233445566778899'),
    ADMIN_TOKEN: 'admin-token-of-the-tests-0123456789',
    LINK_SECRET: 'link-secret-of-the-tests-0123456789',
  };
  discord.deleteWebhook('222233445566778899');
  slack.faults.next({ method: 'chat.postMessage', nth: 2 }, '500-json');
  slack.faults.next({ method: 'webhook', nth: 2 }, '200-html');
  discord.faults.next({ method: 'POST /channels/:channel/messages', nth: 2 }, '502-html');
  await using service = await Service.start({ rules, variables });
  const now = new Date();
  let sent = 0;
  for (const name of ['plugnmeet', 'livekit'] as const) {
    for (const { body } of loadVectors(name).vectors.filter(({ valid }) => valid)) {
      const headers =
        name === 'plugnmeet'
          ? signPlugNmeet(body, { key: 'pnm-key', secret: secrets.plugnmeet, now })
          : signLiveKit(body, { key: 'lk-key', secret: secrets.livekit, now });
      await post(`${service.url}/hooks/${name === 'plugnmeet' ? 'meet' : 'live'}`, body, headers);
      sent++;
    }
  }
  await service.plugNmeet(new PlugNmeetMeeting().recordingReady());
  await post(`${service.url}/hooks/meet`, '{}', { authorization: `Bearer ${secrets.plugnmeet}` });
  await fetch(`${service.url}/preview?token=${variables.ADMIN_TOKEN}`, { redirect: 'manual' });
  assert.ok(sent > 60, `${sent} webhooks`);
  await until(
    'messages',
    () => slack.visible('C0SALES01').length > 5 && discord.visible(discordChannel).length > 5,
  );
  await service.stop();

  const hidden = [
    ...Object.values(secrets),
    ...Object.entries(variables).flatMap(([key, value]) => (key.endsWith('URL') ? [] : [value])),
  ];
  const files = await readdir(service.folder);
  const stored = (
    await Promise.all(
      files
        .filter((file) => file.startsWith('callboard.db'))
        .map((file) => readFile(join(service.folder, file), 'latin1')),
    )
  ).join('');
  const shown = JSON.stringify([
    slack.visible('C0SALES01'),
    slack.visible('C0HOOK001'),
    discord.visible(discordChannel),
  ]);
  const logs = service.logs.join('');
  assert.ok(logs.length > 1000 && stored.length > 10_000 && shown.length > 1000);
  for (const [where, text] of Object.entries({ logs, stored, shown })) {
    for (const secret of hidden) assert.ok(!text.includes(secret), `${where}: ${secret.slice(0, 12)}…`);
    assert.doesNotMatch(text, redactedWords, where);
  }
  assert.match(logs, /"delivery":"[0-9a-f-]{36}"/);
  assert.match(logs, /"event":\d+/);
});
