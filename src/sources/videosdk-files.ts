import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { ArtifactReference, Opened } from '#domain/artifact.ts';
import { httpAddress } from '#domain/text.ts';
import { addressBelow, isBaseAddress } from './storage-address.ts';
import { failureOf, limitedJson, openAddress } from './web.ts';

const apiAddress = 'https://api.videosdk.live';
/** Where VideoSDK keeps files that are not in a storage of the customer. */
const ownStorage = 'https://cdn.videosdk.live';
const tokenLifeS = 600;
const answerLimitBytes = 1024 * 1024;
const needsBase = 'must be an http(s) address such as https://files.example.com/recordings';

/** `api` of a VideoSDK source. */
export const apiSetting = z
  .strictObject({
    key: z.string().min(1).describe('API key of the account'),
    secret: z.string().min(1).describe('secret of that key'),
    url: z
      .string()
      .refine(isBaseAddress, needsBase)
      .optional()
      .describe('address of the API; that of VideoSDK where not given'),
  })
  .describe('opens transcripts, summaries and recordings that are told without an address');

/** `storage` of a VideoSDK source. */
export const storageSetting = z
  .string()
  .refine(isBaseAddress, needsBase)
  .describe('address of your own storage, below which the paths of files stand');

export type VideoSdkFiles = {
  readonly api: z.infer<typeof apiSetting> | undefined;
  readonly storage: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly timeLimitMs: number;
};

/** The kinds of reference that can be opened with these settings. */
export function openable({
  api,
  storage,
}: Pick<VideoSdkFiles, 'api' | 'storage'>): readonly ArtifactReference['kind'][] {
  return [
    'address',
    ...(storage === undefined ? [] : (['path'] as const)),
    ...(api === undefined ? [] : (['transcription', 'file'] as const)),
  ];
}

/** Finds an address of a file that works now, where needed by asking the API. Never throws. */
export async function openVideoSdkFile(reference: ArtifactReference, files: VideoSdkFiles): Promise<Opened> {
  switch (reference.kind) {
    case 'address':
      return openAddress(reference);
    case 'path':
      return openPath(reference.path, files.storage);
    case 'transcription':
      return openTranscription(reference, files);
    case 'file':
      return openRecording(reference, files);
    default:
      return { kind: 'gone', reason: 'VideoSDK does not know files by such an id' };
  }
}

/** A path in a storage. */
function openPath(path: string, storage: string | undefined): Opened {
  const url = storage === undefined ? undefined : addressBelow(storage, path.replace(/^\/+/, ''));
  return url === undefined
    ? { kind: 'gone', reason: 'its path leads to no address in a storage' }
    : { kind: 'open', url };
}

const place = z.string().min(1).nullish();
const transcriptionSchema = z.object({
  transcriptionFilePaths: z.object({ txt: place, vtt: place, srt: place }).nullish(),
  summarizedFilePaths: z.object({ txt: place }).nullish(),
});

type Transcription = Extract<ArtifactReference, { kind: 'transcription' }>;

/** Of those made during the meeting and those made after it the ids do not tell which they are. */
async function openTranscription(
  { transcriptionId: id, text }: Transcription,
  files: VideoSdkFiles,
): Promise<Opened> {
  const ask = (kind: string) =>
    askApi(`/ai/v1/${kind}-transcriptions/${pathPart(id)}`, transcriptionSchema, files);
  const after = await ask('post');
  const answer = after.kind === 'gone' ? await ask('realtime') : after;
  if (answer.kind !== 'answer') return answer;
  const { transcriptionFilePaths: spoken, summarizedFilePaths: summary } = answer.value;
  const found = text === 'summary' ? summary?.txt : (spoken?.txt ?? spoken?.vtt ?? spoken?.srt);
  if (!found) return { kind: 'pending', reason: 'the text is not there yet' };
  const url = httpAddress(found);
  return url === undefined ? openPath(found, files.storage ?? ownStorage) : { kind: 'open', url };
}

const recordingSchema = z.object({
  id: z.string().nullish(),
  file: z.object({ id: z.string().nullish(), fileUrl: place, filePath: place }).nullish(),
});
const recordingsSchema = z.object({ data: z.array(recordingSchema) });

type SessionFile = Extract<ArtifactReference, { kind: 'file' }>;

/** Webhooks tell the id of the recording or, in their older form, that of its file, which only the list of the session knows. */
async function openRecording({ fileId, sessionId }: SessionFile, files: VideoSdkFiles): Promise<Opened> {
  const one = await askApi(`/v2/recordings/${pathPart(fileId)}`, recordingSchema, files);
  if (one.kind === 'answer') return openFileOf(one.value, files);
  if (one.kind !== 'gone') return one;
  const path = `/v2/recordings?sessionId=${encodeURIComponent(sessionId.toWellFormed())}`;
  const all = await askApi(path, recordingsSchema, files);
  if (all.kind !== 'answer') return all;
  const found = all.value.data.find(({ id, file }) => id === fileId || file?.id === fileId);
  return found === undefined ? one : openFileOf(found, files);
}

function openFileOf({ file }: z.infer<typeof recordingSchema>, { storage }: VideoSdkFiles): Opened {
  if (file?.fileUrl) return openAddress({ kind: 'address', url: file.fileUrl });
  if (file?.filePath) return openPath(file.filePath, storage);
  return { kind: 'pending', reason: 'the recording has no file yet' };
}

/** An id as one part of a path; what would climb in it becomes an id that nobody has. */
function pathPart(id: string): string {
  return /^\.{1,2}$/.test(id) ? '-' : encodeURIComponent(id.toWellFormed());
}

/** Calls the API with a token of the moment; follows no redirect. */
async function askApi<T>(
  path: string,
  schema: z.ZodType<T>,
  { api, fetch, now, timeLimitMs }: VideoSdkFiles,
): Promise<{ readonly kind: 'answer'; readonly value: T } | Exclude<Opened, { kind: 'open' }>> {
  if (api === undefined) return { kind: 'gone', reason: 'there is no API key in the settings' };
  try {
    const response = await fetch(`${(api.url ?? apiAddress).replace(/\/+$/, '')}${path}`, {
      headers: { authorization: apiToken(api, now()) },
      redirect: 'error',
      signal: AbortSignal.timeout(timeLimitMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      const reason = `VideoSDK answered ${response.status}`;
      return { kind: response.status === 404 ? 'gone' : 'unavailable', reason };
    }
    const answer = schema.safeParse(await limitedJson(response, answerLimitBytes));
    if (answer.success) return { kind: 'answer', value: answer.data };
    return { kind: 'unavailable', reason: 'VideoSDK gave an answer of unknown form' };
  } catch (error) {
    return { kind: 'unavailable', reason: `VideoSDK cannot be reached: ${failureOf(error)}` };
  }
}

/** For the API only: `crawler` cannot join a meeting. */
function apiToken({ key, secret }: { readonly key: string; readonly secret: string }, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000);
  const claims = { apikey: key, permissions: ['allow_join'], version: 2, roles: ['crawler'], iat };
  return jwt.sign({ ...claims, exp: iat + tokenLifeS }, secret, { algorithm: 'HS256' });
}
