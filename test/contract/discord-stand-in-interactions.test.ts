import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { DiscordAPIError, REST } from '@discordjs/rest';
import { Events, MessageFlags } from 'discord.js';
import { Routes } from 'discord-api-types/v10';
import { connectClient } from '#test/discord/connected-client.ts';
import { DiscordStandIn } from '#test/discord/stand-in.ts';

const channel = '112233445566778899';

async function started(options: Parameters<typeof DiscordStandIn.start>[0] = {}): Promise<DiscordStandIn> {
  const discord = await DiscordStandIn.start(options);
  discord.addChannel(channel);
  return discord;
}

function restFor(discord: DiscordStandIn): REST {
  return new REST({ version: '10', api: discord.url, retries: 0 }).setToken(discord.token);
}

test('a Client with the Guilds intent becomes ready and answers a command', async () => {
  await using discord = await started();
  await using client = await connectClient(discord, async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const room = interaction.options.getString('room', true);
    await interaction.reply({ content: `${interaction.options.getSubcommand()} ${room}` });
  });
  assert.equal(client.application.id, discord.applicationId);
  const result = await discord.gatewayCommand({
    command: 'meet',
    subcommand: 'status',
    options: { room: 'Room 4' },
  });
  assert.ok(result.answered);
  assert.equal(result.callback.type, 4);
  assert.equal(result.original()?.content, 'status Room 4');
  assert.equal(discord.visible(channel)[0]?.content, 'status Room 4');
});

test('a deferred ephemeral answer is filled by an edit and stays out of the channel', async () => {
  await using discord = await started();
  await using _client = await connectClient(discord, async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply('3 meetings are live.');
    await interaction.followUp({ content: 'And one more thing.', flags: MessageFlags.Ephemeral });
  });
  const result = await discord.gatewayCommand({ command: 'meet' });
  assert.ok(result.answered);
  assert.equal(result.callback.type, 5);
  assert.equal(result.edits.length, 1);
  assert.equal(result.original()?.content, '3 meetings are live.');
  assert.deepEqual(discord.visible(channel), []);
});

test('a press on a button can update the message it sits on', async () => {
  await using discord = await started();
  const components = [
    { type: 1, components: [{ type: 2, style: 2, label: 'Snooze', custom_id: 'snooze:1h:7' }] },
  ];
  await restFor(discord).post(Routes.channelMessages(channel), { body: { content: 'card', components } });
  await using _client = await connectClient(discord, async (interaction) => {
    if (!interaction.isButton()) return;
    await interaction.update({ content: `pressed ${interaction.customId}`, components: [] });
  });
  const message = discord.visible(channel)[0]?.id ?? '';
  const result = await discord.gatewayCommand({ press: 'snooze:1h:7', message });
  assert.ok(result.answered);
  assert.equal(discord.visible(channel)[0]?.content, 'pressed snooze:1h:7');
  assert.equal(discord.visible(channel).length, 1);
});

test('nobody answering is reported', async () => {
  await using discord = await started({ answerWithinMs: 50 });
  await using _client = await connectClient(discord);
  assert.deepEqual(await discord.gatewayCommand({ command: 'meet' }), { answered: false });
});

test('a second answer gets 40060 and a late one 10062', async () => {
  await using discord = await started({ answerWithinMs: 400 });
  await using client = await connectClient(discord);
  const seen: { id: string; token: string }[] = [];
  client.on(Events.InteractionCreate, ({ id, token }) => seen.push({ id, token }));
  const first = discord.gatewayCommand({ command: 'meet' });
  await once(client, Events.InteractionCreate);
  const rest = restFor(discord);
  const answer = async ({ id = '', token = '' }: { id?: string; token?: string } = {}) =>
    rest
      .post(Routes.interactionCallback(id, token), {
        auth: false,
        body: { type: 4, data: { content: 'ok' } },
      })
      .then(
        () => 204,
        (error: unknown) => (error instanceof DiscordAPIError ? error.code : String(error)),
      );
  assert.equal(await answer(seen[0]), 204);
  assert.equal(await answer(seen[0]), 40_060);
  assert.ok((await first).answered);
  assert.deepEqual(await discord.gatewayCommand({ command: 'meet' }), { answered: false });
  assert.equal(await answer(seen[1]), 10_062);
});

type Endpoint = AsyncDisposable & { readonly url: string };

/** An interactions endpoint that checks signatures and answers with `reply`. */
async function endpoint(discord: DiscordStandIn, reply: (body: string) => object): Promise<Endpoint> {
  const x = Buffer.from(discord.publicKey, 'hex').toString('base64url');
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  const isGenuine = (request: IncomingMessage, body: Buffer): boolean => {
    const signature = Buffer.from(String(request.headers['x-signature-ed25519']), 'hex');
    const timestamp = Buffer.from(String(request.headers['x-signature-timestamp']));
    return verify(null, Buffer.concat([timestamp, body]), key, signature);
  };
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    if (!isGenuine(request, body)) return response.writeHead(401).end();
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(reply(body.toString())));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return {
    url: `http://127.0.0.1:${address.port}/discord/interactions`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

test('an endpoint that checks signatures passes the probe', async () => {
  await using discord = await started();
  await using bot = await endpoint(discord, () => ({ type: 1 }));
  assert.deepEqual(await discord.probe(bot.url), { genuine: 200, pong: { type: 1 }, forged: 401 });
});

test('a command over HTTP is answered in the response and edited later', async () => {
  await using discord = await started();
  let token = '';
  await using bot = await endpoint(discord, (body) => {
    token = /"token":"([^"]+)"/.exec(body)?.[1] ?? '';
    return { type: 5 };
  });
  const { status, outcome } = await discord.interact({ to: bot.url, command: 'meet' });
  assert.equal(status, 200);
  assert.ok(outcome.answered);
  assert.deepEqual(discord.visible(channel), []);
  const path = Routes.webhookMessage(discord.applicationId, token);
  await restFor(discord).patch(path, { auth: false, body: { content: 'done' } });
  assert.equal(discord.visible(channel)[0]?.content, 'done');
  assert.equal(outcome.original()?.content, 'done');
});

test('an answer that Discord would not show is refused', async () => {
  await using discord = await started();
  await using bot = await endpoint(discord, () => ({ type: 4, data: { content: '' } }));
  const { refused, outcome } = await discord.interact({ to: bot.url, command: 'meet' });
  assert.deepEqual(refused, { message: 'Cannot send an empty message', code: 50_006 });
  assert.equal(outcome.answered, false);
});

test('commands are replaced as a whole and checked', async () => {
  await using discord = await started();
  const rest = restFor(discord);
  const put = (body: object) =>
    rest.put(Routes.applicationGuildCommands(discord.applicationId, discord.guildId), { body });
  const room = { type: 3, name: 'room', description: 'Which room' };
  const status = { type: 1, name: 'status', description: 'What is live', options: [room] };
  await put([
    { name: 'meet', description: 'Meetings', options: [status] },
    { name: 'old', description: 'Old' },
  ]);
  await put([{ name: 'meet', description: 'Meetings', options: [status] }]);
  assert.deepEqual(
    discord.commands().guilds[discord.guildId]?.map(({ name }) => name),
    ['meet'],
  );
  for (const wrong of [
    { name: 'Meet', description: 'Meetings' },
    { name: 'meet', description: '' },
    { name: 'meet', description: 'x'.repeat(101) },
    { name: 'meet', description: 'x', options: [{ ...room, name: 'two words' }] },
  ]) {
    await assert.rejects(put([wrong]), (error) => error instanceof DiscordAPIError && error.code === 50_035);
  }
  const elsewhere = Routes.applicationGuildCommands(discord.applicationId, '999999999999999999');
  await assert.rejects(
    rest.put(elsewhere, { body: [] }),
    (error) => error instanceof DiscordAPIError && error.code === 50_001,
  );
});
