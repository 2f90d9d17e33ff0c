import { type AllowedMentions, defaultMentions } from './mentions.ts';
import {
  type Author,
  composed,
  edited,
  type Message,
  type ShownMessage,
  toShown,
  type Wording,
  wordingOf,
} from './message.ts';
import { type Draft, messageFlags, type NewDraft } from './message-body.ts';
import { refusals } from './refusal.ts';

export type ChannelState = 'open' | 'missing' | 'no_access' | 'no_permission';
export type ChannelKind = 'text' | 'forum' | 'thread';

/** A channel or a thread with its messages, oldest first. */
export type Channel = {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly parent: Channel | undefined;
  readonly messages: Map<string, Message>;
  name: string;
  state: ChannelState;
  requiresTag: boolean;
  archived: boolean;
  locked: boolean;
};

const discordEpochMs = 1_420_070_400_000;
const nonceWindowMs = 180_000;
const defaultsOf = (author: Author): AllowedMentions => defaultMentions[author.via];

/** Everything that exists in the one guild: channels, threads, messages. */
export class World {
  readonly now: () => number;
  readonly #channels = new Map<string, Channel>();
  readonly #nonces = new Map<string, { readonly message: Message; readonly atMs: number }>();
  #lastId = 0n;

  constructor(now: () => number) {
    this.now = now;
  }

  /** A new id: larger than all before, and telling the time as Discord's ids do. */
  nextId(): string {
    const fromClock = BigInt(Math.max(0, Math.floor(this.now()) - discordEpochMs)) << 22n;
    this.#lastId = fromClock > this.#lastId ? fromClock : this.#lastId + 1n;
    return this.#lastId.toString();
  }

  addChannel(
    id: string,
    options: Pick<Channel, 'kind' | 'state' | 'requiresTag' | 'parent' | 'name'>,
  ): Channel {
    const channel: Channel = { id, ...options, messages: new Map(), archived: false, locked: false };
    this.#channels.set(id, channel);
    return channel;
  }

  findChannel(id: string): Channel | undefined {
    return this.#channels.get(id);
  }

  channels(): Channel[] {
    return [...this.#channels.values()];
  }

  /** The channel, as far as the bot may see it. */
  channel(id: string): Channel {
    const channel = this.#channels.get(id);
    const states = [channel?.state, channel?.parent?.state];
    if (channel === undefined || states.includes('missing')) throw refusals.unknownChannel();
    if (states.includes('no_access')) throw refusals.missingAccess();
    return channel;
  }

  message(channelId: string, id: string): Message {
    const message = this.channel(channelId).messages.get(id);
    if (message === undefined) throw refusals.unknownMessage();
    return message;
  }

  /** Creates a message, unless the same author used the same enforced nonce a short while ago. */
  post(channel: Channel, author: Author, draft: NewDraft): Message {
    const wording = composed(draft, defaultsOf(author));
    const isEnforced = draft.enforce_nonce === true && draft.nonce !== undefined && draft.nonce !== null;
    const key = `${author.id} ${draft.nonce}`;
    const earlier = isEnforced ? this.#nonces.get(key) : undefined;
    if (earlier !== undefined && this.now() - earlier.atMs < nonceWindowMs) return earlier.message;
    const message = this.add(channel, author, wording);
    if (isEnforced) this.#nonces.set(key, { message, atMs: this.now() });
    return message;
  }

  /** Puts a finished wording into the channel, under `id` where a thread already has one. */
  add(channel: Channel, author: Author, wording: Wording, id = this.nextId()): Message {
    const message: Message = {
      ...wording,
      id,
      channelId: channel.id,
      author,
      createdAtMs: this.now(),
      listedFromMs: 0,
      editedAtMs: undefined,
      earlier: [],
    };
    channel.messages.set(message.id, message);
    return message;
  }

  edit(channel: Channel, message: Message, draft: Draft): void {
    if (channel.archived) throw refusals.threadArchived();
    // Filling the place that a deferred answer holds is not an edit to the reader.
    const isSeen = (message.flags & messageFlags.loading) === 0;
    const wording = edited(message, draft, defaultsOf(message.author));
    if (isSeen) message.earlier.push(wordingOf(message));
    Object.assign(message, wording, { editedAtMs: isSeen ? this.now() : undefined });
  }

  /** All that the message has said, oldest first, what it says now included; empty when it is not there. */
  versions(channelId: string, id: string): Wording[] {
    const message = this.#channels.get(channelId)?.messages.get(id);
    return message === undefined ? [] : [...message.earlier, wordingOf(message)];
  }

  /** Opens a thread on a message; the thread has the message's id. */
  startThread(message: Message, name: string): Channel {
    const parent = this.channel(message.channelId);
    if (parent.kind !== 'text') throw refusals.wrongChannelType();
    if (this.#channels.has(message.id)) throw refusals.threadExists();
    message.flags |= messageFlags.hasThread;
    return this.addChannel(message.id, { ...threadIn(parent), name });
  }

  /** Opens a forum post: a thread whose first message has the thread's id. */
  startPost(forum: Channel, author: Author, post: ForumPost): Message {
    if (forum.kind !== 'forum') throw refusals.wrongChannelType();
    if (forum.requiresTag && post.tags.length === 0) throw refusals.tagRequired();
    const wording = composed(post.message, defaultsOf(author));
    const thread = this.addChannel(this.nextId(), { ...threadIn(forum), name: post.name });
    return this.add(thread, author, wording, thread.id);
  }

  /** What a reader sees, oldest first; in a forum, the first message of every post. */
  visible(id: string): ShownMessage[] {
    const channel = this.#channels.get(id);
    if (channel === undefined) throw new Error(`No channel ${id} was added`);
    if (channel.kind === 'forum') {
      return this.channels()
        .filter((thread) => thread.parent === channel)
        .flatMap((post) => {
          const [first, ...rest] = shownIn(post);
          return first === undefined ? [] : [{ ...first, thread: rest }];
        });
    }
    return shownIn(channel).map((message) => {
      const thread = channel.kind === 'text' ? this.#channels.get(message.id) : undefined;
      return thread === undefined ? message : { ...message, thread: shownIn(thread) };
    });
  }
}

export type ForumPost = {
  readonly name: string;
  readonly message: Draft;
  readonly tags: readonly string[];
};

function threadIn(parent: Channel): Pick<Channel, 'kind' | 'state' | 'requiresTag' | 'parent'> {
  return { kind: 'thread', state: 'open', requiresTag: false, parent };
}

/** Refuses where the bot may read but not write. */
export function requirePermission(channel: Channel): void {
  if ([channel.state, channel.parent?.state].includes('no_permission')) throw refusals.missingPermissions();
}

/** The channel, if messages can be sent there as it is now; an archived thread is reopened. */
export function readyForSending(channel: Channel): Channel {
  if (channel.kind === 'forum') throw refusals.forumNeedsPost();
  if (channel.locked) throw refusals.threadLocked();
  channel.archived = false;
  return channel;
}

function shownIn(channel: Channel): ShownMessage[] {
  return [...channel.messages.values()]
    .filter((message) => (message.flags & messageFlags.loading) === 0)
    .map(toShown);
}
