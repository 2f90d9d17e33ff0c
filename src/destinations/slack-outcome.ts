import { z } from 'zod';
import type { Outcome } from '#domain/delivery.ts';
import type { Edited } from './destination.ts';
import { failureOutcome, withoutSecrets } from './failure.ts';
import { meaningOfSlackCode, uneditableAtSlack } from './slack-codes.ts';

const platformError = z.object({
  code: z.literal('slack_webapi_platform_error'),
  data: z.object({
    error: z.string(),
    errors: z.array(z.string()).optional().catch(undefined),
    needed: z.string().optional().catch(undefined),
  }),
});
const rateLimitedError = z.object({
  code: z.literal('slack_webapi_rate_limited_error'),
  retryAfter: z.number(),
});
const httpError = z.object({
  code: z.literal('slack_webapi_http_error'),
  statusCode: z.number(),
  body: z.unknown(),
});
const namedBody = z.object({ error: z.string() });

const word = /^[a-z0-9_]{2,80}$/;
const shortestPauseMs = 1000;
const pauseWithoutAdviceMs = 30_000;
/** Slack adds codes without notice: for so long an unknown one may be a passing trouble. */
const patienceMs = 3 * 60_000;

/**
 * What a call of the Web API came to, from whatever it threw. `triedForMs`: since the first try of this delivery; it decides how long an
 * unknown code is taken for temporary.
 */
export function slackOutcome(error: unknown, triedForMs: number): Outcome {
  const platform = platformError.safeParse(error);
  if (platform.success) {
    const { error: code, errors = [], needed } = platform.data.data;
    return slackCodeOutcome(code, triedForMs, needed === undefined ? errors[0] : `needed: ${needed}`);
  }
  const limited = rateLimitedError.safeParse(error);
  if (limited.success) return rateLimited(limited.data.retryAfter * 1000);
  const http = httpError.safeParse(error);
  if (http.success) return httpOutcome(http.data.statusCode, http.data.body, triedForMs);
  if (isSilentLimit(error)) return rateLimited(undefined);
  return failureOutcome('Slack', error);
}

/** What an edit came to, from whatever it threw. */
export function slackEdited(error: unknown, triedForMs: number): Edited {
  const code = codeOf(error) ?? '';
  const why = uneditableAtSlack(code);
  if (why !== undefined) return { kind: 'gone', reason: reasonOf(code, why) };
  const outcome = slackOutcome(error, triedForMs);
  // Slack counts every method for itself: new messages need not wait for a limit on edits.
  const isLimitOnEdits = outcome.kind === 'later' && limits.has(code);
  return isLimitOnEdits ? { ...outcome, pausesLane: false } : outcome;
}

const limits = new Set(['ratelimited', 'rate_limited']);

/** The code in an answer that was no success; undefined where there was no answer, or one without a code. */
function codeOf(error: unknown): string | undefined {
  const platform = platformError.safeParse(error);
  if (platform.success) return platform.data.data.error;
  if (rateLimitedError.safeParse(error).success || isSilentLimit(error)) return 'ratelimited';
  const http = httpError.safeParse(error);
  const named = namedBody.safeParse(http.success ? http.data.body : undefined);
  return named.success ? named.data.error : undefined;
}

/** A 429 that does not say when to come back. */
function isSilentLimit(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Retry header did not contain');
}

/** Whether the app was never given what the call needs. */
export function isMissingScope(error: unknown): boolean {
  const platform = platformError.safeParse(error);
  return platform.success && platform.data.data.error === 'missing_scope';
}

/** What a code came to; `detail` is Slack's own explanation. A text that is no code came from something that is not Slack. */
export function slackCodeOutcome(code: string, triedForMs: number, detail?: string): Outcome {
  if (!word.test(code)) return { kind: 'unknown', reason: 'Slack: the answer was not readable' };
  const meaning = meaningOfSlackCode(code);
  if (meaning === undefined) return unknownCode(code, triedForMs);
  const reason = reasonOf(code, meaning.hint, detail);
  if (meaning.kind === 'later') {
    return { kind: 'later', reason, afterMs: meaning.afterMs, pausesLane: meaning.pausesLane };
  }
  if (meaning.kind === 'unknown') return { kind: 'unknown', reason };
  return { kind: 'refused', scope: meaning.kind, reason };
}

function unknownCode(code: string, triedForMs: number): Outcome {
  const reason = reasonOf(code, 'a code that is not known here');
  if (triedForMs < patienceMs) return { kind: 'later', reason };
  return { kind: 'refused', scope: 'message', reason };
}

function httpOutcome(status: number, body: unknown, triedForMs: number): Outcome {
  const named = namedBody.safeParse(body);
  const code = named.success ? named.data.error : '';
  if (meaningOfSlackCode(code) !== undefined) return slackCodeOutcome(code, triedForMs);
  return { kind: 'unknown', reason: `Slack: HTTP ${status} without a reason` };
}

/** What the answer of an incoming webhook says: it names its errors in one word, so the word decides and not the status. */
export function slackWebhookOutcome(
  answer: { readonly status: number; readonly retryAfter: string | null; readonly text: string },
  triedForMs: number,
): Outcome {
  const said = answer.text.trim();
  if (answer.status === 429) {
    return rateLimited(/^\d+$/.test(answer.retryAfter ?? '') ? Number(answer.retryAfter) * 1000 : undefined);
  }
  if (answer.status === 200 && said === 'ok') return { kind: 'sent', receipt: {} };
  if (meaningOfSlackCode(said) !== undefined) return slackCodeOutcome(said, triedForMs);
  const isRefusal = answer.status >= 400 && answer.status < 500 && word.test(said);
  if (isRefusal) return unknownCode(said, triedForMs);
  return { kind: 'unknown', reason: `Slack: HTTP ${answer.status} without a readable answer` };
}

function rateLimited(askedMs: number | undefined): Outcome {
  return {
    kind: 'later',
    reason: 'Slack: ratelimited — too many messages',
    afterMs: askedMs === undefined ? pauseWithoutAdviceMs : Math.max(askedMs, shortestPauseMs),
    pausesLane: true,
  };
}

const longestDetail = 160;

function reasonOf(code: string, hint: string, detail?: string): string {
  const more = detail === undefined ? '' : ` (${withoutSecrets(detail).slice(0, longestDetail)})`;
  return `Slack: ${code} — ${hint}${more}`;
}
