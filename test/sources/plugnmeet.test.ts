import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plugnmeet } from '#sources/plugnmeet.ts';
import { signPlugNmeet } from '#test/signing.ts';
import {
  accept,
  loadVectors,
  momentOf,
  plainTools,
  rawRequest,
  single,
  vectorReader,
} from '#test/vectors.ts';

const { credentials, vectors } = loadVectors('plugnmeet');
const keys = credentials.keys ?? {};
const [key = '', secret = ''] = Object.entries(keys)[0] ?? [];
const source = plugnmeet.open('meet', { url: 'https://meet.example.com', keys }, plainTools);
const now = new Date('2026-06-21T00:00:10Z');

const { eventOf } = vectorReader(source, vectors);

async function readBody(body: object) {
  const text = JSON.stringify(body);
  return accept(source, rawRequest(signPlugNmeet(text, { key, secret, now }), text), now);
}

function novelty(metadata: object) {
  return { event: 'artifact_created', room_artifact: { type: 'NOVELTY', artifact_id: 'n', metadata } };
}

const types: Readonly<Record<string, string>> = {
  room_created: 'room.created',
  room_started: 'room.started',
  participant_joined: 'participant.joined',
  'participant_joined.recorder-bot': 'participant.joined',
  participant_left: 'participant.left',
  track_published: 'track.published',
  session_ended: 'room.ended',
  room_finished: 'room.ended',
  start_recording: 'recording.started',
  end_recording: 'recording.stopped',
  'end_recording.failure': 'recording.failed',
  recording_proceeded: 'recording.ready',
  recording_transcoding_finished: 'recording.transcoded',
  start_rtmp: 'stream.started',
  'artifact_created.SPEECH_TRANSCRIPTION': 'artifact.ready',
  'artifact_created.SPEECH_TRANSCRIPTION_USAGE': 'usage.reported',
  'artifact_created.CHAT_TRANSLATION_USAGE': 'usage.reported',
  'artifact_created.SYNTHESIZED_SPEECH_USAGE': 'usage.reported',
  'artifact_created.AI_TEXT_CHAT_INTERACTION_USAGE': 'usage.reported',
  'artifact_created.AI_TEXT_CHAT_SUMMARIZATION_USAGE': 'usage.reported',
  'artifact_created.MEETING_ANALYTICS': 'artifact.ready',
  'artifact_created.MEETING_SUMMARY': 'artifact.ready',
  'artifact_created.MEETING_SUMMARY_USAGE': 'usage.reported',
  'artifact_created.cost-zero': 'usage.reported',
  analytics_proceeded: 'analytics.ready',
  speech_to_text_session_started: 'transcript.started',
  speech_to_text_session_ended: 'transcript.stopped',
  speech_to_text_total_usage: 'usage.reported',
  track_unpublished: 'track.unpublished',
  'track_published.audio-type-omitted': 'track.published',
  end_rtmp: 'stream.stopped',
  'end_rtmp.failure': 'stream.failed',
  'recording_transcoding_finished.failure': 'recording.failed',
  'recording_proceeded.second-id': 'recording.ready',
  'session_ended.legacy-same-id': 'room.ended',
  'room_finished.legacy-no-iat': 'room.ended',
  'room_finished.compact': 'room.ended',
  'participant_joined.phone': 'participant.joined',
  'participant_joined.agent': 'participant.joined',
  'participant_joined.hostile-name': 'participant.joined',
  'room_started.breakout-with-secrets': 'room.started',
  'artifact_created.hook-storage': 'artifact.ready',
  'artifact_created.unknown-type-number': 'other',
  unknown_event: 'other',
  'room_finished.docs-shape': 'room.ended',
  'accept.hash-token-only': 'recording.ready',
  'accept.authorization-only': 'recording.ready',
  'accept.authorization-replaced-by-basic': 'recording.ready',
  'accept.bearer-prefix': 'recording.ready',
  'accept.content-type-with-charset': 'recording.ready',
  'accept.no-content-type': 'recording.ready',
  'accept.our-clock-30s-behind': 'recording.ready',
  'accept.our-clock-30s-past-exp': 'recording.ready',
};

describe('plugNmeet: who signed it', () => {
  test('every genuine vector has an expectation, and there are some to refuse', () => {
    const genuine = vectors.filter((each) => each.valid).map((each) => each.name);
    assert.deepEqual(genuine.toSorted(), Object.keys(types).toSorted());
    assert.ok(vectors.length - genuine.length > 20);
  });

  for (const vector of vectors.filter((each) => !each.valid)) {
    test(`${vector.name} is refused without a word of the token`, async () => {
      const verification = await source.verify(rawRequest(vector.headers, vector.body), momentOf(vector));
      assert.equal(verification.kind, 'refused');
      const token = vector.headers['hash-token'] || vector.headers['authorization'];
      if (token) assert.ok(!verification.reason.includes(token.slice(0, 12)));
    });
  }

  test('one of several keys is chosen by the issuer', async () => {
    const several = plugnmeet.open(
      'meet',
      { url: 'https://meet.example.com', keys: { other: 'other-secret', ...keys } },
      plainTools,
    );
    const body = '{"event":"room_started"}';
    const signed = signPlugNmeet(body, { key: 'other', secret: 'other-secret', now });
    const crossed = signPlugNmeet(body, { key: 'other', secret, now });
    assert.equal((await several.verify(rawRequest(signed, body), now)).kind, 'authentic');
    assert.equal((await several.verify(rawRequest(crossed, body), now)).kind, 'refused');
  });

  test('an issuer named like a property of every object is refused', async () => {
    const signed = signPlugNmeet('{}', { key: 'constructor', secret, now });
    assert.equal((await source.verify(rawRequest(signed, '{}'), now)).kind, 'refused');
  });
});

describe('plugNmeet: what it tells', () => {
  for (const [name, type] of Object.entries(types)) {
    test(`${name} tells ${type}`, async () => {
      const { event, source: from } = await eventOf(name);
      assert.equal(event.type, type);
      assert.deepEqual(from, { name: 'meet', type: 'plugnmeet' });
    });
  }

  test('a join carries room, session and person', async () => {
    const { event, room, session, participant } = await eventOf('participant_joined');
    assert.deepEqual(event, {
      type: 'participant.joined',
      native: 'participant_joined',
      id: 'EV_kP3fWm7RzQbA',
      time: '2026-06-20T23:56:01.000Z',
    });
    assert.equal(room?.id, 'room01');
    assert.equal(room?.name, 'Weekly sync – “Q3” <plan>');
    assert.equal(room?.is_breakout, false);
    assert.deepEqual(session, {
      id: '7f867cd7-7956-4a17-af46-6ddd4015a497',
      started_at: '2026-06-20T23:55:00.000Z',
    });
    assert.deepEqual(participant, {
      id: 'vip-user-789',
      sid: 'PA_Q3kJm8vW2yHc',
      name: 'Ada Lovelace',
      kind: 'human',
      joined_at: '2026-06-20T23:56:00.412Z',
    });
  });

  test('a leave tells why, and how long the connection lasted', async () => {
    const { participant } = await eventOf('participant_left');
    assert.equal(participant?.reason, 'client_initiated');
    assert.equal(participant?.seconds, 3540);
  });

  test('the end of a room is the end of its session', async () => {
    const { session, event } = await eventOf('session_ended');
    assert.equal(session?.ended_at, event.time);
    assert.equal(session?.started_at, '2026-06-20T23:54:50.000Z');
  });

  test('machines are told from people by their identity', async () => {
    assert.equal((await eventOf('participant_joined.recorder-bot')).participant?.kind, 'recorder');
    assert.equal((await eventOf('participant_joined.agent')).participant?.kind, 'agent');
    const identities = { RTMP_BOT: 'stream', ingres_1: 'ingress', 'pnm_tts_agent-x': 'agent', anna: 'human' };
    for (const [identity, kind] of Object.entries(identities)) {
      const { events } = await readBody({ event: 'participant_joined', participant: { identity } });
      assert.equal(single(events).event.participant?.kind, kind);
    }
  });

  test('a track without a type is audio', async () => {
    const { track, room, session } = await eventOf('track_published.audio-type-omitted');
    assert.deepEqual(track, { id: 'TR_AMabc', kind: 'audio', source: 'microphone', mime: 'audio/red' });
    assert.deepEqual(room, { id: 'room01' });
    assert.deepEqual(session, { id: '7f867cd7-7956-4a17-af46-6ddd4015a497' });
  });

  test('megabytes become bytes, and only a file that is there has a path', async () => {
    const { recording } = await eventOf('recording_proceeded');
    const path = 'node_01/room01/7f867cd7-7956-4a17-af46-6ddd4015a497-1781999780123.mp4';
    assert.deepEqual(recording, {
      id: '7f867cd7-7956-4a17-af46-6ddd4015a497-1781999780123',
      scope: 'room',
      path,
      bytes: 52_430_000,
      files: [{ path, bytes: 52_430_000 }],
    });
    assert.deepEqual((await eventOf('end_recording')).recording, { id: recording?.id, scope: 'room' });
  });

  test('anything but success is a failure', async () => {
    assert.equal((await eventOf('end_recording.failure')).recording?.error, 'browser crashed');
    assert.equal((await eventOf('end_rtmp.failure')).stream?.error, 'could not connect to rtmp endpoint');
    const { events } = await readBody({ event: 'start_rtmp', recording_info: { record_id: 'r' } });
    const { event, stream } = single(events).event;
    assert.equal(event.type, 'stream.failed');
    assert.deepEqual(stream, { id: 'r' });
  });

  test('a file artifact carries its file, a summary its job', async () => {
    assert.deepEqual((await eventOf('artifact_created.hook-storage')).artifact, {
      id: '6b5cc6a4-15f1-4a5c-9a0e-2f6f5f1c7010',
      kind: 'summary',
      path: 's3://acme-meetings/summary/room01.txt',
      mime: 'text/plain',
      bytes: 2931,
      job_id: 'batches/abc123',
    });
  });

  test('usage counts in its own unit and hides who used it', async () => {
    assert.deepEqual((await eventOf('artifact_created.SPEECH_TRANSCRIPTION_USAGE')).usage, {
      kind: 'transcription',
      seconds: 2710,
      cost: 0.752778,
      breakdown: { total_usage: 2710, hash2: 1200, hash12: 1510 },
      artifact_id: '6b5cc6a4-15f1-4a5c-9a0e-2f6f5f1c7001',
    });
    const chat = (await eventOf('artifact_created.AI_TEXT_CHAT_INTERACTION_USAGE')).usage;
    assert.equal(chat?.tokens, 1840);
    assert.equal(chat?.breakdown?.['hash12:chat:total'], 1840);
    assert.equal((await eventOf('artifact_created.SYNTHESIZED_SPEECH_USAGE')).usage?.characters, 900);
  });

  test('an amount that is left out is zero, and so is a cost that is sent as zero', async () => {
    const { usage } = await eventOf('artifact_created.cost-zero');
    assert.equal(usage?.seconds, 0);
    assert.equal(usage?.cost, 0);
  });

  test('an artifact of an unknown type is sorted by what it holds', async () => {
    const file = await readBody(novelty({ file_info: { file_path: 'n.bin', file_size: '7' } }));
    assert.deepEqual(single(file.events).event.artifact, { id: 'n', kind: 'other', path: 'n.bin', bytes: 7 });
    const usage = await readBody(novelty({ token_usage: { total_tokens: 3 } }));
    assert.equal(single(usage.events).event.usage?.kind, 'other');
    const named = await readBody({
      event: 'artifact_created',
      room_artifact: { type: 4, artifact_id: 't', metadata: {} },
    });
    assert.equal(single(named.events).event.artifact?.kind, 'transcript');
  });

  test('captions of old servers name their speaker', async () => {
    const { participant, usage } = await eventOf('speech_to_text_session_ended');
    assert.deepEqual(participant, { id: 'vip-user-789', kind: 'human' });
    assert.equal(usage?.seconds, 1510);
  });

  test('the shape of the documentation is understood too', async () => {
    const { event, room } = await eventOf('room_finished.docs-shape');
    assert.equal(event.time, '2026-06-21T00:55:11.000Z');
    assert.equal(room?.name, 'Test Room');
  });

  test('a hostile name is handed on as it is', async () => {
    const { participant } = await eventOf('participant_joined.hostile-name');
    assert.equal(participant?.name, '<!channel> @everyone [free](https://evil.example) *bold* {{secret}}');
  });

  test('time, ids and fields that are absent are missing, not empty', async () => {
    const reading = await readBody({ event: 'participant_joined', participant: { identity: '', name: '' } });
    const { event, room, session, participant } = single(reading.events).event;
    assert.equal(event.time, now.toISOString());
    assert.deepEqual([room, session], [undefined, undefined]);
    assert.deepEqual(participant, { kind: 'human' });
  });

  test('metadata that is no JSON object stays text', async () => {
    const { events } = await readBody({ event: 'room_started', room: { sid: 's', metadata: 'board room' } });
    assert.equal(single(events).event.room?.metadata, 'board room');
  });
});
