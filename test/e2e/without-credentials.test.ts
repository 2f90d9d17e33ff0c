import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { Service, testSources, until } from '#test/service.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';

const rules = `version: 1
${testSources}
destinations:
  sales: { slack: { channel: C0SALES01 } }
  community: { discord: { channel: "112233445566778899" } }
  support: { discord: { channel: "112233445566778800" } }
rules:
  - { id: joined, on: participant.joined, send: { to: [ sales, community, support ], template: vip-joined } }
`;

test('destinations without credentials show in the preview with one warning, and the others work', async () => {
  await using slack = await SlackStandIn.start();
  slack.addChannel('C0SALES01');
  await using service = await Service.start({
    rules,
    variables: { SLACK_BOT_TOKEN: slack.token, SLACK_API_URL: slack.url },
  });
  await service.plugNmeet(new PlugNmeetMeeting().joined('guest', 'Guest One'));
  await until('the message on Slack', () => slack.visible('C0SALES01').length === 1);
  const { items } = (await (await fetch(`${service.url}/preview/messages?after=0`)).json()) as {
    items: readonly { destination: string; state: string; reason: string; slack: { text: string } }[];
  };
  assert.deepEqual(
    Object.fromEntries(items.map(({ destination, state, reason }) => [destination, [state, reason]])),
    {
      community: ['suppressed', 'no credentials'],
      support: ['suppressed', 'no credentials'],
    },
  );
  assert.match(items[0]?.slack.text ?? '', /^Guest One joined Weekly sync/);
  const warnings = service.logs.filter(
    (line) => line.includes('"level":40') && line.includes('no credentials'),
  );
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /"destinations":\["community","support"\].*set DISCORD_BOT_TOKEN/);
});
