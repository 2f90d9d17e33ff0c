import { identity } from './identity.ts';
import type { JsonObject } from './refusal.ts';
import type { Message } from './workspace.ts';

/** A message as Slack answers it; `block_id`s that the author left out are filled in. */
export function onTheWire(
  message: Message,
  options: { readonly withMetadata: boolean; readonly replies?: readonly Message[] },
): JsonObject {
  const isOwn = message.author === identity.botUserId;
  const { replies = [], withMetadata } = options;
  return {
    type: 'message',
    ...(message.broadcast ? { subtype: 'thread_broadcast' } : {}),
    user: message.author,
    ts: message.ts,
    team: identity.teamId,
    ...(isOwn ? { bot_id: identity.botId, app_id: identity.appId } : {}),
    text: message.text,
    blocks: withBlockIds(message.blocks),
    ...threadFields(message, replies),
    ...(message.edited ? { edited: { user: identity.botUserId, ts: message.ts } } : {}),
    ...(withMetadata && message.metadata !== undefined ? { metadata: message.metadata } : {}),
  };
}

export function withBlockIds(blocks: readonly JsonObject[]): JsonObject[] {
  return blocks.map((block, index) => ({ block_id: `block${index + 1}`, ...block }));
}

function threadFields(message: Message, replies: readonly Message[]): JsonObject {
  if (message.threadTs !== undefined) return { thread_ts: message.threadTs };
  const latest = replies.at(-1);
  if (latest === undefined) return {};
  return { thread_ts: message.ts, reply_count: replies.length, latest_reply: latest.ts };
}
