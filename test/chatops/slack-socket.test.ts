import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { type Answer, patienceMs } from '#chatops/answering.ts';
import type { Chatops } from '#chatops/connection.ts';
import { openSlackChatops, type SlackChatopsOptions } from '#chatops/slack.ts';
import { answering } from '#test/faults.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { commandsOver, liveSession, recordingLogger, slowly, until } from './setup.ts';

const channel = 'C0SALES01';
const reply = z.object({ response_type: z.literal('ephemeral'), text: z.string() });
const oneMeeting = commandsOver([liveSession('a')]);

type Opened = AsyncDisposable & {
  readonly slack: SlackStandIn;
  readonly chatops: Chatops;
  readonly lines: readonly string[];
};

async function open(answer: Answer, options: Partial<SlackChatopsOptions> = {}): Promise<Opened> {
  const slack = await SlackStandIn.start();
  slack.addChannel(channel);
  const { logger, lines } = await recordingLogger();
  const chatops = await openSlackChatops({
    botToken: slack.token,
    appToken: slack.appToken,
    apiUrl: slack.url,
    commandName: '/meet',
    answer,
    logger,
    now: () => new Date(),
    ...options,
  });
  await chatops.firstTry;
  return {
    slack,
    chatops,
    lines,
    [Symbol.asyncDispose]: async () => {
      await chatops.close();
      await slack.stop();
    },
  };
}

test('a command over Socket Mode is acked with its answer', async () => {
  await using opened = await open(oneMeeting);
  const { slack, chatops } = opened;
  assert.deepEqual(chatops.state(), { kind: 'listening' });
  const { acked, payload } = await slack.socketCommand({ command: '/meet', text: 'live' });
  assert.equal(acked, true);
  assert.equal(reply.parse(payload).text, '1 meeting is running now: Meeting a');
});

test('an answer that takes long is acked in time and follows over the response_url', async () => {
  await using opened = await open(slowly(oneMeeting, patienceMs + 300));
  const { slack } = opened;
  const { acked, payload } = await slack.socketCommand({ command: '/meet', text: 'live' });
  assert.deepEqual([acked, payload], [true, {}]);
  await until(() => slack.ephemerals().length > 0);
  assert.equal(slack.ephemerals()[0]?.text, '1 meeting is running now: Meeting a');
});

test('presses and events over Socket Mode are acked', async () => {
  await using opened = await open(oneMeeting);
  const { slack } = opened;
  const ts = slack.say(channel, 'A card');
  const press = await slack.socketPress({
    actionId: 'open:0',
    channel,
    ts,
    url: 'https://meet.example.com/',
  });
  assert.equal(press.acked, true);
  const event = await slack.socketEvent({ type: 'app_uninstalled' });
  assert.deepEqual([event.acked, event.attempts], [true, 1]);
});

test('closing ends the socket', async () => {
  await using opened = await open(oneMeeting);
  await opened.chatops.close();
  await until(() => opened.slack.openSockets() === 0);
});

const wrongTokens = [
  { botToken: 'xoxb-wrong', reason: /invalid_auth — the bot token/ },
  { appToken: 'xapp-wrong', reason: /the app-level token was refused/ },
];

for (const { reason, ...wrong } of wrongTokens) {
  const [name] = Object.keys(wrong);
  test(`a bad ${name} fails with its reason and no unhandled rejection`, async () => {
    const { botToken, appToken } = wrong;
    await using opened = await open(oneMeeting, {
      ...(botToken === undefined ? {} : { botToken }),
      ...(appToken === undefined ? {} : { appToken }),
    });
    const state = opened.chatops.state();
    assert.ok(state.kind === 'failed' && state.isFinal);
    assert.match(state.reason, reason);
    assert.ok(!opened.lines.join('').includes('-wrong'));
  });
}

test('an app-level token that stops working is noticed at the next reconnect and ends nothing else', async () => {
  await using opened = await open(oneMeeting);
  const { slack, chatops } = opened;
  const invalid = { ok: false, error: 'invalid_auth' };
  slack.faults.always({ method: 'apps.connections.open' }, answering(200, invalid));
  slack.dropSockets();
  await until(() => chatops.state().kind === 'failed');
});

test('closing ends the tries to reach a Slack that is down', async () => {
  const slack = await SlackStandIn.start();
  const { logger } = await recordingLogger();
  slack.faults.always({ method: 'apps.connections.open' }, '503');
  const chatops = await openSlackChatops({
    botToken: slack.token,
    appToken: slack.appToken,
    apiUrl: slack.url,
    commandName: '/meet',
    answer: oneMeeting,
    logger,
    now: () => new Date(),
  });
  const opens = () => slack.requests().filter(({ method }) => method === 'apps.connections.open').length;
  await until(() => opens() >= 2);
  await chatops.close();
  await chatops.firstTry;
  const before = opens();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(opens(), before);
  await slack.stop();
});
