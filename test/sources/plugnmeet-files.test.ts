import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plugnmeet } from '#sources/plugnmeet.ts';
import { callSignature, openFile } from '#sources/plugnmeet-files.ts';
import { type PlugNmeetFault, PlugNmeetStandIn } from '#test/plugnmeet.ts';
import { loadVectors, plainTools } from '#test/vectors.ts';

const keys = loadVectors('plugnmeet').credentials.keys ?? {};
const [key = '', secret = ''] = Object.entries(keys)[0] ?? [];

function openSource(url: string, credentials = keys) {
  return plugnmeet.open('meet', { url, keys: credentials }, { ...plainTools, fetch: globalThis.fetch });
}

describe('files of plugNmeet', () => {
  test('a call is signed as the server checks it', () => {
    assert.equal(
      callSignature(secret, '{"room_id":"room01"}'),
      '4b60a468df680c0739f6c7255626b31c8934efc1293b9e40667575b964bf24b5',
    );
  });

  test('a recording and an artifact open with a token of the moment', async () => {
    await using server = await PlugNmeetStandIn.start({ key, secret });
    server.addRecording('rec-1', 'the film');
    server.addArtifact('art-1', 'the summary');
    const source = openSource(`${server.url}/`);
    const recording = await source.open({ kind: 'recording', recordId: 'rec-1' });
    const artifact = await source.open({ kind: 'artifact', artifactId: 'art-1' });
    assert.equal(recording.kind, 'open');
    assert.equal(artifact.kind, 'open');
    assert.ok(recording.url.startsWith(`${server.url}/download/recording/`));
    assert.equal(await (await fetch(recording.url)).text(), 'the film');
    assert.equal(await (await fetch(artifact.url)).text(), 'the summary');
    assert.equal((await fetch(artifact.url.replace('artifact', 'recording'))).status, 404);
  });

  test('a deleted file is gone', async () => {
    await using server = await PlugNmeetStandIn.start({ key, secret });
    server.addRecording('rec-1');
    server.deleteFile('rec-1');
    const opened = await openSource(server.url).open({ kind: 'recording', recordId: 'rec-1' });
    assert.equal(opened.kind, 'gone');
  });

  test('the first of several keys signs in', async () => {
    await using server = await PlugNmeetStandIn.start({ key, secret });
    server.addRecording('rec-1');
    const source = openSource(server.url, { [key]: secret, other: 'other-secret' });
    assert.equal((await source.open({ kind: 'recording', recordId: 'rec-1' })).kind, 'open');
  });

  test('a wrong secret says so and is no reason to call the file gone', async () => {
    await using server = await PlugNmeetStandIn.start({ key, secret });
    const opened = await openSource(server.url, { [key]: 'wrong' }).open({
      kind: 'recording',
      recordId: 'rec-1',
    });
    assert.deepEqual(opened, { kind: 'unavailable', reason: 'plugNmeet answered 401' });
  });

  for (const fault of [
    'reset',
    '500',
    'garbage',
    'huge',
    'redirect',
    'refused',
  ] as const satisfies PlugNmeetFault[]) {
    test(`${fault}: the file is unavailable for now, and there the next time`, async () => {
      await using server = await PlugNmeetStandIn.start({ key, secret });
      server.addRecording('rec-1');
      server.fail(fault);
      const source = openSource(server.url);
      const opened = await source.open({ kind: 'recording', recordId: 'rec-1' });
      assert.equal(opened.kind, 'unavailable');
      assert.ok(!opened.reason.includes(secret));
      assert.ok(server.calls.every((call) => call.startsWith('POST /auth/')));
      assert.equal((await source.open({ kind: 'recording', recordId: 'rec-1' })).kind, 'open');
    });
  }

  test('a server that never answers is given up', async () => {
    await using server = await PlugNmeetStandIn.start({ key, secret });
    server.fail('hang');
    const opened = await openFile(
      { kind: 'recording', recordId: 'rec-1' },
      { url: server.url, key, secret, fetch: globalThis.fetch, timeLimitMs: 50 },
    );
    assert.deepEqual(opened, {
      kind: 'unavailable',
      reason: 'plugNmeet cannot be reached: no answer in time',
    });
  });

  test('a server that is away is unavailable', async () => {
    const server = await PlugNmeetStandIn.start({ key, secret });
    const { url } = server;
    await server.stop();
    assert.equal((await openSource(url).open({ kind: 'recording', recordId: 'rec-1' })).kind, 'unavailable');
  });

  test('a token of the stand-in ends', async () => {
    let now = new Date('2026-07-01T12:00:00Z');
    await using server = await PlugNmeetStandIn.start({ key, secret, now: () => now });
    server.addArtifact('art-1');
    const opened = await openSource(server.url).open({ kind: 'artifact', artifactId: 'art-1' });
    assert.equal(opened.kind, 'open');
    assert.equal((await fetch(opened.url)).status, 200);
    now = new Date('2026-07-01T12:11:00Z');
    assert.equal((await fetch(opened.url)).status, 401);
  });

  test('an address is nothing that plugNmeet could open', async () => {
    const source = openSource('https://meet.example.com');
    assert.ok(!source.opens.includes('address'));
    assert.equal((await source.open({ kind: 'address', url: 'https://files.example/a' })).kind, 'gone');
  });
});
