import { setTimeout as delay } from 'node:timers/promises';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { Service, testSources, until } from '#test/service.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { table, withSpread } from './statistics.ts';

const messages = 200;
const warmUp = 20;
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

/** From the sending of a webhook to its message's arrival at the platform's stand-in, in a calm stream of events. */
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
  const sentAt: number[] = [];
  for (let index = 0; index < messages; index++) {
    const meeting = new PlugNmeetMeeting({ roomId: `room-${index}` });
    sentAt.push(Date.now());
    await service.plugNmeet(meeting.joined(`guest-${index}`, `Guest ${index}`));
    await delay(everyMs);
  }
  await until(
    'all messages',
    () => slack.visible('C0SALES01').length + discord.visible(discordChannel).length === 2 * messages,
  );
  // The stand-ins note when a request came in; Discord's ids carry that moment.
  const arrivals = {
    slack: slack.requests().flatMap(({ method, at }) => (method === 'chat.postMessage' ? [at] : [])),
    discord: discord
      .visible(discordChannel)
      .map(({ id }) => Number((BigInt(id) >> 22n) + 1_420_070_400_000n)),
  };
  const rows = Object.entries(arrivals).map(([platform, times]) => {
    const took = times.map((at, index) => at - (sentAt[index] ?? Number.NaN)).slice(warmUp);
    const sorted = took.toSorted((one, other) => one - other);
    return [platform, withSpread(sorted), String(sorted[Math.floor(sorted.length * 0.99)])];
  });
  print(
    `\n## Latency: webhook sent to message at the stand-in, ms, ${messages} events, one every ${everyMs} ms\n`,
  );
  print(table(['platform', 'median (spread)', 'p99'], rows));
}
