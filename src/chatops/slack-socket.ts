import { within } from './answering.ts';
import { appOptions, type BoltPackage, type BoltSettings, fetchInTime, type SlackWay } from './slack-bolt.ts';

/** No socket could be opened with the app-level token; the cause is what Slack's client threw. */
export class SocketError extends Error {
  override readonly name = 'SocketError';
}

const farewellMs = 1000;

export type SlackSocketOptions = {
  readonly appToken: string;
  /** Called when a connection that had worked cannot be renewed. */
  readonly onLost: (error: unknown) => void;
};

/** We call Slack, which then speaks over sockets; needs no public address. */
export function openSlackSocket(
  { App, SocketModeReceiver }: BoltPackage,
  settings: BoltSettings,
  { appToken, onLost }: SlackSocketOptions,
): SlackWay {
  let isClosed = false;
  const receiver = new SocketModeReceiver({
    appToken,
    clientPingTimeout: 5000,
    logger: settings.logger,
    installerOptions: {
      clientOptions: {
        slackApiUrl: settings.apiUrl,
        retryConfig: { forever: true, factor: 1.5, minTimeout: 200, maxTimeout: 30_000 },
        // The endless retries heed nothing but an answer: after the end we give it ourselves.
        fetch: (url, init) => (isClosed ? Promise.resolve(refusal()) : fetchInTime(url, init)),
      },
    },
  });
  const { client } = receiver;
  const start = client.start.bind(client);
  const openSocket = async () => {
    try {
      return await start();
    } catch (cause) {
      throw new SocketError('no socket', { cause });
    }
  };
  // When the client reconnects by itself nobody awaits this promise: a rejection would end the process.
  client.start = async () => {
    try {
      return await openSocket();
    } catch (error) {
      onLost(error);
      return { ok: false };
    }
  };
  const bolt = new App({ ...appOptions(settings), socketMode: true, receiver });
  return {
    bolt,
    connect: async () => {
      await bolt.init();
      await openSocket();
    },
    close: async () => {
      isClosed = true;
      await within(farewellMs, client.disconnect());
    },
  };
}

function refusal(): Response {
  return Response.json({ ok: false, error: 'account_inactive' });
}
