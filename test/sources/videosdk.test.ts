import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { videosdk } from '#sources/videosdk.ts';
import { newVideoSdkKeys, signVideoSdk } from '#test/signing.ts';
import {
  accept,
  loadVectors,
  momentOf,
  plainTools,
  rawRequest,
  single,
  vectorReader,
} from '#test/vectors.ts';

const { credentials, vectors } = loadVectors('videosdk');
const { public_key_pkcs1: pkcs1 = '', public_key_spki: spki = '' } = credentials;
const source = videosdk.open('vsdk', { public_key: pkcs1 }, plainTools);
const { eventOf } = vectorReader(source, vectors);
const now = new Date('2026-06-21T00:00:10Z');

const ownKeys = newVideoSdkKeys();
const ownSource = videosdk.open(
  'vsdk',
  { public_key: ownKeys.publicKey, ignore: ['Recorder-1'] },
  plainTools,
);

async function readBody(body: object) {
  const text = JSON.stringify(body);
  return accept(ownSource, rawRequest(signVideoSdk(text, ownKeys), text), now);
}

const types: Readonly<Record<string, string>> = {
  'v1.participant-joined': 'participant.joined',
  'v1.participant-left': 'participant.left',
  'v1.session-started': 'room.started',
  'v1.session-ended': 'room.ended',
  'v1.recording-started': 'recording.started',
  'v1.recording-stopped': 'recording.ready',
  'v1.livestream-started': 'stream.started',
  'v1.livestream-stopped': 'stream.stopped',
  'v1.hls-started': 'hls.started',
  'v1.hls-stopped': 'hls.stopped',
  'v2.participant-joined': 'participant.joined',
  'v2.participant-left': 'participant.left',
  'v2.session-started': 'room.started',
  'v2.session-ended': 'room.ended',
  'v2.recording-starting': 'recording.starting',
  'v2.recording-started': 'recording.started',
  'v2.recording-stopping': 'recording.stopping',
  'v2.recording-stopped': 'recording.ready',
  'v2.recording-failed': 'recording.failed',
  'v2.participant-track-recording-starting': 'recording.starting',
  'v2.participant-track-recording-started': 'recording.started',
  'v2.participant-track-recording-stopping': 'recording.stopping',
  'v2.participant-track-recording-stopped': 'recording.ready',
  'v2.participant-track-recording-failed': 'recording.failed',
  'v2.participant-recording-starting': 'recording.starting',
  'v2.participant-recording-started': 'recording.started',
  'v2.participant-recording-stopping': 'recording.stopping',
  'v2.participant-recording-stopped': 'recording.ready',
  'v2.participant-recording-failed': 'recording.failed',
  'v2.transcription-started': 'transcript.started',
  'v2.transcription-stopped': 'transcript.stopped',
  'v2.transcription-failed': 'transcript.failed',
  'v2.livestream-starting': 'stream.starting',
  'v2.livestream-started': 'stream.started',
  'v2.livestream-stopping': 'stream.stopping',
  'v2.livestream-stopped': 'stream.stopped',
  'v2.livestream-failed': 'stream.failed',
  'v2.hls-starting': 'hls.starting',
  'v2.hls-started': 'hls.started',
  'v2.hls-playable': 'hls.ready',
  'v2.hls-stopping': 'hls.stopping',
  'v2.hls-stopped': 'hls.stopped',
  'v2.hls-failed': 'hls.failed',
  'v2.resource-acquired': 'resource.acquired',
  'newer.participant-left.reason': 'participant.left',
  'newer.session-ended.reason': 'room.ended',
  'newer.recording-started.id': 'recording.started',
  'newer.recording-failed.message': 'recording.failed',
  'newer.recording-stopped.id': 'recording.ready',
  'newer.recording-stopped.own-storage': 'recording.ready',
  'newer.recording-stopped.encrypted': 'recording.ready',
  'newer.merge-recording-completed': 'recording.ready',
  'newer.merge-recording-failed': 'recording.failed',
  'newer.composite-recording-stopped': 'recording.stopped',
  'newer.composite-merge-cancelled': 'recording.stopped',
  'newer.transcription-completed': 'artifact.ready',
  'newer.hls-playable.both-urls': 'hls.ready',
  'newer.resource-released': 'resource.released',
  'newer.agent-session-started': 'agent.started',
  'newer.ai-deployment-session-started': 'agent.started',
  'newer.call-started': 'call.started',
  'newer.call-hangup': 'call.ended',
  'newer.hostile-name': 'participant.joined',
  'newer.unknown-type': 'other',
  'newer.call-summary': 'artifact.ready',
  'newer.type-instead-of-webhookType': 'room.started',
  'newer.no-data': 'room.started',
  'accept.no-content-type': 'recording.ready',
};

describe('VideoSDK: who signed it', () => {
  test('every genuine vector has an expectation, and there are some to refuse', () => {
    const genuine = vectors.filter((each) => each.valid).map((each) => each.name);
    assert.deepEqual(genuine.toSorted(), Object.keys(types).toSorted());
    assert.ok(vectors.length - genuine.length > 10);
  });

  for (const vector of vectors.filter((each) => !each.valid)) {
    test(`${vector.name} is refused`, async () => {
      const verification = await source.verify(rawRequest(vector.headers, vector.body), momentOf(vector));
      assert.equal(verification.kind, 'refused');
    });
  }

  test('the key may be written in both encodings and with \\n for line breaks', async () => {
    for (const pem of [spki, pkcs1.replaceAll('\n', String.raw`\n`)]) {
      const settings = videosdk.settings.parse({ public_key: pem });
      const other = videosdk.open('vsdk', settings, plainTools);
      await vectorReader(other, vectors).read('v2.session-started');
    }
  });

  test('of a header that came twice the first counts', async () => {
    const body = '{}';
    const signature = signVideoSdk(body, ownKeys)['videosdk-signature'] ?? '';
    const twice = (header: string) =>
      ownSource.verify(rawRequest({ 'videosdk-signature': header }, body), now);
    assert.equal((await twice(`${signature}, AAAA`)).kind, 'authentic');
    assert.equal((await twice(`AAAA, ${signature}`)).kind, 'refused');
  });

  test('a key that is none is a mistake in the settings', () => {
    for (const public_key of ['', 'nonsense', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----']) {
      assert.match(
        videosdk.settings.safeParse({ public_key }).error?.message ?? '',
        /is not an RSA public key/,
      );
    }
  });
});

describe('VideoSDK: what it tells', () => {
  for (const [name, type] of Object.entries(types)) {
    test(`${name} tells ${type}`, async () => {
      const event = await eventOf(name);
      assert.equal(event.event.type, type);
      assert.deepEqual(event.source, { name: 'vsdk', type: 'videosdk' });
      assert.doesNotMatch(JSON.stringify(event), /SECRET|15550100|"Ada"/);
    });
  }

  test('a join carries room, session and person', async () => {
    const { event, room, session, participant } = await eventOf('v1.participant-joined');
    assert.equal(event.time, now.toISOString());
    assert.equal('id' in event, false);
    assert.deepEqual(room, { id: 'jvsg-8rjn-j304', name: 'jvsg-8rjn-j304' });
    assert.deepEqual(session, { id: '613731342f27f56e4fc4b6d0' });
    assert.deepEqual(participant, { id: 'fkd74h', name: 'John', kind: 'human' });
    assert.equal((await eventOf('newer.participant-left.reason')).participant?.reason, 'user-left');
  });

  test('a participant on the list of those to ignore is an agent', async () => {
    const joined = { webhookType: 'participant-joined', data: { participantId: 'recorder-1' } };
    assert.equal(single((await readBody(joined)).events).event.participant?.kind, 'agent');
  });

  test('an end at 15:60:35 is no moment, so the session ends when we hear of it', async () => {
    const { event, session } = await eventOf('v1.session-ended');
    assert.equal(event.time, now.toISOString());
    assert.equal(session?.started_at, '2022-07-05T15:55:35.047Z');
    assert.equal(session?.ended_at, now.toISOString());
    const newer = await eventOf('newer.session-ended.reason');
    assert.equal(newer.session?.ended_at, '2026-07-05T16:25:35.047Z');
    assert.equal(newer.event.time, '2026-07-05T16:25:35.047Z');
    assert.equal(newer.room?.reason, 'Meeting Ended.');
  });

  test('a file is told as path and address, a list, or only an id', async () => {
    const path = '/encoded/videos/62d148951a1eb20029fc9b05.mp4';
    const url = `https://cdn.videosdk.live${path}`;
    assert.deepEqual((await eventOf('newer.recording-stopped.id')).recording, {
      id: '66f0a1b2c3d4e5f60718293a',
      scope: 'room',
      url,
      path,
      files: [{ url, path }],
      is_encrypted: false,
    });
    const track = await eventOf('v2.participant-track-recording-stopped');
    assert.deepEqual(track.recording?.files, [{ url, path }]);
    assert.equal(track.recording?.id, path);
    assert.equal(track.recording?.scope, 'track');
    assert.deepEqual(track.participant, { id: 'abcd', kind: 'human' });
    assert.equal((await eventOf('v1.recording-stopped')).recording?.id, '61dff29d9e5b1a4e4a34d17e');
    const own = await eventOf('newer.recording-stopped.own-storage');
    assert.equal(own.recording?.url, undefined);
    assert.equal(own.recording?.path, 'meetings/66f0a1b2c3d4e5f60718293b.mp4');
  });

  test('a stopped recording without a file is only stopped', async () => {
    const { events } = await readBody({ webhookType: 'recording-stopped', data: { id: 'r', fileUrl: null } });
    assert.equal(single(events).event.event.type, 'recording.stopped');
  });

  test('scopes, errors and encryption are told', async () => {
    assert.equal((await eventOf('newer.composite-recording-stopped')).recording?.scope, 'composite');
    const merge = (await eventOf('newer.merge-recording-failed')).recording;
    assert.deepEqual([merge?.scope, merge?.error], ['merge', 'no files to merge']);
    const encrypted = await eventOf('newer.recording-stopped.encrypted');
    assert.equal(encrypted.recording?.is_encrypted, true);
  });

  test('HLS takes the playlist with replay, and the deprecated one last', async () => {
    assert.match((await eventOf('newer.hls-playable.both-urls')).hls?.url ?? '', /index\.m3u8$/);
    const live = {
      livestreamUrl: 'https://cdn.example/live.m3u8',
      downstreamUrl: 'https://cdn.example/old.m3u8',
    };
    const { events } = await readBody({ webhookType: 'hls-playable', data: live });
    assert.equal(single(events).event.hls?.url, live.livestreamUrl);
    assert.deepEqual((await eventOf('v2.hls-stopped')).hls, {});
  });

  test('agents, calls and resources have their own ids', async () => {
    const agent = await eventOf('newer.agent-session-started');
    assert.deepEqual([agent.agent, agent.session], [{ id: 'session-01J9ZK3', name: 'A1' }, undefined]);
    const call = await eventOf('newer.call-started');
    assert.deepEqual(call.call, { id: 'call_01J9ZK3', agent_id: 'A1', metadata: { crm: '42' } });
    assert.equal(call.event.time, '2026-07-05T15:55:35.047Z');
    assert.equal(call.room?.id, 'jvsg-8rjn-j304');
    const resource = await eventOf('newer.resource-released');
    assert.deepEqual(resource.resource, { id: 'abcdef9879288c1f48339f64', kind: 'recording' });
  });

  test('a call summary is an artifact with its text, which the payload does not repeat', async () => {
    const { artifact, event, session, raw } = await eventOf('newer.call-summary');
    assert.equal(event.native, 'call-summary');
    assert.equal(session?.id, '613731342f27f56e4fc4b6d0');
    assert.deepEqual(artifact, { kind: 'summary', text: 'The caller asked for a quote.' });
    assert.deepEqual(Object.keys(raw), ['room-data']);
  });

  test('numbers in the metadata of a call become pseudonyms, dates do not', async () => {
    const metaData = {
      from: '+1 555 0100',
      to: 'sip:15550100@pbx.example',
      at: '2026-07-05',
      nested: { n: 15550100 },
    };
    const { events } = await readBody({ webhookType: 'call-started', data: { callId: 'c', metaData } });
    const { call, raw } = single(events).event;
    assert.equal(call?.metadata?.['at'], '2026-07-05');
    assert.equal(call?.metadata?.['from'], 'sip_hash1000');
    assert.doesNotMatch(JSON.stringify([call, raw]), /5550100|555 0100/);
  });

  test('a body without any type is told as other', async () => {
    const { native, events } = await readBody({ hello: 'world' });
    assert.equal(native, 'unknown');
    assert.equal(single(events).event.event.type, 'other');
  });
});

test('a file of VideoSDK opens by its address', async () => {
  const url = 'https://cdn.videosdk.live/encoded/videos/a.mp4';
  assert.deepEqual(await source.open({ kind: 'address', url }), { kind: 'open', url });
  assert.equal((await source.open({ kind: 'address', url: 'javascript:alert(1)' })).kind, 'gone');
  assert.equal((await source.open({ kind: 'recording', recordId: 'r' })).kind, 'gone');
});
