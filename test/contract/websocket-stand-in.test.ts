import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { acceptWebSocket, type ServerSocket } from '#test/websocket.ts';

const mask = Buffer.from([1, 2, 3, 4]);

/** A masked frame of fewer than 126 bytes, as a client sends it. */
function frame(firstByte: number, payload: string): Buffer {
  const masked = Buffer.from(payload).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([firstByte, 0x80 | masked.length]), mask, masked]);
}

async function openPair(): Promise<{
  server: ServerSocket;
  client: Socket;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  assert(address !== null && typeof address === 'object');
  const { promise, resolve } = Promise.withResolvers<ServerSocket>();
  http.on('upgrade', (request, stream, head) => {
    const accepted = acceptWebSocket(request, stream, head);
    assert(accepted !== undefined);
    resolve(accepted);
  });
  const client = connect(address.port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
  client.write('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n');
  const [greeting]: unknown[] = await once(client, 'data');
  assert.match(String(greeting), /^HTTP\/1\.1 101 [\s\S]*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n\r\n$/);
  return {
    server: await promise,
    client,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      http.closeAllConnections();
      http.close();
    },
  };
}

test('fragments are joined around a ping, which is answered at once', async () => {
  await using pair = await openPair();
  const { server, client } = pair;
  const { promise, resolve } = Promise.withResolvers<string>();
  server.onMessage(resolve);
  const bytes = Buffer.concat([frame(0x01, 'grü'), frame(0x89, 'beat'), frame(0x80, 'n')]);
  // The first write ends in the middle of a frame and of a letter.
  client.write(bytes.subarray(0, 9));
  setImmediate(() => client.write(bytes.subarray(9)));
  const [pong]: unknown[] = await once(client, 'data');
  assert.deepEqual(pong, Buffer.concat([Buffer.from([0x8a, 4]), Buffer.from('beat')]));
  assert.equal(await promise, 'grün');
});

test('a close from the client is answered and its code is told', async () => {
  await using pair = await openPair();
  const { server, client } = pair;
  const { promise, resolve } = Promise.withResolvers<number>();
  server.onClose(resolve);
  client.write(frame(0x88, '\x0fA'));
  const [answer]: unknown[] = await once(client, 'data');
  assert.deepEqual(answer, Buffer.from([0x88, 2, 0x0f, 0x41]));
  client.end();
  assert.equal(await promise, 0x0f41);
});

test('a connection that is cut without a close frame is told as 1006', async () => {
  await using pair = await openPair();
  const { promise, resolve } = Promise.withResolvers<number>();
  pair.server.onClose(resolve);
  pair.client.destroy();
  assert.equal(await promise, 1006);
});

test('a close by the server carries its code and reason', async () => {
  await using pair = await openPair();
  pair.server.close(4009, 'late');
  const [bytes]: unknown[] = await once(pair.client, 'data');
  assert.deepEqual(bytes, Buffer.concat([Buffer.from([0x88, 6, 0x0f, 0xa9]), Buffer.from('late')]));
});
