import { z } from 'zod';
import type { Outcome } from '#domain/delivery.ts';
import type { Edited } from './destination.ts';
import { meaningOfDiscordCode, uneditableAtDiscord } from './discord-codes.ts';
import { failureOutcome, withoutSecrets } from './failure.ts';

const rateLimitError = z.object({
  /** Milliseconds; 0 when the answer did not say. */
  retryAfter: z.number(),
  timeToReset: z.number(),
  global: z.boolean(),
});
const apiError = z.object({
  status: z.number(),
  code: z.number().optional().catch(undefined),
  message: z.string(),
  rawError: z.unknown().refine((value) => value !== undefined),
});
const httpError = z.object({ name: z.literal('HTTPError'), status: z.number() });

const shortestPauseMs = 1000;
/** At the edge of Discord's network a 429 and a 403 say nothing about time, and going on leads to a ban. */
const pauseWithoutAdviceMs = 60_000;
/** For so long an unknown code may be a passing trouble. */
const patienceMs = 3 * 60_000;

/** An answer that is not 2xx; without `code` the body was not Discord's JSON. */
export type DiscordRefusal = {
  readonly status: number;
  readonly code?: number | undefined;
  readonly message: string;
};

/**
 * What a call of the bot came to, from whatever it threw. `triedForMs`: since the first try of this delivery; it decides how long an
 * unknown code is taken for temporary.
 */
export function discordOutcome(error: unknown, triedForMs: number): Outcome {
  const limited = rateLimitError.safeParse(error);
  if (limited.success) return discordRateLimited(limited.data.retryAfter);
  const refused = apiError.safeParse(error);
  if (refused.success) return discordRefusal(refused.data, triedForMs);
  const http = httpError.safeParse(error);
  if (http.success) return serverError(http.data.status);
  if (error instanceof Error && error.message.startsWith('Expected token to be set')) {
    return { kind: 'refused', scope: 'credential', reason: 'Discord: the bot token was refused before' };
  }
  if (error instanceof Error && error.message === 'Request aborted manually') {
    return { kind: 'later', reason: 'Discord: another message to this channel is still under way' };
  }
  return failureOutcome('Discord', error);
}

/** A 429 that asks for `askedMs` of silence; 0 or undefined when it does not say. */
export function discordRateLimited(askedMs: number | undefined): Outcome & { readonly kind: 'later' } {
  const isTold = askedMs !== undefined && askedMs > 0;
  return {
    kind: 'later',
    reason: 'Discord: rate limited — too many messages',
    afterMs: isTold ? Math.max(askedMs, shortestPauseMs) : pauseWithoutAdviceMs,
    pausesLane: true,
  };
}

/** What the edit of a message of the bot came to, from whatever it threw. */
export function discordEdited(error: unknown, triedForMs: number): Edited {
  const limited = rateLimitError.safeParse(error);
  if (limited.success) return discordEditsLimited(limited.data.retryAfter, limited.data.global);
  const refused = apiError.safeParse(error);
  if (refused.success) return discordEditRefusal(refused.data, triedForMs);
  return discordOutcome(error, triedForMs);
}

/**
 * A 429 to an edit. Discord counts edits for themselves, so new messages need not wait, unless the limit is over everything or it is the
 * edge of the network that speaks: then nothing says when to come back.
 */
export function discordEditsLimited(askedMs: number, isGlobal: boolean): Edited {
  const limited = discordRateLimited(askedMs);
  return isGlobal || askedMs <= 0 ? limited : { ...limited, pausesLane: false };
}

/** What an answer to an edit other than 2xx and 429 says. */
export function discordEditRefusal(refusal: DiscordRefusal, triedForMs: number): Edited {
  const { status, code = 0 } = refusal;
  const why = status < 500 ? uneditableAtDiscord(code) : undefined;
  if (why === undefined) return discordRefusal(refusal, triedForMs);
  return { kind: 'gone', reason: `Discord: ${code} — ${why}` };
}

/** What an answer other than 2xx and 429 says. */
export function discordRefusal({ status, code, message }: DiscordRefusal, triedForMs: number): Outcome {
  if (status >= 500) return serverError(status);
  const meaning = code === undefined ? undefined : meaningOfDiscordCode(code);
  if (code !== undefined && meaning !== undefined) {
    const reason = `Discord: ${code} — ${meaning.hint}${code === 50035 ? ` (${detailOf(message)})` : ''}`;
    if (meaning.kind !== 'later') return { kind: 'refused', scope: meaning.kind, reason };
    return { kind: 'later', reason, afterMs: meaning.afterMs, pausesLane: meaning.pausesLane };
  }
  if (status === 401) {
    return { kind: 'refused', scope: 'credential', reason: 'Discord: 401 — the bot token is not valid' };
  }
  if (code === undefined) return withoutCode(status);
  if (code === 0 && (status === 403 || status === 404)) {
    const reason = `Discord: HTTP ${status} — does the channel exist, and is the bot allowed in?`;
    return { kind: 'refused', scope: 'destination', reason };
  }
  const reason = `Discord: HTTP ${status}, code ${code} — not known here (${detailOf(message)})`;
  if (triedForMs < patienceMs) return { kind: 'later', reason };
  return { kind: 'refused', scope: 'message', reason };
}

function withoutCode(status: number): Outcome {
  if (status !== 403) return { kind: 'unknown', reason: `Discord: HTTP ${status} without a reason` };
  const reason = 'Discord: HTTP 403 at the edge of its network — it blocks us for a while';
  return { kind: 'later', reason, afterMs: pauseWithoutAdviceMs, pausesLane: true };
}

function serverError(status: number): Outcome {
  return { kind: 'unknown', reason: `Discord: HTTP ${status} — it may have been applied` };
}

const longestDetail = 160;

function detailOf(message: string): string {
  return withoutSecrets(message).replaceAll(/\s+/g, ' ').slice(0, longestDetail);
}
