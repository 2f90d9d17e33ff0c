import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscordAPIError, HTTPError, RateLimitError, REST } from '@discordjs/rest';
import { Routes } from 'discord-api-types/v10';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { answering, type Fault, rateLimited } from '#test/faults.ts';

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

const nonce = { nonce: 'aJNpM8yZC5PYkeVY7GPTrmxU', enforce_nonce: true };

test('a message that was created but not answered aborts, and its repeat with the same nonce returns the first', async () => {
  await using discord = await started();
  const rest = restFor(discord);
  discord.faults.next(create, 'apply-then-hang');
  const error = await failure(post(rest, { content: 'hello', ...nonce }, AbortSignal.timeout(200)));
  assert.equal(error.name, 'AbortError');
  const [first] = discord.visible(channel);
  const repeated = await post(rest, { content: 'hello', ...nonce });
  assert.equal(idOf(repeated), first?.id);
  assert.equal(discord.visible(channel).length, 1);
});

test('a nonce is forgotten after its window', async () => {
  let now = Date.parse('2025-02-08T07:33:00Z');
  await using discord = await started({ now: () => now });
  const rest = restFor(discord);
  await post(rest, { content: 'hello', ...nonce });
  now += 179_000;
  await post(rest, { content: 'hello', ...nonce });
  assert.equal(discord.visible(channel).length, 1);
  now += 2000;
  await post(rest, { content: 'hello', ...nonce });
  assert.equal(discord.visible(channel).length, 2);
});

const lost: readonly [fault: Fault, applied: boolean, sees: (error: Error) => boolean][] = [
  ['hang', false, (error) => error.name === 'AbortError'],
  ['apply-then-reset', true, (error) => 'code' in error && error.code === 'ECONNRESET'],
  ['reject-then-reset', false, (error) => 'code' in error && error.code === 'ECONNRESET'],
  ['apply-then-fin', true, (error) => 'code' in error && error.code === 'UND_ERR_SOCKET'],
  ['apply-then-stall-body', true, (error) => error.name === 'AbortError'],
  ['apply-then-cut-json', true, (error) => error instanceof SyntaxError],
  ['503', false, (error) => error instanceof HTTPError && error.status === 503],
  ['503-applied', true, (error) => error instanceof HTTPError && error.status === 503],
  ['502-html', false, (error) => error instanceof HTTPError && error.status === 502],
  ['500-json-applied', true, (error) => error instanceof HTTPError && error.status === 500],
  ['429-no-retry-after', false, (error) => error instanceof RateLimitError && error.retryAfter === 0],
  ['429-html', false, (error) => error instanceof RateLimitError && error.retryAfter === 0],
  [
    rateLimited(7),
    false,
    (error) => error instanceof RateLimitError && error.retryAfter === 7050 && !error.global,
  ],
  [rateLimited(2, 'global'), false, (error) => error instanceof RateLimitError && error.global],
  [rateLimited(2, 'shared'), false, (error) => error instanceof RateLimitError && error.scope === 'shared'],
  [
    '403-html',
    false,
    (error) => error instanceof DiscordAPIError && error.code === undefined && error.status === 403,
  ],
  [
    answering(403, { message: 'Message was blocked', code: 200_000 }),
    false,
    (error) => error instanceof DiscordAPIError && error.code === 200_000,
  ],
];

for (const [fault, applied, sees] of lost) {
  const scope = typeof fault === 'object' && fault.kind === 'rate-limited' ? ` (${fault.scope})` : '';
  const name = typeof fault === 'string' ? fault : fault.kind + scope;
  test(`one POST meets ${name} and ${applied ? 'is' : 'is not'} visible`, async () => {
    await using discord = await started();
    discord.faults.next(create, fault);
    const error = await failure(post(restFor(discord), { content: 'hello' }, AbortSignal.timeout(400)));
    assert.ok(sees(error), String(error));
    assert.equal(discord.requests().length, 1);
    assert.equal(discord.visible(channel).length, applied ? 1 : 0);
  });
}

test('a 200 with HTML resolves without an id', async () => {
  await using discord = await started();
  discord.faults.next(create, '200-html');
  assert.ok((await post(restFor(discord), { content: 'hello' })) instanceof ArrayBuffer);
  assert.equal(discord.visible(channel).length, 0);
});

test('a closed listener refuses connections until it is opened again', async () => {
  await using discord = await started();
  const rest = restFor(discord);
  await discord.refuseConnections();
  const error = await failure(post(rest, { content: 'hello' }));
  assert.ok('code' in error && error.code === 'ECONNREFUSED', String(error));
  await discord.acceptConnections();
  await post(rest, { content: 'hello' });
  assert.equal(discord.visible(channel).length, 1);
});

test('a revoked token gets 401 with code 0, and REST forgets it', async () => {
  await using discord = await started();
  const rest = restFor(discord);
  discord.faults.next(create, 'token-revoked');
  const error = await failure(post(rest, { content: 'hello' }));
  assert.ok(error instanceof DiscordAPIError && error.code === 0 && error.status === 401);
  assert.match((await failure(post(rest, { content: 'hello' }))).message, /Expected token to be set/);
  assert.equal(discord.requests().length, 1);
  assert.equal(discord.invalidRequests(), 1);
});

test('only 401, 403 and 429 that are not shared count as invalid, and too many block the address', async () => {
  await using discord = await started({ blockAfter: 2 });
  const rest = restFor(discord);
  discord.faults.next(create, rateLimited(1, 'shared'));
  discord.faults.next(create, '429-html');
  discord.faults.next(create, '403-html');
  for (const _ of [1, 2, 3]) await failure(post(rest, { content: 'hello' }));
  assert.equal(discord.invalidRequests(), 2);
  const error = await failure(post(rest, { content: 'hello' }));
  assert.ok(error instanceof RateLimitError && error.retryAfter === 0);
  assert.equal(discord.visible(channel).length, 0);
});

test('a request without the agent of a bot is turned away with 40333', async () => {
  await using discord = await started();
  const url = `${discord.url}/v10/channels/${channel}`;
  const response = await fetch(url, { headers: { authorization: `Bot ${discord.token}` } });
  assert.deepEqual(await response.json(), { message: 'internal network error', code: 40333 });
});

test('an exhausted bucket answers 429 with all headers, and REST learns from them', async () => {
  await using discord = await started({ limits: true });
  const rest = restFor(discord);
  for (let count = 1; count <= 5; count += 1) await post(rest, { content: `message ${count}` });
  const error = await failure(post(rest, { content: 'one too many' }));
  assert.ok(error instanceof RateLimitError && error.limit === 5, String(error));
  assert.equal(discord.requests().length, 5);
  const stranger = restFor(discord);
  const refused = await failure(post(stranger, { content: 'one too many' }));
  assert.ok(refused instanceof RateLimitError && refused.scope === 'user' && refused.retryAfter > 0);
  assert.equal(discord.visible(channel).length, 5);
});
