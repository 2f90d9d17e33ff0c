import { z } from 'zod';
import { parseArguments, timestampArgument } from './arguments.ts';
import { compose, type Draft } from './composing.ts';
import type { MethodContext } from './context.ts';
import { identity } from './identity.ts';
import { type JsonObject, Refusal } from './refusal.ts';
import { onTheWire } from './wire.ts';
import type { Channel, Message } from './workspace.ts';

const maxUpdateLength = 4000;

const inChannel = z.object({ channel: z.string({ error: 'missing required field: channel' }).min(1) });
const toMessage = inChannel.extend({ ts: timestampArgument });
const toUser = inChannel.extend({ user: z.string().min(1) });

export function postMessage(args: JsonObject, context: MethodContext): JsonObject {
  const { channel: id } = parseArguments(inChannel, args);
  const channel = context.workspace.channel(id);
  const draft = compose(args);
  refuseClosed(channel, draft.threadTs, context.scopes);
  const threadTs = draft.threadTs === undefined ? undefined : threadOf(draft.threadTs, id, context);
  const message = context.workspace.add({
    channel: id,
    author: identity.botUserId,
    text: draft.text ?? '',
    blocks: draft.blocks ?? [],
    metadata: draft.metadata === 'removed' ? undefined : draft.metadata,
    rendering: draft.rendering,
    threadTs,
    broadcast: threadTs !== undefined && draft.broadcast === true,
    historyLagMs: context.historyLagMs,
  });
  return {
    channel: id,
    ts: message.ts,
    message: onTheWire(message, { withMetadata: true }),
    ...warned(draft),
  };
}

export function updateMessage(args: JsonObject, context: MethodContext): JsonObject {
  const { channel: id, ts } = parseArguments(toMessage, args);
  const channel = context.workspace.channel(id);
  if (channel.state === 'archived') throw new Refusal('is_inactive');
  if (channel.state === 'not_member') throw new Refusal('not_in_channel');
  const draft = compose(args);
  if ((draft.text ?? '').length > maxUpdateLength) throw new Refusal('msg_too_long');
  const message = ownMessage(id, ts, 'cant_update_message', context);
  if (!context.workspace.isEditable(message)) throw new Refusal('edit_window_closed');
  const { text = message.text, blocks = message.blocks, rendering, metadata = message.metadata } = draft;
  const broadcast = message.threadTs !== undefined && (draft.broadcast ?? message.broadcast);
  const kept = metadata === 'removed' ? undefined : metadata;
  context.workspace.edit(message, { text, blocks, rendering, broadcast, metadata: kept });
  return { channel: id, ts, text: message.text, message: onTheWire(message, { withMetadata: true }) };
}

export function deleteMessage(args: JsonObject, context: MethodContext): JsonObject {
  const { channel: id, ts } = parseArguments(toMessage, args);
  context.workspace.channel(id);
  ownMessage(id, ts, 'cant_delete_message', context);
  context.workspace.delete(id, ts);
  return { channel: id, ts };
}

export function postEphemeral(args: JsonObject, context: MethodContext): JsonObject {
  const { channel: id, user } = parseArguments(toUser, args);
  const channel = context.workspace.channel(id);
  const draft = compose(args);
  refuseClosed(channel, draft.threadTs, context.scopes);
  context.workspace.ephemerals.push({
    channel: id,
    user,
    text: draft.text ?? '',
    blocks: draft.blocks ?? [],
  });
  return { message_ts: context.workspace.nextTs() };
}

function ownMessage(channel: string, ts: string, refusal: string, context: MethodContext): Message {
  const message = context.workspace.find(channel, ts);
  if (message === undefined) throw new Refusal('message_not_found');
  if (message.author !== identity.botUserId) throw new Refusal(refusal);
  return message;
}

function refuseClosed(channel: Channel, threadTs: string | undefined, scopes: ReadonlySet<string>): void {
  if (channel.state === 'archived') throw new Refusal('is_archived');
  if (channel.state === 'read_only') throw new Refusal('restricted_action_read_only_channel');
  if (channel.state === 'thread_only' && threadTs === undefined) {
    throw new Refusal('restricted_action_thread_only_channel');
  }
  if (channel.state === 'not_member' && !scopes.has('chat:write.public')) throw new Refusal('not_in_channel');
}

/** The message a reply belongs under: a reply to a reply goes into the same thread. */
function threadOf(ts: string, channel: string, context: MethodContext): string {
  const parent = context.workspace.find(channel, ts);
  if (parent !== undefined) return parent.threadTs ?? ts;
  if (context.orphanReplies === 'refused') throw new Refusal('thread_not_found');
  return ts;
}

function warned(draft: Draft): JsonObject {
  if (draft.warnings.length === 0) return {};
  return { warning: draft.warnings.join(','), response_metadata: { warnings: draft.warnings } };
}
