import assert from 'node:assert/strict';
import { test } from 'node:test';
import express from 'express';
import { z } from 'zod';
import { type Answer, patienceMs } from '#chatops/answering.ts';
import type { Chatops } from '#chatops/connection.ts';
import { openSlackChatops, type SlackChatopsOptions } from '#chatops/slack.ts';
import { mentions } from '#test/slack/mentions.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { commandsOver, hostileTitle, liveSession, recordingLogger, serve, slowly, until } from './setup.ts';

const channel = 'C0SALES01';
const reply = z.object({
  response_type: z.literal('ephemeral'),
  text: z.string(),
  blocks: z.array(z.record(z.string(), z.unknown())),
});
const twoMeetings = commandsOver([liveSession('a'), liveSession('b')]);

type Opened = AsyncDisposable & {
  readonly slack: SlackStandIn;
  readonly chatops: Chatops;
  readonly lines: readonly string[];
  readonly to: string;
};

/** Chatops over HTTP on an application of ours, with a body parser after it as in production. */
async function open(answer: Answer, options: Partial<SlackChatopsOptions> = {}): Promise<Opened> {
  const slack = await SlackStandIn.start();
  slack.addChannel(channel);
  const { logger, lines } = await recordingLogger();
  const app = express();
  const chatops = await openSlackChatops({
    botToken: slack.token,
    signingSecret: slack.signingSecret,
    app,
    apiUrl: slack.url,
    commandName: '/meet',
    answer,
    logger,
    now: () => new Date(),
    ...options,
  });
  app.use(express.json());
  app.post('/hooks/meet', (_request, response) => void response.sendStatus(202));
  const server = await serve(app);
  await chatops.firstTry;
  return {
    slack,
    chatops,
    lines,
    to: server.url,
    [Symbol.asyncDispose]: async () => {
      await chatops.close();
      await server[Symbol.asyncDispose]();
      await slack.stop();
    },
  };
}

test('a signed command is answered to the person who typed it', async () => {
  await using opened = await open(twoMeetings);
  const { slack, chatops, to } = opened;
  assert.deepEqual(chatops.state(), { kind: 'listening' });
  const { status, acked, body } = await slack.command({ to, command: '/meet', text: 'live' });
  assert.deepEqual([status, acked], [200, true]);
  const { text, blocks } = reply.parse(body);
  assert.equal(text, '2 meetings are running now: Meeting a, Meeting b');
  assert.deepEqual(
    blocks.map(({ type }) => type),
    ['header', 'rich_text'],
  );
});

test('a bad signature gets 401, and so does a time more than five minutes off in either direction', async () => {
  await using opened = await open(twoMeetings);
  const { slack, to } = opened;
  const forged = await slack.command({ to, command: '/meet', signingSecret: 'guessed' });
  const stale = await slack.command({ to, command: '/meet', signedAt: Date.now() - 310_000 });
  const early = await slack.command({ to, command: '/meet', signedAt: Date.now() + 310_000 });
  const close = await slack.command({ to, command: '/meet', signedAt: Date.now() + 200_000 });
  assert.deepEqual([forged.status, stale.status, early.status, close.status], [401, 401, 401, 200]);
});

test('a request without a timestamp gets 401', async () => {
  await using opened = await open(twoMeetings);
  const response = await fetch(`${opened.to}/slack/commands`, { method: 'POST', body: 'command=%2Fmeet' });
  assert.equal(response.status, 401);
});

test('an answer that takes long is acked in time and follows over the response_url', async () => {
  await using opened = await open(slowly(twoMeetings, patienceMs + 300));
  const { slack, to } = opened;
  const { acked, body } = await slack.command({ to, command: '/meet', text: 'live', user: 'U0ADMIN01' });
  assert.deepEqual([acked, body], [true, '']);
  await until(() => slack.responses().length > 0);
  const [seen] = slack.ephemerals();
  assert.equal(seen?.text, '2 meetings are running now: Meeting a, Meeting b');
  assert.equal(seen.user, 'U0ADMIN01');
  assert.equal(slack.responses()[0]?.refusedAs, undefined);
});

test('a command that cannot be answered gets an apology, and the log the reason', async () => {
  await using opened = await open(async () => {
    throw new Error('database is locked');
  });
  const { slack, to, lines } = opened;
  const { acked, body } = await slack.command({ to, command: '/meet', text: 'live' });
  assert.equal(acked, true);
  assert.match(reply.parse(body).text, /cannot look that up/);
  assert.ok(lines.some((line) => line.includes('database is locked')));
});

test('presses on link buttons and on any other button are acked', async () => {
  await using opened = await open(twoMeetings);
  const { slack, to } = opened;
  const ts = slack.say(channel, 'A card');
  for (const actionId of ['open:0', 'open:recording', 'snooze:1h']) {
    const press = await slack.press({ to, actionId, channel, ts, url: 'https://meet.example.com/' });
    assert.equal(press.acked, true, actionId);
  }
});

test('Slack is shown that the events address is ours, and events are acked', async () => {
  await using opened = await open(twoMeetings);
  const { slack, to } = opened;
  assert.deepEqual((await slack.urlVerification({ to, challenge: 'abc' })).body, { challenge: 'abc' });
  assert.equal((await slack.event({ to, event: { type: 'app_uninstalled' } })).length, 1);
});

test('a hostile title pings nobody, links nowhere and formats nothing', async () => {
  await using opened = await open(commandsOver([liveSession('a', { title: hostileTitle })]));
  const { slack, to } = opened;
  const { body } = await slack.command({ to, command: '/meet', text: 'live' });
  const { text, blocks } = reply.parse(body);
  const read = mentions({ text, blocks, rendering: { parse: 'none', mrkdwn: false } });
  assert.deepEqual([read.pings, read.links, read.markup], [[], [], []]);
  assert.equal(read.texts.filter((each) => each.includes('<!channel>')).length, 2);
});

test('a bad token fails with its reason, is not tried again, and leaves the rest of the application alone', async () => {
  await using opened = await open(twoMeetings, { botToken: 'xoxb-wrong', firstPauseMs: 5 });
  const { slack, chatops, to, lines } = opened;
  const state = chatops.state();
  assert.ok(state.kind === 'failed' && state.isFinal);
  assert.match(state.reason, /invalid_auth/);
  assert.equal((await slack.command({ to, command: '/meet', text: 'live' })).status, 503);
  assert.equal((await fetch(`${to}/hooks/meet`, { method: 'POST' })).status, 202);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(slack.requests().filter(({ method }) => method === 'auth.test').length, 1);
  assert.ok(lines.some((line) => line.includes('invalid_auth')));
  assert.ok(!lines.join('').includes('xoxb-wrong'));
});

test('a Slack that was down at the start is found when it is back', async () => {
  const slack = await SlackStandIn.start();
  slack.faults.next({ method: 'auth.test' }, '503');
  await using opened = await open(twoMeetings, { apiUrl: slack.url, firstPauseMs: 20 });
  const { chatops, to } = opened;
  const state = chatops.state();
  assert.ok(state.kind === 'failed' && !state.isFinal);
  await until(() => chatops.state().kind === 'listening');
  assert.equal((await slack.command({ to, command: '/meet', text: 'live' })).status, 200);
  await slack.stop();
});

test('without a signing secret and an app-level token there is no way in, and the state says so', async () => {
  await using opened = await open(twoMeetings, { signingSecret: undefined });
  const state = opened.chatops.state();
  assert.ok(state.kind === 'failed' && state.isFinal);
  assert.match(state.reason, /signing secret/);
});
