import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { livekit } from '#sources/livekit.ts';
import { signLiveKit } from '#test/signing.ts';
import { accept, loadVectors, plainTools, rawRequest, single, vectorReader } from '#test/vectors.ts';

const { credentials, vectors } = loadVectors('livekit');
const keys = credentials.keys ?? {};
const [key = '', secret = ''] = Object.entries(keys)[0] ?? [];
const source = livekit.open('live', { keys }, plainTools);
const now = new Date('2025-11-20T12:03:37Z');

const { read, eventOf, keysOf } = vectorReader(source, vectors);

async function readBody(body: object) {
  const text = JSON.stringify(body);
  return accept(source, rawRequest(signLiveKit(text, { key, secret, now }), text), now);
}

const genuine = vectors.filter((each) => each.valid).map((each) => each.name);

describe('LiveKit: what is never kept', () => {
  test('no vector leaves a secret, a credential or a phone number in its event', async () => {
    for (const name of genuine) {
      const kept = JSON.stringify((await read(name)).events);
      assert.doesNotMatch(kept, /SECRET|REDACTED|turnPassword|streamKey|accessKey|1555010|1555019/, name);
    }
  });

  test('a caller keeps a pseudonym and two digits, in name and attributes too', async () => {
    const { participant } = await eventOf('participant_joined.sip');
    assert.equal(participant?.id, 'sip_hash800');
    assert.equal(participant?.kind, 'phone');
    assert.deepEqual(participant?.attributes, {
      'sip.callID': 'SCL_xxx',
      'sip.phoneNumber': 'sip_hash800',
      'sip.trunkPhoneNumber': 'sip_hash899',
    });
    const caller = { identity: 'desk', kind: 'SIP', name: 'Phone +15550100' };
    const { events } = await readBody({ event: 'participant_joined', participant: caller });
    assert.equal(single(events).event.participant?.id, 'sip_hash4');
    assert.doesNotMatch(JSON.stringify(events), /5550100|"desk"/);
  });

  test('a track of a caller names the same person as the join', async () => {
    const { events } = await readBody({
      event: 'track_published',
      participant: { identity: 'sip_+15550100' },
    });
    const { participant, raw } = single(events).event;
    assert.equal(participant?.id, (await eventOf('participant_joined.sip')).participant?.id);
    assert.deepEqual(raw['participant'], { identity: 'sip_hash800' });
  });

  test('a presigned query stays in the link that is posted and nowhere else', async () => {
    const event = await eventOf('egress_ended.presigned-location');
    assert.match(event.recording?.url ?? '', /X-Amz-Signature=0000$/);
    assert.doesNotMatch(JSON.stringify(event.raw), /X-Amz/);
  });

  test('a stream key that the sender did not shorten is cut', async () => {
    const info = {
      egressId: 'EG_1',
      roomComposite: { streamOutputs: [{ urls: ['rtmp://live.example.com/app/SECRET?token=SECRET'] }] },
      streamResults: [{ url: 'rtmp://live.example.com/app/SECRET', status: 'FAILED' }],
    };
    const { events } = await readBody({
      event: 'egress_updated',
      egressInfo: { ...info, status: 'EGRESS_ACTIVE' },
    });
    assert.equal(single(events).event.stream?.url, 'rtmp://live.example.com/app/{...}');
    assert.doesNotMatch(JSON.stringify(events), /SECRET/);
  });
});

describe('LiveKit: what is a repeat', () => {
  test('a delivery is known by its id, whichever key signed it', async () => {
    assert.deepEqual((await read('room_started')).keys, (await read('room_started.second-key')).keys);
    assert.deepEqual((await read('room_started')).keys, [
      { key: 'live:delivery:EV_4xYtQm2LpRw9', keepMs: 86_400_000 },
    ]);
  });

  test('the end of an egress under a new id means the same', async () => {
    assert.deepEqual(await keysOf('egress_ended.file'), await keysOf('egress_ended.same-status-new-id'));
    assert.deepEqual(await keysOf('egress_ended.file'), ['live:recording.ready:EG_aBcDeFgHiJkL:file']);
    assert.notDeepEqual(
      (await read('egress_ended.file')).keys,
      (await read('egress_ended.same-status-new-id')).keys,
    );
  });

  test('a recording starts once, told by egress_started or egress_updated', async () => {
    assert.deepEqual(await keysOf('egress_started'), await keysOf('egress_updated'));
  });

  test('each kind of output, each failed stream and each playlist has a key of its own', async () => {
    assert.deepEqual(await keysOf('egress_ended.file-and-hls'), [
      'live:recording.ready:EG_mixMIXmixMIX:file',
      'live:hls.stopped:EG_mixMIXmixMIX:hls',
    ]);
    assert.deepEqual(await keysOf('egress_updated.one-stream-failed'), [
      'live:stream.failed:EG_strSTRstrSTR:stream:rtmps://b.example.com/app/{cd...wx}',
    ]);
    assert.deepEqual(await keysOf('egress_updated.hls-live'), [
      'live:hls.ready:EG_hlsHLShlsHLS:hls:https://acme-recordings.s3.amazonaws.com/hls/live.m3u8',
    ]);
  });

  test('an ingress that runs again is news', async () => {
    const first = await readBody({
      event: 'ingress_started',
      ingressInfo: { ingressId: 'IN_1', state: { startedAt: '1' } },
    });
    const second = await readBody({
      event: 'ingress_started',
      ingressInfo: { ingressId: 'IN_1', state: { startedAt: '2' } },
    });
    assert.notDeepEqual(single(first.events).keys, single(second.events).keys);
  });

  test('an egress without an id has only the key of its delivery', async () => {
    const { keys, events } = await read('egress_ended.without-egress-id');
    assert.equal(keys.length, 1);
    assert.deepEqual(single(events).keys, []);
  });
});
