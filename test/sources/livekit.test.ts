import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { livekit } from '#sources/livekit.ts';
import { signLiveKit } from '#test/signing.ts';
import {
  accept,
  loadVectors,
  momentOf,
  plainTools,
  rawRequest,
  single,
  vectorReader,
} from '#test/vectors.ts';

const { credentials, vectors } = loadVectors('livekit');
const keys = credentials.keys ?? {};
const [key = '', secret = ''] = Object.entries(keys)[0] ?? [];
const source = livekit.open('live', { keys }, plainTools);
const now = new Date('2025-11-20T12:03:37Z');

const { read, eventOf } = vectorReader(source, vectors);

async function readBody(body: object) {
  const text = JSON.stringify(body);
  return accept(source, rawRequest(signLiveKit(text, { key, secret, now }), text), now);
}

const types: Readonly<Record<string, readonly string[]>> = {
  room_started: ['room.started'],
  participant_joined: ['participant.joined'],
  'participant_joined.sip': ['participant.joined'],
  participant_connection_aborted: ['participant.failed'],
  track_published: ['track.published'],
  track_unpublished: ['track.unpublished'],
  egress_started: ['recording.started'],
  egress_updated: ['recording.started'],
  'egress_ended.file': ['recording.ready'],
  'egress_ended.hls': ['hls.stopped', 'artifact.ready'],
  'egress_ended.failed': ['recording.failed'],
  ingress_started: ['ingress.started'],
  ingress_ended: ['ingress.ended'],
  agent_job_ended: ['agent.ended'],
  participant_left: ['participant.left'],
  room_finished: ['room.ended'],
  'egress_updated.ending': ['recording.stopping'],
  'egress_ended.same-status-new-id': ['recording.ready'],
  'egress_ended.limit-reached-with-file': ['recording.ready'],
  'egress_ended.aborted': ['recording.failed'],
  'egress_ended.negative-duration': ['recording.ready'],
  'egress_ended.location-not-encoded': ['recording.ready'],
  'egress_ended.presigned-location': ['recording.ready'],
  'egress_ended.deprecated-result-only': ['recording.ready'],
  'egress_ended.backup-storage': ['recording.ready'],
  'egress_ended.without-egress-id': ['recording.failed'],
  'egress_ended.images-only': ['artifact.ready'],
  'egress_ended.file-and-hls': ['recording.ready', 'hls.stopped'],
  'egress_ended.unified-request': ['recording.ready'],
  'egress_ended.web-no-room': ['recording.ready'],
  'egress_ended.status-number': ['recording.ready'],
  'egress_started.stream': ['stream.started'],
  'egress_updated.stream-active': ['stream.started'],
  'egress_updated.one-stream-failed': ['stream.failed'],
  'egress_ended.stream': ['stream.stopped'],
  'egress_updated.hls-live': ['hls.ready'],
  'ingress_ended.error': ['ingress.ended'],
  agent_job_started: ['agent.started'],
  'agent_job_ended.failed': ['agent.failed'],
  'track_published.audio-full-room': ['track.published'],
  'participant_joined.egress': ['participant.joined'],
  'participant_left.duplicate-identity': ['participant.left'],
  'participant_joined.hostile-name': ['participant.joined'],
  'room_started.blanks-after-commas': ['room.started'],
  'room_started.second-key': ['room.started'],
  'room_finished.no-iat': ['room.ended'],
  unknown_event: ['other'],
  'accept.bearer-prefix': ['recording.ready'],
  'accept.other-content-type': ['recording.ready'],
  'accept.our-clock-30s-behind': ['recording.ready'],
  'accept.our-clock-30s-past-exp': ['recording.ready'],
  'accept.no-nbf': ['recording.ready'],
};

describe('LiveKit: who signed it', () => {
  test('every genuine vector has an expectation, and there are some to refuse', () => {
    const genuine = vectors.filter((each) => each.valid).map((each) => each.name);
    assert.deepEqual(genuine.toSorted(), Object.keys(types).toSorted());
    assert.ok(vectors.length - genuine.length > 20);
  });

  for (const vector of vectors.filter((each) => !each.valid)) {
    test(`${vector.name} is refused without a word of the token`, async () => {
      const verification = await source.verify(rawRequest(vector.headers, vector.body), momentOf(vector));
      assert.equal(verification.kind, 'refused');
      const token = vector.headers['authorization'];
      if (token) assert.ok(!verification.reason.includes(token.slice(0, 12)));
    });
  }
});

describe('LiveKit: what it tells', () => {
  for (const [name, expected] of Object.entries(types)) {
    test(`${name} tells ${expected.join(' and ')}`, async () => {
      const { events } = await read(name);
      assert.deepEqual(
        events.map(({ event }) => event.event.type),
        expected,
      );
      for (const { event } of events) assert.deepEqual(event.source, { name: 'live', type: 'livekit' });
    });
  }

  test('a join carries room, session and person', async () => {
    const { event, room, session, participant } = await eventOf('participant_joined');
    assert.equal(event.time, '2025-11-20T11:43:25.000Z');
    assert.deepEqual(room, { id: 'daily-standup', name: 'daily-standup', metadata: { team: 'core' } });
    assert.deepEqual(session, { id: 'RM_8sTyhVjSWmvE', started_at: '2025-11-20T11:43:20.123Z' });
    assert.deepEqual(participant, {
      id: 'alice',
      sid: 'PA_fqVJRs6eXRuA',
      name: 'Alice',
      kind: 'human',
      joined_at: '2025-11-20T11:43:25.871Z',
      metadata: { role: 'host' },
      attributes: { lang: 'en', team: 'core' },
    });
  });

  test('leaving tells why, and how long the connection lasted', async () => {
    const { participant } = await eventOf('participant_left.duplicate-identity');
    assert.equal(participant?.sid, 'PA_oldOldOldOld');
    assert.equal(participant?.reason, 'duplicate_identity');
    assert.equal(participant?.seconds, 1194);
    const aborted = (await eventOf('participant_connection_aborted')).participant;
    assert.equal(aborted?.reason, 'join_failure');
    assert.equal(aborted?.seconds, undefined);
  });

  test('enums come by name, by number or not at all', async () => {
    const kinds = { human: [undefined, 0, 'STANDARD'], agent: [4, 'AGENT'], bridge: [5, 6, 'BRIDGE'] };
    for (const [expected, wires] of Object.entries(kinds)) {
      for (const kind of wires) {
        const { events } = await readBody({
          event: 'participant_joined',
          participant: { identity: 'x', kind },
        });
        assert.equal(single(events).event.participant?.kind, expected);
      }
    }
    const left = { event: 'participant_left', participant: { identity: 'x', disconnectReason: 4 } };
    assert.equal(single((await readBody(left)).events).event.participant?.reason, 'participant_removed');
  });

  test('a recorder is known by its identity where no kind is told', async () => {
    assert.equal((await eventOf('participant_joined.egress')).participant?.kind, 'recorder');
    const { events } = await readBody({ event: 'track_published', participant: { identity: 'EG_abc' } });
    assert.equal(single(events).event.participant?.kind, 'recorder');
  });

  test('a room that ends tells why', async () => {
    const { room, session, event } = await eventOf('room_finished');
    assert.equal(room?.reason, 'idle_timeout');
    assert.equal(session?.ended_at, event.time);
  });

  test('an ingress without a session id in its room takes that of its state', async () => {
    const { ingress, room, session } = await eventOf('ingress_ended.error');
    assert.deepEqual(ingress, {
      id: 'IN_abcdefghijkl',
      name: 'obs',
      kind: 'rtmp_input',
      error: 'unsupported codec',
    });
    assert.equal(room?.id, 'daily-standup');
    assert.equal(session?.id, 'RM_8sTyhVjSWmvE');
  });

  test('an agent tells its name and its failure', async () => {
    const { agent } = await eventOf('agent_job_ended.failed');
    assert.deepEqual(agent, { id: 'AJ_abcdefghijkl', name: 'notes', error: 'worker crashed' });
  });

  test('metadata that is not JSON stays text', async () => {
    const { events } = await readBody({ event: 'room_started', room: { name: 'r', metadata: 'plain' } });
    assert.equal(single(events).event.room?.metadata, 'plain');
  });
});
