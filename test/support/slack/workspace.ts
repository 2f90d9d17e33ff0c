import { type JsonObject, Refusal } from './refusal.ts';

export type ChannelState = 'open' | 'missing' | 'not_member' | 'archived' | 'read_only' | 'thread_only';
export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  state: ChannelState;
};

export type Metadata = { readonly event_type: string; readonly event_payload: JsonObject };

/** How Slack treats plain words in `text`; all as the caller asked for it. */
export type Rendering = {
  readonly parse?: string | undefined;
  readonly mrkdwn?: boolean | undefined;
  readonly linkNames?: boolean | undefined;
};

export type Message = {
  readonly ts: string;
  readonly channel: string;
  /** The app's own bot, a webhook of the app, or a person. */
  readonly author: string;
  readonly threadTs: string | undefined;
  /** Milliseconds; before that, history does not show the message. */
  readonly inHistoryFrom: number;
  text: string;
  blocks: readonly JsonObject[];
  metadata: Metadata | undefined;
  rendering: Rendering;
  broadcast: boolean;
  edited: boolean;
  /** What it said before each edit, oldest first. */
  readonly earlier: Wording[];
};

/** What a message said, or says. */
export type Wording = Pick<Message, 'text' | 'blocks' | 'metadata' | 'rendering' | 'broadcast'>;

export type NewMessage = Pick<Message, 'channel' | 'author' | 'text'> &
  Partial<Pick<Message, 'threadTs' | 'blocks' | 'metadata' | 'rendering' | 'broadcast'>> & {
    readonly historyLagMs?: number | undefined;
  };

/** What a reader sees of one message; replies only on the message that began the thread. */
export type VisibleMessage = {
  readonly ts: string;
  readonly author: string;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly metadata: Metadata | undefined;
  readonly rendering: Rendering;
  readonly threadTs: string | undefined;
  readonly broadcast: boolean;
  readonly edited: boolean;
  readonly replies: readonly VisibleMessage[];
};

export type Ephemeral = {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
};

/** The channels of one workspace and what stands in them. */
export class Workspace {
  readonly channels = new Map<string, Channel>();
  readonly ephemerals: Ephemeral[] = [];
  readonly #now: () => number;
  readonly #editWindowMs: number;
  #messages: Message[] = [];
  #lastMicros = 0;

  constructor(now: () => number, editWindowMs: number) {
    this.#now = now;
    this.#editWindowMs = editWindowMs;
  }

  channel(id: string): Channel {
    const found = this.channels.get(id);
    const isHidden = found?.state === 'missing' || (found?.isPrivate && found.state === 'not_member');
    if (found === undefined || isHidden) throw new Refusal('channel_not_found');
    return found;
  }

  add(message: NewMessage): Message {
    const added: Message = {
      ts: this.nextTs(),
      channel: message.channel,
      author: message.author,
      threadTs: message.threadTs,
      inHistoryFrom: this.#now() + (message.historyLagMs ?? 0),
      text: message.text,
      blocks: message.blocks ?? [],
      metadata: message.metadata,
      rendering: message.rendering ?? {},
      broadcast: message.broadcast ?? false,
      edited: false,
      earlier: [],
    };
    this.#messages.push(added);
    return added;
  }

  find(channel: string, ts: string): Message | undefined {
    return this.#messages.find((message) => message.channel === channel && message.ts === ts);
  }

  /** Whether the workspace still lets the message be edited. */
  isEditable({ ts }: Message): boolean {
    return this.#now() - Number(ts) * 1000 <= this.#editWindowMs;
  }

  /** Replaces what a message says. */
  edit(message: Message, change: Partial<Wording>): void {
    message.earlier.push(wordingOf(message));
    Object.assign(message, change, { edited: true });
  }

  /** All that the message has said, oldest first, what it says now included; empty when it is not there. */
  versions(channel: string, ts: string): Wording[] {
    const message = this.find(channel, ts);
    return message === undefined ? [] : [...message.earlier, wordingOf(message)];
  }

  delete(channel: string, ts: string): void {
    this.#messages = this.#messages.filter((message) => message.channel !== channel || message.ts !== ts);
  }

  /** All messages of a channel, each once, oldest first. */
  messages(channel: string): readonly Message[] {
    return this.#messages.filter((message) => message.channel === channel);
  }

  /** The messages of a channel that history shows by now, oldest first. */
  history(channel: string): readonly Message[] {
    return this.messages(channel).filter((message) => message.inHistoryFrom <= this.#now());
  }

  /** The lines of a channel, oldest first: its messages and the replies that are shown in it too. */
  visible(channel: string): VisibleMessage[] {
    const all = this.messages(channel);
    return all
      .filter((message) => message.threadTs === undefined || message.broadcast)
      .map((message) => ({
        ...asSeen(message),
        replies: all.filter((reply) => reply.threadTs === message.ts).map(asSeen),
      }));
  }

  /** Seconds and microseconds, greater than any handed out before. */
  nextTs(): string {
    const micros = Math.max(Math.floor(this.#now()) * 1000, this.#lastMicros + 100);
    this.#lastMicros = micros;
    return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`;
  }
}

function wordingOf({ text, blocks, metadata, rendering, broadcast }: Message): Wording {
  return { text, blocks, metadata, rendering, broadcast };
}

function asSeen(message: Message): VisibleMessage {
  const { ts, author, text, blocks, metadata, rendering, threadTs, broadcast, edited } = message;
  return { ts, author, text, blocks, metadata, rendering, threadTs, broadcast, edited, replies: [] };
}
