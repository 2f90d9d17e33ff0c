import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Credentials, DestinationTools, DestinationType, OpenedDestination } from './destination.ts';
import { webhookAddress } from './incoming-webhook.ts';
import { SlackChannel } from './slack-channel.ts';
import { slackShows } from './slack-format.ts';
import { SlackWebhook } from './slack-webhook.ts';
import { mannerOf, type TargetSettings, targetSettings } from './target.ts';

const channelId = z.string().regex(/^[CGD][A-Z0-9]{5,}$/, {
  error: "give a channel id like C0123456789, found in the channel's details; a #name does not work",
});

/**
 * Slack, for channels and incoming webhooks. Every call ends within `timeoutMs`. All channels that are opened with the same
 * `credentials.slack` object share one client, also across reloads.
 */
export function createSlack(timeoutMs: number): DestinationType<TargetSettings> {
  const clients = new WeakMap<Credentials['slack'], Promise<WebClient>>();

  function clientFor({ credentials, fetch }: DestinationTools, token: string): Promise<WebClient> {
    const key = credentials.slack;
    const opened = clients.get(key) ?? openClient(token, key.apiUrl, fetch, timeoutMs);
    clients.set(key, opened);
    return opened;
  }

  async function open(
    name: string,
    settings: TargetSettings,
    tools: DestinationTools,
  ): Promise<OpenedDestination> {
    const { fetch, now, credentials } = tools;
    const manner = mannerOf(settings);
    if (settings.webhook !== undefined) {
      const url = webhookAddress(settings.webhook, { hosts: ['hooks.slack.com'], ...credentials.slack });
      return { kind: 'open', destination: new SlackWebhook(name, url, manner, { fetch, now, timeoutMs }) };
    }
    const { botToken } = credentials.slack;
    if (settings.channel === undefined || botToken === undefined) {
      return { kind: 'closed', reason: 'no credentials', remedy: 'set SLACK_BOT_TOKEN' };
    }
    const client = await clientFor(tools, botToken);
    return { kind: 'open', destination: new SlackChannel(name, settings.channel, manner, client, now) };
  }

  return { type: 'slack', settings: targetSettings(channelId), shows: slackShows, open };
}

const silence = () => {};

/** The client never repeats a call on its own: a repeat may post twice, and whether to repeat is decided from the outcome. */
async function openClient(
  token: string,
  apiUrl: string,
  fetch: typeof globalThis.fetch,
  timeoutMs: number,
): Promise<WebClient> {
  const { WebClient, LogLevel } = await import('@slack/web-api');
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    allowAbsoluteUrls: false,
    fetch,
    // What it would log, bodies and addresses, is told by the outcomes.
    logger: {
      debug: silence,
      info: silence,
      warn: silence,
      error: silence,
      setLevel: silence,
      setName: silence,
      getLevel: () => LogLevel.ERROR,
    },
  });
}

export const slack = createSlack(10_000);
