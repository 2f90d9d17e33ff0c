import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readPath } from '#domain/value.ts';
import { plugnmeet } from '#sources/plugnmeet.ts';
import { signPlugNmeet } from '#test/signing.ts';
import { accept, loadVectors, plainTools, rawRequest, single, vectorReader } from '#test/vectors.ts';

const { credentials, vectors } = loadVectors('plugnmeet');
const keys = credentials.keys ?? {};
const [key = '', secret = ''] = Object.entries(keys)[0] ?? [];
const source = plugnmeet.open('meet', { url: 'https://meet.example.com', keys }, plainTools);
const now = new Date('2026-06-21T00:00:10Z');

const { read, eventOf, keysOf } = vectorReader(source, vectors);

async function readBody(body: object) {
  const text = JSON.stringify(body);
  return accept(source, rawRequest(signPlugNmeet(text, { key, secret, now }), text), now);
}

const genuine = vectors.filter((each) => each.valid).map((each) => each.name);

describe('plugNmeet: what is never kept', () => {
  test('no vector leaves a secret or a phone number in its event', async () => {
    for (const name of genuine) {
      const kept = JSON.stringify(await eventOf(name));
      assert.doesNotMatch(kept, /SECRET|15550100|webhook_url|"u2":|vip-user-789":/, name);
    }
  });

  test('a room keeps the rest of its metadata, which the payload does not repeat', async () => {
    const event = await eventOf('room_started.breakout-with-secrets');
    const { room, raw } = event;
    assert.equal(room?.parent_id, 'room01');
    assert.equal(room?.is_breakout, true);
    assert.match(JSON.stringify(room?.metadata), /"end_to_end_encryption_features":{"is_enabled":true}/);
    assert.match(JSON.stringify(room?.metadata), /"team":"sales"/);
    assert.equal(readPath(raw, ['room', 'metadata']), undefined);
    assert.equal(readPath(raw, ['room', 'sid']), event.session?.id);
  });

  test('metadata that cannot be searched for secrets is dropped when it seems to hold one', async () => {
    const metadata = '{"stream_key":"SECRET", broken';
    const { events } = await readBody({ event: 'room_started', room: { sid: 's', metadata } });
    assert.doesNotMatch(JSON.stringify(events), /SECRET/);
  });

  test('a caller keeps a pseudonym and two digits', async () => {
    const { participant, raw } = await eventOf('participant_joined.phone');
    assert.equal(participant?.id, 'sip_hash800');
    assert.equal(participant?.kind, 'phone');
    assert.match(JSON.stringify(raw), /"identity":"sip_hash800"/);
    const called = { identity: 'sip_15550100', name: 'Phone +1 555-0100' };
    const { events } = await readBody({ event: 'participant_joined', participant: called });
    assert.equal(single(events).event.participant?.name, 'Phone …00');
    assert.doesNotMatch(JSON.stringify(events), /555/);
  });
});

describe('plugNmeet: what is a repeat', () => {
  test('a delivery is known by event and id, as old servers give two ends one id', async () => {
    const session = await read('session_ended.legacy-same-id');
    const room = await read('room_finished.legacy-no-iat');
    assert.deepEqual(session.keys, [
      { key: 'meet:delivery:session_ended:EV_rF9wQe4TyUiO', keepMs: 86_400_000 },
    ]);
    assert.notDeepEqual(session.keys, room.keys);
    assert.deepEqual((await read('room_finished.compact')).keys, room.keys);
  });

  test('both ends of a meeting mean the same', async () => {
    assert.deepEqual(await keysOf('session_ended'), await keysOf('room_finished'));
    assert.deepEqual(await keysOf('session_ended'), ['meet:room.ended:7f867cd7-7956-4a17-af46-6ddd4015a497']);
  });

  test('the file of one recording under two ids means the same', async () => {
    assert.deepEqual(await keysOf('recording_proceeded'), await keysOf('recording_proceeded.second-id'));
    assert.notDeepEqual(
      (await read('recording_proceeded')).keys,
      (await read('recording_proceeded.second-id')).keys,
    );
  });

  test('a summary made again shares the key of its job with the first', async () => {
    const first = await keysOf('artifact_created.MEETING_SUMMARY');
    const second = await keysOf('artifact_created.hook-storage');
    assert.deepEqual(
      first.filter((each) => second.includes(each)),
      ['meet:summary:batches/abc123'],
    );
    const usage = await keysOf('artifact_created.MEETING_SUMMARY_USAGE');
    assert.deepEqual(usage, ['meet:artifact:6b5cc6a4-15f1-4a5c-9a0e-2f6f5f1c7009']);
  });

  test('analytics share one key under both their names', async () => {
    assert.deepEqual(await keysOf('analytics_proceeded'), await keysOf('artifact_created.MEETING_ANALYTICS'));
  });

  test('failures and the begin of recordings may repeat', async () => {
    assert.deepEqual(await keysOf('recording_transcoding_finished.failure'), []);
    assert.deepEqual(await keysOf('start_recording'), []);
  });

  test('a webhook without an id is known by its bytes', async () => {
    const one = await readBody({ event: 'room_started', room: { sid: 'a' } });
    const other = await readBody({ event: 'room_started', room: { sid: 'b' } });
    assert.match(one.keys[0]?.key ?? '', /^meet:body:/);
    assert.notDeepEqual(one.keys, other.keys);
  });
});
