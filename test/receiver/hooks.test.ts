import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import type { Acceptance } from '#domain/event.ts';
import { type HookOptions, Hooks } from '#receiver/hooks.ts';
import { createHookMetrics } from '#receiver/metrics.ts';
import type { RawRequest, Source } from '#sources/source.ts';
import { refused } from '#sources/verification.ts';
import { StoreUnavailable } from '#store/store.ts';
import { until } from '#test/service.ts';
import { ask, site, testLogger } from './setup.ts';

const meet: Source = {
  name: 'meet',
  type: 'any',
  verify: () => refused('not asked here'),
  read: () => ({ kind: 'unreadable', reason: 'not asked here' }),
  opens: [],
  open: async () => ({ kind: 'gone', reason: 'not asked here' }),
};

/** Hooks for one source called meet. */
async function open(accept: HookOptions['accept']) {
  const { logger, logs } = await testLogger();
  const registry = new Registry();
  const hooks = new Hooks({
    source: (name) => (name === 'meet' ? meet : undefined),
    accept,
    publicUrl: 'https://callboard.example/base',
    logger,
    metrics: createHookMetrics(registry),
  });
  const { port, [Symbol.asyncDispose]: close } = await site({ hooks: hooks.handle });
  const post = (body: string, headers: Record<string, string> = {}, path = '/hooks/meet') =>
    ask(port, path, { method: 'POST', body, headers });
  return { port, hooks, logs, post, metrics: () => registry.metrics(), [Symbol.asyncDispose]: close };
}

const answers: readonly (readonly [Acceptance, number, string])[] = [
  [{ kind: 'stored' }, 200, 'stored'],
  [{ kind: 'duplicate' }, 200, 'duplicate'],
  [{ kind: 'refused', reason: 'no such key' }, 401, 'not signed by the sender'],
  [{ kind: 'unreadable', reason: 'no JSON' }, 400, 'not readable'],
  [{ kind: 'unavailable', reason: 'the keys cannot be loaded' }, 503, 'try again'],
];

for (const [acceptance, status, text] of answers) {
  test(`${acceptance.kind} is answered ${status}, counted, and its reason is for the log alone`, async () => {
    await using world = await open(async () => acceptance);
    const answer = await world.post('{}');
    assert.deepEqual([answer.status, answer.text], [status, text]);
    assert.match(
      await world.metrics(),
      new RegExp(`callboard_webhooks_total\\{source="meet",result="${acceptance.kind}"\\} 1`),
    );
    const reason = 'reason' in acceptance ? acceptance.reason : undefined;
    assert.equal(
      world.logs.some((line) => reason !== undefined && line.includes(reason)),
      reason !== undefined,
    );
    assert.equal(answer.headers['retry-after'], status === 503 ? '1' : undefined);
  });
}

for (const [what, error, level] of [
  ['a store that cannot take it', new StoreUnavailable('too many wait'), 40],
  ['a mistake of ours', new TypeError('x is not a function'), 50],
] as const) {
  test(`${what} is answered 503, so that the sender repeats it`, async () => {
    await using world = await open(() => Promise.reject(error));
    const { status, text, headers } = await world.post('{}');
    assert.deepEqual([status, text, headers['retry-after']], [503, 'try again', '1']);
    assert.ok(world.logs.some((line) => line.includes(`"level":${level}`) && line.includes(error.message)));
  });
}

test('a source gets the exact bytes, the headers in lower case and the public address', async () => {
  const seen: RawRequest[] = [];
  await using world = await open(async (request) => {
    seen.push(request);
    return { kind: 'stored' };
  });
  const body = '{"a": 1 ,"ü":"\\u0000"}\r\n';
  await world.post(body, { 'X-Signature': 'abc', 'content-type': 'text/nonsense' }, '/hooks/meet?x=1&y=%20');
  const [request] = seen;
  assert.equal(request?.body.toString(), body);
  assert.equal(request?.headers['x-signature'], 'abc');
  assert.equal(request?.url, 'https://callboard.example/base/hooks/meet?x=1&y=%20');
});

test('nothing is accepted for a source that is not there, for another method, or over 2 MiB', async () => {
  let accepted = 0;
  await using world = await open(async () => {
    accepted++;
    return { kind: 'stored' };
  });
  assert.equal((await world.post('{}', {}, '/hooks/other')).status, 404);
  assert.equal((await world.post('{}', {}, '/hooks/constructor')).status, 404);
  const get = await ask(world.port, '/hooks/meet');
  assert.deepEqual([get.status, get.headers['allow']], [405, 'POST']);
  assert.equal((await world.post('x'.repeat(2 * 1024 * 1024 + 1))).status, 413);
  assert.equal(accepted, 0);
  assert.equal((await world.post('x'.repeat(2 * 1024 * 1024))).status, 200);
  assert.equal(accepted, 1);
});

test('it knows how many webhooks wait for their answer, and forgets those whose sender went away', async () => {
  const answer = Promise.withResolvers<Acceptance>();
  await using world = await open(() => answer.promise);
  const asked = [world.post('{}'), world.post('{}'), world.post('{}')];
  await until('all three', () => world.hooks.waiting === 3);
  const socket = connect(world.port, '127.0.0.1');
  socket.write('POST /hooks/meet HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"half":');
  await until('the fourth', () => world.hooks.waiting === 4);
  socket.destroy();
  await until('it is gone', () => world.hooks.waiting === 3);
  answer.resolve({ kind: 'stored' });
  assert.deepEqual(
    (await Promise.all(asked)).map(({ status }) => status),
    [200, 200, 200],
  );
  await until('none', () => world.hooks.waiting === 0);
});
