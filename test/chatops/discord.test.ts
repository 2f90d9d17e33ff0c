import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { type Answer, patienceMs } from '#chatops/answering.ts';
import type { Chatops } from '#chatops/connection.ts';
import { type DiscordChatopsOptions, openDiscordChatops } from '#chatops/discord.ts';
import { rendered } from '#test/discord/rendered.ts';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { wsDrop } from '#test/faults.ts';
import { commandsOver, hostileTitle, liveSession, recordingLogger, slowly, until } from './setup.ts';

const channel = '112233445566778899';
const oneMeeting = commandsOver([liveSession('a')], [{ id: 'vip', on: ['participant.joined'], to: ['ops'] }]);

type Opened = AsyncDisposable & {
  readonly discord: DiscordStandIn;
  readonly chatops: Chatops;
  readonly lines: readonly string[];
};

async function open(
  answer: Answer,
  options: Partial<DiscordChatopsOptions> = {},
  prepare: (discord: DiscordStandIn) => void = () => {},
): Promise<Opened> {
  const discord = await DiscordStandIn.start();
  discord.addChannel(channel);
  prepare(discord);
  const { logger, lines } = await recordingLogger();
  const chatops = await openDiscordChatops({
    botToken: discord.token,
    applicationId: discord.applicationId,
    apiUrl: `${discord.url}/`,
    commandName: '/meet',
    answer,
    logger,
    now: () => new Date(),
    ...options,
  });
  await chatops.firstTry;
  return {
    discord,
    chatops,
    lines,
    [Symbol.asyncDispose]: async () => {
      await chatops.close();
      await discord.stop();
    },
  };
}

test('a command over the gateway is answered to the person who typed it', async () => {
  await using opened = await open(oneMeeting);
  const { discord, chatops } = opened;
  assert.deepEqual(chatops.state(), { kind: 'listening' });
  const result = await discord.gatewayCommand({ command: 'meet', subcommand: 'live' });
  assert.ok(result.answered);
  assert.equal(result.callback.type, 4);
  const seen = result.original();
  assert.equal(seen?.content, '1 meeting is running now: Meeting a');
  assert.match(seen.embeds[0]?.description ?? '', /Meeting a.* · 1 person · since <t:\d+:t>/);
  assert.deepEqual(discord.visible(channel), []);
});

test('every registered subcommand gets an answer of its own', async () => {
  await using opened = await open(oneMeeting);
  const { discord } = opened;
  const [command] = discord.commands().global;
  const names = command?.options?.map(({ name }) => name) ?? [];
  assert.deepEqual(names, ['live', 'rules', 'help']);
  const answers = new Set<string>();
  for (const subcommand of names) {
    const result = await discord.gatewayCommand({ command: 'meet', subcommand });
    assert.ok(result.answered);
    answers.add(result.original()?.content ?? '');
  }
  assert.equal(answers.size, 3);
  assert.ok(![...answers].some((content) => content.startsWith('I don’t know')));
});

test('the command is registered once for all servers, under the configured name', async () => {
  await using opened = await open(oneMeeting, { commandName: '/Calls' });
  const { global, guilds } = opened.discord.commands();
  assert.deepEqual(
    global.map(({ name, contexts }) => ({ name, contexts })),
    [{ name: 'calls', contexts: [0] }],
  );
  assert.deepEqual(Object.values(guilds), [[]]);
});

test('an answer that takes long is deferred in time and edited in later', async () => {
  await using opened = await open(slowly(oneMeeting, patienceMs + 300));
  const { discord } = opened;
  const result = await discord.gatewayCommand({ command: 'meet', subcommand: 'live' });
  assert.ok(result.answered);
  assert.equal(result.callback.type, 5);
  assert.equal(result.original()?.content, '1 meeting is running now: Meeting a');
  assert.deepEqual(discord.visible(channel), []);
});

test('a hostile title pings nobody, links nowhere and formats nothing', async () => {
  await using opened = await open(commandsOver([liveSession('a', { title: hostileTitle })]));
  const result = await opened.discord.gatewayCommand({ command: 'meet', subcommand: 'live' });
  assert.ok(result.answered);
  const seen = result.original();
  assert.ok(seen !== undefined);
  const { pings, links, mentionsMarkup, formatting } = rendered(seen);
  assert.deepEqual([pings, links], [{ everyone: false, users: [], roles: [] }, []]);
  assert.deepEqual(z.object({ allowed_mentions: z.unknown() }).parse(result.callback.data), {
    allowed_mentions: { parse: [] },
  });
  // Our own: the time since when, the list and the bold name in it.
  assert.deepEqual(mentionsMarkup, [`<t:${Date.parse('2025-02-08T07:33:00Z') / 1000}:t>`]);
  assert.deepEqual(formatting.toSorted(), ['bold', 'list']);
});

test('a press on a button is acked and changes nothing', async () => {
  await using opened = await open(oneMeeting);
  const { discord } = opened;
  const message = discord.say(channel, 'a card');
  const result = await discord.gatewayCommand({ press: 'snooze:1h', message });
  assert.ok(result.answered);
  assert.equal(result.callback.type, 6);
});

test('a command that cannot be answered gets an apology', async () => {
  await using opened = await open(async () => {
    throw new Error('database is locked');
  });
  const result = await opened.discord.gatewayCommand({ command: 'meet', subcommand: 'live' });
  assert.ok(result.answered);
  assert.match(result.original()?.content ?? '', /cannot look that up/);
  assert.ok(opened.lines.some((line) => line.includes('database is locked')));
});

test('a bad token fails with its reason, is not tried again and raises no rejection', async () => {
  await using opened = await open(oneMeeting, { botToken: 'wrong-token', firstPauseMs: 5 });
  const { discord, chatops, lines } = opened;
  const state = chatops.state();
  assert.ok(state.kind === 'failed' && state.isFinal);
  assert.match(state.reason, /token is not valid/);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(discord.requests().length, 1);
  assert.ok(!lines.join('').includes('wrong-token'));
});

test('a token that the gateway refuses is final too', async () => {
  await using opened = await open(oneMeeting, { firstPauseMs: 5 }, (discord) =>
    discord.faults.next({ method: 'GATEWAY identify' }, wsDrop(4004)),
  );
  const state = opened.chatops.state();
  assert.ok(state.kind === 'failed' && state.isFinal);
  assert.match(state.reason, /4004/);
});

test('a token that is revoked while the bot runs is noticed', async () => {
  await using opened = await open(oneMeeting);
  const { discord, chatops } = opened;
  discord.revokeToken();
  discord.gateway.drop(4000);
  await until(() => chatops.state().kind === 'failed');
});

test('after a drop the gateway is resumed and commands are answered again', async () => {
  await using opened = await open(oneMeeting);
  const { discord } = opened;
  discord.gateway.drop(4000);
  await discord.gateway.ready();
  const result = await discord.gatewayCommand({ command: 'meet', subcommand: 'live' });
  assert.equal(result.answered, true);
});

test('a Discord that was down at the start is found when it is back', async () => {
  await using opened = await open(oneMeeting, { firstPauseMs: 20 }, (discord) =>
    discord.faults.next({ method: 'PUT /applications/:application/commands' }, '503'),
  );
  const { discord, chatops } = opened;
  const state = chatops.state();
  assert.ok(state.kind === 'failed' && !state.isFinal);
  await until(() => chatops.state().kind === 'listening');
  assert.equal(discord.gateway.counts().identifies, 1);
  assert.ok((await discord.gatewayCommand({ command: 'meet', subcommand: 'live' })).answered);
});
