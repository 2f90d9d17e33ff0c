type Bucket = { tokens: number; at: number };

/** `perSecond` calls in the long run, `burst` of them at once. */
export type Rate = { readonly perSecond: number; readonly burst: number };

export const onePerSecond: Rate = { perSecond: 1, burst: 3 };
export const perMinute = (calls: number): Rate => ({ perSecond: calls / 60, burst: calls });

/** Token buckets by name. */
export class Limiter {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one call; answers the whole seconds to wait when it is one too many. */
  take(name: string, rate: Rate): number | undefined {
    const now = this.#now();
    const last = this.#buckets.get(name) ?? { tokens: rate.burst, at: now };
    const tokens = Math.min(rate.burst, last.tokens + ((now - last.at) / 1000) * rate.perSecond);
    const isAllowed = tokens >= 1;
    this.#buckets.set(name, { tokens: isAllowed ? tokens - 1 : tokens, at: now });
    return isAllowed ? undefined : Math.max(1, Math.ceil((1 - tokens) / rate.perSecond));
  }
}
