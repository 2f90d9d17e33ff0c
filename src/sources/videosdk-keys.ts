import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { dayMs, minuteMs } from './duplicates.ts';
import { failureOf, limitedJson } from './web.ts';

/** One key for all customers, published without any id. */
export const publicKeyAddress = 'https://api.videosdk.live/v2/public/rsa-public-key';

const answerLimitBytes = 64 * 1024;
const keepMs = dayMs;
const pauseMs = 5 * minuteMs;

/** After a failed fetch with no key at hand; shorter than the time in which a sender repeats. */
const restMs = 1000;

/** An RSA key out of PEM text, PKCS#1 or SPKI; line breaks may be written as `\n`, as they are in environment variables. */
export function rsaPublicKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem.replaceAll(String.raw`\n`, '\n'));
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** `no`: no key fits. `unknown`: there is no key to try. */
export type KeyAnswer =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Says whether one of the sender's keys passes the check `fits`. Never rejects. */
export type Keyring = (fits: (key: KeyObject) => boolean, now: Date) => Promise<KeyAnswer>;

/** A keyring of one configured key. */
export function configuredKey(key: KeyObject): Keyring {
  return (fits) => Promise.resolve({ kind: fits(key) ? 'yes' : 'no' });
}

/**
 * A keyring that fetches the published key when it is first needed and again after a day. A check that fails is a reason to fetch too, as
 * the key may have changed, but only every five minutes, as anybody can send a wrong signature. A replaced key stays good for a day.
 */
export function publishedKey(fetch: typeof globalThis.fetch, timeLimitMs = 5_000): Keyring {
  let held: { readonly key: KeyObject; readonly since: number } | undefined;
  let replaced: { readonly key: KeyObject; readonly until: number } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let doubtedAt = Number.NEGATIVE_INFINITY;
  let failed: string | undefined;
  let underway: Promise<string | undefined> | undefined;

  async function load(now: number): Promise<string | undefined> {
    triedAt = now;
    const answer = await fetchKey(fetch, timeLimitMs);
    if (typeof answer === 'string') return answer;
    if (held !== undefined && !held.key.equals(answer)) replaced = { key: held.key, until: now + keepMs };
    held = { key: answer, since: now };
    return undefined;
  }

  /** Resolves to the reason of a failure; whoever asks meanwhile waits for the same request. */
  function loadOnce(now: number): Promise<string | undefined> {
    underway ??= load(now).finally(() => {
      underway = undefined;
    });
    return underway;
  }

  function isKnown(fits: (key: KeyObject) => boolean, now: number): boolean {
    if (held !== undefined && fits(held.key)) return true;
    return replaced !== undefined && now < replaced.until && fits(replaced.key);
  }

  return async (fits, date) => {
    const now = date.getTime();
    if (held === undefined) {
      // Anybody can send unsigned requests; they must not make us call the endpoint each time.
      const isResting = failed !== undefined && now - triedAt < restMs;
      failed = isResting ? failed : await loadOnce(now);
      if (failed !== undefined) return { kind: 'unknown', reason: failed };
      return { kind: isKnown(fits, now) ? 'yes' : 'no' };
    }
    const isStale = now - held.since >= keepMs && now - triedAt >= pauseMs;
    if (isStale) void loadOnce(now);
    if (isKnown(fits, now)) return { kind: 'yes' };
    if (underway === undefined) {
      if (now - doubtedAt < pauseMs) return { kind: 'no' };
      doubtedAt = now;
    }
    await loadOnce(now);
    return { kind: isKnown(fits, now) ? 'yes' : 'no' };
  };
}

const answerSchema = z.object({ publicKey: z.string() });

/** The published key, or why there is none. */
async function fetchKey(fetch: typeof globalThis.fetch, timeLimitMs: number): Promise<KeyObject | string> {
  try {
    const signal = AbortSignal.timeout(timeLimitMs);
    const response = await fetch(publicKeyAddress, { redirect: 'error', signal });
    if (!response.ok) {
      await response.body?.cancel();
      return `the key endpoint answered ${response.status}`;
    }
    const answer = answerSchema.safeParse(await limitedJson(response, answerLimitBytes));
    const key = answer.success ? rsaPublicKey(answer.data.publicKey) : undefined;
    return key ?? 'the key endpoint gave no RSA key';
  } catch (error) {
    return `the key endpoint cannot be reached: ${failureOf(error)}`;
  }
}
