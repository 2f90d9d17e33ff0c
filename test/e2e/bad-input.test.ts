import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { post, Service, secrets, testSources } from '#test/service.ts';
import { signPlugNmeet } from '#test/signing.ts';

const rules = `version: 1
${testSources}
  unset: { plugnmeet: { url: "\${NOT_SET_URL}", keys: { key: "\${NOT_SET_SECRET}" } } }
destinations: { board: { preview: {} } }
rules:
  - { id: any, on: [ participant.joined, other ], send: { to: board, text: "{{event.native}}" } }
`;

let service: Service;
before(async () => {
  service = await Service.start({ rules });
});
after(() => service.stop());

function signed(body: string | Buffer, headers: Record<string, string> = {}) {
  const signature = signPlugNmeet(body, { key: 'pnm-key', secret: secrets.plugnmeet, now: new Date() });
  return post(`${service.url}/hooks/meet`, body, { ...signature, ...headers });
}

/** What is stored, in numbers; nothing may be there by halves. */
async function stored(): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  return Number(/callboard_webhooks_total\{source="meet",result="stored"\} (\d+)/.exec(text)?.[1] ?? 0);
}

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const good = () => JSON.stringify(new PlugNmeetMeeting().started());

const unreadable: readonly (readonly [string, string | Buffer])[] = [
  ['malformed JSON', '{"event": "room_started"'],
  ['no JSON at all', 'event=room_started&id=1'],
  ['an empty body', ''],
  ['a list', '[{"event":"room_started"}]'],
  ['a bare text', '"room_started"'],
  ['null', 'null'],
  ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['a body nested 100,000 levels deep', deep(100_000)],
  ['JSON with a trailing comma', '{"event":"room_started",}'],
];

for (const [what, body] of unreadable) {
  test(`a signed webhook with ${what} is answered 400 and nothing is stored`, async () => {
    const before_ = await stored();
    const { status, text } = await signed(body);
    assert.equal(status, 400);
    assert.equal(text, 'not readable');
    assert.equal(await stored(), before_);
  });
}

test('keys that reach for prototypes are harmless', async () => {
  const body =
    '{"event":"room_started","id":"p1","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"room":{"sid":"s","room_id":"__proto__"}}';
  assert.equal((await signed(body)).status, 200);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

for (const type of [
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-16',
  'image/png',
  'nonsense',
]) {
  test(`the content type ${type} changes nothing`, async () => {
    assert.equal((await signed(good(), { 'content-type': type })).status, 200);
  });
}

test('a body over 2 MiB is answered 413, whether it says its length or not', async () => {
  const large = Buffer.alloc(10 * 1024 * 1024, 0x20);
  assert.equal((await signed(large)).status, 413);
  const chunked = await fetch(`${service.url}/hooks/meet`, {
    method: 'POST',
    duplex: 'half',
    body: new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 10; sent++) controller.enqueue(new Uint8Array(1024 * 1024));
        controller.close();
      },
    }),
  });
  assert.equal(chunked.status, 413);
});

test('a body of just under 2 MiB is taken', async () => {
  const event = { ...new PlugNmeetMeeting().started(), padding: 'x'.repeat(2 * 1024 * 1024 - 2000) };
  assert.equal((await signed(JSON.stringify(event))).status, 200);
});

for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
  test(`${method} on a hook is answered 405 and says what is allowed`, async () => {
    const response = await fetch(`${service.url}/hooks/meet`, { method });
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'POST');
  });
}

const elsewhere: readonly (readonly [string, number])[] = [
  ['/hooks/nobody', 404],
  ['/hooks/__proto__', 404],
  ['/hooks/', 404],
  ['/hooks/%E0%A4%A', 400],
  ['/a/forged', 404],
  ['/a/%00', 404],
  ['/nothing', 404],
  ['/hooks/unset', 503],
];

for (const [path, status] of elsewhere) {
  test(`POST ${path} is answered ${status} without a word about our insides`, async () => {
    const { status: seen, text } = await post(service.url + path, '{}', {});
    assert.equal(seen, path.startsWith('/a/') ? 404 : status);
    assert.doesNotMatch(text, /node_modules|\.ts|Error|at \w/);
    assert.ok(text.length < 200, text);
  });
}

for (const [what, headers] of [
  ['no signature', {}],
  [
    'a signature for another body',
    signPlugNmeet('{}', { key: 'pnm-key', secret: secrets.plugnmeet, now: new Date() }),
  ],
  ['a header of 8 kB', { authorization: 'x'.repeat(8000) }],
] as const) {
  test(`a webhook with ${what} is answered 401, alike for every cause`, async () => {
    const { status, text } = await post(`${service.url}/hooks/meet`, good(), headers);
    assert.deepEqual([status, text], [401, 'not signed by the sender']);
  });
}

test('a sender that goes away in the middle leaves nothing behind', async () => {
  const before_ = await stored();
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  socket.write('POST /hooks/meet HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"event":');
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  assert.equal((await signed(good())).status, 200);
  assert.equal(await stored(), before_ + 1);
});

test('after all this the service still works and has logged no stack that an operator must fear', async () => {
  assert.equal((await fetch(`${service.url}/healthz`)).status, 200);
  const errors = service.logs.filter((line) => /"level":50/.test(line));
  assert.deepEqual(errors, []);
});
