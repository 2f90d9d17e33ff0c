import { z } from 'zod';
import { isTimezone } from './timezone.ts';

/** Names that appear in addresses, commands and messages. */
export const nameText = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    'use letters, digits, "-" and "_" only, and begin with a letter or digit',
  );

const listOf = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).min(1)]).transform((value) => (Array.isArray(value) ? value : [value]));

/** The top of rules.yaml; each part is checked on its own afterwards, so that one mistake hides no other. */
export const fileParts = {
  version: z.literal(1),
  timezone: z.string().refine(isTimezone, 'this is not a time zone; write it like Europe/Berlin').optional(),
  sources: z.record(z.string(), z.unknown()).optional(),
  destinations: z.record(z.string(), z.unknown()).optional(),
  lists: z.record(z.string(), z.unknown()).optional(),
  notices: z.string().optional(),
  command: z
    .string()
    .regex(
      /^\/[a-z0-9_-]{1,31}$/,
      'a command begins with "/" and has lower-case letters and digits, like /meet',
    )
    .optional(),
  rules: z.array(z.unknown()).optional(),
};

export const sendSchema = z.strictObject({
  to: listOf(z.string()),
  template: z.string().optional(),
  text: z.string().min(1).optional(),
});

export const ruleSchema = z.strictObject({
  id: nameText,
  on: listOf(z.string()),
  where: z.unknown().optional(),
  once_per: z.array(z.string()).min(1).optional(),
  enabled: z
    .boolean({ error: ({ input }) => (input === 'shadow' ? '"shadow" is not available yet' : undefined) })
    .optional(),
  /** Each entry is checked on its own with `sendSchema`. */
  send: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown()).min(1)]),
});

/** Keys of the full grammar that this version does not know yet, by the place they stand in. */
export const notYet: Readonly<
  Record<'file' | 'sources' | 'destinations' | 'rule' | 'send' | 'where', readonly string[]>
> = {
  file: ['quiet_hours', 'cards', 'tests', 'retention', 'admins'],
  sources: ['api', 'rewrite', 's3'],
  destinations: [],
  rule: ['still_true_after', 'unless_followed_by', 'at_most', 'digest', 'reset_when', 'was'],
  send: [
    'thread',
    'also_in_channel',
    'mention',
    'quiet_hours',
    'priority',
    'fallback',
    'link_expiry',
    'inline',
  ],
  where: ['expr'],
};
