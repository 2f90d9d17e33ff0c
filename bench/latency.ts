import { setTimeout as delay } from 'node:timers/promises';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { Service, testSources, until } from '#test/service.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { table, withSpread } from './statistics.ts';

const messages = 200;
const everyMs = 50;
const discordChannel = '112233445566778899';

const rules = `version: 1
${testSources}
destinations:
  sales: { slack: { channel: C0SALES01 } }
  community: { discord: { channel: "${discordChannel}" } }
rules:
  - { id: joined, on: participant.joined, send: { to: [ sales, community ], text: "{{participant.name}}" } }
`;

/** From the first byte of a webhook to the message's arrival at the platform's stand-in, in a calm stream of events. */
export async function benchLatency(print: (text: string) => void): Promise<void> {
  await using slack = await SlackStandIn.start();
  await using discord = await DiscordStandIn.start();
  slack.addChannel('C0SALES01');
  discord.addChannel(discordChannel);
  await using service = await Service.start({
    rules,
    variables: {
      SLACK_BOT_TOKEN: slack.token,
      SLACK_API_URL: slack.url,
      DISCORD_BOT_TOKEN: discord.token,
      DISCORD_API_URL: discord.url,
      LOG_LEVEL: 'error',
    },
  });
  const arrivals = { slack: [] as number[], discord: [] as number[] };
  for (let index = 0; index < messages; index++) {
    const meeting = new PlugNmeetMeeting({ roomId: `room-${index}` });
    const startedAt = performance.now();
    await service.plugNmeet(meeting.joined(`guest-${index}`, `Guest ${index}`));
    await Promise.all([
      until('Slack', () => slack.visible('C0SALES01').length > index).then(() =>
        arrivals.slack.push(performance.now() - startedAt),
      ),
      until('Discord', () => discord.visible(discordChannel).length > index).then(() =>
        arrivals.discord.push(performance.now() - startedAt),
      ),
    ]);
    await delay(everyMs);
  }
  const warm = (times: readonly number[]) => times.slice(20).toSorted((one, other) => one - other);
  const rows = Object.entries(arrivals).map(([platform, times]) => {
    const sorted = warm(times);
    const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
    return [platform, withSpread(sorted, 1), p99.toFixed(1)];
  });
  print(
    `\n## Latency: webhook in to message at the stand-in, ms, ${messages} events, one every ${everyMs} ms\n`,
  );
  print(table(['platform', 'median (spread)', 'p99'], rows));
}
