import type { APIEmbed } from 'discord-api-types/v10';
import { type DiscordEmbed, formatDiscord } from '#destinations/discord-format.ts';
import type { Message } from '#domain/message.ts';

/** An answer to a command as Discord takes it; it mentions nobody. */
export type DiscordReply = {
  readonly content: string;
  readonly embeds: APIEmbed[];
  readonly allowed_mentions: { readonly parse: [] };
};

/** The text of a message; an answer has no buttons. */
export function discordReply(message: Message): DiscordReply {
  const { content, embeds } = formatDiscord(message, { deliveryId: '', compact: false });
  return {
    content,
    embeds: embeds.flatMap(replyEmbed),
    allowed_mentions: { parse: [] },
  };
}

/** State and time say when something happened; an answer is no news, and without a text an embed is an empty box. */
function replyEmbed({ title, description, color, fields = [] }: DiscordEmbed): APIEmbed[] {
  if (title === undefined && description === undefined && fields.length === 0) return [];
  return [
    {
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(fields.length === 0 ? {} : { fields: [...fields] }),
      color,
    },
  ];
}
