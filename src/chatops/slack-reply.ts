import type { SlackBlock } from '#destinations/slack-blocks.ts';
import { formatSlack } from '#destinations/slack-format.ts';
import type { Message } from '#domain/message.ts';

/** An answer to a command as Slack takes it; only the person who asked sees it. */
export type SlackReply = {
  readonly response_type: 'ephemeral';
  readonly text: string;
  readonly blocks: SlackBlock[];
  readonly mrkdwn: false;
  readonly parse: 'none';
};

export function slackReply(message: Message): SlackReply {
  const { text, blocks } = formatSlack(message, { compact: false });
  // The line with state and time says when something happened; an answer is no news.
  const shown = blocks.filter(({ type }) => type !== 'context');
  return { response_type: 'ephemeral', text, blocks: shown, mrkdwn: false, parse: 'none' };
}
