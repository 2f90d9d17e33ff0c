import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, oneLine } from '#domain/text.ts';
import { rendered } from '#test/discord/rendered.ts';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { Service, testSources, until } from '#test/service.ts';
import { mentions } from '#test/slack/mentions.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { hostileValues } from '../destinations/hostile-values.ts';
import { comparable } from '../destinations/readable.ts';

const slackChannel = 'C0SALES01';
const discordChannel = '112233445566778899';

const rules = `version: 1
${testSources}
destinations:
  sales: { slack: { channel: ${slackChannel} } }
  community: { discord: { channel: "${discordChannel}" } }
rules:
  - id: joined
    on: participant.joined
    send:
      - { to: [ sales, community ], template: vip-joined }
      - { to: [ sales, community ], text: "{{participant.name}} is in {{room.name}}" }
`;

test('hostile names and titles, from the webhook to the reader, ping nobody, link nowhere and stay readable', async () => {
  await using slack = await SlackStandIn.start();
  await using discord = await DiscordStandIn.start();
  slack.addChannel(slackChannel);
  discord.addChannel(discordChannel);
  await using service = await Service.start({
    rules,
    variables: {
      SLACK_BOT_TOKEN: slack.token,
      SLACK_API_URL: slack.url,
      DISCORD_BOT_TOKEN: discord.token,
      DISCORD_API_URL: discord.url,
    },
  });
  assert.ok(hostileValues.length >= 60, `${hostileValues.length} hostile values`);
  for (const [index, { value }] of hostileValues.entries()) {
    const meeting = new PlugNmeetMeeting({ title: value, roomId: `room-${index}` });
    const { status } = await service.plugNmeet(meeting.joined(`guest-${index}`, value));
    assert.equal(status, 200);
  }
  const count = hostileValues.length * 2;
  await until('all on Slack', () => slack.visible(slackChannel).length >= count, 60_000);
  await until('all on Discord', () => discord.visible(discordChannel).length >= count, 60_000);
  const onSlack = slack.visible(slackChannel);
  const onDiscord = discord.visible(discordChannel);
  assert.deepEqual([onSlack.length, onDiscord.length], [count, count]);
  for (const [position, { what, value }] of hostileValues.entries()) {
    // A reader sees the beginning of the name; a name of which nothing can be seen is replaced by the id.
    const shown = comparable(cut(oneLine(value), 20).replace('…', ''));
    for (const message of onSlack.slice(position * 2, position * 2 + 2)) {
      const { pings, links, texts } = mentions(message);
      assert.deepEqual([pings, links], [[], []], `${what} on Slack`);
      assert.ok(
        comparable(texts.join(' ')).includes(shown),
        `${what} on Slack: ${shown} in ${texts.join(' ')}`,
      );
    }
    for (const message of onDiscord.slice(position * 2, position * 2 + 2)) {
      const { links, mentionsMarkup, formatting, texts } = rendered(message);
      const markup = mentionsMarkup.filter((each) => !each.startsWith('<t:'));
      assert.deepEqual([links, markup, formatting], [[], [], []], `${what} on Discord`);
      assert.ok(comparable(texts.join(' ')).includes(shown), `${what} on Discord`);
      assert.deepEqual(message.mentions, { everyone: false, users: [], roles: [] }, what);
    }
  }
});
