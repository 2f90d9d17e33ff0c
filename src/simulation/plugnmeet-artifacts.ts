import type { Maker, Moment, Payload } from './platform.ts';
import { unixMs } from './wire.ts';

/** What one type of artifact holds. */
type Artifact = {
  readonly becomes: 'artifact.ready' | 'usage.reported';
  readonly metadata: (moment: Moment) => Payload;
};

function file(folder: string, name: string, bytes: number, mime: string): Artifact['metadata'] {
  return ({ scene, at }) => {
    const [stem = '', ending = ''] = name.split('.');
    const path = `${folder}/simulated-room/${stem}_${scene.idOf('session')}-${unixMs(at)}.${ending}`;
    return { file_info: { file_path: path, file_size: String(bytes), mime_type: mime } };
  };
}

function job({ scene }: Moment): Payload {
  const id = scene.idOf('summary job');
  return { provider_job_info: { job_id: `batches/${id}`, file_name: `files/${id}` } };
}

function characters(total: number, parts: Payload): Artifact['metadata'] {
  return ({ person }) => ({
    character_count_usage: {
      total_characters: total,
      breakdown: { total_usage: String(total), [person.identity]: String(total), ...parts },
      total_characters_estimated_cost: total / 100_000,
    },
  });
}

function tokens(prompt: number, completion: number): Payload {
  return {
    token_usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_estimated_cost: prompt * 0.000_000_35,
      completion_tokens_estimated_cost: completion * 0.000_000_7,
      total_tokens_estimated_cost: prompt * 0.000_000_35 + completion * 0.000_000_7,
    },
  };
}

const summaryFile = file('meeting_summary', 'summary.txt', 2931, 'text/plain');

const artifacts: Readonly<Record<string, Artifact>> = {
  SPEECH_TRANSCRIPTION: {
    becomes: 'artifact.ready',
    metadata: file('speech_transcription', 'transcription.vtt', 18_342, 'text/vtt'),
  },
  SPEECH_TRANSCRIPTION_USAGE: {
    becomes: 'usage.reported',
    metadata: ({ scene, person }) => ({
      duration_usage: {
        duration_sec: 1180,
        breakdown: { total_usage: '1180', [person.identity]: '1180' },
        duration_sec_estimated_cost: 0.327_778,
      },
      reference_artifact_id: scene.idOf('SPEECH_TRANSCRIPTION'),
    }),
  },
  MEETING_ANALYTICS: {
    becomes: 'artifact.ready',
    metadata: file('meeting_analytics', 'analytics.json', 7712, 'application/json'),
  },
  MEETING_SUMMARY: {
    becomes: 'artifact.ready',
    metadata: (moment) => ({ ...job(moment), ...summaryFile(moment) }),
  },
  MEETING_SUMMARY_USAGE: {
    becomes: 'usage.reported',
    metadata: (moment) => ({
      ...job(moment),
      ...tokens(41_000, 900),
      reference_artifact_id: moment.scene.idOf('MEETING_SUMMARY'),
    }),
  },
  SYNTHESIZED_SPEECH_USAGE: {
    becomes: 'usage.reported',
    metadata: characters(900, { 'lang:fr': '900' }),
  },
  CHAT_TRANSLATION_USAGE: { becomes: 'usage.reported', metadata: characters(5321, {}) },
  AI_TEXT_CHAT_INTERACTION_USAGE: { becomes: 'usage.reported', metadata: () => tokens(1200, 640) },
  AI_TEXT_CHAT_SUMMARIZATION_USAGE: { becomes: 'usage.reported', metadata: () => tokens(800, 100) },
};

/** Makers of `artifact_created`, by type of artifact; without a type it is a transcript. `send` puts an artifact into a webhook. */
export function artifactMakers(
  send: (artifact: Payload, moment: Moment) => Payload,
): Readonly<Record<string, Maker>> {
  const makers = Object.entries(artifacts).map(([type, { becomes, metadata }]): [string, Maker] => [
    `artifact_created.${type}`,
    {
      becomes,
      make: (moment) =>
        send({ type, artifact_id: moment.scene.idOf(type), metadata: metadata(moment) }, moment),
    },
  ]);
  const [first] = makers;
  return { ...(first && { artifact_created: first[1] }), ...Object.fromEntries(makers) };
}
