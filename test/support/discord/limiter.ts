import { createHash } from 'node:crypto';
import type { Answer, LimitScope } from '#test/faults.ts';

type Window = { startedAtMs: number; used: number };

const bucketLimit = 5;
const bucketWindowMs = 5000;
const globalLimit = 50;
const globalWindowMs = 1000;
const invalidWindowMs = 600_000;

/** Headers of a call that may pass, or the 429 that answers it. */
export type Verdict = { readonly headers: Readonly<Record<string, string>>; readonly refusal?: Answer };

/** Buckets per route and channel, webhook or guild, and the limit over all calls of the bot. */
export class Limiter {
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one call; `bot` says whether the limit over all calls applies. */
  take(route: string, major: string, bot: boolean): Verdict {
    const all = bot ? this.#use('global', globalLimit, globalWindowMs) : undefined;
    if (all?.isOver) return { headers: {}, refusal: tooMany(all.resetAfterMs / 1000, 'global') };
    const own = this.#use(`${route} ${major}`, bucketLimit, bucketWindowMs);
    const headers = {
      'x-ratelimit-limit': String(bucketLimit),
      'x-ratelimit-remaining': String(own.remaining),
      'x-ratelimit-reset': ((this.#now() + own.resetAfterMs) / 1000).toFixed(3),
      'x-ratelimit-reset-after': (own.resetAfterMs / 1000).toFixed(3),
      'x-ratelimit-bucket': createHash('sha256').update(route).digest('hex').slice(0, 32),
    };
    if (!own.isOver) return { headers };
    const refusal = tooMany(own.resetAfterMs / 1000, 'user');
    return { headers, refusal: { ...refusal, headers: { ...headers, ...refusal.headers } } };
  }

  #use(key: string, limit: number, windowMs: number) {
    const now = this.#now();
    const open = this.#windows.get(key);
    const window =
      open !== undefined && now - open.startedAtMs < windowMs ? open : { startedAtMs: now, used: 0 };
    this.#windows.set(key, window);
    window.used += 1;
    return {
      isOver: window.used > limit,
      remaining: Math.max(0, limit - window.used),
      resetAfterMs: window.startedAtMs + windowMs - now,
    };
  }
}

/** A 429 as Discord words it; without `retryAfterS` it does not say when to come back. */
export function tooMany(retryAfterS: number | undefined, scope: LimitScope): Answer {
  const wait = retryAfterS === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterS)) };
  const body = {
    message: 'You are being rate limited.',
    retry_after: retryAfterS,
    global: scope === 'global',
  };
  return {
    status: 429,
    headers: {
      'content-type': 'application/json',
      ...wait,
      'x-ratelimit-scope': scope,
      ...(scope === 'global' ? { 'x-ratelimit-global': 'true' } : {}),
    },
    body: JSON.stringify(body),
  };
}

/** Answers of 401, 403 and non-shared 429 in the last ten minutes; too many of them block the address. */
export class InvalidRequests {
  readonly #now: () => number;
  readonly #ceiling: number;
  #times: number[] = [];

  constructor(now: () => number, ceiling: number) {
    this.#now = now;
    this.#ceiling = ceiling;
  }

  count(): number {
    const since = this.#now() - invalidWindowMs;
    this.#times = this.#times.filter((time) => time > since);
    return this.#times.length;
  }

  isBlocked(): boolean {
    return this.count() >= this.#ceiling;
  }

  /** Counts an answer by its status; `scope` is that of a 429. */
  note(status: number, scope: LimitScope = 'user'): void {
    if (status === 401 || status === 403 || (status === 429 && scope !== 'shared')) {
      this.#times.push(this.#now());
    }
  }
}
