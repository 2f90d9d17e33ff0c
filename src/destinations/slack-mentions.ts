import type { Message } from '#domain/message.ts';
import { fitWhole, unitsOfMentions } from './fitting.ts';
import type { RichInline, RichMention, SlackBlock } from './slack-blocks.ts';

/** The mentions of a message in both places where they are needed; `text` ends in a blank, and is empty where nobody is mentioned. */
export type SlackMentions = { readonly text: string; readonly blocks: readonly SlackBlock[] };

/**
 * Who has blocks to read is pinged by the blocks: there Slack takes `text` for the words of the notification only, and they should begin
 * as the message does. Where a message has no blocks, or a client shows none, `text` is all there is and has to ping by itself.
 */
export function slackMentions({ mentions }: Message): SlackMentions {
  const ids = fitWhole(mentions?.slack ?? [], unitsOfMentions, tokenOf);
  if (ids.length === 0) return { text: '', blocks: [] };
  const elements = ids.flatMap((id, index): RichInline[] => {
    const mention = elementOf(id);
    return index === 0 ? [mention] : [{ type: 'text', text: ' ' }, mention];
  });
  return {
    text: ids.map((id) => `${tokenOf(id)} `).join(''),
    blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }],
  };
}

function isGroup(id: string): boolean {
  return id.startsWith('S');
}

function tokenOf(id: string): string {
  return isGroup(id) ? `<!subteam^${id}>` : `<@${id}>`;
}

function elementOf(id: string): RichMention {
  return isGroup(id) ? { type: 'usergroup', usergroup_id: id } : { type: 'user', user_id: id };
}
