import { type Component, flatten } from './components.ts';
import type { Embed } from './embeds.ts';
import { type AllowedMentions, type Pings, pingsOf } from './mentions.ts';
import { type Draft, messageFlags } from './message-body.ts';
import { invalidBody, refusals } from './refusal.ts';

/** Who wrote a message, and over which of Discord's ways: they differ in whom they notify by default. */
export type Author = {
  readonly id: string;
  readonly username: string;
  readonly via: 'bot' | 'webhook' | 'interaction';
};

/** A message as the stand-in keeps it. */
export type Message = {
  readonly id: string;
  readonly channelId: string;
  readonly author: Author;
  readonly createdAtMs: number;
  /** Real time, in ms, from which lists show the message. */
  listedFromMs: number;
  editedAtMs: number | undefined;
  content: string;
  embeds: readonly Embed[];
  components: readonly Component[];
  flags: number;
  pings: Pings;
  /** What it said before each edit, oldest first. */
  readonly earlier: Wording[];
};

/** A message as a reader of the channel sees it. */
export type ShownMessage = {
  readonly id: string;
  readonly author: string;
  readonly content: string;
  readonly embeds: readonly Embed[];
  readonly components: readonly Component[];
  readonly flags: number;
  /** Who was notified by the message as it is now. */
  readonly mentions: Pings;
  readonly edited?: true;
  /** The messages of the thread that hangs on this one. */
  readonly thread?: readonly ShownMessage[];
};

/** What a message says, and whom it pings. */
export type Wording = Pick<Message, 'content' | 'embeds' | 'components' | 'flags' | 'pings'>;

const blank: Wording = {
  content: '',
  embeds: [],
  components: [],
  flags: 0,
  pings: { everyone: false, users: [], roles: [] },
};
const flagsFixedAtCreation =
  messageFlags.suppressNotifications |
  messageFlags.hasThread |
  messageFlags.ephemeral |
  messageFlags.componentsV2;

/** The wording of a new message; refuses an empty one. */
export function composed(draft: Draft, mentionsByDefault: AllowedMentions): Wording {
  return merged(blank, draft, draft.flags ?? 0, mentionsByDefault);
}

/** The wording after an edit: what the draft leaves out stays, mentions are looked up again. */
export function edited(before: Wording, draft: Draft, mentionsByDefault: AllowedMentions): Wording {
  const kept = before.flags & flagsFixedAtCreation;
  const settable = messageFlags.suppressEmbeds | messageFlags.componentsV2;
  const flags = draft.flags === undefined ? before.flags : kept | ((draft.flags ?? 0) & settable);
  return merged(before, draft, flags & ~messageFlags.loading, mentionsByDefault);
}

function merged(before: Wording, draft: Draft, flags: number, mentionsByDefault: AllowedMentions): Wording {
  const content = draft.content === undefined ? before.content : (draft.content ?? '');
  const embeds = draft.embeds === undefined ? before.embeds : (draft.embeds ?? []);
  const components = draft.components === undefined ? before.components : (draft.components ?? []);
  if ((flags & messageFlags.componentsV2) !== 0) {
    const legacy = [...(content === '' ? [] : ['content']), ...(embeds.length === 0 ? [] : ['embeds'])];
    if (legacy.length > 0) throw invalidBody(legacy.map(legacyProblem));
  }
  if (content === '' && embeds.length === 0 && components.length === 0) throw refusals.emptyMessage();
  const displayed = components
    .flatMap(flatten)
    .flatMap((component) => (component.type === 10 ? [component.content] : []));
  const pings = pingsOf([content, ...displayed].join('\n'), draft.allowed_mentions ?? mentionsByDefault);
  return { content, embeds, components, flags, pings };
}

function legacyProblem(field: string) {
  return {
    path: [field],
    code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    message: `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
  };
}

/** What the message says now. */
export function wordingOf({ content, embeds, components, flags, pings }: Wording): Wording {
  return { content, embeds, components, flags, pings };
}

/** The message as the API answers it. */
export function toApiMessage(message: Message, applicationId: string): Record<string, unknown> {
  const { author, pings } = message;
  return {
    id: message.id,
    type: 0,
    channel_id: message.channelId,
    author: {
      id: author.id,
      username: author.username,
      discriminator: '0000',
      global_name: null,
      avatar: null,
      bot: true,
    },
    content: message.content,
    timestamp: new Date(message.createdAtMs).toISOString(),
    edited_timestamp: message.editedAtMs === undefined ? null : new Date(message.editedAtMs).toISOString(),
    tts: false,
    pinned: false,
    mention_everyone: pings.everyone,
    mentions: pings.users.map((id) => ({ id, username: `user-${id}`, discriminator: '0', avatar: null })),
    mention_roles: pings.roles,
    attachments: [],
    embeds: message.embeds.map((embed) => ({ type: 'rich', ...embed })),
    components: message.components,
    flags: message.flags,
    ...(author.via === 'webhook' ? { webhook_id: author.id } : {}),
    ...(author.id === applicationId ? { application_id: applicationId } : {}),
  };
}

/** The message as a reader sees it, without its thread. */
export function toShown(message: Message): ShownMessage {
  return {
    id: message.id,
    author: message.author.username,
    content: message.content,
    embeds: message.embeds,
    components: message.components,
    flags: message.flags,
    mentions: message.pings,
    ...(message.editedAtMs === undefined ? {} : { edited: true }),
  };
}
