import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Source } from '#sources/source.ts';
import { videosdk } from '#sources/videosdk.ts';
import { publicKeyAddress, publishedKey } from '#sources/videosdk-keys.ts';
import { newVideoSdkKeys, signVideoSdk, type VideoSdkKeys } from '#test/signing.ts';
import { plainTools, rawRequest } from '#test/vectors.ts';

const [first, second] = [newVideoSdkKeys(), newVideoSdkKeys()];
const start = Date.parse('2026-07-01T12:00:00Z');
const minutes = 60_000;
const hours = 60 * minutes;

/** A key endpoint: counts the requests, and answers with what `respond` gives. */
function endpoint(respond: () => Response | Promise<Response>) {
  const asked: string[] = [];
  const source = videosdk.open(
    'vsdk',
    {},
    {
      ...plainTools,
      fetch: async (input) => {
        asked.push(input instanceof Request ? input.url : input.toString());
        return respond();
      },
    },
  );
  return { source, asked };
}

function publishing({ publicKey }: VideoSdkKeys) {
  return Response.json({ publicKey });
}

async function verify(source: Source, keys: VideoSdkKeys, ms: number) {
  const body = '{"webhookType":"session-started"}';
  return (await source.verify(rawRequest(signVideoSdk(body, keys), body), new Date(ms))).kind;
}

describe('the published key of VideoSDK', () => {
  test('is fetched when it is first needed, and then kept', async () => {
    const { source, asked } = endpoint(() => publishing(first));
    assert.deepEqual(asked, []);
    assert.equal(await verify(source, first, start), 'authentic');
    assert.equal(await verify(source, first, start + 23 * hours), 'authentic');
    assert.deepEqual(asked, [publicKeyAddress]);
  });

  test('is fetched once for all who wait for it', async () => {
    const { source, asked } = endpoint(() => publishing(first));
    const all = await Promise.all([1, 2, 3, 4].map(() => verify(source, first, start)));
    assert.deepEqual(all, ['authentic', 'authentic', 'authentic', 'authentic']);
    assert.equal(asked.length, 1);
  });

  test('is not fetched for a request without a signature, nor where one is configured', async () => {
    const { source, asked } = endpoint(() => publishing(first));
    assert.equal((await source.verify(rawRequest({}, '{}'), new Date(start))).kind, 'refused');
    assert.equal(asked.length, 0);
    const configured = videosdk.open('vsdk', { public_key: first.publicKey }, plainTools);
    assert.equal(await verify(configured, first, start), 'authentic');
    assert.equal(await verify(configured, second, start), 'refused');
  });

  test('is fetched again after a day, without keeping the sender waiting', async () => {
    const { source, asked } = endpoint(() => publishing(first));
    await verify(source, first, start);
    assert.equal(await verify(source, first, start + 25 * hours), 'authentic');
    await nextTurn();
    assert.equal(await verify(source, first, start + 26 * hours), 'authentic');
    assert.equal(asked.length, 2);
  });

  test('that cannot be had makes requests unavailable, asks once a second at most, and tries again', async () => {
    const failures = [
      () => new Response('down', { status: 500 }),
      () => new Response('<html>', { status: 200 }),
      () => Response.json({ publicKey: 'no key' }),
      () => Response.json({ publicKey: 'x'.repeat(100_000) }),
      () => Promise.reject(new Error('ECONNREFUSED')),
    ];
    for (const failure of failures) {
      let respond: () => Response | Promise<Response> = failure;
      const { source, asked } = endpoint(() => respond());
      assert.equal(await verify(source, first, start), 'unavailable');
      respond = () => publishing(first);
      assert.equal(await verify(source, first, start), 'unavailable');
      assert.equal(asked.length, 1);
      assert.equal(await verify(source, first, start + 1000), 'authentic');
    }
  });

  test('that changed is found by the first signature that fails', async () => {
    let keys = first;
    const { source, asked } = endpoint(() => publishing(keys));
    await verify(source, first, start);
    keys = second;
    assert.equal(await verify(source, second, start + minutes), 'authentic');
    assert.equal(asked.length, 2);
  });

  test('stays good for a day after it was replaced', async () => {
    let keys = first;
    const { source } = endpoint(() => publishing(keys));
    await verify(source, first, start);
    keys = second;
    await verify(source, second, start + minutes);
    assert.equal(await verify(source, first, start + 23 * hours), 'authentic');
    assert.equal(await verify(source, first, start + 25 * hours), 'refused');
  });

  test('is asked for at most every five minutes by signatures that fail', async () => {
    const { source, asked } = endpoint(() => publishing(first));
    await verify(source, first, start);
    for (let at = 0; at < 10; at++) {
      assert.equal(await verify(source, second, start + at * 1000), 'refused');
    }
    assert.equal(asked.length, 2);
    await verify(source, second, start + 5 * minutes);
    assert.equal(asked.length, 3);
  });

  test('is not asked for twice by a first request that is not genuine', async () => {
    const { source, asked } = endpoint(() => publishing(first));
    assert.equal(await verify(source, second, start), 'refused');
    assert.equal(asked.length, 1);
  });

  test('is waited for by genuine requests that come while it is renewed', async () => {
    let keys = first;
    const { source, asked } = endpoint(() => publishing(keys));
    await verify(source, first, start);
    keys = second;
    const all = await Promise.all([1, 2, 3].map(() => verify(source, second, start + minutes)));
    assert.deepEqual(all, ['authentic', 'authentic', 'authentic']);
    assert.equal(asked.length, 2);
  });

  test('goes on being good while the endpoint is down', async () => {
    let isDown = false;
    const { source, asked } = endpoint(() =>
      isDown ? new Response('', { status: 503 }) : publishing(first),
    );
    await verify(source, first, start);
    isDown = true;
    for (const hour of [25, 26, 49])
      assert.equal(await verify(source, first, start + hour * hours), 'authentic');
    assert.ok(asked.length > 1);
  });

  test('that never comes is given up', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const keyring = publishedKey((_input, init) => fetch(`http://127.0.0.1:${port}/`, init), 50);
    assert.deepEqual(await keyring(() => true, new Date(start)), {
      kind: 'unknown',
      reason: 'the key endpoint cannot be reached: no answer in time',
    });
    server.closeAllConnections();
    server.close();
  });
});
