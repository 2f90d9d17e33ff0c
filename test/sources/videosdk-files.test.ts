import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ArtifactReference } from '#domain/artifact.ts';
import { videosdk } from '#sources/videosdk.ts';
import { openVideoSdkFile } from '#sources/videosdk-files.ts';
import { plainTools } from '#test/vectors.ts';
import { startVideoSdk } from '#test/videosdk.ts';

const account = { key: 'account-key', secret: 'account-secret' };
const begin = new Date('2026-07-01T00:00:00Z');
const cdn = 'https://cdn.videosdk.live/a.mp4';

type Settings = Parameters<typeof videosdk.open>[1];

function open(reference: ArtifactReference, settings: Settings = {}, fetch = plainTools.fetch) {
  return videosdk.open('vsdk', settings, { ...plainTools, fetch, now: () => begin }).open(reference);
}

const opens = (settings: Settings) => videosdk.open('vsdk', settings, plainTools).opens;
const accepts = (settings: object) => videosdk.settings.safeParse(settings).success;
const transcription = (text: 'transcript' | 'summary', transcriptionId = 't1') =>
  ({ kind: 'transcription', transcriptionId, text }) as const;
const file = (fileId: string) => ({ kind: 'file', fileId, sessionId: 'S 1' }) as const;
const post = '/ai/v1/post-transcriptions/t1';
const realtime = '/ai/v1/realtime-transcriptions/t1';

describe('what VideoSDK can open', () => {
  test('grows with the settings', () => {
    assert.deepEqual(opens({}), ['address']);
    assert.deepEqual(opens({ storage: 'https://files.example' }), ['address', 'path']);
    assert.deepEqual(opens({ api: account }), ['address', 'transcription', 'file']);
  });

  test('is an address as it was told, and nothing of another platform', async () => {
    assert.deepEqual(await open({ kind: 'address', url: cdn }), { kind: 'open', url: cdn });
    const others = [
      { kind: 'recording', recordId: 'r1' },
      { kind: 'artifact', artifactId: 'a1' },
    ] as const;
    for (const each of others) assert.equal((await open(each, { api: account })).kind, 'gone');
  });

  test('without an API key no file is asked for', async () => {
    assert.equal((await open(transcription('summary'))).kind, 'gone');
    assert.equal((await open(file('r1'))).kind, 'gone');
    assert.equal((await open({ kind: 'path', path: '/a.mp4' })).kind, 'gone');
  });
});

describe('files in a storage of the customer', () => {
  const cases = [
    ['https://files.example', '/encoded/videos/a.mp4', 'https://files.example/encoded/videos/a.mp4'],
    ['https://files.example/', 'a b/#1?%.mp4', 'https://files.example/a%20b/%231%3F%25.mp4'],
    ['https://FILES.example/bucket/', '/a.mp4', 'https://files.example/bucket/a.mp4'],
    [
      'https://files.example/bucket',
      '//evil.example/a.mp4',
      'https://files.example/bucket/evil.example/a.mp4',
    ],
    ['https://files.example', 'https://evil.example/a', 'https://files.example/https%3A//evil.example/a'],
  ] as const;
  for (const [storage, path, url] of cases) {
    test(`${path} below ${storage} is ${url}`, async () => {
      assert.deepEqual(await open({ kind: 'path', path }, { storage }), { kind: 'open', url });
    });
  }
});

describe('transcripts and summaries', () => {
  const ready = {
    status: 'completed',
    transcriptionFilePaths: { json: 'https://cdn.example/t.json', txt: 'https://cdn.example/t.txt' },
    summarizedFilePaths: { txt: 'https://cdn.example/s.txt' },
  };

  test('are looked up with a token of the moment', async () => {
    await using api = await startVideoSdk({ ...account, now: () => begin });
    api.answers.set(post, ready);
    const settings = { api: { ...account, url: `${api.url}/` } };
    assert.deepEqual(await open(transcription('transcript'), settings, fetch), {
      kind: 'open',
      url: 'https://cdn.example/t.txt',
    });
    assert.deepEqual(await open(transcription('summary'), settings, fetch), {
      kind: 'open',
      url: 'https://cdn.example/s.txt',
    });
    assert.deepEqual(
      api.calls.map(({ method, path }) => `${method} ${path}`),
      [`GET ${post}`, `GET ${post}`],
    );
    for (const { headers } of api.calls)
      assert.ok(headers.authorization && !headers.authorization.includes(account.secret));
  });

  test('of a transcription during the meeting are found too', async () => {
    await using api = await startVideoSdk({ ...account, now: () => begin });
    api.answers.set(realtime, ready);
    const opened = await open(transcription('summary'), { api: { ...account, url: api.url } }, fetch);
    assert.deepEqual(opened, { kind: 'open', url: 'https://cdn.example/s.txt' });
    assert.deepEqual(
      api.calls.map(({ path }) => path),
      [post, realtime],
    );
  });

  test('that are still made are pending, and those in no list are gone', async () => {
    await using api = await startVideoSdk({ ...account, now: () => begin });
    const settings = { api: { ...account, url: api.url } };
    for (const unready of [
      {},
      { transcriptionFilePaths: {}, summarizedFilePaths: null },
      { summarizedFilePaths: { txt: '' } },
    ]) {
      api.answers.set(post, unready);
      const opened = await open(transcription('summary'), settings, fetch);
      assert.ok(opened.kind === 'pending' || opened.kind === 'unavailable', JSON.stringify(unready));
    }
    api.answers.set(post, { transcriptionFilePaths: {} });
    assert.equal((await open(transcription('transcript'), settings, fetch)).kind, 'pending');
    api.answers.clear();
    assert.equal((await open(transcription('transcript'), settings, fetch)).kind, 'gone');
  });

  test('told as a path are below the own storage, else below that of VideoSDK', async () => {
    await using api = await startVideoSdk({ ...account, now: () => begin });
    api.answers.set(post, { transcriptionFilePaths: { txt: null, vtt: '/texts/t.vtt' } });
    const settings = { api: { ...account, url: api.url } };
    const at = async (more: Settings) => {
      const opened = await open(transcription('transcript'), { ...settings, ...more }, fetch);
      return opened.kind === 'open' ? opened.url : opened.kind;
    };
    assert.equal(await at({ storage: 'https://files.example/x' }), 'https://files.example/x/texts/t.vtt');
    assert.equal(await at({}), 'https://cdn.videosdk.live/texts/t.vtt');
  });
});

describe('recordings that were told without an address', () => {
  const session = '/v2/recordings?sessionId=S%201';

  test('are found by their id', async () => {
    await using api = await startVideoSdk({ ...account, now: () => begin });
    api.answers.set('/v2/recordings/r1', { id: 'r1', file: { fileUrl: cdn, filePath: '/a.mp4' } });
    const opened = await open(file('r1'), { api: { ...account, url: api.url } }, fetch);
    assert.deepEqual(opened, { kind: 'open', url: cdn });
  });

  test('are found by the id of their file among those of the session', async () => {
    await using api = await startVideoSdk({ ...account, now: () => begin });
    const data = [
      { id: 'r1', file: null },
      { id: 'r2', file: { id: 'f2', fileUrl: null, filePath: '/own/b.mp4' } },
    ];
    api.answers.set(session, { pageInfo: {}, data });
    const settings = { api: { ...account, url: api.url }, storage: 'https://files.example' };
    assert.deepEqual(await open(file('f2'), settings, fetch), {
      kind: 'open',
      url: 'https://files.example/own/b.mp4',
    });
    assert.equal((await open(file('r1'), settings, fetch)).kind, 'pending');
    assert.equal((await open(file('f3'), settings, fetch)).kind, 'gone');
    assert.equal((await open(file('f2'), { api: settings.api }, fetch)).kind, 'gone');
  });
});

describe('the API of VideoSDK', () => {
  for (const fault of ['reset', '401', '403', '429', '500', 'garbage', 'huge', 'redirect'] as const) {
    test(`that answers with ${fault} is unavailable, and there the next time`, async () => {
      await using api = await startVideoSdk({ ...account, now: () => begin });
      api.answers.set('/v2/recordings/r1', { file: { fileUrl: cdn } });
      api.fail(fault);
      const settings = { api: { ...account, url: api.url } };
      const opened = await open(file('r1'), settings, fetch);
      assert.equal(opened.kind, 'unavailable');
      assert.ok(!opened.reason.includes(account.secret));
      assert.equal(api.calls.length, 1);
      assert.equal((await open(file('r1'), settings, fetch)).kind, 'open');
    });
  }

  test('that never answers is given up', async () => {
    await using api = await startVideoSdk({ ...account, now: () => begin });
    api.fail('hang');
    const files = {
      api: { ...account, url: api.url },
      storage: undefined,
      fetch,
      now: () => begin,
      timeLimitMs: 50,
    };
    assert.deepEqual(await openVideoSdkFile(file('r1'), files), {
      kind: 'unavailable',
      reason: 'VideoSDK cannot be reached: no answer in time',
    });
  });

  test('refuses a wrong secret, which is no reason to call a file gone', async () => {
    await using api = await startVideoSdk({ ...account, now: () => begin });
    const opened = await open(file('r1'), { api: { ...account, secret: 'wrong', url: api.url } }, fetch);
    assert.deepEqual(opened, { kind: 'unavailable', reason: 'VideoSDK answered 401' });
  });
});

test('settings of VideoSDK that could not work are refused', () => {
  assert.ok(accepts({ api: account, storage: 'https://files.example/x' }));
  const wrong = [
    { api: {} },
    { api: { ...account, key: '' } },
    { api: { ...account, url: 'api.example' } },
    { api: { ...account, more: 1 } },
    { storage: '/files' },
    { storage: 'https://files.example/?token=x' },
    { storage: 'https://user:word@files.example/' },
    { storage: 'file:///files' },
  ];
  for (const each of wrong) assert.ok(!accepts(each), JSON.stringify(each));
});
