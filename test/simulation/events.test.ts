import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventTypes } from '#domain/catalogue.ts';
import { platforms } from '#simulation/index.ts';
import { typeOf } from '#sources/videosdk-types.ts';
import { webhooks } from './setup.ts';

const steps = ['starting', 'started', 'stopping', 'stopped', 'failed'];

/** What each webhook is in our words, as the catalogue of events says. */
const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  meet: {
    room_created: 'room.created',
    room_started: 'room.started',
    room_finished: 'room.ended',
    session_ended: 'room.ended',
    participant_joined: 'participant.joined',
    participant_left: 'participant.left',
    track_published: 'track.published',
    track_unpublished: 'track.unpublished',
    start_recording: 'recording.started',
    'start_recording.failed': 'recording.failed',
    end_recording: 'recording.stopped',
    'end_recording.failed': 'recording.failed',
    recording_proceeded: 'recording.ready',
    recording_transcoding_finished: 'recording.transcoded',
    'recording_transcoding_finished.failed': 'recording.failed',
    start_rtmp: 'stream.started',
    'start_rtmp.failed': 'stream.failed',
    end_rtmp: 'stream.stopped',
    'end_rtmp.failed': 'stream.failed',
    artifact_created: 'artifact.ready',
    'artifact_created.SPEECH_TRANSCRIPTION': 'artifact.ready',
    'artifact_created.MEETING_SUMMARY': 'artifact.ready',
    'artifact_created.MEETING_ANALYTICS': 'artifact.ready',
    'artifact_created.SPEECH_TRANSCRIPTION_USAGE': 'usage.reported',
    'artifact_created.MEETING_SUMMARY_USAGE': 'usage.reported',
    'artifact_created.SYNTHESIZED_SPEECH_USAGE': 'usage.reported',
    'artifact_created.CHAT_TRANSLATION_USAGE': 'usage.reported',
    'artifact_created.AI_TEXT_CHAT_INTERACTION_USAGE': 'usage.reported',
    'artifact_created.AI_TEXT_CHAT_SUMMARIZATION_USAGE': 'usage.reported',
    analytics_proceeded: 'analytics.ready',
    speech_to_text_session_started: 'transcript.started',
    speech_to_text_session_ended: 'transcript.stopped',
    speech_to_text_total_usage: 'usage.reported',
  },
  live: {
    room_started: 'room.started',
    room_finished: 'room.ended',
    participant_joined: 'participant.joined',
    participant_left: 'participant.left',
    participant_connection_aborted: 'participant.failed',
    track_published: 'track.published',
    track_unpublished: 'track.unpublished',
    egress_started: 'recording.started',
    'egress_started.stream': 'stream.started',
    'egress_started.hls': 'hls.started',
    egress_updated: 'recording.started',
    'egress_updated.ending': 'recording.stopping',
    'egress_updated.stream': 'stream.started',
    'egress_updated.stream-failed': 'stream.failed',
    'egress_updated.stream-ending': 'stream.stopping',
    'egress_updated.hls': 'hls.ready',
    'egress_updated.hls-ending': 'hls.stopping',
    egress_ended: 'recording.ready',
    'egress_ended.limit-reached': 'recording.ready',
    'egress_ended.failed': 'recording.failed',
    'egress_ended.aborted': 'recording.failed',
    'egress_ended.stream': 'stream.stopped',
    'egress_ended.stream-failed': 'stream.failed',
    'egress_ended.hls': 'hls.stopped',
    'egress_ended.hls-failed': 'hls.failed',
    'egress_ended.images': 'artifact.ready',
    ingress_started: 'ingress.started',
    ingress_ended: 'ingress.ended',
    'ingress_ended.failed': 'ingress.ended',
    agent_job_started: 'agent.started',
    agent_job_ended: 'agent.ended',
    'agent_job_ended.failed': 'agent.failed',
  },
  vsdk: {
    'session-started': 'room.started',
    'session-ended': 'room.ended',
    'participant-joined': 'participant.joined',
    'participant-left': 'participant.left',
    ...Object.fromEntries(
      ['', 'participant-', 'participant-track-', 'composite-'].flatMap((prefix) =>
        steps.map((step) => [`${prefix}recording-${step}`, `recording.${step}`]),
      ),
    ),
    'recording-stopped': 'recording.ready',
    'participant-recording-stopped': 'recording.ready',
    'participant-track-recording-stopped': 'recording.ready',
    'composite-merge-started': 'recording.started',
    'composite-merge-cancelled': 'recording.stopped',
    'composite-merge-completed': 'recording.ready',
    'composite-merge-failed': 'recording.failed',
    'merge-recording-completed': 'recording.ready',
    'merge-recording-failed': 'recording.failed',
    ...Object.fromEntries(steps.map((step) => [`livestream-${step}`, `stream.${step}`])),
    ...Object.fromEntries(steps.map((step) => [`hls-${step}`, `hls.${step}`])),
    'hls-playable': 'hls.ready',
    'transcription-started': 'transcript.started',
    'transcription-stopped': 'transcript.stopped',
    'transcription-failed': 'transcript.failed',
    'transcription-completed': 'artifact.ready',
    'call-summary': 'artifact.ready',
    ...Object.fromEntries(
      ['agent-session', 'ai-deployment-session'].flatMap((prefix) =>
        steps.map((step) => [`${prefix}-${step}`, `agent.${step === 'stopped' ? 'ended' : step}`]),
      ),
    ),
    'call-started': 'call.started',
    'call-ringing': 'call.ringing',
    'call-answered': 'call.answered',
    'call-missed': 'call.missed',
    'call-hangup': 'call.ended',
    'call-update': 'call.updated',
    'call-transfer-initiated': 'call.transferring',
    'call-transfer-accepted': 'call.transferring',
    'call-transfer-ringing': 'call.transferring',
    'call-transfer-failed': 'call.transfer_failed',
    'call-transferring': 'call.transferring',
    'call-transferred': 'call.transferred',
    'switch-room-initiated': 'call.moving',
    'switch-room-completed': 'call.moved',
    'switch-room-failed': 'call.move_failed',
    'batchcall-started': 'call.batch_started',
    'batchcall-completed': 'call.batch_ended',
    'resource-acquired': 'resource.acquired',
    'resource-released': 'resource.released',
  },
  crm: Object.fromEntries(eventTypes.filter((type) => type !== 'other').map((type) => [type, type])),
};

const types: Readonly<Record<string, string>> = {
  meet: 'plugnmeet',
  live: 'livekit',
  vsdk: 'videosdk',
  crm: 'standard_webhooks',
};

for (const [source, events] of Object.entries(expected)) {
  test(`every event of ${source} is accepted by the source itself and read as what it stands for`, async () => {
    const platform = platforms.find(({ type }) => type === types[source]);
    assert.deepEqual([...(platform?.events.keys() ?? [])].sort(), Object.keys(events).sort());
    for (const [event, type] of Object.entries(events)) {
      const [webhook, ...others] = await webhooks({ source, event });
      assert.deepEqual(webhook?.types, [type], event);
      assert.deepEqual(others, [], event);
      assert.ok(event === webhook?.native || event.startsWith(`${webhook?.native}.`), webhook?.native);
    }
  });
}

test('the table of VideoSDK names no event that its source would not know', () => {
  const unknown = Object.keys(expected['vsdk'] ?? {}).filter((name) => typeOf(name) === 'other');
  assert.deepEqual(unknown, []);
});

test('a 64-bit integer is text where the sender writes it so', async () => {
  const [recording] = await webhooks({ source: 'live', event: 'egress_ended' });
  const { createdAt, egressInfo } = JSON.parse(recording?.body ?? '');
  assert.match(createdAt, /^\d{10}$/);
  assert.match(egressInfo.startedAt, /^\d{19}$/);
  assert.match(egressInfo.fileResults[0].duration, /^\d+$/);
  assert.match(egressInfo.fileResults[0].size, /^\d+$/);
  const [joined] = await webhooks({ source: 'meet', event: 'participant_joined' });
  assert.match(JSON.parse(joined?.body ?? '').created_at, /^\d{10}$/);
  assert.match(JSON.parse(joined?.body ?? '').participant.joined_at_ms, /^\d{13}$/);
});

test('each webhook has ids of its own', async () => {
  const bodies = await Promise.all(
    [1, 2].map(async () => {
      const [webhook] = await webhooks({ source: 'meet', event: 'room_started' });
      return JSON.parse(webhook?.body ?? '');
    }),
  );
  assert.notEqual(bodies[0].id, bodies[1].id);
  assert.notEqual(bodies[0].room.sid, bodies[1].room.sid);
});

test('a generic sender without fields gets a body that says everything in our words', async () => {
  const [webhook] = await webhooks({ source: 'plain', event: 'participant.joined' });
  const { type, data } = JSON.parse(webhook?.body ?? '');
  assert.deepEqual(
    [type, data.participant.name, data.room.id],
    ['participant.joined', 'Guest One', 'simulated-room'],
  );
});

test('a generic sender with fields gets them where they point to', async () => {
  const [webhook] = await webhooks({ source: 'crm', event: 'recording.ready' });
  const { event, room, call, timestamp } = JSON.parse(webhook?.body ?? '');
  assert.deepEqual([event.name, room, call.length], ['recording.ready', 'simulated-room', 1440]);
  assert.equal(typeof timestamp, 'string');
});
