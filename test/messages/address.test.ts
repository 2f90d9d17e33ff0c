import assert from 'node:assert/strict';
import test from 'node:test';
import type { JsonObject } from '#domain/value.ts';
import { bodyOf, worded } from './setup.ts';

/** The address of a button and of a link in the body, both written like this; undefined where there is none. */
function addressOf(url: string, facts: JsonObject): string | undefined {
  const text = `---\ntitle: x\nbuttons:\n  - { text: Open, url: ${JSON.stringify(url)} }\n---\n`;
  const button = worded(text, facts).buttons[0]?.url;
  const [block] = bodyOf(`[Open](${url}) now`, facts);
  const link = block?.kind === 'paragraph' ? block.line.find(({ kind }) => kind === 'link') : undefined;
  assert.equal(link?.kind === 'link' ? link.url : undefined, button, `${url}: link and button differ`);
  return button;
}

const room = (id: string) => ({ room: { id } });

test('a value inside an address is encoded', () => {
  const hostile = 'a b/../c?d=e&f#g%"<>\\@ä';
  assert.equal(
    addressOf('https://a.example/r/{{room.id}}?x=1', room(hostile)),
    `https://a.example/r/${encodeURIComponent(hostile)}?x=1`,
  );
  assert.equal(
    addressOf('https://a.example/?q={{room.id}}#end', room(hostile)),
    `https://a.example/?q=${encodeURIComponent(hostile)}#end`,
  );
});

test('a value cannot leave the host that the template names', () => {
  for (const id of [
    '@evil.example',
    '.evil.example',
    ':80@evil.example',
    '//evil.example',
    '\\evil.example',
    '#',
    '?',
  ]) {
    const inPath = addressOf('https://a.example/{{room.id}}', room(id));
    assert.equal(new URL(inPath ?? '').origin, 'https://a.example', id);
    const atHost = addressOf('https://a.example{{room.id}}/x', room(id));
    if (atHost !== undefined) assert.match(new URL(atHost).hostname, /^a\.example(\.evil\.example)?$/, id);
  }
});

test('a path above the one in the template cannot be reached', () => {
  const address = 'https://a.example/rooms/{{room.id}}/x';
  assert.equal(addressOf(address, room('../..')), 'https://a.example/rooms/..%2F../x');
  assert.equal(addressOf(address, room('%2e%2e')), 'https://a.example/rooms/%252e%252e/x');
  for (const id of ['.', '..']) {
    assert.equal(addressOf(address, room(id)), undefined, id);
    assert.equal(addressOf('https://a.example/rooms/{{room.id}}', room(id)), undefined, id);
    assert.equal(addressOf('https://a.example/rooms/{{room.id}}?a=b', room(id)), undefined, id);
    assert.equal(
      addressOf('{{raw.base}}/{{room.id}}', { ...room(id), raw: { base: 'https://a.example/r' } }),
      undefined,
    );
    assert.equal(addressOf('https://a.example/?to=/{{room.id}}', room(id)), `https://a.example/?to=/${id}`);
  }
  assert.equal(addressOf('https://a.example/{{raw.a}}{{raw.a}}/x', { raw: { a: '.' } }), undefined);
});

test('a value that is a whole address stays one, however long', () => {
  const long = `https://cdn.example/file.mp4?signature=${'a%2Fb'.repeat(200)}&x=y#z`;
  assert.equal(addressOf('{{recording.url}}', { recording: { url: long } }), long);
  assert.equal(addressOf('{{raw.url}}', { raw: { url: long } }), long);
});

test('a value that begins an address may be followed by more', () => {
  const facts = { room: { url: 'https://meet.example/r1', id: 'r/1' } };
  assert.equal(addressOf('{{room.url}}/join?as={{room.id}}', facts), 'https://meet.example/r1/join?as=r%2F1');
});

test('an id in an address is whole, however long', () => {
  const id = 'x'.repeat(500);
  assert.equal(addressOf('https://a.example/{{room.id}}', room(id)), `https://a.example/${id}`);
});

test('a number and a date in an address are written for machines', () => {
  const facts = { session: { present: 1234, started_at: '2026-01-05T08:45:00.000Z' } };
  assert.equal(addressOf('https://a.example/{{session.present}}', facts), 'https://a.example/1234');
  assert.equal(
    addressOf('https://a.example/{{session.started_at}}', facts),
    'https://a.example/2026-01-05T08%3A45%3A00.000Z',
  );
  assert.equal(
    addressOf('https://a.example/{{upper raw.x}}', { raw: { x: 'a b' } }),
    'https://a.example/A%20B',
  );
});

test('what is no http address is refused, from values and from templates', () => {
  const refused = [
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.example/x',
    '/relative',
    'evil.example',
    'https://bank.example@evil.example/',
    'https://',
    'ftp://a.example/x',
  ];
  for (const url of refused) {
    assert.equal(addressOf('{{raw.url}}', { raw: { url } }), undefined, url);
    assert.equal(addressOf(url, {}), undefined, url);
  }
});

test('a scheme cannot be put together from parts', () => {
  assert.equal(addressOf('{{raw.a}}{{raw.b}}', { raw: { a: 'javascript', b: ':alert(1)' } }), undefined);
  assert.equal(addressOf('java{{raw.b}}', { raw: { b: 'script:alert(1)' } }), undefined);
});

test('an address with a missing value is none', () => {
  assert.equal(addressOf('https://a.example/{{raw.missing}}', {}), undefined);
  assert.equal(addressOf('https://a.example/{{room.id}}/{{raw.missing}}', room('r1')), undefined);
  assert.equal(
    addressOf('https://a.example/{{#if raw.missing}}{{raw.missing}}{{/if}}', {}),
    'https://a.example/',
  );
});

test('half a surrogate pair in an address does no harm', () => {
  assert.equal(addressOf('https://a.example/{{room.id}}', room('\ud83d')), 'https://a.example/%EF%BF%BD');
});

test('our own link to a file is an address, and one inside another is encoded', () => {
  const artifact = {
    id: 'a1',
    source: 'meet',
    kind: 'recording',
    reference: { kind: 'recording', recordId: 'r' },
    session: 'S1',
    createdAt: '2026-01-05T09:30:00.000Z',
    expiresAt: '2026-02-05T09:30:00.000Z',
  } as const;
  const tools = {
    timezone: 'UTC',
    artifactLink: () => ({ url: 'https://callboard.example/a/t?x=1', artifact }),
  };
  const button = (url: string) =>
    worded(`---\ntitle: x\nbuttons:\n  - { text: a, url: "${url}" }\n---\n`, { recording: {} }, tools)
      .buttons[0]?.url;
  assert.equal(button('{{artifact_link recording}}'), 'https://callboard.example/a/t?x=1');
  assert.equal(
    button('https://go.example/?to={{artifact_link recording}}'),
    'https://go.example/?to=https%3A%2F%2Fcallboard.example%2Fa%2Ft%3Fx%3D1',
  );
});

test('a link that a value went into says so', () => {
  const links = bodyOf('[a](https://a.example/x) [b](https://a.example/{{room.id}})', room('r1')).flatMap(
    (block) => (block.kind === 'paragraph' ? block.line.filter(({ kind }) => kind === 'link') : []),
  );
  assert.deepEqual(
    links.map((link) => 'isValue' in link),
    [false, true],
  );
});
