import { z } from 'zod';
import { flagArgument, limitArgument, parseArguments, timeArgument, timestampArgument } from './arguments.ts';
import type { MethodContext } from './context.ts';
import { type JsonObject, Refusal } from './refusal.ts';
import { onTheWire } from './wire.ts';
import type { Channel, Message } from './workspace.ts';

const defaultPageSize = 100;

const pageArguments = z.object({
  channel: z.string({ error: 'missing required field: channel' }).min(1),
  cursor: z.string().optional(),
  limit: limitArgument.optional(),
  oldest: timeArgument.optional(),
  latest: timeArgument.optional(),
  inclusive: flagArgument.optional(),
  include_all_metadata: flagArgument.optional(),
});
const threadArguments = pageArguments.extend({ ts: timestampArgument });
type PageArguments = z.output<typeof pageArguments>;

export function history(args: JsonObject, context: MethodContext): JsonObject {
  const given = parseArguments(pageArguments, args);
  const all = readable(given.channel, context);
  const lines = all
    .filter((message) => message.threadTs === undefined || message.broadcast)
    .filter((message) => isWithin(message, given))
    .toReversed();
  return pageOf(lines, all, given, context);
}

export function replies(args: JsonObject, context: MethodContext): JsonObject {
  const given = parseArguments(threadArguments, args);
  const all = readable(given.channel, context);
  const start = all.find((message) => message.ts === given.ts);
  const threadTs = start?.threadTs ?? given.ts;
  const thread = all.filter((message) => message.threadTs === threadTs);
  if (start === undefined && thread.length === 0) throw new Refusal('thread_not_found');
  const parent = all.filter((message) => message.ts === threadTs);
  const lines = [...parent, ...thread.filter((message) => isWithin(message, given))];
  return pageOf(lines, all, given, context);
}

export function info(args: JsonObject, context: MethodContext): JsonObject {
  const { channel } = parseArguments(pageArguments, args);
  return { channel: describe(context.workspace.channel(channel)) };
}

export function join(args: JsonObject, context: MethodContext): JsonObject {
  const { channel: id } = parseArguments(pageArguments, args);
  const channel = context.workspace.channel(id);
  if (channel.isPrivate) throw new Refusal('method_not_supported_for_channel_type');
  if (channel.state === 'archived') throw new Refusal('is_archived');
  if (channel.state === 'not_member') channel.state = 'open';
  return { channel: describe(channel) };
}

const listArguments = z.object({
  types: z.string().default('public_channel'),
  exclude_archived: flagArgument.optional(),
  limit: limitArgument.optional(),
  cursor: z.string().optional(),
});

export function list(args: JsonObject, context: MethodContext): JsonObject {
  const given = parseArguments(listArguments, args);
  const types = new Set(given.types.split(',').map((type) => type.trim()));
  const shown = Array.from(context.workspace.channels.values()).filter(
    (channel) =>
      channel.state !== 'missing' &&
      !(channel.isPrivate && channel.state === 'not_member') &&
      !(given.exclude_archived === true && channel.state === 'archived') &&
      types.has(channel.isPrivate ? 'private_channel' : 'public_channel'),
  );
  const { items, nextCursor } = cut(shown, (channel) => channel.id, given, context);
  return { channels: items.map(describe), response_metadata: { next_cursor: nextCursor } };
}

function describe(channel: Channel): JsonObject {
  return {
    id: channel.id,
    name: channel.name,
    is_channel: !channel.isPrivate,
    is_private: channel.isPrivate,
    is_archived: channel.state === 'archived',
    is_member: channel.state !== 'not_member',
    is_read_only: channel.state === 'read_only',
    is_thread_only: channel.state === 'thread_only',
  };
}

function readable(id: string, context: MethodContext): readonly Message[] {
  const channel = context.workspace.channel(id);
  if (channel.state === 'not_member') throw new Refusal('not_in_channel');
  return context.workspace.history(id);
}

function isWithin(message: Message, { oldest, latest, inclusive }: PageArguments): boolean {
  const at = Number(message.ts);
  if (oldest !== undefined && (at < oldest || (at === oldest && inclusive !== true))) return false;
  return latest === undefined || at < latest || (at === latest && inclusive === true);
}

function pageOf(
  lines: readonly Message[],
  all: readonly Message[],
  given: PageArguments,
  context: MethodContext,
): JsonObject {
  const { items, nextCursor } = cut(lines, (message) => message.ts, given, context);
  const withMetadata = given.include_all_metadata === true;
  return {
    messages: items.map((message) =>
      onTheWire(message, {
        withMetadata,
        replies: all.filter((reply) => reply.threadTs === message.ts),
      }),
    ),
    has_more: nextCursor !== '',
    ...(nextCursor === '' ? {} : { response_metadata: { next_cursor: nextCursor } }),
  };
}

/** One page; it may be shorter than asked for, as at Slack. The cursor names the first item of the next one. */
function cut<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  given: { readonly cursor?: string | undefined; readonly limit?: number | undefined },
  context: MethodContext,
): { items: readonly Item[]; nextCursor: string } {
  const size = Math.min(given.limit ?? defaultPageSize, context.maxPageSize);
  const start =
    given.cursor === undefined ? 0 : items.findIndex((item) => cursorOf(idOf(item)) === given.cursor);
  if (start < 0) throw new Refusal('invalid_cursor');
  const next = items[start + size];
  return {
    items: items.slice(start, start + size),
    nextCursor: next === undefined ? '' : cursorOf(idOf(next)),
  };
}

function cursorOf(id: string): string {
  return Buffer.from(`next:${id}`).toString('base64');
}
