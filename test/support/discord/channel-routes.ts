import { z } from 'zod';
import { checked } from './checked.ts';
import { type Author, type Message, toApiMessage } from './message.ts';
import { readEdit, readNewMessage, readPost, readThread, readThreadChange } from './message-body.ts';
import { refusals } from './refusal.ts';
import type { Call, Reply, Route } from './route.ts';
import { type Channel, readyForSending, requirePermission, type World } from './world.ts';

const channelTypes = { text: 0, thread: 11, forum: 15 } as const;

/** Routes below `/channels`: messages, threads, forum posts. */
export function channelRoutes(world: World, bot: Author, guildId: string): Route[] {
  const shown = (message: Message): Record<string, unknown> => {
    const thread = world.findChannel(message.id);
    const isStarter = thread !== undefined && message.channelId !== thread.id;
    return {
      ...toApiMessage(message, bot.id),
      ...(isStarter ? { thread: toApiChannel(thread, guildId) } : {}),
    };
  };
  const addressed = (call: Call): Message => world.message(call.param('channel'), call.param('message'));

  const create = (call: Call): Reply => {
    const channel = world.channel(call.param('channel'));
    requirePermission(channel);
    const draft = readNewMessage(call.body());
    const message = world.post(readyForSending(channel), bot, draft);
    if (call.historyLagMs > 0) message.listedFromMs = Date.now() + call.historyLagMs;
    const nonce = draft.nonce === undefined || draft.nonce === null ? {} : { nonce: draft.nonce };
    return { status: 200, json: { ...shown(message), ...nonce } };
  };
  const edit = (call: Call): Reply => {
    const message = addressed(call);
    const draft = readEdit(call.body(), message.flags);
    if (message.author.id !== bot.id) throw refusals.othersMessage();
    world.edit(world.channel(message.channelId), message, draft);
    return { status: 200, json: shown(message) };
  };
  const remove = (call: Call): Reply => {
    const message = addressed(call);
    if (message.author.id !== bot.id) throw refusals.missingPermissions();
    world.channel(message.channelId).messages.delete(message.id);
    return { status: 204 };
  };
  const list = (call: Call): Reply => {
    const channel = world.channel(call.param('channel'));
    if (channel.kind === 'forum') throw refusals.wrongChannelType();
    return { status: 200, json: pageOf(channel, call.query).map(shown) };
  };
  const startThread = (call: Call): Reply => {
    const message = addressed(call);
    requirePermission(world.channel(message.channelId));
    const { name } = readThread(call.body());
    return { status: 201, json: toApiChannel(world.startThread(message, name), guildId) };
  };
  const startPost = (call: Call): Reply => {
    const forum = world.channel(call.param('channel'));
    requirePermission(forum);
    if (forum.kind !== 'forum') throw refusals.wrongChannelType();
    const first = world.startPost(forum, bot, readPost(call.body()));
    const thread = world.channel(first.id);
    return { status: 201, json: { ...toApiChannel(thread, guildId), message: shown(first) } };
  };
  const changeThread = (call: Call): Reply => {
    const thread = world.channel(call.param('channel'));
    const { name, archived, locked } = readThreadChange(call.body());
    if (thread.kind !== 'thread') throw refusals.missingPermissions();
    thread.name = name ?? thread.name;
    thread.archived = archived ?? thread.archived;
    thread.locked = locked ?? thread.locked;
    return { status: 200, json: toApiChannel(thread, guildId) };
  };
  const show = (call: Call): Reply => ({
    status: 200,
    json: toApiChannel(world.channel(call.param('channel')), guildId),
  });

  return [
    { name: 'GET /channels/:channel', auth: 'bot', handle: show },
    { name: 'PATCH /channels/:channel', auth: 'bot', handle: changeThread },
    { name: 'GET /channels/:channel/messages', auth: 'bot', handle: list },
    { name: 'POST /channels/:channel/messages', auth: 'bot', handle: create },
    {
      name: 'GET /channels/:channel/messages/:message',
      auth: 'bot',
      handle: (call) => ({ status: 200, json: shown(addressed(call)) }),
    },
    { name: 'PATCH /channels/:channel/messages/:message', auth: 'bot', handle: edit },
    { name: 'DELETE /channels/:channel/messages/:message', auth: 'bot', handle: remove },
    { name: 'POST /channels/:channel/messages/:message/threads', auth: 'bot', handle: startThread },
    { name: 'POST /channels/:channel/threads', auth: 'bot', handle: startPost },
  ];
}

/** A channel or thread as the API and the gateway show it. */
export function toApiChannel(channel: Channel, guildId: string): Record<string, unknown> {
  const { id, kind, name, parent, archived, locked } = channel;
  const base = { id, guild_id: guildId, type: channelTypes[kind], name, parent_id: parent?.id ?? null };
  if (kind !== 'thread') {
    return { ...base, position: 0, permission_overwrites: [], nsfw: false, topic: null, available_tags: [] };
  }
  const metadata = {
    archived,
    locked,
    auto_archive_duration: 1440,
    archive_timestamp: new Date(0).toISOString(),
  };
  return { ...base, thread_metadata: metadata, message_count: channel.messages.size, member_count: 1 };
}

const paging = z.object({
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(50),
  after: z.string().optional(),
  before: z.string().optional(),
});

/** Newest first; with `after` the oldest ones behind that id. */
function pageOf(channel: Channel, query: URLSearchParams): Message[] {
  const { limit, after, before } = checked(paging, Object.fromEntries(query));
  const listed = [...channel.messages.values()].filter(
    ({ id, listedFromMs }) =>
      listedFromMs <= Date.now() &&
      (after === undefined || BigInt(id) > BigInt(after)) &&
      (before === undefined || BigInt(id) < BigInt(before)),
  );
  const page = after === undefined ? listed.slice(-limit) : listed.slice(0, limit);
  return page.toReversed();
}
