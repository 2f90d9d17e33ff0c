import { z } from 'zod';
import { isTimeOfDay, weekdays } from './calendar.ts';
import { durationMs } from './duration.ts';
import { isTimezone } from './timezone.ts';

/** Names that appear in addresses, commands and messages. */
export const nameText = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    'use letters, digits, "-" and "_" only, and begin with a letter or digit',
  );

/** A duration such as 30s, 5m, 2h or 1d; becomes milliseconds. */
export const duration = z
  .string({ error: ({ input }) => (typeof input === 'number' ? durationNeeded : undefined) })
  .regex(/^\d+[smhd]$/, 'a duration is needed here, such as 30s, 5m, 2h or 1d')
  .transform((text, context) => {
    const ms = durationMs(text);
    if (ms !== undefined) return ms;
    context.addIssue({ code: 'custom', message: 'a duration is from 1s to 366d' });
    return z.NEVER;
  });
const durationNeeded = 'a duration is needed here, with its unit: 30s, 5m, 2h or 1d';

const timeOfDay = z.string().refine(isTimeOfDay, 'a time of day is needed here, in quotes, such as "22:00"');
const timezone = z.string().refine(isTimezone, 'this is not a time zone; write it like Europe/Berlin');
const weekday = z.enum(weekdays, { error: () => `a day is one of ${weekdays.join(', ')}` });

/** One, or a list of them; becomes a list. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).min(1)]).transform((value) => (Array.isArray(value) ? value : [value]));

const fieldNames = z.array(z.string()).min(1);
const conditions = z.record(z.string(), z.unknown());

/** The top of rules.yaml; each part is checked on its own afterwards, so that one mistake hides no other. */
export const fileParts = {
  version: z.literal(1).describe('of this grammar'),
  timezone: timezone
    .describe('zone of quiet hours, digests and the times in notifications; UTC where not given')
    .optional(),
  sources: z
    .record(z.string(), z.unknown())
    .describe('who may tell us something: a name, and one platform')
    .optional(),
  destinations: z
    .record(z.string(), z.unknown())
    .describe('where messages go: a name, and one platform')
    .optional(),
  lists: z
    .record(z.string(), z.unknown())
    .describe('values that several rules ask for, under one name')
    .optional(),
  quiet_hours: z
    .record(z.string(), z.unknown())
    .describe('windows of time in which messages wait or drop')
    .optional(),
  admins: z
    .strictObject({
      slack: z
        .array(z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'the id of a Slack user looks like U0ADMIN01'))
        .optional(),
      discord: z
        .array(z.string().regex(/^\d{15,20}$/, 'the id of a Discord user has 17 to 20 digits, in quotes'))
        .optional(),
    })
    .describe('who may use the commands that change something')
    .optional(),
  notices: z.string().describe('destination for our own worries').optional(),
  cards: z
    .record(z.string(), z.unknown())
    .describe('messages that are kept up to date while a meeting lives')
    .optional(),
  retention: duration
    .describe('how long once-keys are kept after their last use; 30d where not given')
    .optional(),
  command: z
    .string()
    .regex(
      /^\/[a-z0-9_-]{1,31}$/,
      'a command begins with "/" and has lower-case letters and digits, like /meet',
    )
    .describe('the command in Slack; /meet where not given')
    .optional(),
  rules: z.array(z.unknown()).describe('what to tell').optional(),
  tests: z.array(z.unknown()).describe('examples that must hold before the file is used').optional(),
};

const then = z.enum(['hold', 'drop'], {
  error: () => 'messages can only "hold" (go out at the end) or "drop"',
});

export const windowSchema = z.strictObject({
  from: timeOfDay.describe('when it begins'),
  to: z.union([z.literal('24:00'), timeOfDay]).describe('when it ends; on the next day if that is not later'),
  days: z.array(weekday).min(1).describe('days on which it begins; all where not given').optional(),
  timezone: timezone.optional(),
  then: then.describe('what becomes of messages'),
  default: z.boolean().describe('applies to every send that does not choose').optional(),
});

/** More do not fit into one message on every platform. */
const mostMentions = 'one message mentions at most 30';

const slackMention = z
  .string()
  .regex(/^[UWS][A-Z0-9]{2,20}$/, 'the id of a Slack user or user group looks like U0ADMIN01 or S0GROUP01');
const discordMention = z
  .string()
  .regex(
    /^(?:role:)?\d{15,20}$/,
    'the id of a Discord user has 17 to 20 digits, in quotes; before that of a role stands "role:"',
  );

export const sendSchema = z.strictObject({
  to: listOf(z.string()).describe('destinations'),
  template: z.string().describe('a file in templates/').optional(),
  text: z.string().min(1).describe('the words, where a template is too much').optional(),
  thread: z.literal('meeting').describe("under the meeting's first message").optional(),
  also_in_channel: z.boolean().describe('with thread: in the channel too').optional(),
  mention: z
    .strictObject({
      slack: z.array(slackMention).min(1).max(30, mostMentions).optional(),
      discord: z.array(discordMention).min(1).max(30, mostMentions).optional(),
    })
    .describe('who is pinged')
    .optional(),
  quiet_hours: z
    .union([z.string(), z.strictObject({ use: z.string(), then })])
    .describe('a window, ignore, or { use, then }')
    .optional(),
  priority: z.enum(['high', 'normal']).describe('high overtakes what waits').optional(),
  fallback: z.string().describe('destination for what could not be delivered').optional(),
  link_expiry: duration.describe('how long links to files work; 30d where not given').optional(),
  inline: z.literal('summary').describe('shows a short text in the message').optional(),
});

export const unlessSchema = z.strictObject({
  event: listOf(z.string()).describe('what must not follow'),
  where: conditions.describe('conditions on it').optional(),
  same: listOf(z.string()).describe('fields in which both agree'),
  within: duration.describe('counted from when the first was taken'),
});

export const atMostSchema = z.strictObject({
  n: z.int().min(1, 'at least 1').describe('messages'),
  per: duration.describe('sliding window'),
  by: listOf(z.string()).describe('fields that each have a limit of their own').optional(),
});

export const digestSchema = z
  .strictObject({
    every: duration.describe('counted from the first event').optional(),
    at: timeOfDay.describe('time of day').optional(),
    by: listOf(z.string()).describe('fields that each have a digest of their own').optional(),
  })
  .refine(
    ({ every, at }) => (every === undefined) !== (at === undefined),
    'a digest has either "every" or "at"',
  );

const enabledWords = () => '"enabled" is true, false or shadow';

export const ruleSchema = z.strictObject({
  id: nameText.describe('name of the rule; what it remembers belongs to it'),
  was: nameText.describe('its earlier name').optional(),
  on: listOf(z.string()).describe('the event, or a list of them'),
  where: z.unknown().describe('conditions; all must hold').optional(),
  still_true_after: duration.describe('the conditions must hold that long').optional(),
  unless_followed_by: z.unknown().describe('tells what did not happen').optional(),
  once_per: fieldNames.describe('one message for each value of these fields').optional(),
  reset_when: conditions.describe('frees the key of once_per').optional(),
  at_most: z.unknown().describe('limits how often').optional(),
  digest: z.unknown().describe('collects, and sends one message for many').optional(),
  enabled: z
    .union([z.boolean({ error: enabledWords }), z.literal('shadow', { error: enabledWords })])
    .describe('false switches off; shadow decides and logs, but sends nothing')
    .optional(),
  /** Each entry is checked on its own with `sendSchema`. */
  send: z
    .union([z.record(z.string(), z.unknown()), z.array(z.unknown()).min(1)])
    .describe('where to, in which words'),
});

export const cardSchema = z.strictObject({
  per: z.literal('session.id').describe('one card a meeting'),
  to: listOf(z.string()),
  template: z.string(),
  where: conditions.optional(),
  refresh_at_most_every: duration.optional(),
  expect: z
    .strictObject({
      kinds: z.array(z.enum(['recording', 'transcript', 'summary', 'analytics'])).min(1),
      within: duration,
    })
    .optional(),
});

export const expectationSchema = z.union([
  z.int().min(0),
  z.strictObject({
    times: z.int().min(0).optional(),
    to: listOf(z.string()).optional(),
    contains: listOf(z.string()).optional(),
    because: z.string().optional(),
  }),
]);

export const testSchema = z.strictObject({
  name: z.string().min(1),
  start: z.iso
    .datetime({ offset: true, error: () => 'a moment is needed here, such as 2026-07-03T22:30:00+02:00' })
    .describe('when virtual time begins')
    .optional(),
  source: z.string().describe('the source that tells the events').optional(),
  until: duration.describe('when to stop; else when no timer is left').optional(),
  events: z.array(z.unknown()).min(1),
  expect: z.record(z.string(), z.unknown()),
});

/** Keys that are checked but have no effect in this version yet, by the place they stand in. */
export const withoutEffect = {
  file: ['cards', 'admins'],
  send: ['thread', 'also_in_channel', 'inline'],
} as const;
