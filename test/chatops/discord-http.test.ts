import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import express from 'express';
import { z } from 'zod';
import { type Answer, patienceMs } from '#chatops/answering.ts';
import type { DiscordHttpChatops, DiscordHttpOptions } from '#chatops/discord-http.ts';
import { openDiscordHttpChatops } from '#chatops/discord-http.ts';
import { rendered } from '#test/discord/rendered.ts';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { commandsOver, hostileTitle, liveSession, recordingLogger, serve, slowly, until } from './setup.ts';

const channel = '112233445566778899';
const oneMeeting = commandsOver([liveSession('a')]);

type Opened = AsyncDisposable & {
  readonly discord: DiscordStandIn;
  readonly chatops: DiscordHttpChatops;
  readonly lines: readonly string[];
  readonly to: string;
};

/** Chatops behind an Express route, as the application mounts it. */
async function open(answer: Answer, options: Partial<DiscordHttpOptions> = {}): Promise<Opened> {
  const discord = await DiscordStandIn.start();
  discord.addChannel(channel);
  const { logger, lines } = await recordingLogger();
  const chatops = await openDiscordHttpChatops({
    botToken: discord.token,
    applicationId: discord.applicationId,
    publicKey: discord.publicKey,
    apiUrl: discord.url,
    commandName: '/meet',
    answer,
    logger,
    now: () => new Date(),
    ...options,
  });
  await chatops.firstTry;
  const app = express();
  app.post('/discord/interactions', express.raw({ type: () => true }), async (request, response) => {
    const { status, json } = await chatops.answerInteraction({
      headers: request.headers,
      body: request.body,
    });
    response.status(status);
    if (json === undefined) response.end();
    else response.json(json);
  });
  const server = await serve(app);
  return {
    discord,
    chatops,
    lines,
    to: `${server.url}/discord/interactions`,
    [Symbol.asyncDispose]: async () => {
      await chatops.close();
      await server[Symbol.asyncDispose]();
      await discord.stop();
    },
  };
}

test('the probe of the endpoint gets its pong, and one with a bad signature gets 401', async () => {
  await using opened = await open(oneMeeting);
  const probe = await opened.discord.probe(opened.to);
  assert.deepEqual(probe, { genuine: 200, pong: { type: 1 }, forged: 401 });
});

test('a command over HTTP is answered to the person who typed it', async () => {
  await using opened = await open(oneMeeting);
  const { discord, to } = opened;
  const { status, outcome } = await discord.interact({ to, command: 'meet', subcommand: 'live' });
  assert.equal(status, 200);
  assert.ok(outcome.answered);
  assert.equal(outcome.callback.type, 4);
  assert.equal(outcome.original()?.content, '1 meeting is running now: Meeting a');
  assert.deepEqual(discord.visible(channel), []);
});

test('an answer that takes long is deferred in time and edited in later', async () => {
  await using opened = await open(slowly(oneMeeting, patienceMs + 300));
  const { discord, to } = opened;
  const { outcome } = await discord.interact({ to, command: 'meet', subcommand: 'live' });
  assert.ok(outcome.answered);
  assert.equal(outcome.callback.type, 5);
  await until(() => outcome.edits.length > 0);
  assert.equal(outcome.original()?.content, '1 meeting is running now: Meeting a');
  assert.deepEqual(discord.visible(channel), []);
});

test('an edit that fails at first is tried again', async () => {
  await using opened = await open(slowly(oneMeeting, patienceMs + 100));
  const { discord, to } = opened;
  discord.faults.next({ method: 'PATCH /webhooks/:application/:token/messages/@original' }, '503');
  const { outcome } = await discord.interact({ to, command: 'meet', subcommand: 'live' });
  assert.ok(outcome.answered);
  await until(() => outcome.edits.length > 0);
  assert.equal(discord.faults.unmet(), 0);
});

test('a hostile title pings nobody, links nowhere and formats nothing', async () => {
  await using opened = await open(commandsOver([liveSession('a', { title: hostileTitle })]));
  const { discord, to } = opened;
  const { outcome } = await discord.interact({ to, command: 'meet', subcommand: 'live' });
  assert.ok(outcome.answered);
  const seen = outcome.original();
  assert.ok(seen !== undefined);
  assert.deepEqual(z.object({ allowed_mentions: z.unknown() }).parse(outcome.callback.data), {
    allowed_mentions: { parse: [] },
  });
  const { pings, links, formatting } = rendered(seen);
  assert.deepEqual([pings, links], [{ everyone: false, users: [], roles: [] }, []]);
  assert.deepEqual(formatting.toSorted(), ['bold', 'list']);
});

test('a press is acked without a change', async () => {
  await using opened = await open(oneMeeting);
  const { discord, to } = opened;
  const message = discord.say(channel, 'a card');
  const { body, outcome } = await discord.interact({ to, press: 'snooze:1h', message });
  assert.deepEqual(body, { type: 6 });
  assert.equal(outcome.answered, true);
});

test('the command is registered, also where commands come over HTTP', async () => {
  await using opened = await open(oneMeeting);
  assert.deepEqual(opened.chatops.state(), { kind: 'listening' });
  const [command, ...others] = opened.discord.commands().global;
  assert.deepEqual(others, []);
  assert.equal(command?.name, 'meet');
  assert.deepEqual(
    command.options?.map(({ name }) => name),
    ['live', 'rules', 'help'],
  );
});

test('a bad token fails with its reason, and signed interactions are still answered', async () => {
  await using opened = await open(oneMeeting, { botToken: 'wrong-token' });
  const { discord, chatops, lines, to } = opened;
  const state = chatops.state();
  assert.ok(state.kind === 'failed' && state.isFinal);
  assert.match(state.reason, /token is not valid/);
  assert.ok(!lines.join('').includes('wrong-token'));
  const { outcome } = await discord.interact({ to, command: 'meet', subcommand: 'help' });
  assert.equal(outcome.answered, true);
});

const keys = generateKeyPairSync('ed25519');
const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
const now = new Date('2025-02-08T07:33:00.000Z');

function signed(body: string, secondsOff: number): { headers: Record<string, string>; body: Buffer } {
  const timestamp = String(now.getTime() / 1000 + secondsOff);
  const signature = sign(null, Buffer.from(timestamp + body), keys.privateKey).toString('hex');
  const headers = { 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp };
  return { headers, body: Buffer.from(body) };
}

test('a signature counts for five minutes in either direction', async () => {
  await using opened = await open(oneMeeting, { publicKey, now: () => now });
  const statuses: number[] = [];
  for (const secondsOff of [-301, -300, 0, 300, 301]) {
    const { status } = await opened.chatops.answerInteraction(signed('{"type":1}', secondsOff));
    statuses.push(status);
  }
  assert.deepEqual(statuses, [401, 200, 200, 200, 401]);
});

test('signed requests that cannot be read get 400, unsigned ones 401', async () => {
  await using opened = await open(oneMeeting, { publicKey, now: () => now });
  const { chatops } = opened;
  for (const body of ['', 'not json', '{"type":99}', '{"type":2,"data":{}}']) {
    assert.deepEqual(await chatops.answerInteraction(signed(body, 0)), { status: 400 });
  }
  const request = signed('{"type":1}', 0);
  for (const headers of [
    {},
    { ...request.headers, 'x-signature-ed25519': 'zz' },
    { ...request.headers, 'x-signature-ed25519': 'ab'.repeat(64) },
    { ...request.headers, 'x-signature-timestamp': 'now' },
  ]) {
    assert.deepEqual(await chatops.answerInteraction({ ...request, headers }), { status: 401 });
  }
});
