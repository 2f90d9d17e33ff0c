import assert from 'node:assert/strict';
import type { Destination, Edited } from '#destinations/destination.ts';
import { createDiscord } from '#destinations/discord.ts';
import type { Receipt } from '#domain/delivery.ts';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { recordingMissing, vipJoined } from './example-messages.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

export const channel = '112233445566778899';
export const elsewhere = '112233445566778800';
export const before = 'Guest One joined Quarterly review. 6 people are in.';
export const after = 'No recording for Weekly sync: no file has arrived 30 min after the end.';

export const ways = [
  { by: 'the bot', method: 'PATCH /channels/:channel/messages/:message', isBot: true },
  {
    by: 'an incoming webhook',
    method: 'PATCH /webhooks/:webhook/:token/messages/:message',
    isBot: false,
  },
] as const;
export type Way = (typeof ways)[number];

export async function started(): Promise<DiscordStandIn> {
  const discord = await DiscordStandIn.start();
  discord.addChannel(channel);
  return discord;
}

export function settingsFor({ isBot }: Way, discord: DiscordStandIn): object {
  return isBot ? { channel } : { webhook: discord.webhookUrl(channel) };
}

export async function openAt(discord: DiscordStandIn, settings: object, timeoutMs = 5000) {
  return opened(createDiscord(timeoutMs), settings, toolsWith(credentialsFor({ discord })));
}

/** Edits with a destination that must be able to. */
export async function edit(destination: Destination, receipt: Receipt, what = outgoing(recordingMissing)) {
  const edited = await destination.edit?.(what, receipt);
  assert.ok(edited);
  return edited;
}

export async function sentBy(destination: Destination): Promise<Receipt> {
  const outcome = await destination.send(outgoing(vipJoined));
  assert.ok(outcome.kind === 'sent');
  return outcome.receipt;
}

export function verdictOf(edited: Edited): string {
  return edited.kind === 'refused' ? `refused ${edited.scope}` : edited.kind;
}

export function reasonOf(edited: Edited): string {
  return edited.kind === 'sent' ? '' : edited.reason;
}

export function textsIn(discord: DiscordStandIn): string[] {
  return discord.visible(channel).map(({ content }) => content);
}

/** The requests that asked for an edit. */
export function patches(discord: DiscordStandIn) {
  return discord.requests().filter(({ method }) => method === 'PATCH');
}
