import { z } from 'zod';
import { flagArgument, parseArguments, parseJson, timestampArgument } from './arguments.ts';
import { acceptBlocks } from './blocks.ts';
import { type JsonObject, Refusal } from './refusal.ts';
import { asObject } from './shape.ts';
import type { Metadata, Rendering } from './workspace.ts';

/** What a caller wants to say; undefined means the argument was left out. */
export type Draft = {
  readonly text: string | undefined;
  readonly blocks: JsonObject[] | undefined;
  readonly metadata: Metadata | 'removed' | undefined;
  readonly threadTs: string | undefined;
  readonly broadcast: boolean | undefined;
  readonly rendering: Rendering;
  readonly warnings: readonly string[];
};

const maxTextLength = 40_000;

const draftArguments = z.object({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  metadata: z.unknown().optional(),
  thread_ts: timestampArgument.optional(),
  reply_broadcast: flagArgument.optional(),
  parse: z.enum(['none', 'full', 'client']).optional(),
  mrkdwn: flagArgument.optional(),
  link_names: flagArgument.optional(),
});

/** Checks everything about a message that does not depend on where it goes; throws the refusal Slack would answer. */
export function compose(args: JsonObject): Draft {
  const given = parseArguments(draftArguments, args);
  const blocks =
    given.blocks === undefined ? undefined : acceptBlocks(parseJson(given.blocks, 'invalid_blocks_format'));
  const isSilent = (given.text ?? '').trim() === '' && (blocks ?? []).length === 0;
  if (isSilent) throw new Refusal('no_text');
  const isTooLong = (given.text ?? '').length > maxTextLength;
  return {
    text: given.text?.slice(0, maxTextLength),
    blocks,
    metadata: acceptMetadata(given.metadata),
    threadTs: given.thread_ts,
    broadcast: given.reply_broadcast,
    rendering: { parse: given.parse, mrkdwn: given.mrkdwn, linkNames: given.link_names },
    warnings: isTooLong ? ['message_truncated'] : [],
  };
}

const flatValue = z.union([z.string(), z.number(), z.boolean()]);
const metadataShape = z.object({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.union([flatValue, z.array(flatValue)])),
});

function acceptMetadata(value: unknown): Draft['metadata'] {
  if (value === undefined) return undefined;
  const parsed = parseJson(value, 'invalid_metadata_format');
  const found = asObject(parsed);
  if (found !== undefined && Object.keys(found).length === 0) return 'removed';
  const metadata = metadataShape.safeParse(parsed);
  if (!metadata.success) throw new Refusal('invalid_metadata_format');
  return metadata.data;
}
