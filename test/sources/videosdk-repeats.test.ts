import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { videosdk } from '#sources/videosdk.ts';
import { newVideoSdkKeys, signVideoSdk } from '#test/signing.ts';
import { accept, loadVectors, plainTools, rawRequest, single, vectorReader } from '#test/vectors.ts';

const { credentials, vectors } = loadVectors('videosdk');
const source = videosdk.open('vsdk', { public_key: credentials.public_key_pkcs1 ?? '' }, plainTools);
const { read, keysOf } = vectorReader(source, vectors);

const ownKeys = newVideoSdkKeys();
const ownSource = videosdk.open('vsdk', { public_key: ownKeys.publicKey }, plainTools);

/** The keys of an event of session s. */
async function keysTold(webhookType: string, data: object) {
  const text = JSON.stringify({ webhookType, data: { sessionId: 's', ...data } });
  const { events } = await accept(ownSource, rawRequest(signVideoSdk(text, ownKeys), text), new Date());
  return single(events).keys;
}

describe('VideoSDK: what is a repeat', () => {
  test('a join repeats a join and a leave a leave, never each other', async () => {
    const joined = await read('v2.participant-joined');
    const left = await read('v2.participant-left');
    assert.deepEqual([joined.keys, left.keys], [[], []]);
    const key = 'vsdk:presence:613731342f27f56e4fc4b6d0:fkd74h';
    assert.deepEqual(single(joined.events).keys, [{ key, value: 'joined', keepMs: 60_000 }]);
    assert.deepEqual(single(left.events).keys, [{ key, value: 'left', keepMs: 60_000 }]);
    assert.deepEqual(single((await read('v1.participant-joined')).events).keys, single(joined.events).keys);
  });

  test('the same bytes are the same delivery, for as long as their kind allows', async () => {
    const lifetimes = {
      'v2.recording-starting': 600_000,
      'v2.recording-started': 600_000,
      'v2.hls-stopping': 600_000,
      'v2.session-started': 86_400_000,
      'v2.session-ended': 86_400_000,
      'v2.recording-stopped': 86_400_000,
      'newer.unknown-type': 86_400_000,
    };
    for (const [name, keepMs] of Object.entries(lifetimes)) {
      const { keys } = await read(name);
      assert.match(keys[0]?.key ?? '', /^vsdk:body:/);
      assert.deepEqual(
        keys.map((each) => each.keepMs),
        [keepMs],
        name,
      );
    }
  });

  test('another form of the same news has the same meaning', async () => {
    for (const name of ['session-started', 'recording-started', 'livestream-stopped']) {
      assert.deepEqual(await keysOf(`v1.${name}`), await keysOf(`v2.${name}`));
      assert.notDeepEqual((await read(`v1.${name}`)).keys, (await read(`v2.${name}`)).keys);
    }
  });

  test('different recordings, tracks and playlists of a session are different news', async () => {
    const pairs = [
      ['recording-stopped', { id: '1' }, { id: '2' }],
      ['recording-stopped', { filePath: '1' }, { filePath: '2' }],
      [
        'participant-track-recording-started',
        { participantId: 'p', kind: 'audio' },
        { participantId: 'p', kind: 'video' },
      ],
      ['hls-playable', { playbackHlsUrl: 'https://a.example/1' }, { playbackHlsUrl: 'https://a.example/2' }],
      ['call-started', { callId: '1' }, { callId: '2' }],
    ] as const;
    for (const [type, one, other] of pairs)
      assert.notDeepEqual(await keysTold(type, one), await keysTold(type, other));
  });

  test('what says nothing of its subject is known by its bytes only', async () => {
    for (const name of ['newer.no-data', 'newer.unknown-type', 'newer.call-summary']) {
      assert.deepEqual(await keysOf(name), []);
    }
  });
});
