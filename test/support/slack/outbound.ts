import { createHmac } from 'node:crypto';
import type { JsonObject } from './refusal.ts';

/** What the app answered to a request of Slack's; `status` is undefined when there was no answer within 3 s. */
export type AppAnswer = {
  readonly status: number | undefined;
  /** Parsed when it is JSON, text otherwise. */
  readonly body: unknown;
  readonly elapsedMs: number;
  /** Status 200 within 3 s: the user sees no warning. */
  readonly acked: boolean;
};

/** Ways to send a request that is not quite what Slack sends. */
export type Tampering = {
  /** Milliseconds; the time the signature claims. */
  readonly signedAt?: number;
  readonly signingSecret?: string;
  /** Adds `; charset=utf-8` to the content type. */
  readonly withCharset?: boolean;
};

const deadlineMs = 3000;

/** `v0=` and the signature of a raw body at a time in seconds. */
function signatureOf(secret: string, timestamp: number, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

export function sendForm(
  url: URL,
  fields: Readonly<Record<string, string>>,
  secret: string,
  tampering: Tampering = {},
): Promise<AppAnswer> {
  const body = new URLSearchParams(fields).toString();
  return send(url, body, 'application/x-www-form-urlencoded', secret, tampering);
}

export function sendJson(
  url: URL,
  body: JsonObject,
  secret: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<AppAnswer> {
  return send(url, JSON.stringify(body), 'application/json', secret, {}, headers);
}

async function send(
  url: URL,
  body: string,
  contentType: string,
  secret: string,
  tampering: Tampering,
  headers: Readonly<Record<string, string>> = {},
): Promise<AppAnswer> {
  const timestamp = Math.floor((tampering.signedAt ?? Date.now()) / 1000);
  const startedAt = performance.now();
  const elapsedMs = (): number => performance.now() - startedAt;
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(deadlineMs),
      headers: {
        ...headers,
        'content-type': tampering.withCharset === true ? `${contentType}; charset=utf-8` : contentType,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': signatureOf(tampering.signingSecret ?? secret, timestamp, body),
      },
    });
    const text = await response.text();
    return {
      status: response.status,
      body: parsed(text),
      elapsedMs: elapsedMs(),
      acked: response.status === 200,
    };
  } catch {
    return { status: undefined, body: undefined, elapsedMs: elapsedMs(), acked: false };
  }
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
