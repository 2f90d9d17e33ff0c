import type { Application, RequestHandler } from 'express';
import { appOptions, type BoltPackage, type BoltSettings, type SlackWay } from './slack-bolt.ts';

const endpoints = { events: '/slack/events', commands: '/slack/commands', actions: '/slack/interactions' };
const longestSkewMs = 300_000;

export type SlackHttpOptions = {
  /** Gets the routes; body parsers must be added to it later. */
  readonly app: Application;
  readonly signingSecret: string;
  readonly now: () => Date;
  readonly isListening: () => boolean;
};

/** Slack calls us, on an Express application of ours. */
export function openSlackHttp(
  { App, ExpressReceiver }: BoltPackage,
  settings: BoltSettings,
  { app, signingSecret, now, isListening }: SlackHttpOptions,
): SlackWay {
  // Bolt refuses only what is too old, and answers 200 to everything while its token does not work.
  app.use(Object.values(endpoints), refuseSkew(now), refuseUnless(isListening));
  const receiver = new ExpressReceiver({ app, signingSecret, endpoints, logger: settings.logger });
  const bolt = new App({ ...appOptions(settings), receiver });
  return { bolt, connect: () => bolt.init(), close: async () => {} };
}

function refuseSkew(now: () => Date): RequestHandler {
  return (request, response, next) => {
    const seconds = Number(request.get('x-slack-request-timestamp'));
    const isFresh = Math.abs(now().getTime() - seconds * 1000) <= longestSkewMs;
    if (isFresh) next();
    else response.sendStatus(401);
  };
}

function refuseUnless(isListening: () => boolean): RequestHandler {
  return (_request, response, next) => {
    if (isListening()) next();
    else response.sendStatus(503);
  };
}
