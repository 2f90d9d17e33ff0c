import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { App, ExpressReceiver, SocketModeReceiver } from '@slack/bolt';
import express from 'express';
import { silentLogger } from '#test/slack/silent-logger.ts';
import { SlackStandIn, type SlackStandInOptions } from '#test/slack/stand-in.ts';

const channel = 'C0SALES01';
const buttons = [
  {
    type: 'actions',
    elements: [
      { type: 'button', action_id: 'snooze:room', text: { type: 'plain_text', text: 'Snooze' }, value: 'd1' },
      { type: 'button', action_id: 'mute', text: { type: 'plain_text', text: 'Mute' }, value: 'd1' },
    ],
  },
];

function clientOptions(slack: SlackStandIn): { slackApiUrl: string; retryConfig: { retries: number } } {
  return { slackApiUrl: slack.url, retryConfig: { retries: 0 } };
}

/** Bolt behind Express on loopback, with one command and one button. */
async function openApp(options: SlackStandInOptions = {}): Promise<{
  slack: SlackStandIn;
  app: App;
  to: string;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const slack = await SlackStandIn.start(options);
  slack.addChannel(channel);
  const outer = express();
  const receiver = new ExpressReceiver({
    app: outer,
    signingSecret: slack.signingSecret,
    logger: silentLogger,
    endpoints: { events: '/slack/events', commands: '/slack/commands', actions: '/slack/interactions' },
  });
  const app = new App({
    receiver,
    token: slack.token,
    convoStore: false,
    deferInitialization: true,
    clientOptions: clientOptions(slack),
    logger: silentLogger,
  });
  answerOn(app);
  await app.init();
  const server = createServer(outer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  return {
    slack,
    app,
    to: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await slack.stop();
    },
  };
}

function answerOn(app: App): void {
  app.command('/meet', async ({ ack, command }) => {
    await ack({ response_type: 'ephemeral', text: `You asked for ${command.text}` });
  });
  app.action(/^snooze:/, async ({ ack, action, respond }) => {
    await ack();
    const value = action.type === 'button' ? (action.value ?? '') : '';
    await respond({ text: `Snoozed ${value}`, replace_original: false });
  });
}

async function postCard({ client }: App): Promise<string> {
  const send = client.chat.postMessage;
  const { ts } = await send({ channel, text: 'Card', blocks: buttons });
  assert(ts !== undefined);
  return ts;
}

async function respondInChannel(url = ''): Promise<string> {
  const body = '{"text":"Hi","response_type":"in_channel"}';
  const response = await fetch(url, { method: 'POST', body });
  return response.text();
}

/** Waits for a state that another party brings about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test('Bolt accepts a signed command and its ack becomes the answer', async () => {
  await using opened = await openApp();
  const { slack, to } = opened;
  const { status, body, acked } = await slack.command({ to, command: '/meet', text: 'live' });
  assert.deepEqual(
    { status, body, acked },
    { status: 200, body: { response_type: 'ephemeral', text: 'You asked for live' }, acked: true },
  );
});

test('Bolt refuses a command whose signature is wrong or old', async () => {
  await using opened = await openApp();
  const { slack, to } = opened;
  const forged = await slack.command({ to, command: '/meet', signingSecret: 'guessed' });
  const stale = await slack.command({ to, command: '/meet', signedAt: Date.now() - 400_000 });
  assert.deepEqual([forged.status, stale.status], [401, 401]);
});

test('Bolt does not understand a form type with a charset', async () => {
  await using opened = await openApp();
  const { status } = await opened.slack.command({ to: opened.to, command: '/meet', withCharset: true });
  assert.equal(status, 400);
});

test('a press on a visible button reaches its listener, which answers over the response_url', async () => {
  await using opened = await openApp();
  const { slack, app, to } = opened;
  const ts = await postCard(app);
  const press = await slack.press({
    to,
    actionId: 'snooze:room',
    channel,
    ts,
    user: 'U0ADMIN01',
  });
  assert.equal(press.acked, true);
  await until(() => slack.responses().length > 0);
  assert.deepEqual(slack.ephemerals(), [{ channel, user: 'U0ADMIN01', text: 'Snoozed d1', blocks: [] }]);
});

test('a press that nobody acks is reported after three seconds', async () => {
  await using opened = await openApp();
  const { slack, app, to } = opened;
  const ts = await postCard(app);
  const press = await slack.press({ to, actionId: 'mute', channel, ts });
  assert.equal(press.acked, false);
});

test('a button that its message does not show cannot be pressed', async () => {
  await using slack = await SlackStandIn.start();
  slack.addChannel(channel);
  const ts = slack.say(channel, 'No buttons here');
  const press = slack.press({ to: 'http://127.0.0.1:9', actionId: 'mute', channel, ts });
  await assert.rejects(press, /No button mute/);
});

test('a response_url works five times and for half an hour', async () => {
  let now = 1_739_000_000_000;
  await using opened = await openApp({ now: () => now });
  const { slack, app, to } = opened;
  const urls: string[] = [];
  app.command('/url', async ({ ack, command }) => {
    urls.push(command.response_url);
    await ack();
  });
  await slack.command({ to, command: '/url', channel });
  await slack.command({ to, command: '/url', channel });
  for (let use = 1; use <= 5; use += 1) assert.equal(await respondInChannel(urls[0]), '{"ok":true}');
  assert.equal(await respondInChannel(urls[0]), '{"ok":false,"error":"used_url"}');
  now += 30 * 60_000 + 1;
  assert.equal(await respondInChannel(urls[1]), '{"ok":false,"error":"expired_url"}');
  assert.equal(slack.visible(channel).length, 5);
});

test('an event is acked once, and Bolt proves that it owns the address', async () => {
  await using opened = await openApp();
  const { slack, app, to } = opened;
  const seen: string[] = [];
  app.event('app_uninstalled', async ({ body }) => void seen.push(body.event_id));
  const answers = await slack.event({ to, event: { type: 'app_uninstalled' } });
  assert.equal(answers.length, 1);
  assert.equal(seen.length, 1);
  const proof = await slack.urlVerification({ to, challenge: 'abc' });
  assert.deepEqual(proof.body, { challenge: 'abc' });
});

test('an event that meets errors is redelivered three times with one id', async () => {
  const ids: unknown[] = [];
  const retries: unknown[] = [];
  const outer = express().post('/slack/events', express.json(), (request, response) => {
    const body: { event_id?: string } = request.body;
    ids.push(body.event_id);
    retries.push(request.headers['x-slack-retry-num']);
    response.sendStatus(500);
  });
  const server = createServer(outer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  await using slack = await SlackStandIn.start();
  await slack.event({ to: `http://127.0.0.1:${address.port}`, event: { type: 'tokens_revoked' } });
  server.closeAllConnections();
  server.close();
  assert.deepEqual(retries, [undefined, '1', '2', '3']);
  assert.equal(new Set(ids).size, 1);
});

/** Bolt over Socket Mode, started. */
async function openSocketApp(slack: SlackStandIn): Promise<App> {
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    clientPingTimeout: 300,
    logger: silentLogger,
    installerOptions: {
      clientOptions: {
        slackApiUrl: slack.url,
        retryConfig: { forever: true, minTimeout: 20, maxTimeout: 50 },
      },
    },
  });
  const app = new App({
    token: slack.token,
    receiver,
    socketMode: true,
    clientOptions: clientOptions(slack),
    logger: silentLogger,
  });
  answerOn(app);
  await app.start();
  return app;
}

test('Bolt over Socket Mode takes a long command and acks it with its answer', async () => {
  await using slack = await SlackStandIn.start();
  const app = await openSocketApp(slack);
  const long = 'é'.repeat(40_000);
  const ack = await slack.socketCommand({ command: '/meet', text: long });
  const unknown = await slack.socketCommand({ command: '/nobody' });
  await app.stop();
  assert.deepEqual(ack.payload, { response_type: 'ephemeral', text: `You asked for ${long}` });
  assert.equal(unknown.acked, false);
});

test('a client that is asked to reconnect comes back, also when the first attempts fail', async () => {
  await using slack = await SlackStandIn.start();
  const app = await openSocketApp(slack);
  slack.faults.next({ method: 'apps.connections.open' }, 'open-503');
  slack.disconnectSockets('warning');
  await until(() => slack.openSockets() === 0);
  assert.equal((await slack.socketCommand({ command: '/meet' })).acked, false);
  await until(() => slack.openSockets() === 1);
  const ack = await slack.socketCommand({ command: '/meet', text: 'again' });
  await app.stop();
  assert.equal(ack.acked, true);
});

test('a client whose connection is cut comes back', async () => {
  await using slack = await SlackStandIn.start();
  const app = await openSocketApp(slack);
  slack.dropSockets();
  await until(() => slack.openSockets() === 0);
  await until(() => slack.openSockets() === 1);
  const ack = await slack.socketCommand({ command: '/meet', text: 'again' });
  await app.stop();
  assert.equal(ack.acked, true);
});
