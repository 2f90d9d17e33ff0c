import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { type Fault, rateLimited, type WireFaultName } from '#test/faults.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { Service, testSources, until } from '#test/service.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';

const slackChannel = 'C0SALES01';
const discordChannel = '112233445566778899';
const guests = 6;

const rules = `version: 1
${testSources}
destinations:
  sales: { slack: { channel: ${slackChannel} } }
  community: { discord: { channel: "${discordChannel}" } }
rules:
  - { id: joined, on: participant.joined, send: { to: [ sales, community ], text: "{{participant.name}} joined" } }
`;

const expected = Array.from({ length: guests }, (_, index) => `Guest ${index} joined`);

async function setting() {
  const slack = await SlackStandIn.start();
  const discord = await DiscordStandIn.start();
  slack.addChannel(slackChannel);
  discord.addChannel(discordChannel);
  const service = await Service.start({
    rules,
    variables: {
      SLACK_BOT_TOKEN: slack.token,
      SLACK_API_URL: slack.url,
      DISCORD_BOT_TOKEN: discord.token,
      DISCORD_API_URL: discord.url,
    },
  });
  return {
    service,
    slack,
    discord,
    onSlack: () => slack.visible(slackChannel).map(({ text }) => text),
    onDiscord: () => discord.visible(discordChannel).map(({ content }) => content),
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await slack.stop();
      await discord.stop();
    },
  };
}

/** Everybody joins; every webhook must be answered 200. */
async function everybodyJoins(service: Service): Promise<void> {
  const meeting = new PlugNmeetMeeting();
  for (let index = 0; index < guests; index++) {
    const answer = await service.plugNmeet(meeting.joined(`guest-${index}`, `Guest ${index}`));
    assert.equal(answer.status, 200);
  }
}

const faults: readonly (WireFaultName | Fault)[] = [
  'hang',
  'apply-then-hang',
  'reject-then-reset',
  '503',
  '500-json',
  '200-html',
  '200-empty',
  'internal-error',
  '429-no-retry-after',
  rateLimited(600),
];

for (const fault of faults) {
  const name = typeof fault === 'string' ? fault : '429 for ten minutes';
  test(`Slack answers with ${name}: webhooks are acknowledged and Discord gets every message in order`, async () => {
    await using world = await setting();
    world.slack.faults.always({ method: 'chat.postMessage' }, fault);
    await everybodyJoins(world.service);
    await until('all on Discord', () => world.onDiscord().length >= guests);
    assert.deepEqual(world.onDiscord(), expected);
    assert.ok(world.slack.requests().length >= 1, 'Slack was tried');
  });

  test(`Discord answers with ${name}: webhooks are acknowledged and Slack gets every message in order`, async () => {
    await using world = await setting();
    const discordFault = fault === 'internal-error' ? '500-json' : fault;
    world.discord.faults.always({ method: 'POST /channels/:channel/messages' }, discordFault);
    await everybodyJoins(world.service);
    await until('all on Slack', () => world.onSlack().length >= guests);
    assert.deepEqual(world.onSlack(), expected);
    assert.ok(world.discord.requests().length >= 1, 'Discord was tried');
  });
}

test('what Slack throttled arrives once it takes messages again, in order and once', async () => {
  await using world = await setting();
  world.slack.faults.next({ method: 'chat.postMessage', nth: 2 }, rateLimited(1));
  await everybodyJoins(world.service);
  await until('all on Slack', () => world.onSlack().length >= guests);
  assert.deepEqual(world.onSlack(), expected);
});

test('what Slack applied without answering is found in the history, not posted twice', async () => {
  await using world = await setting();
  world.slack.faults.next({ method: 'chat.postMessage' }, 'apply-then-reset');
  await everybodyJoins(world.service);
  await until('all on Slack', () => world.onSlack().length >= guests);
  assert.deepEqual(world.onSlack(), expected);
});

test('a channel that Slack has archived holds its messages back, and one notice says so', async () => {
  await using slack = await SlackStandIn.start();
  slack.addChannel('C0GONE0001', { state: 'archived' });
  slack.addChannel('C0OPS00001');
  await using service = await Service.start({
    rules: `version: 1
${testSources}
destinations:
  gone: { slack: { channel: C0GONE0001 } }
  ops: { slack: { channel: C0OPS00001 } }
notices: ops
rules:
  - { id: joined, on: participant.joined, send: { to: gone, text: "{{participant.name}} joined" } }
`,
    variables: { SLACK_BOT_TOKEN: slack.token, SLACK_API_URL: slack.url },
  });
  await everybodyJoins(service);
  const [notice, ...more] = await until('the notice', () => {
    const visible = slack.visible('C0OPS00001');
    return visible.length > 0 && visible;
  });
  assert.match(notice?.text ?? '', /gone.*is_archived/);
  assert.deepEqual(more, []);
});
