import type { App, AppOptions, LogLevel } from '@slack/bolt';
import type { Logger } from '#runtime/logger.ts';

/** Bolt, loaded only where Slack is configured. */
export type BoltPackage = Pick<
  typeof import('@slack/bolt'),
  'App' | 'ExpressReceiver' | 'SocketModeReceiver' | 'LogLevel'
>;

/** A way for Slack to reach us: Bolt's app behind one of its receivers. */
export type SlackWay = {
  readonly bolt: App;
  readonly connect: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type BoltLogger = NonNullable<AppOptions['logger']>;

export type BoltSettings = {
  readonly botToken: string;
  /** Ends in `/api` or `/api/`. */
  readonly apiUrl: string;
  readonly logger: BoltLogger;
};

const callTimeoutMs = 10_000;

type SlackFetch = NonNullable<NonNullable<AppOptions['clientOptions']>['fetch']>;

/** `fetch` with an end: neither Bolt's `respond` nor its client for sockets has a timeout. */
export const fetchInTime: SlackFetch = (url, { signal, ...init } = {}) =>
  fetch(url, { ...init, signal: signal ?? AbortSignal.timeout(callTimeoutMs) });

/** What Bolt's app gets besides its receiver; a new object every time, since Bolt writes into the one it is given. */
export function appOptions({ botToken, apiUrl, logger }: BoltSettings): AppOptions {
  return {
    token: botToken,
    convoStore: false,
    deferInitialization: true,
    logger,
    clientOptions: {
      slackApiUrl: apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: callTimeoutMs,
      allowAbsoluteUrls: false,
      fetch: fetchInTime,
    },
  };
}

/** Hands Bolt's warnings and errors on; the rest, with bodies and headers in it, is dropped. */
export function boltLogger(logger: Logger, level: LogLevel): BoltLogger {
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => logger.warn({ from: 'bolt' }, words(parts)),
    error: (...parts) => logger.error({ from: 'bolt' }, words(parts)),
    setLevel: () => {},
    setName: () => {},
    getLevel: () => level,
  };
}

function words(parts: readonly unknown[]): string {
  return parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
}
