import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaint, plan, webhooks } from './setup.ts';

async function bodyOf(source: string, event: string, ...set: readonly string[]) {
  const [webhook] = await webhooks({ source, event, set });
  return JSON.parse(webhook?.body ?? '');
}

test('a value is put at its place and signed with the rest', async () => {
  const { participant } = await bodyOf('meet', 'participant_joined', 'participant.name=Ada <!channel>');
  assert.equal(participant.name, 'Ada <!channel>');
});

test('a value that is JSON is that value, anything else is text', async () => {
  const body = await bodyOf(
    'vsdk',
    'recording-stopped',
    'data.fileUrl=null',
    'data.encryption={"keyUrl":"https://k.example"}',
    'data.filePath={not json',
  );
  assert.equal(body.data.fileUrl, null);
  assert.deepEqual(body.data.encryption, { keyUrl: 'https://k.example' });
  assert.equal(body.data.filePath, '{not json');
});

test('a number stays text where the sender writes text, and a number where it writes numbers', async () => {
  const joined = await bodyOf('meet', 'participant_joined', 'participant.identity=1001');
  assert.equal(joined.participant.identity, '1001');
  const ready = await bodyOf('meet', 'recording_proceeded', 'recording_info.file_size=80.5');
  assert.equal(ready.recording_info.file_size, 80.5);
});

test('a value goes into lists by number, and into metadata that is written as text', async () => {
  const { egressInfo } = await bodyOf('live', 'egress_ended', 'egressInfo.fileResults.0.location=/rec/a.mp4');
  assert.equal(egressInfo.fileResults[0].location, '/rec/a.mp4');
  assert.ok(Array.isArray(egressInfo.fileResults));
  const { room } = await bodyOf('meet', 'room_started', 'room.metadata.room_title=Board meeting');
  assert.equal(JSON.parse(room.metadata).room_title, 'Board meeting');
  assert.equal(JSON.parse(room.metadata).is_breakout_room, false);
});

test('what a change makes of an event is not held against it', async () => {
  const [webhook] = await webhooks({
    source: 'meet',
    event: 'end_recording',
    set: ['recording_info.recorder_msg=disk full'],
  });
  assert.deepEqual(webhook?.types, ['recording.failed']);
});

test('a place that the sender does not fill is told', () => {
  const planned = plan({ source: 'meet', event: 'participant_joined', set: ['participant.id=vip'] });
  assert.equal(planned.kind, 'webhooks');
  assert.deepEqual(planned.notes, ['note: plugnmeet itself does not send participant.id here']);
});

test('a path whose beginning is not in the payload is refused, with the one that was meant', () => {
  assert.match(
    complaint({ source: 'meet', event: 'participant_joined', set: ['particpant.name=Ada'] }),
    /no "particpant"; did you mean participant\.name\?/,
  );
  assert.match(
    complaint({ source: 'vsdk', event: 'participant-joined', set: ['participantName=Ada'] }),
    /did you mean data\.participantName\? \(it has webhookType, data\)/,
  );
  assert.match(
    complaint({ source: 'meet', isMeeting: true, set: ['egressInfo.status=EGRESS_FAILED'] }),
    /no "egressInfo"/,
  );
});

test('what is no path with a value is refused', () => {
  for (const set of ['participant.name', '=Ada', 'participant..name=Ada', '.=1'])
    assert.match(complaint({ source: 'meet', event: 'participant_joined', set: [set] }), /path=value/, set);
});
