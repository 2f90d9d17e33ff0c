import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { post, secrets, serviceVariables, testSources, until } from '#test/service.ts';
import { signPlugNmeet } from '#test/signing.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';

const channel = '112233445566778899';
const kills = 20;
const script = new URL('../support/killed-service.ts', import.meta.url);

const rules = `version: 1
${testSources}
destinations:
  sales: { slack: { channel: C0SALES01 } }
  community: { discord: { channel: "${channel}" } }
rules:
  - id: joined
    on: participant.joined
    send: { to: [ sales, community ], text: "{{participant.name}} joined" }
`;

async function start(environment: Record<string, string>): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(script, { env: environment, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return { child, port: message.port };
}

test(`whatever was answered 2xx is sent after a kill -9, ${kills} times over, and sent once`, async () => {
  await using slack = await SlackStandIn.start();
  await using discord = await DiscordStandIn.start();
  slack.addChannel('C0SALES01');
  discord.addChannel(channel);
  const folder = await mkdtemp(join(tmpdir(), 'callboard-kill-'));
  const rulesFile = join(folder, 'rules.yaml');
  await writeFile(rulesFile, rules);
  const environment = serviceVariables(folder, rulesFile, {
    PATH: process.env['PATH'] ?? '',
    SLACK_BOT_TOKEN: slack.token,
    SLACK_API_URL: slack.url,
    DISCORD_BOT_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
  });
  const accepted: string[] = [];
  const unanswered: string[] = [];
  for (let round = 0; round < kills; round++) {
    const { child, port } = await start(environment);
    const ended = once(child, 'exit');
    const meeting = new PlugNmeetMeeting({ roomId: `room-${round}` });
    // Killed at a moment that wanders over the life of a message: before, during and after its way out.
    const timer = setTimeout(() => child.kill('SIGKILL'), 40 + round * 15);
    for (let index = 0; index < 12; index++) {
      const name = `Guest ${round}-${index}`;
      const body = JSON.stringify(meeting.joined(`guest-${round}-${index}`, name));
      const headers = signPlugNmeet(body, { key: 'pnm-key', secret: secrets.plugnmeet, now: new Date() });
      const { status } = await post(`http://127.0.0.1:${port}/hooks/meet`, body, headers);
      (status === 200 ? accepted : unanswered).push(`${name} joined`);
      if (status !== 200) break;
    }
    await ended;
    clearTimeout(timer);
  }
  const { child } = await start(environment);
  const seen = () => ({
    slack: slack.visible('C0SALES01').map(({ text }) => text),
    discord: discord.visible(channel).map(({ content }) => content),
  });
  try {
    const isThere = (texts: readonly string[]) => accepted.every((text) => texts.includes(text));
    await until('every accepted message', () => isThere(seen().slack) && isThere(seen().discord), 120_000);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
  assert.ok(accepted.length >= kills, `${accepted.length} accepted, ${unanswered.length} unanswered`);
  for (const [platform, texts] of Object.entries(seen())) {
    const repeated = texts.filter((text, index) => texts.indexOf(text) !== index);
    assert.deepEqual(repeated, [], `${platform} shows messages twice`);
    // What got no answer may have been stored or not: the sender repeats it. Anything else must not be there.
    const strange = texts.filter((text) => !accepted.includes(text) && !unanswered.includes(text));
    assert.deepEqual(strange, [], platform);
  }
});
