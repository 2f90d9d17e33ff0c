import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** One answer over HTTP; `body` is sent as it stands. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Which bucket a 429 speaks for; Slack ignores it. */
export type LimitScope = 'user' | 'global' | 'shared';

/** Faults of a single call that are seen on the wire; those ending in `-applied` or starting with `apply-` take effect. */
export type WireFaultName = keyof typeof senders;

/** The state changes just before the matching call is handled, so that this call is the first to notice. */
export type StateFaultName = 'token-revoked' | 'channel-archived' | 'message-deleted';

/** Faults of a socket or of the request that leads to one. */
export type SocketFaultName = 'ws-silent' | 'open-503' | 'identify-invalid';

export type Fault =
  | WireFaultName
  | StateFaultName
  | SocketFaultName
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'history-lag'; readonly ms: number }
  | { readonly kind: 'ws-drop'; readonly code: number }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'rate-limited'; readonly retryAfterS: number; readonly scope: LimitScope };

/** The call takes effect at once; its correct answer comes `ms` later. */
export const slow = (ms: number): Fault => ({ kind: 'slow', ms });
/** The message is visible at once; lists and history show it `ms` later. */
export const historyLag = (ms: number): Fault => ({ kind: 'history-lag', ms });
/** The socket is closed with `code`. */
export const wsDrop = (code: number): Fault => ({ kind: 'ws-drop', code });
/** The call has no effect and gets this JSON, such as an error code that no state leads to. */
export const answering = (status: number, json: unknown): Fault => ({
  kind: 'answer',
  answer: { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) },
});
/** A 429 that names its seconds and its scope. */
export const rateLimited = (retryAfterS: number, scope: LimitScope = 'user'): Fault => ({
  kind: 'rate-limited',
  retryAfterS,
  scope,
});

/** `method`: name or route of the call, exact or as a pattern. `nth`: counts matching calls from 1, from now on. */
export type FaultMatch = {
  readonly method?: string | RegExp;
  readonly channel?: string;
  readonly nth?: number;
};

export type FaultedCall = { readonly method: string; readonly channel?: string | undefined };

type Switch = { readonly match: FaultMatch; readonly fault: Fault; readonly once: boolean; seen: number };

/** The faults a test has switched on; a stand-in asks `take` once for every call. */
export class Faults {
  #switches: Switch[] = [];

  /** The first matching call (or the `nth`) meets the fault; several in a row are met in the order given. */
  next(match: FaultMatch, fault: Fault): void {
    this.#switches.push({ match, fault, once: true, seen: 0 });
  }

  /** Every matching call (from the `nth` on) meets the fault, unless one set by `next` comes before it. */
  always(match: FaultMatch, fault: Fault): void {
    this.#switches.push({ match, fault, once: false, seen: 0 });
  }

  clear(): void {
    this.#switches = [];
  }

  /** How many faults set by `next` have not been met yet. */
  unmet(): number {
    return this.#switches.filter((entry) => entry.once).length;
  }

  /** The fault this call meets, if any; a fault set by `next` is used up by it. */
  take(call: FaultedCall): Fault | undefined {
    const matching = this.#switches.filter((entry) => matches(entry.match, call));
    for (const entry of matching) entry.seen += 1;
    const due = matching.filter((entry) => entry.seen >= (entry.match.nth ?? 1));
    const chosen = due.find((entry) => entry.once) ?? due[0];
    if (chosen?.once) this.#switches = this.#switches.filter((entry) => entry !== chosen);
    return chosen?.fault;
  }
}

function matches(match: FaultMatch, call: FaultedCall): boolean {
  if (match.channel !== undefined && match.channel !== call.channel) return false;
  if (match.method === undefined) return true;
  return typeof match.method === 'string' ? match.method === call.method : match.method.test(call.method);
}

/** How one platform words the failures that carry a body of its own. */
export type Dialect = {
  /** `retryAfterS` is absent when the answer must not say when to come back. */
  rateLimited(retryAfterS: number | undefined, scope: LimitScope): Answer;
  readonly serverError: Answer;
  readonly internalError: Answer;
};

/** What to do with a call: whether it takes effect, and how its correct answer reaches the client, if it does. */
export type WirePlan = {
  readonly applied: boolean;
  /** Resolves when the stand-in has done all it will do; `correct` is the answer of an unfaulted call. */
  send(response: ServerResponse, correct: Answer): Promise<void>;
};

/** The plan of a fault on the wire; undefined for state and socket faults and `history-lag`, which are the stand-in's own. */
export function planOf(fault: Fault | undefined, dialect: Dialect): WirePlan | undefined {
  if (fault === undefined) return undefined;
  if (typeof fault === 'object') {
    if (fault.kind === 'slow') return { applied: true, send: after(fault.ms) };
    if (fault.kind === 'answer') return { applied: false, send: instead(fault.answer) };
    if (fault.kind !== 'rate-limited') return undefined;
    return { applied: false, send: instead(dialect.rateLimited(fault.retryAfterS, fault.scope)) };
  }
  if (!isWireFault(fault)) return undefined;
  const applied = fault.startsWith('apply-') || fault.endsWith('-applied');
  return { applied, send: senders[fault](dialect) };
}

type Send = WirePlan['send'];

const stayMute: Send = async () => {};
const reset: Send = async (response) => void response.socket?.resetAndDestroy();
const hangUp: Send = async (response) => void response.socket?.end();
const refuseNow = instead(page(503, 'Service Unavailable'));
const badGateway = instead(page(502, 'Bad Gateway'));
const strangePage = instead(page(200, 'We are sorry'));
const emptyAnswer = instead({ status: 200, headers: { 'content-type': 'text/plain' }, body: '' });

const senders = {
  hang: () => stayMute,
  'apply-then-hang': () => stayMute,
  'reject-then-reset': () => reset,
  'apply-then-reset': () => reset,
  'reject-then-fin': () => hangUp,
  'apply-then-fin': () => hangUp,
  'apply-then-stall-body': () => sendHalf,
  'apply-then-cut-body': () => sendHalfThenReset,
  'apply-then-cut-json': () => sendHalfJson,
  '429': (dialect) => instead(dialect.rateLimited(1, 'user')),
  '429-zero': (dialect) => instead(dialect.rateLimited(0, 'user')),
  '429-no-retry-after': (dialect) => instead(dialect.rateLimited(undefined, 'user')),
  '429-html': () => instead(page(429, 'Too Many Requests')),
  '503': () => refuseNow,
  '503-applied': () => refuseNow,
  '500-json': (dialect) => instead(dialect.serverError),
  '500-json-applied': (dialect) => instead(dialect.serverError),
  '502-html': () => badGateway,
  '502-html-applied': () => badGateway,
  '200-html': () => strangePage,
  '200-html-applied': () => strangePage,
  '200-empty': () => emptyAnswer,
  '200-empty-applied': () => emptyAnswer,
  'internal-error': (dialect) => instead(dialect.internalError),
  'internal-error-applied': (dialect) => instead(dialect.internalError),
  '403-html': () => instead(page(403, 'Access denied')),
} satisfies Record<string, (dialect: Dialect) => Send>;

function isWireFault(fault: Fault): fault is WireFaultName {
  return typeof fault === 'string' && Object.hasOwn(senders, fault);
}

/** Sends the whole answer, unless the client has gone. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

/** An error page as a proxy in front of the platform would send it. */
export function page(status: number, title: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html><head><title>${title}</title></head><body>${title}</body></html>`,
  };
}

function instead(answer: Answer): Send {
  return async (response) => sendAnswer(response, answer);
}

function after(ms: number): Send {
  return async (response, correct) => {
    await delay(ms, undefined, { ref: false });
    sendAnswer(response, correct);
  };
}

function firstHalf(body: string): string {
  return body.slice(0, Math.floor(body.length / 2));
}

async function sendHalfJson(response: ServerResponse, correct: Answer): Promise<void> {
  sendAnswer(response, { ...correct, body: firstHalf(correct.body) });
}

async function sendHalf(response: ServerResponse, correct: Answer): Promise<void> {
  const length = Buffer.byteLength(correct.body);
  response.writeHead(correct.status, { ...correct.headers, 'content-length': length });
  await new Promise<void>((resolve) => {
    response.write(firstHalf(correct.body), () => resolve());
  });
}

async function sendHalfThenReset(response: ServerResponse, correct: Answer): Promise<void> {
  await sendHalf(response, correct);
  // The client must have read the headers: a reset overtakes what it has not read yet.
  await delay(50);
  response.socket?.resetAndDestroy();
}
