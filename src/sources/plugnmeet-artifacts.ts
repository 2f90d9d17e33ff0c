import type { ArtifactFacts, ArtifactKind, Usage } from '#domain/event.ts';
import type { JsonObject, Value } from '#domain/value.ts';
import { redactBreakdown } from './plugnmeet-redaction.ts';
import type { Facts } from './reading.ts';
import type { Pseudonym } from './redaction.ts';
import { count, decimal, enumWord, exactText, object, present, text } from './wire.ts';

/** In the order of the numbers in the sender's protocol. */
const artifactTypes = [
  'unknown_artifact',
  'meeting_analytics',
  'meeting_summary',
  'meeting_summary_usage',
  'speech_transcription',
  'speech_transcription_usage',
  'synthesized_speech_usage',
  'chat_translation_usage',
  'ai_text_chat_interaction_usage',
  'ai_text_chat_summarization_usage',
];

const fileKinds: ReadonlyMap<string, ArtifactKind> = new Map([
  ['meeting_analytics', 'analytics'],
  ['meeting_summary', 'summary'],
  ['speech_transcription', 'transcript'],
]);

const usageKinds: ReadonlyMap<string, string> = new Map([
  ['meeting_summary_usage', 'summary'],
  ['speech_transcription_usage', 'transcription'],
  ['synthesized_speech_usage', 'speech_synthesis'],
  ['chat_translation_usage', 'chat_translation'],
  ['ai_text_chat_interaction_usage', 'ai_chat'],
  ['ai_text_chat_summarization_usage', 'ai_chat_summary'],
]);

const usageNames = ['duration_usage', 'character_count_usage', 'token_usage'];

/** What `artifact_created` is about: a file, an amount used, or neither. */
export type ArtifactNews = {
  readonly type: 'artifact.ready' | 'usage.reported' | 'other';
  readonly facts: Facts;
  readonly artifactId: string | undefined;
  /** Set on summaries: a job that is processed again makes the same summary under a new artifact id. */
  readonly summaryJob: string | undefined;
};

/** Sorts an artifact by its type; a type that we do not know, by what it holds. */
export function readArtifactNews(artifact: JsonObject, pseudonym: Pseudonym): ArtifactNews {
  const word = enumWord(artifact['type'], artifactTypes) ?? 'unknown_artifact';
  const metadata = object(artifact['metadata']);
  const artifactId = text(artifact['artifact_id']);
  const job = text(object(metadata?.['provider_job_info'])?.['job_id']);
  const kind = fileKinds.get(word);
  if (kind !== undefined || (!usageKinds.has(word) && object(metadata?.['file_info']) !== undefined)) {
    const facts = { artifact: readArtifact(artifactId, kind ?? 'other', job, metadata) };
    return { type: 'artifact.ready', facts, artifactId, summaryJob: kind === 'summary' ? job : undefined };
  }
  if (usageKinds.has(word) || usageNames.some((name) => object(metadata?.[name]) !== undefined)) {
    const facts = { usage: readUsage(usageKinds.get(word) ?? 'other', metadata, pseudonym) };
    return { type: 'usage.reported', facts, artifactId, summaryJob: undefined };
  }
  return { type: 'other', facts: {}, artifactId, summaryJob: undefined };
}

function readArtifact(
  id: string | undefined,
  kind: ArtifactKind,
  jobId: string | undefined,
  metadata: JsonObject | undefined,
): ArtifactFacts {
  const file = object(metadata?.['file_info']);
  return present<ArtifactFacts>({
    id,
    kind,
    path: exactText(file?.['file_path']),
    mime: text(file?.['mime_type']),
    bytes: count(file?.['file_size']),
    job_id: jobId,
  });
}

/** An amount that is left out is zero; a whole block that is left out tells nothing. */
function readUsage(kind: string, metadata: JsonObject | undefined, pseudonym: Pseudonym): Usage {
  const [duration, characters, tokens] = usageNames.map((name) => object(metadata?.[name]));
  const breakdown = object((duration ?? characters ?? tokens)?.['breakdown']);
  return present<Usage>({
    kind,
    seconds: amount(duration, 'duration_sec'),
    characters: amount(characters, 'total_characters'),
    tokens: amount(tokens, 'total_tokens'),
    prompt_tokens: amount(tokens, 'prompt_tokens'),
    completion_tokens: amount(tokens, 'completion_tokens'),
    cost: decimal(
      duration?.['duration_sec_estimated_cost'] ??
        characters?.['total_characters_estimated_cost'] ??
        tokens?.['total_tokens_estimated_cost'],
    ),
    breakdown: breakdown && redactBreakdown(counts(breakdown), pseudonym),
    artifact_id: text(metadata?.['reference_artifact_id']),
  });
}

function amount(block: JsonObject | undefined, name: string): number | undefined {
  if (block === undefined) return undefined;
  return Object.hasOwn(block, name) ? count(block[name]) : 0;
}

function counts(breakdown: JsonObject): JsonObject {
  const kept: Record<string, Value> = {};
  for (const [name, value] of Object.entries(breakdown)) {
    const number = count(value);
    if (number !== undefined) kept[name] = number;
  }
  return kept;
}
