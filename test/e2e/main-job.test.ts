import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { PlugNmeetStandIn } from '#test/plugnmeet.ts';
import { Service, secrets, testSources, until } from '#test/service.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';

const channel = '112233445566778899';

const rules = `version: 1
${testSources}
destinations:
  sales: { slack: { channel: C0SALES01 } }
  community: { discord: { channel: "${channel}" } }
lists: { vips: [ vip-user-789 ] }
rules:
  - id: vip-joined
    on: participant.joined
    where: { participant.id: { in_list: vips } }
    once_per: [ session.id, participant.id ]
    send: { to: [ sales, community ], template: vip-joined }
  - id: recording-ready
    on: recording.ready
    once_per: [ recording.id ]
    send: { to: [ sales, community ], template: recording-ready }
`;

async function platforms() {
  const slack = await SlackStandIn.start();
  const discord = await DiscordStandIn.start();
  slack.addChannel('C0SALES01');
  discord.addChannel(channel);
  const variables = {
    SLACK_BOT_TOKEN: slack.token,
    SLACK_API_URL: slack.url,
    DISCORD_BOT_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
  };
  const both = () => [slack.visible('C0SALES01').length, discord.visible(channel).length];
  return { slack, discord, variables, both };
}

test('a signed webhook in, a Slack and a Discord message out; a reconnect says nothing', async () => {
  const { slack, discord, variables, both } = await platforms();
  await using _slack = slack;
  await using _discord = discord;
  await using service = await Service.start({ rules, variables });
  const meeting = new PlugNmeetMeeting();
  const first = meeting.joined('vip-user-789', 'Guest One', 'one');
  assert.equal((await service.plugNmeet(meeting.started())).status, 200);
  assert.equal((await service.plugNmeet(first)).text, 'stored');
  await until('both messages', () => both().every((count) => count === 1));
  assert.equal((await service.plugNmeet(first)).text, 'duplicate');
  await service.plugNmeet(meeting.left('vip-user-789', 'one'));
  await service.plugNmeet(meeting.joined('VIP-USER-789', 'Guest One', 'two'));
  await service.plugNmeet(meeting.recordingReady('record-1'));
  await until('the recording', () => both().every((count) => count >= 2));
  assert.deepEqual(both(), [2, 2]);
  const [vip] = slack.visible('C0SALES01');
  assert.match(vip?.text ?? '', /^Guest One joined Weekly sync\. 1 person is in\.$/);
  assert.match(discord.visible(channel)[0]?.content ?? '', /^Guest One joined Weekly sync/);
});

test('a recording link opens with a token that plugNmeet mints at that moment, and holds no secret', async () => {
  const { slack, discord, variables } = await platforms();
  await using _slack = slack;
  await using _discord = discord;
  await using meetings = await PlugNmeetStandIn.start({ key: 'pnm-key', secret: secrets.plugnmeet });
  meetings.addRecording('record-1');
  await using service = await Service.start({
    rules,
    variables: { ...variables, PLUGNMEET_URL: meetings.url, PUBLIC_URL: 'http://callboard.test' },
  });
  await service.plugNmeet(new PlugNmeetMeeting().recordingReady('record-1'));
  const [message] = await until('the message', () => {
    const visible = slack.visible('C0SALES01');
    return visible.length > 0 && visible;
  });
  const shown = JSON.stringify(message);
  const link = /http:\/\/callboard\.test\/a\/[\w.-]+/.exec(shown)?.[0] ?? '';
  assert.doesNotMatch(shown, /node_01|record-1\.mp4|127\.0\.0\.1/);
  const here = link.replace('http://callboard.test', service.url);
  const opened = await fetch(here, { redirect: 'manual' });
  assert.equal(opened.status, 302);
  const file = await fetch(opened.headers.get('location') ?? '');
  assert.equal(file.status, 200);
  assert.equal((await fetch(here, { method: 'HEAD', redirect: 'manual' })).status, 200);
  assert.equal(
    (await fetch(here, { redirect: 'manual', headers: { 'user-agent': 'Slackbot-LinkExpanding 1.0' } }))
      .status,
    200,
  );
  assert.equal((await fetch(`${here}x`, { redirect: 'manual' })).status, 404);
  meetings.deleteFile('record-1');
  assert.equal((await fetch(here, { redirect: 'manual' })).status, 410);
});
