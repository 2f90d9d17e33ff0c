import { randomBytes, randomUUID } from 'node:crypto';
import { signPlugNmeet } from '#simulation/signing.ts';
import { unixSeconds } from '#simulation/wire.ts';
import { minutesAfter, ordinary, type Special, type Step } from '../step.ts';

export type Credentials = { readonly key: string; readonly secret: string };

/** A file that plugNmeet has after the meeting. */
export type MeetingFile = {
  readonly kind: 'recording' | 'artifact';
  readonly id: string;
  readonly text: string;
};

const people = {
  maria: { identity: 'maria', name: 'Maria Santos' },
  ben: { identity: 'ben', name: 'Ben Carter' },
  ada: { identity: 'vip-user-789', name: 'Ada Lovelace' },
  recorder: { identity: 'RECORDER_BOT' },
};

/** "Weekly sync" on plugNmeet: 42 minutes, recorded, with a VIP whose connection drops, and everything that comes after it. */
export function weeklySync(
  startsAt: Date,
  credentials: Credentials,
): { readonly steps: readonly Step[]; readonly files: readonly MeetingFile[] } {
  const sid = randomUUID();
  const room = { sid, room_id: 'weekly-sync' };
  const fullRoom = {
    ...room,
    creation_time: unixSeconds(minutesAfter(startsAt, -0.5)),
    metadata: JSON.stringify({ room_title: 'Weekly sync', started_at: '0', is_breakout_room: false }),
  };
  const recordId = `${sid}-${minutesAfter(startsAt, 1).getTime()}`;
  const [transcript, summary, analytics] = [randomUUID(), randomUUID(), randomUUID()];

  const send = (minute: number, event: string, facts: object, special: Special = {}): Step => {
    const at = minutesAfter(startsAt, minute);
    const body = JSON.stringify({ event, ...facts, id: randomUUID(), created_at: unixSeconds(at) });
    const secret = special.answer === 'refused' ? randomBytes(24).toString('base64url') : credentials.secret;
    const headers = signPlugNmeet(body, { key: credentials.key, secret, now: at });
    return {
      at,
      platform: 'plugNmeet',
      source: 'meet',
      native: event,
      headers,
      body,
      ...ordinary,
      ...special,
    };
  };
  const person = (minute: number, event: string, participant: object, special: Special = {}) =>
    send(minute, event, { room: fullRoom, participant }, special);
  const recorder = (minute: number, event: string, facts: object, special: Special = {}) =>
    send(
      minute,
      event,
      { room, recording_info: { record_id: recordId, recorder_msg: 'success', ...facts } },
      special,
    );
  const artifact = (minute: number, type: string, id: string, metadata: object, special: Special) =>
    send(minute, 'artifact_created', { room, room_artifact: { type, artifact_id: id, metadata } }, special);
  const noFile = { file_path: '', file_size: 0 };

  const steps = [
    send(-0.5, 'room_created', { room: fullRoom }),
    send(0, 'room_started', { room: fullRoom }, { tells: ['meeting-started → archive'] }),
    person(0.2, 'participant_joined', { sid: 'PA_maria1', ...people.maria }),
    recorder(1, 'start_recording', noFile, { tells: ['recording-started → archive'] }),
    person(
      1.1,
      'participant_joined',
      { sid: 'PA_bot1', ...people.recorder },
      { note: 'a recorder: not counted' },
    ),
    person(2, 'participant_joined', { sid: 'PA_ben1', ...people.ben }),
    person(
      4,
      'participant_joined',
      { sid: 'PA_ada1', ...people.ada },
      {
        tells: ['vip-joined → sales'],
        note: 'Ada is on the list of VIPs',
      },
    ),
    person(17, 'participant_left', { sid: 'PA_ada1', ...people.ada }, { note: 'Ada loses her connection' }),
    person(
      17.5,
      'participant_joined',
      { sid: 'PA_ada2', ...people.ada },
      {
        note: 'she is back: announced once',
      },
    ),
    send(42, 'session_ended', { room: fullRoom }, { tells: ['meeting-ended → archive'] }),
    send(42.1, 'room_finished', { room: fullRoom }, { note: 'the same end: told once' }),
    recorder(42.2, 'end_recording', noFile),
    artifact(
      42.5,
      'SPEECH_TRANSCRIPTION',
      transcript,
      file('speech_transcription/weekly-sync/transcript.vtt', 18_342, 'text/vtt'),
      { tells: ['transcript-ready → archive', 'transcript-ready → community'] },
    ),
    artifact(
      42.6,
      'SPEECH_TRANSCRIPTION_USAGE',
      randomUUID(),
      {
        duration_usage: { duration_sec: 2470, duration_sec_estimated_cost: 0.69 },
        reference_artifact_id: transcript,
      },
      { tells: ['usage-cost → ops'] },
    ),
    artifact(
      43,
      'MEETING_ANALYTICS',
      analytics,
      file('meeting_analytics/weekly-sync/analytics.json', 7712, 'application/json'),
      { tells: ['analytics-ready → archive'] },
    ),
    recorder(
      44,
      'recording_proceeded',
      { record_id: `${sid}-1`, file_path: 'evil.example/virus.mp4', file_size: 1 },
      { answer: 'refused', note: 'forged: signed with a guess' },
    ),
    recorder(
      46,
      'recording_proceeded',
      { file_path: `node_01/weekly-sync/${recordId}.mp4`, file_size: 186.4 },
      {
        tells: ['recording-ready → archive', 'recording-ready → community'],
        note: 'the file, four minutes later',
      },
    ),
    artifact(
      49,
      'MEETING_SUMMARY',
      summary,
      {
        provider_job_info: { job_id: `batches/${sid}` },
        ...file('meeting_summary/weekly-sync/summary.txt', 412, 'text/plain'),
      },
      { tells: ['summary-ready → archive', 'summary-ready → community'] },
    ),
  ];
  const files: MeetingFile[] = [
    { kind: 'recording', id: recordId, text: 'Here would be the recording of "Weekly sync".\n' },
    {
      kind: 'artifact',
      id: transcript,
      text: 'WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Maria Santos>Good morning, shall we begin?\n',
    },
    {
      kind: 'artifact',
      id: summary,
      text: 'The plan for the quarter was agreed. Ben writes it down by Friday.\n',
    },
    { kind: 'artifact', id: analytics, text: '{"people":3}\n' },
  ];
  return { steps, files };
}

function file(path: string, bytes: number, mime: string): object {
  return { file_info: { file_path: path, file_size: String(bytes), mime_type: mime } };
}
