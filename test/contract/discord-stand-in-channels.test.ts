import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DiscordAPIError, REST } from '@discordjs/rest';
import { Routes } from 'discord-api-types/v10';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { historyLag, slow } from '#test/faults.ts';

const channel = '112233445566778899';
const create = { method: 'POST /channels/:channel/messages' };

function restFor(discord: DiscordStandIn): REST {
  const api = discord.url;
  const rest = new REST({ version: '10', api, timeout: 10_000, retries: 0, rejectOnRateLimit: () => true });
  return rest.setToken(discord.token);
}

async function post(rest: REST, body: object, signal?: AbortSignal): Promise<unknown> {
  const options = signal === undefined ? { body } : { body, signal };
  return rest.post(Routes.channelMessages(channel), options);
}

function idOf(sent: unknown): string {
  assert.ok(typeof sent === 'object' && sent !== null && 'id' in sent && typeof sent.id === 'string');
  return sent.id;
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    (value) => assert.fail(`Expected a failure, got ${JSON.stringify(value)}`),
    (error: unknown) => {
      assert.ok(error instanceof Error || error instanceof DOMException);
      return error;
    },
  );
}

async function started(options: Parameters<typeof DiscordStandIn.start>[0] = {}): Promise<DiscordStandIn> {
  const discord = await DiscordStandIn.start(options);
  discord.addChannel(channel);
  return discord;
}

const wrongPlaces = [
  { state: 'missing', code: 10003, status: 404 },
  { state: 'no_access', code: 50001, status: 403 },
  { state: 'no_permission', code: 50013, status: 403 },
] as const;

for (const { state, code, status } of wrongPlaces) {
  test(`a channel in state ${state} answers ${code}`, async () => {
    await using discord = await started();
    discord.changeChannel(channel, { state });
    const error = await failure(post(restFor(discord), { content: 'hello' }));
    assert.ok(error instanceof DiscordAPIError && error.code === code && error.status === status);
  });
}

test('messages are edited, listed newest first and deleted', async () => {
  await using discord = await started();
  const rest = restFor(discord);
  const first = idOf(await post(rest, { content: 'first' }));
  const second = idOf(await post(rest, { content: 'second' }));
  const foreign = discord.say(channel, 'a person speaks');
  assert.match(first, /^\d{17,19}$/);
  assert.ok(BigInt(first) < BigInt(second));
  await rest.patch(Routes.channelMessage(channel, first), { body: { content: 'first, corrected' } });
  const query = new URLSearchParams({ limit: '50', after: first });
  const listed = await rest.get(Routes.channelMessages(channel), { query });
  assert.ok(Array.isArray(listed));
  assert.deepEqual(listed.map(idOf), [foreign, second]);
  const notOurs = await failure(
    rest.patch(Routes.channelMessage(channel, foreign), { body: { content: 'mine' } }),
  );
  assert.ok(notOurs instanceof DiscordAPIError && notOurs.code === 50005);
  await rest.delete(Routes.channelMessage(channel, second));
  discord.deleteMessage(channel, foreign);
  const gone = await failure(rest.patch(Routes.channelMessage(channel, second), { body: { content: 'x' } }));
  assert.ok(gone instanceof DiscordAPIError && gone.code === 10008);
  const [left, ...others] = discord.visible(channel);
  assert.deepEqual(others, []);
  assert.equal(left?.content, 'first, corrected');
  assert.equal(left.edited, true);
});

test('an edit without allowed mentions falls back to pinging', async () => {
  await using discord = await started();
  const rest = restFor(discord);
  const content = '@everyone <@80351110224678912> <@&80351110224678913>';
  const id = idOf(await post(rest, { content, allowed_mentions: { parse: [] } }));
  const pinged = () => discord.visible(channel)[0]?.mentions;
  assert.deepEqual(pinged(), { everyone: false, users: [], roles: [] });
  await rest.patch(Routes.channelMessage(channel, id), { body: { embeds: [] } });
  assert.deepEqual(pinged(), {
    everyone: true,
    users: ['80351110224678912'],
    roles: ['80351110224678913'],
  });
  const users = ['80351110224678912'];
  await rest.patch(Routes.channelMessage(channel, id), { body: { allowed_mentions: { parse: [], users } } });
  assert.deepEqual(pinged(), { everyone: false, users, roles: [] });
});

test('a thread has the id of its message, starts once, reopens on sending and stays shut when locked', async () => {
  await using discord = await started();
  const rest = restFor(discord);
  const id = idOf(await post(rest, { content: 'card' }));
  const body = { name: 'Weekly sync', auto_archive_duration: 1440 };
  assert.equal(idOf(await rest.post(Routes.threads(channel, id), { body })), id);
  const again = await failure(rest.post(Routes.threads(channel, id), { body }));
  assert.ok(again instanceof DiscordAPIError && again.code === 160_004);
  discord.changeChannel(id, { archived: true });
  await rest.post(Routes.channelMessages(id), { body: { content: 'Guest One joined' } });
  discord.changeChannel(id, { locked: true });
  const locked = await failure(rest.post(Routes.channelMessages(id), { body: { content: 'no' } }));
  assert.ok(locked instanceof DiscordAPIError && locked.code === 160_005);
  const thread = discord.visible(channel)[0]?.thread;
  assert.deepEqual(
    thread?.map(({ content }) => content),
    ['Guest One joined'],
  );
});

test('a forum takes posts only, and may insist on a tag', async () => {
  await using discord = await started();
  const forum = '112233445566778800';
  discord.addChannel(forum, { kind: 'forum', requiresTag: true });
  const rest = restFor(discord);
  const plain = await failure(rest.post(Routes.channelMessages(forum), { body: { content: 'hello' } }));
  assert.ok(plain instanceof DiscordAPIError && plain.code === 40_058);
  const untagged = { name: 'Weekly sync', message: { content: 'hello' } };
  const refused = await failure(rest.post(Routes.threads(forum), { body: untagged }));
  assert.ok(refused instanceof DiscordAPIError && refused.code === 40_067);
  const body = { ...untagged, applied_tags: ['112233445566778801'] };
  const id = idOf(await rest.post(Routes.threads(forum), { body }));
  await rest.post(Routes.channelMessages(id), { body: { content: 'reply' } });
  const [only] = discord.visible(forum);
  assert.equal(only?.content, 'hello');
  assert.equal(only.thread?.[0]?.content, 'reply');
});

test('a new message can stay out of lists for a while', async () => {
  await using discord = await started();
  const rest = restFor(discord);
  discord.faults.next(create, historyLag(400));
  await post(rest, { content: 'hello' });
  assert.equal(discord.visible(channel).length, 1);
  assert.deepEqual(await rest.get(Routes.channelMessages(channel)), []);
  await delay(450);
  const listed = await rest.get(Routes.channelMessages(channel));
  assert.ok(Array.isArray(listed) && listed.length === 1);
});

test('a slow answer is correct', async () => {
  await using discord = await started();
  discord.faults.next(create, slow(30));
  idOf(await post(restFor(discord), { content: 'hello' }));
});

test('a message can be deleted, and a thread locked, just before a call', async () => {
  await using discord = await started();
  const rest = restFor(discord);
  const id = idOf(await post(rest, { content: 'card' }));
  await rest.post(Routes.threads(channel, id), { body: { name: 'Weekly sync' } });
  discord.faults.next({ channel: id }, 'channel-archived');
  const locked = await failure(rest.post(Routes.channelMessages(id), { body: { content: 'no' } }));
  assert.ok(locked instanceof DiscordAPIError && locked.code === 160_005);
  discord.faults.next({ method: /^PATCH/, channel }, 'message-deleted');
  const gone = await failure(rest.patch(Routes.channelMessage(channel, id), { body: { content: 'x' } }));
  assert.ok(gone instanceof DiscordAPIError && gone.code === 10008);
  assert.deepEqual(discord.visible(channel), []);
});

test('components V2 replace a classic message only as a whole, and stay', async () => {
  await using discord = await started();
  const rest = restFor(discord);
  const id = idOf(await post(rest, { content: 'card' }));
  const edit = (body: object) => rest.patch(Routes.channelMessage(channel, id), { body });
  const components = [{ type: 17, components: [{ type: 10, content: '## Weekly sync' }] }];
  const halfway = await failure(edit({ flags: 32_768, components }));
  assert.ok(halfway instanceof DiscordAPIError && halfway.code === 50_035);
  await edit({ flags: 32_768, content: null, embeds: [], components });
  const back = await failure(edit({ content: 'card' }));
  assert.ok(back instanceof DiscordAPIError && back.code === 50_035);
  assert.deepEqual(discord.visible(channel)[0]?.components, components);
});
