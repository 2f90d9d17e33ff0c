import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectClient } from '#test/discord/connected-client.ts';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { wsDrop } from '#test/faults.ts';

const channel = '112233445566778899';

async function started(options: Parameters<typeof DiscordStandIn.start>[0] = {}): Promise<DiscordStandIn> {
  const discord = await DiscordStandIn.start(options);
  discord.addChannel(channel);
  return discord;
}

test('after a drop the Client resumes and gets what it missed', async () => {
  await using discord = await started();
  await using _client = await connectClient(discord, async (interaction) => {
    if (interaction.isChatInputCommand()) await interaction.reply('here again');
  });
  discord.gateway.drop(4000);
  const result = await discord.gatewayCommand({ command: 'meet' });
  assert.ok(result.answered);
  assert.deepEqual(discord.gateway.counts(), { identifies: 1, resumes: 1 });
});

test('a request to reconnect is followed by a resume', async () => {
  await using discord = await started();
  await using _client = await connectClient(discord);
  discord.gateway.askToReconnect();
  await discord.gateway.ready();
  assert.deepEqual(discord.gateway.counts(), { identifies: 1, resumes: 1 });
});

type Bare = {
  readonly received: unknown[];
  readonly closed: Promise<number>;
  say(op: number, d: unknown): void;
};

/** A socket of the gateway without a client around it; open, and past HELLO if there was one. */
async function bare(discord: DiscordStandIn): Promise<Bare> {
  const base = discord.url.replace('http', 'ws').replace('/api', '/gateway');
  const socket = new WebSocket(`${base}?v=10&encoding=json`);
  const received: unknown[] = [];
  const closed = Promise.withResolvers<number>();
  const first = Promise.withResolvers<void>();
  socket.addEventListener('error', () => {});
  socket.addEventListener('close', ({ code }) => {
    closed.resolve(code);
    first.resolve();
  });
  socket.addEventListener('message', ({ data }) => {
    received.push(JSON.parse(String(data)).op);
    first.resolve();
  });
  await first.promise;
  return { received, closed: closed.promise, say: (op, d) => socket.send(JSON.stringify({ op, d })) };
}

const identify = (token: string, intents = 1): [number, object] => [2, { token, intents, properties: {} }];

const closing: Record<string, { say: (discord: DiscordStandIn) => [number, unknown]; code: number }> = {
  'a bad token': { say: () => identify('stolen'), code: 4004 },
  'a token revoked meanwhile': {
    say: (discord) => {
      discord.revokeToken();
      return identify(discord.token);
    },
    code: 4004,
  },
  'a privileged intent': { say: ({ token }) => identify(token, 1 | (1 << 15)), code: 4014 },
  'an unknown intent': { say: ({ token }) => identify(token, 2 ** 30), code: 4013 },
  'an op before identifying': { say: () => [3, {}], code: 4003 },
  'an injected drop': {
    say: ({ token, faults }) => {
      faults.next({ method: 'GATEWAY identify' }, wsDrop(4000));
      return identify(token);
    },
    code: 4000,
  },
};

for (const [what, { say, code }] of Object.entries(closing)) {
  test(`${what} closes the gateway with ${code}`, async () => {
    await using discord = await started();
    const socket = await bare(discord);
    socket.say(...say(discord));
    assert.equal(await socket.closed, code);
    assert.deepEqual(socket.received, [10]);
  });
}

test('missed heartbeats close the socket with 4009', async () => {
  await using discord = await started({ heartbeatMs: 20 });
  assert.equal(await (await bare(discord)).closed, 4009);
});

test('an unknown session cannot be resumed, and a fresh identify can be refused once', async () => {
  await using discord = await started();
  const { token } = discord;
  const socket = await bare(discord);
  socket.say(6, { token, session_id: 'forgotten', seq: 3 });
  discord.faults.next({ method: 'GATEWAY identify' }, 'identify-invalid');
  socket.say(...identify(token));
  socket.say(...identify(token));
  await discord.gateway.ready();
  socket.say(...identify(token));
  assert.equal(await socket.closed, 4005);
  assert.deepEqual(socket.received, [10, 9, 9, 0, 0]);
});

test('the gateway can turn a socket away', async () => {
  await using discord = await started();
  discord.faults.next({ method: 'GATEWAY open' }, 'open-503');
  const { received, closed } = await bare(discord);
  assert.equal(await closed, 1006);
  assert.deepEqual(received, []);
});
