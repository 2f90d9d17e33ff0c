import type { Message } from '#domain/message.ts';
import { fitWhole, unitsOfMentions } from './fitting.ts';

/** Whom a message may ping: nobody but those listed, whatever its texts look like. */
export type AllowedMentions = {
  readonly parse: readonly [];
  readonly users?: readonly string[];
  readonly roles?: readonly string[];
};

/** The mentions of a message: `content` begins the message and ends in a blank, and is empty where nobody is mentioned. */
export type DiscordMentions = { readonly content: string; readonly allowed: AllowedMentions };

const role = 'role:';

/** Discord pings only who is both named in the text and allowed. */
export function discordMentions({ mentions }: Message): DiscordMentions {
  const named = fitWhole(mentions?.discord ?? [], unitsOfMentions, tokenOf);
  if (named.length === 0) return { content: '', allowed: { parse: [] } };
  const users = named.filter((name) => !name.startsWith(role));
  const roles = named.filter((name) => name.startsWith(role)).map((name) => name.slice(role.length));
  return {
    content: named.map((name) => `${tokenOf(name)} `).join(''),
    allowed: { parse: [], users, roles },
  };
}

function tokenOf(name: string): string {
  return name.startsWith(role) ? `<@&${name.slice(role.length)}>` : `<@${name}>`;
}
