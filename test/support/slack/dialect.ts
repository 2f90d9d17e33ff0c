import type { Answer, Dialect } from '#test/faults.ts';
import type { JsonObject } from './refusal.ts';

export function jsonAnswer(
  body: JsonObject,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

export function textAnswer(
  body: string,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { 'content-type': 'text/html', ...headers }, body };
}

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

/** How the methods of the Web API word their failures. */
export const methodDialect: Dialect = {
  rateLimited: (seconds) => jsonAnswer({ ok: false, error: 'ratelimited' }, 429, retryAfter(seconds)),
  serverError: jsonAnswer({ ok: false, error: 'fatal_error' }, 500),
  internalError: jsonAnswer({ ok: false, error: 'internal_error' }),
};

/** How incoming webhooks word theirs. */
export const webhookDialect: Dialect = {
  rateLimited: (seconds) => textAnswer('rate_limited', 429, retryAfter(seconds)),
  serverError: textAnswer('fatal_error', 500),
  internalError: textAnswer('internal_error', 500),
};
