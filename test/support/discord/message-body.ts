import { z } from 'zod';
import { checked, filledText, report, snowflake, text } from './checked.ts';
import { type Component, classicComponents, componentsV2 } from './components.ts';
import { type Embed, embeds } from './embeds.ts';
import { type AllowedMentions, allowedMentions } from './mentions.ts';

/** Bits of a message's `flags`. */
export const messageFlags = {
  suppressEmbeds: 4,
  hasThread: 32,
  ephemeral: 64,
  loading: 128,
  suppressNotifications: 4096,
  componentsV2: 32_768,
} as const;

/** What a body may say about a message; a missing key leaves an edited message as it is. */
export type Draft = {
  readonly content?: string | null | undefined;
  readonly embeds?: readonly Embed[] | null | undefined;
  readonly components?: readonly Component[] | null | undefined;
  readonly flags?: number | null | undefined;
  readonly allowed_mentions?: AllowedMentions | null | undefined;
};

export type NewDraft = Draft & {
  readonly nonce?: string | number | null | undefined;
  readonly enforce_nonce?: boolean | null | undefined;
};

export type WebhookDraft = Draft & {
  readonly username?: string | null | undefined;
  readonly thread_name?: string | null | undefined;
  readonly applied_tags?: readonly string[] | null | undefined;
};

const flagsAmong = (...allowed: number[]): z.ZodType<number> => {
  const mask = allowed.reduce((sum, flag) => sum | flag, 0);
  return z.int().superRefine((value, context) => {
    if ((value & ~mask) !== 0) {
      report(context, [], 'BASE_TYPE_CHOICES', `Value must be made of (${allowed.join(', ')}).`);
    }
  });
};
const { suppressEmbeds, suppressNotifications, componentsV2: v2, ephemeral } = messageFlags;

function base(usesV2: boolean) {
  return {
    content: text(2000).nullish(),
    embeds: embeds.nullish(),
    components: (usesV2 ? componentsV2 : classicComponents).nullish(),
    allowed_mentions: allowedMentions.nullish(),
    attachments: z.array(z.unknown()).max(10).nullish(),
    flags: flagsAmong(suppressEmbeds, suppressNotifications, v2).nullish(),
    // discord.js says `false` to both of its own accord, in every body.
    tts: z.boolean().optional(),
    enforce_nonce: z.boolean().nullish(),
  };
}

const usernameProblem = /discord|clyde/i;
const username = filledText(80).superRefine((value, context) => {
  const found = usernameProblem.exec(value)?.[0].toLowerCase();
  if (found !== undefined) {
    report(context, [], 'USERNAME_INVALID_CONTAINS', `Username cannot contain "${found}"`);
  }
});

/** The body of Create Message. */
export function readNewMessage(body: unknown): NewDraft {
  const schema = z.strictObject({
    ...base(declaresV2(body)),
    nonce: z.union([z.int(), z.string().max(25)]).nullish(),
  });
  return checked(schema, body);
}

/** The body of an edit; `flags` are those of the message so far, since V2 stays switched on. */
export function readEdit(body: unknown, flags: number): Draft {
  return checked(z.strictObject(base(declaresV2(body) || (flags & v2) !== 0)), body);
}

/** The body of Execute Webhook; a nonce is unknown there. */
export function readWebhookMessage(body: unknown): WebhookDraft {
  const schema = z.strictObject({
    ...base(declaresV2(body)),
    username: username.nullish(),
    avatar_url: z.url().max(2048).nullish(),
    thread_name: text(100).nullish(),
    applied_tags: z.array(snowflake).max(5).nullish(),
  });
  return checked(schema, body);
}

/** The `data` of an interaction's answer, or the body of a follow-up. */
export function readInteractionMessage(body: unknown): Draft {
  const schema = z.strictObject({
    ...base(declaresV2(body)),
    flags: flagsAmong(suppressEmbeds, ephemeral, suppressNotifications, v2).nullish(),
    nonce: z.union([z.int(), z.string().max(25)]).nullish(),
  });
  return checked(schema, body);
}

/** The body that opens a thread on a message. */
export function readThread(body: unknown): { name: string } {
  return checked(z.strictObject(threadFields), body);
}

/** The body that opens a forum post; its message has no nonce. */
export function readPost(body: unknown): { name: string; message: Draft; tags: readonly string[] } {
  const holder = z.looseObject({ message: z.unknown() }).safeParse(body);
  const schema = z.strictObject({
    ...threadFields,
    applied_tags: z.array(snowflake).max(5).nullish(),
    message: z.strictObject(base(holder.success && declaresV2(holder.data.message))),
  });
  const { name, message, applied_tags } = checked(schema, body);
  return { name, message, tags: applied_tags ?? [] };
}

/** The body that changes a thread. */
export function readThreadChange(body: unknown): {
  name?: string | undefined;
  archived?: boolean | undefined;
  locked?: boolean | undefined;
} {
  const schema = z.strictObject({
    name: filledText(100).optional(),
    archived: z.boolean().optional(),
    locked: z.boolean().optional(),
    auto_archive_duration: threadFields.auto_archive_duration,
  });
  return checked(schema, body);
}

const threadFields = {
  name: filledText(100),
  auto_archive_duration: z
    .union([z.literal(60), z.literal(1440), z.literal(4320), z.literal(10_080)])
    .optional(),
  rate_limit_per_user: z.int().min(0).max(21_600).nullish(),
};

function declaresV2(body: unknown): boolean {
  const parsed = z.looseObject({ flags: z.int() }).safeParse(body);
  return parsed.success && (parsed.data.flags & v2) !== 0;
}
