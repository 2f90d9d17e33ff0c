import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ArtifactReference, Opened } from '#domain/artifact.ts';
import { livekit } from '#sources/livekit.ts';
import { plugnmeet } from '#sources/plugnmeet.ts';
import type { Source, SourceTools } from '#sources/source.ts';
import { standardWebhooks } from '#sources/standard-webhooks.ts';
import { videosdk } from '#sources/videosdk.ts';
import { startFileServer } from '#test/file-server.ts';
import { plainTools } from '#test/vectors.ts';

// What a reader clicks came from outside once. Whatever it says: we call the configured hosts only, and redirect to http(s) only.

const key = { key: 'k', secret: 'secret-of-tests' };
const api = 'https://api.platform.example';
const configured = new Set([
  'meet.platform.example',
  'api.platform.example',
  'bucket1.store.platform.example',
]);

/** Every source with all its settings, and the hosts they call. */
function sources(answer: () => Response): { all: readonly Source[]; called: string[] } {
  const called: string[] = [];
  const tools: SourceTools = {
    ...plainTools,
    fetch: async (input, options) => {
      called.push(new URL(String(input)).hostname);
      assert.ok(options?.redirect === 'error' || options?.redirect === 'manual');
      return answer();
    },
  };
  const s3 = {
    endpoint: 'https://store.platform.example',
    region: 'eu-1',
    bucket: 'bucket1',
    access_key: 'a',
    secret_key: 's',
  };
  const rewrite = [{ from: 'https://old.platform.example/rec', to: 'https://new.platform.example/rec' }];
  const all = [
    plugnmeet.open('a', { url: 'https://meet.platform.example', keys: { k: 's' } }, tools),
    livekit.open('b', { keys: { k: 's' }, s3, rewrite }, tools),
    videosdk.open('c', { api: { ...key, url: api }, storage: 'https://files.platform.example/own' }, tools),
    standardWebhooks.open('d', { secrets: ['c2VjcmV0'] }, tools),
  ];
  return { all, called };
}

async function openings(reference: ArtifactReference, answer: () => Response) {
  const { all, called } = sources(answer);
  const opened = await Promise.all(all.map((source) => source.open(reference)));
  return { opened, called };
}

function assertHarmless(opened: readonly Opened[], called: readonly string[], what: string): void {
  for (const host of called) assert.ok(configured.has(host), `${what}: ${host} was called`);
  for (const each of opened) {
    if (each.kind !== 'open') continue;
    assert.match(each.url, /^https?:\/\/[\x21-\x7e]+$/, what);
    const { username, password, href } = new URL(each.url);
    assert.deepEqual([username, password, href], ['', '', each.url], what);
  }
}

/** Nothing of these may ever be a redirect. */
const noAddresses = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  ' javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'vbscript:x',
  'blob:https://files.example/x',
  'ftp://files.example/x',
  'gopher://127.0.0.1:70/x',
  'about:blank',
  '//evil.example/x',
  '/\\evil.example',
  '\\\\evil.example\\x',
  'https://user@evil.example/',
  'https://new.platform.example@evil.example/',
  'https://user:word@store.platform.example/bucket1/a',
  'https://',
  'https://[::1',
  'https://300.1.2.3/',
  'https://a b/',
  'http:///',
  '{storage}/rec/a.mp4',
  '/out/rec/a.mp4',
  '',
];

for (const url of noAddresses) {
  test(`${JSON.stringify(url)} is no address to send a reader to`, async () => {
    const { opened, called } = await openings({ kind: 'address', url }, () => new Response());
    assert.deepEqual([...new Set(opened.map(({ kind }) => kind))], ['gone']);
    assert.deepEqual(called, []);
  });
}

/** Addresses of some place: a reader may be sent there, since the platform said so, but we go nowhere. */
const addresses = [
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://017700000001/',
  'http://[::1]/',
  'http://[::ffff:169.254.169.254]/latest/meta-data',
  'http://169.254.169.254/latest/meta-data',
  'http://localhost:6379/',
  'https://ｓtore.evil.example/bucket1/a',
  'https://store.platform.example.evil.example/bucket1/a',
  'https://evil.example/#https://store.platform.example/bucket1/a',
  'https://evil.example/?https://store.platform.example/bucket1/a',
  'https:\\\\evil.example\\bucket1\\a',
  'https:evil.example/a',
  'https://store.platform.example:8443/bucket1/a',
  'http://store.platform.example/bucket1/a',
  'https://store.platform.example/bucket2/a',
  'https://store.platform.example/bucket1/../bucket2/a',
  'https://store.platform.example/bucket1/%2e%2e/bucket2/a',
  'https://bucket1.store.platform.example.evil.example/a',
  'https://old.platform.example.evil.example/rec/a',
  'https://old.platform.example/rec/../a',
  'https://evil.example/\r\nSet-Cookie: x=1',
];

for (const url of addresses) {
  test(`${JSON.stringify(url)} is never called`, async () => {
    const { opened, called } = await openings({ kind: 'address', url }, () => new Response());
    assert.ok(opened.some(({ kind }) => kind === 'open'));
    assert.deepEqual(called, []);
    assertHarmless(opened, called, url);
    for (const each of opened) assert.ok(each.kind !== 'open' || !each.url.includes('X-Amz-Signature'), url);
  });
}

test('no object is signed for that lies outside of the bucket, however it is spelt', async () => {
  const answer = () => new Response();
  for (const name of [
    '..%2fbucket2%2fa',
    '%2e%2e%5cbucket2',
    'a%0d%0ab',
    'a%00b',
    'a%5c..%5cb',
    'x%2f..%2f..%2fbucket2%2fa',
    '%ff',
    '',
  ]) {
    const { all, called } = sources(answer);
    const opened = await all[1]?.open({
      kind: 'address',
      url: `https://bucket1.store.platform.example/${name}`,
    });
    assert.deepEqual([name, opened?.kind, called], [name, 'gone', []]);
  }
  const { all, called } = sources(answer);
  const opened = await all[1]?.open({ kind: 'address', url: 'https://bucket1.store.platform.example/a' });
  assert.deepEqual([opened?.kind, called], ['open', ['bucket1.store.platform.example']]);
});

test('a path that climbs, breaks lines or hides stays nowhere', async () => {
  const odd = [
    '../a',
    'a/../../b',
    'a/./b',
    '..',
    '.',
    'a\r\nb',
    'a\nSet-Cookie: x',
    'a\u0000b',
    'a\\..\\b',
    '',
    '/',
    '///',
    'a\ud800',
  ];
  for (const path of odd) {
    const { opened, called } = await openings({ kind: 'path', path }, () => new Response());
    assert.deepEqual([path, [...new Set(opened.map(({ kind }) => kind))], called], [path, ['gone'], []]);
  }
  for (const path of [
    '//evil.example/a',
    'https://evil.example',
    '%2e%2e/a',
    '@evil.example',
    ':8443/a',
    '.evil.example',
    'javascript:x',
    'ünï/🎉',
  ]) {
    const { opened } = await openings({ kind: 'path', path }, () => new Response());
    const found = opened.flatMap((each) => (each.kind === 'open' ? [each.url] : []));
    assert.equal(found.length, 1, path);
    assert.ok(found[0]?.startsWith('https://files.platform.example/own/'), `${path}: ${found[0]}`);
  }
});

describe('an id from outside', () => {
  const ids = [
    '..',
    '.',
    '../../admin',
    'a/../b',
    'a?x=1',
    'a#b',
    '%2e%2e',
    'a\r\nHost: evil.example',
    '@evil.example',
    '//evil.example',
    '\ud800',
    'ü',
  ];
  const references = (id: string): readonly ArtifactReference[] => [
    { kind: 'recording', recordId: id },
    { kind: 'artifact', artifactId: id },
    { kind: 'file', fileId: id, sessionId: id },
    { kind: 'transcription', transcriptionId: id, text: 'summary' },
  ];

  test('changes neither the host nor the call', async () => {
    await using server = await startFileServer((_call, response) => void response.writeHead(404).end());
    const source = videosdk.open(
      'c',
      { api: { ...key, url: `${server.url}/base` } },
      { ...plainTools, fetch },
    );
    for (const id of ids) for (const reference of references(id)) await source.open(reference);
    const paths = server.calls.map(({ path }) => path);
    assert.ok(paths.length >= ids.length * 4, `${paths.length} calls`);
    for (const path of paths)
      assert.match(
        path,
        /^\/base\/(?:v2\/recordings(?:\/[^/?]+|\?sessionId=[^&]*)|ai\/v1\/(?:post|realtime)-transcriptions\/[^/?]+)$/,
      );
  });

  test('leads to configured hosts only', async () => {
    for (const id of ids)
      for (const reference of references(id)) {
        const { opened, called } = await openings(reference, () =>
          Response.json({ status: true, token: id }),
        );
        assertHarmless(opened, called, id);
      }
  });
});

describe('an answer of a platform', () => {
  const evil = [
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'https://a@evil.example/',
    '//evil.example',
    '../../x',
    'x\r\ny',
  ];

  for (const place of evil) {
    test(`with ${JSON.stringify(place)} for a file leads nowhere else`, async () => {
      const answer = () =>
        Response.json({
          status: true,
          token: place,
          file: { fileUrl: place, filePath: place },
          transcriptionFilePaths: { txt: place },
        });
      const asked: readonly ArtifactReference[] = [
        { kind: 'recording', recordId: 'r' },
        { kind: 'file', fileId: 'f', sessionId: 's' },
        { kind: 'transcription', transcriptionId: 't', text: 'transcript' },
      ];
      for (const reference of asked) {
        const { opened, called } = await openings(reference, answer);
        assertHarmless(opened, called, place);
        const hosts = opened.flatMap((each) => (each.kind === 'open' ? [new URL(each.url).hostname] : []));
        for (const host of hosts) assert.ok(host.endsWith('.platform.example'), `${place}: ${host}`);
      }
    });
  }

  test('that redirects to another host is not followed there', async () => {
    await using trap = await startFileServer((_call, response) => void response.writeHead(200).end('{}'));
    for (const status of [301, 302, 303, 307, 308]) {
      await using server = await startFileServer(
        (_call, response) => void response.writeHead(status, { location: `${trap.url}/stolen` }).end(),
      );
      const tools = { ...plainTools, fetch };
      const s3 = {
        endpoint: server.url,
        region: 'eu-1',
        bucket: 'bucket1',
        access_key: 'a',
        secret_key: 's',
      };
      const opened = await Promise.all([
        plugnmeet
          .open('a', { url: server.url, keys: { k: 's' } }, tools)
          .open({ kind: 'recording', recordId: 'r' }),
        livekit
          .open('b', { keys: { k: 's' }, s3 }, tools)
          .open({ kind: 'address', url: `${server.url}/bucket1/a` }),
        videosdk
          .open('c', { api: { ...key, url: server.url } }, tools)
          .open({ kind: 'file', fileId: 'f', sessionId: 's' }),
      ]);
      assert.deepEqual(
        opened.map(({ kind }) => kind),
        ['unavailable', 'unavailable', 'unavailable'],
      );
      assert.equal(server.calls.length, 3);
    }
    assert.deepEqual(trap.calls, []);
  });
});
