import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ArtifactReference } from '#domain/artifact.ts';
import { livekit } from '#sources/livekit.ts';
import { plugnmeet } from '#sources/plugnmeet.ts';
import { videosdk } from '#sources/videosdk.ts';
import { startFileServer } from '#test/file-server.ts';
import { plainTools } from '#test/vectors.ts';
import { assertHarmless, key, openings } from './hostile-setup.ts';

const references = (id: string): readonly ArtifactReference[] => [
  { kind: 'recording', recordId: id },
  { kind: 'artifact', artifactId: id },
  { kind: 'file', fileId: id, sessionId: id },
  { kind: 'transcription', transcriptionId: id, text: 'summary' },
];

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
      const answer = {
        status: true,
        token: place,
        file: { fileUrl: place, filePath: place },
        transcriptionFilePaths: { txt: place },
      };
      const asked: readonly ArtifactReference[] = [
        { kind: 'recording', recordId: 'r' },
        { kind: 'file', fileId: 'f', sessionId: 's' },
        { kind: 'transcription', transcriptionId: 't', text: 'transcript' },
      ];
      for (const reference of asked) {
        const { opened, called } = await openings(reference, () => Response.json(answer));
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
