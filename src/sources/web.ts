import type { ArtifactReference, Opened } from '#domain/artifact.ts';
import { httpAddress } from '#domain/text.ts';

/** Opens a file whose reference is its address already. */
export function openAddress(reference: ArtifactReference): Opened {
  const url = reference.kind === 'address' ? httpAddress(reference.url) : undefined;
  return url === undefined ? { kind: 'gone', reason: 'it has no address' } : { kind: 'open', url };
}

/** The JSON of an answer of at most `limitBytes`. Throws when it is longer, broken or not JSON. */
export async function limitedJson(response: Response, limitBytes: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limitBytes) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** What went wrong with a request, in a few words for the log. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the request failed';
  if (error.name === 'TimeoutError') return 'no answer in time';
  if (error instanceof SyntaxError) return 'the answer is not JSON';
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
