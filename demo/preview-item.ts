import { z } from 'zod';
import { slackMessage } from '#rehearsal/slack-card.ts';

/** A message of the preview as it comes over HTTP. */
export const previewItem = z.object({
  change: z.number(),
  id: z.string(),
  destination: z.string(),
  rule: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  slack: slackMessage,
});

export type PreviewItem = z.infer<typeof previewItem>;
