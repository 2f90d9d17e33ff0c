import { z } from 'zod';

const tail = {
  on_unknown: z.enum(['at_least_once', 'at_most_once']).optional(),
  compact: z.boolean().optional(),
};

/** Settings of a destination that is either a channel or an incoming webhook; `channel` checks the channel's id. */
export function targetSettings(channel: z.ZodType<string>) {
  return z
    .strictObject({ channel: channel.optional(), webhook: z.string().optional(), ...tail })
    .superRefine((settings, context) => {
      const given = [settings.channel, settings.webhook].filter((value) => value !== undefined);
      if (given.length === 1) return;
      const message =
        given.length === 0
          ? 'give a `channel` (posted to by the bot) or a `webhook` (an address)'
          : 'give either a `channel` or a `webhook`, not both';
      context.addIssue({ code: 'custom', message });
    });
}

export type TargetSettings = z.output<ReturnType<typeof targetSettings>>;

/** How a destination words its messages, and what it does when it cannot know whether one arrived. */
export type Manner = { readonly compact: boolean; readonly sendAgain: boolean };

export function mannerOf(settings: TargetSettings): Manner {
  return { compact: settings.compact ?? false, sendAgain: settings.on_unknown !== 'at_most_once' };
}
