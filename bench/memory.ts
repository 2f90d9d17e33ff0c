import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';

const idleMs = 60_000;

/** Resident memory after a minute of idling with both platforms configured, commands included. */
export async function benchMemory(print: (text: string) => void): Promise<void> {
  await using slack = await SlackStandIn.start();
  await using discord = await DiscordStandIn.start();
  const child = fork(new URL('./servers/callboard.ts', import.meta.url), {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: 'data/compile-cache',
      BENCH_KEY: 'bench',
      BENCH_SECRET: 'bench-secret',
      SLACK_BOT_TOKEN: slack.token,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.url,
      DISCORD_BOT_TOKEN: discord.token,
      DISCORD_APPLICATION_ID: discord.applicationId,
      DISCORD_API_URL: discord.url,
    },
  });
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', reject);
  });
  await delay(idleMs);
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  child.removeAllListeners('exit');
  child.disconnect();
  const megabytes = Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
  print(
    `\n## Memory: resident after ${idleMs / 1000} s idle, Slack over Socket Mode and Discord over the gateway\n\n${megabytes} MB`,
  );
}
