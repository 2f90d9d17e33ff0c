import assert from 'node:assert/strict';
import type { ArtifactReference, Opened } from '#domain/artifact.ts';
import { livekit } from '#sources/livekit.ts';
import { plugnmeet } from '#sources/plugnmeet.ts';
import type { Source, SourceTools } from '#sources/source.ts';
import { standardWebhooks } from '#sources/standard-webhooks.ts';
import { videosdk } from '#sources/videosdk.ts';
import { plainTools } from '#test/vectors.ts';

// What a reader clicks came from outside once. Whatever it says: we call the configured hosts only, and redirect to http(s) only.

/** An account of a platform. */
export const key = { key: 'k', secret: 'secret-of-tests' };
const api = 'https://api.platform.example';
const configured = new Set([
  'meet.platform.example',
  'api.platform.example',
  'bucket1.store.platform.example',
]);

/** Every source with all its settings, and the hosts they call. */
export function sources(answer: () => Response): { all: readonly Source[]; called: string[] } {
  const called: string[] = [];
  const tools: SourceTools = {
    ...plainTools,
    fetch: async (input, options) => {
      called.push(new URL(new Request(input).url).hostname);
      assert.ok(options?.redirect === 'error' || options?.redirect === 'manual');
      return answer();
    },
  };
  const s3 = {
    endpoint: 'https://store.platform.example',
    region: 'eu-1',
    bucket: 'bucket1',
    access_key: 'a',
    secret_key: 's',
  };
  const rewrite = [{ from: 'https://old.platform.example/rec', to: 'https://new.platform.example/rec' }];
  const all = [
    plugnmeet.open('a', { url: 'https://meet.platform.example', keys: { k: 's' } }, tools),
    livekit.open('b', { keys: { k: 's' }, s3, rewrite }, tools),
    videosdk.open('c', { api: { ...key, url: api }, storage: 'https://files.platform.example/own' }, tools),
    standardWebhooks.open('d', { secrets: ['c2VjcmV0'] }, tools),
  ];
  return { all, called };
}

/** What every source makes of a reference. */
export async function openings(reference: ArtifactReference, answer: () => Response) {
  const { all, called } = sources(answer);
  const opened = await Promise.all(all.map((source) => source.open(reference)));
  return { opened, called };
}

/** Only configured hosts were called, and readers are only ever sent to http(s) addresses in their encoded form. */
export function assertHarmless(opened: readonly Opened[], called: readonly string[], what: string): void {
  for (const host of called) assert.ok(configured.has(host), `${what}: ${host} was called`);
  for (const each of opened) {
    if (each.kind !== 'open') continue;
    assert.match(each.url, /^https?:\/\/[\x21-\x7e]+$/, what);
    const { username, password, href } = new URL(each.url);
    assert.deepEqual([username, password, href], ['', '', each.url], what);
  }
}
