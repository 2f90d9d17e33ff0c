import type { App } from '@slack/bolt';
import type { Application } from 'express';
import { describeFailure } from '#destinations/failure.ts';
import { slackOutcome } from '#destinations/slack-outcome.ts';
import type { Logger } from '#runtime/logger.ts';
import { type Answer, apologising, patienceMs, within } from './answering.ts';
import { type Chatops, Connection, type Verdict } from './connection.ts';
import { type BoltPackage, boltLogger, type SlackWay } from './slack-bolt.ts';
import { openSlackHttp } from './slack-http.ts';
import { slackReply } from './slack-reply.ts';
import { openSlackSocket, SocketError } from './slack-socket.ts';

export type SlackChatopsOptions = {
  readonly botToken: string;
  /** With it commands come over Socket Mode, and `signingSecret` and `app` are not used. */
  readonly appToken?: string | undefined;
  readonly signingSecret?: string | undefined;
  /** Gets the routes before this function resolves; body parsers must be added to it later. */
  readonly app?: Application | undefined;
  /** Ends in `/api` or `/api/`. */
  readonly apiUrl: string;
  /** Such as `/meet`. */
  readonly commandName: string;
  readonly answer: Answer;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Before a failed connection is tried again; 5 s when absent. */
  readonly firstPauseMs?: number | undefined;
};

/**
 * Takes commands and presses of buttons from Slack, over HTTP or Socket Mode. Resolves as soon as the routes stand; connecting goes on
 * behind it and fails into the state, never into a rejection.
 */
export async function openSlackChatops(options: SlackChatopsOptions): Promise<Chatops> {
  const logger = options.logger.child({ platform: 'slack' });
  const connection = new Connection({ judge, logger, firstPauseMs: options.firstPauseMs });
  const state = () => connection.state();
  const way = openWay(await import('@slack/bolt'), options, connection, logger);
  if (way === undefined) {
    const reason = 'Slack: an app-level token or a signing secret is needed to take commands';
    connection.lost({ reason, isFinal: true });
    return { state, firstTry: Promise.resolve(), close: async () => {} };
  }
  listen(way.bolt, options, logger);
  const firstTry = connection.start(way.connect);
  return {
    state,
    firstTry,
    close: async () => {
      connection.close();
      await way.close();
    },
  };
}

function openWay(
  bolt: BoltPackage,
  { botToken, apiUrl, appToken, signingSecret, app, now }: SlackChatopsOptions,
  connection: Connection,
  logger: Logger,
): SlackWay | undefined {
  const settings = { botToken, apiUrl, logger: boltLogger(logger, bolt.LogLevel.WARN) };
  if (appToken !== undefined) {
    const onLost = (error: unknown) => connection.lost(judge(error));
    return openSlackSocket(bolt, settings, { appToken, onLost });
  }
  if (app === undefined || signingSecret === undefined) return undefined;
  const isListening = () => connection.state().kind === 'listening';
  return openSlackHttp(bolt, settings, { app, signingSecret, now, isListening });
}

function listen(bolt: App, options: SlackChatopsOptions, logger: Logger): void {
  const answer = apologising(options.answer, logger, options.now);
  bolt.command(options.commandName, async ({ ack, respond, command }) => {
    const answered = answer({ platform: 'slack', user: command.user_id, text: command.text });
    const inTime = await within(patienceMs, answered);
    if (inTime !== undefined) {
      await ack(slackReply(inTime));
      return;
    }
    await ack();
    await respond(slackReply(await answered));
  });
  // A link button (`open:…`) sends a press too, and shows a warning to whoever pressed it unless somebody acks.
  bolt.action({ type: 'block_actions' }, async ({ ack }) => ack());
  bolt.error(async (error) => {
    logger.error({ reason: describeFailure(error) }, 'Slack could not be answered');
  });
}

function judge(error: unknown): Verdict {
  const origin = error instanceof SocketError ? error.cause : error;
  const outcome = slackOutcome(origin, 0);
  const isFinal = outcome.kind === 'refused' && outcome.scope === 'credential';
  if (isFinal && error instanceof SocketError) {
    return { reason: `Slack: the app-level token was refused (${describeFailure(origin)})`, isFinal };
  }
  return { reason: outcome.kind === 'sent' ? 'Slack: no connection' : outcome.reason, isFinal };
}
