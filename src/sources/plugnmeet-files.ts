import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { ArtifactReference, Opened } from '#domain/artifact.ts';
import { cut, oneLine } from '#domain/text.ts';
import { failureOf, limitedJson } from './web.ts';

/** A plugNmeet server and how we sign in there. `url` has no slash at its end. */
export type PlugNmeetServer = {
  readonly url: string;
  readonly key: string;
  readonly secret: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timeLimitMs: number;
};

const answerLimitBytes = 64 * 1024;

/** Errors come with status 200 and `status: false`. */
const answerSchema = z.object({
  status: z.boolean(),
  msg: z.string().optional(),
  status_code: z.union([z.string(), z.number()]).optional(),
  token: z
    .string()
    .regex(/^[\w-]+(?:\.[\w-]+)*$/)
    .optional(),
});

/** The header HASH-SIGNATURE of a call: HMAC-SHA256 over the body, in lower-case hex. */
export function callSignature(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** Asks the server for a token that opens the file now; tokens end after minutes, so none is kept. Never throws. */
export async function openFile(reference: ArtifactReference, server: PlugNmeetServer): Promise<Opened> {
  if (reference.kind !== 'recording' && reference.kind !== 'artifact')
    return { kind: 'gone', reason: 'plugNmeet knows files by their id only' };
  const wanted =
    reference.kind === 'recording'
      ? { record_id: reference.recordId }
      : { artifact_id: reference.artifactId };
  const body = JSON.stringify(wanted);
  try {
    const response = await server.fetch(`${server.url}/auth/${reference.kind}/getDownloadToken`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'api-key': server.key,
        'hash-signature': callSignature(server.secret, body),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(server.timeLimitMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return unavailable(`plugNmeet answered ${response.status}`);
    }
    const answer = answerSchema.safeParse(await limitedJson(response, answerLimitBytes));
    if (!answer.success) return unavailable('plugNmeet gave an answer of unknown form');
    const { status, msg, status_code: code, token } = answer.data;
    if (status && token !== undefined) {
      const url = `${server.url}/download/${reference.kind}/${token}`;
      return { kind: 'open', url };
    }
    if (code === 'NOT_FOUND') return { kind: 'gone', reason: 'plugNmeet no longer has the file' };
    return unavailable(`plugNmeet refused: ${cut(oneLine(msg ?? 'no reason given'), 200)}`);
  } catch (error) {
    return unavailable(`plugNmeet cannot be reached: ${failureOf(error)}`);
  }
}

function unavailable(reason: string): Opened {
  return { kind: 'unavailable', reason };
}
