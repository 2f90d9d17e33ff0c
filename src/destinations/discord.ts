import { z } from 'zod';
import type { Credentials, DestinationTools, DestinationType, OpenedDestination } from './destination.ts';
import { type DiscordBot, openDiscordBot } from './discord-bot.ts';
import { DiscordChannel } from './discord-channel.ts';
import { DiscordCircuit } from './discord-circuit.ts';
import { discordShows } from './discord-format.ts';
import { DiscordWebhook } from './discord-webhook.ts';
import { webhookAddress } from './incoming-webhook.ts';
import { mannerOf, type TargetSettings, targetSettings } from './target.ts';

const hosts = [
  'discord.com',
  'discordapp.com',
  'canary.discord.com',
  'ptb.discord.com',
  'canary.discordapp.com',
  'ptb.discordapp.com',
];

const channelId = z
  .string({
    error: ({ input }) =>
      typeof input === 'number'
        ? 'put the channel id in quotes: as a number it loses digits'
        : 'a channel id is needed, 17 to 20 digits in quotes',
  })
  .regex(/^\d{17,20}$/, {
    error: 'a channel id of 17 to 20 digits is needed: copy it in Discord with developer mode on',
  });

/** What all destinations of one bot share. */
type Shared = { readonly circuit: DiscordCircuit; bot?: Promise<DiscordBot> };

/**
 * Discord, for channels and incoming webhooks. Every call ends within `timeoutMs`. All destinations that are opened with the same
 * `credentials.discord` object share one client, its limits and the guard against a ban, also across reloads.
 */
export function createDiscord(timeoutMs: number): DestinationType<TargetSettings> {
  const shared = new WeakMap<Credentials['discord'], Shared>();

  function sharedFor({ credentials, now }: DestinationTools): Shared {
    const known = shared.get(credentials.discord) ?? { circuit: new DiscordCircuit(now) };
    shared.set(credentials.discord, known);
    return known;
  }

  async function open(
    name: string,
    settings: TargetSettings,
    tools: DestinationTools,
  ): Promise<OpenedDestination> {
    const { fetch, now, credentials } = tools;
    const manner = mannerOf(settings);
    const own = sharedFor(tools);
    const { circuit } = own;
    if (settings.webhook !== undefined) {
      const url = webhookAddress(settings.webhook, { hosts, ...credentials.discord });
      const outside = { fetch, now, timeoutMs, circuit };
      return { kind: 'open', destination: new DiscordWebhook(name, url, manner, outside) };
    }
    const { botToken: token, apiUrl } = credentials.discord;
    if (settings.channel === undefined || token === undefined) {
      return { kind: 'closed', reason: 'no credentials', remedy: 'set DISCORD_BOT_TOKEN' };
    }
    own.bot ??= openDiscordBot({ token, apiUrl, timeoutMs, circuit });
    const connection = { bot: await own.bot, circuit, now };
    return { kind: 'open', destination: new DiscordChannel(name, settings.channel, manner, connection) };
  }

  return { type: 'discord', settings: targetSettings(channelId), shows: discordShows, open };
}

export const discord = createDiscord(10_000);
