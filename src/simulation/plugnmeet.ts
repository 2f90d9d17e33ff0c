import { plugnmeet as source } from '#sources/plugnmeet.ts';
import type { Line, Maker, Moment, Payload, Platform } from './platform.ts';
import { artifactMakers } from './plugnmeet-artifacts.ts';
import { signPlugNmeet } from './signing.ts';
import { secondsAfter, shortId, unixMs, unixSeconds } from './wire.ts';

const roomId = 'simulated-room';

/** What events of plugNmeet's own making and those relayed from LiveKit have in common. */
function envelope(event: string, facts: Payload, { at }: Moment, id: string): Payload {
  return { event, ...facts, id, created_at: unixSeconds(at) };
}

function slimRoom({ scene }: Moment): Payload {
  return { sid: scene.idOf('session'), room_id: roomId };
}

function createdRoom(moment: Moment): Payload {
  const metadata = {
    room_title: 'Simulated meeting',
    welcome_message: 'Welcome to room',
    is_recording: false,
    is_active_rtmp: false,
    parent_room_id: '',
    is_breakout_room: false,
    started_at: '0',
    room_features: {
      allow_webcams: true,
      recording_features: { is_allow: true, is_allow_cloud: true },
      end_to_end_encryption_features: { is_enabled: false },
    },
    metadata_id: moment.scene.idOf('metadata'),
    extra_data: { team: 'sales' },
  };
  return {
    ...slimRoom(moment),
    creation_time: unixSeconds(moment.scene.startedAt),
    metadata: JSON.stringify(metadata),
  };
}

function fullRoom(moment: Moment, people: number): Payload {
  return {
    ...createdRoom(moment),
    empty_timeout: 1800,
    max_participants: 0,
    enabled_codecs: ['audio/opus', 'audio/red', 'video/VP8', 'video/H264'].map((mime) => ({ mime })),
    num_participants: people,
  };
}

/** An event that plugNmeet makes itself. */
function own(event: string, facts: Payload, moment: Moment): Payload {
  return envelope(event, facts, moment, moment.scene.newId());
}

/** An event that plugNmeet relays from LiveKit. */
function relayed(event: string, facts: Payload, moment: Moment): Payload {
  return envelope(event, facts, moment, shortId('EV', moment.scene.newId()));
}

function participant({ person }: Moment, state: 'ACTIVE' | 'DISCONNECTED'): Payload {
  return {
    sid: shortId('PA', person.connection),
    identity: person.identity,
    state,
    joined_at: unixSeconds(person.joinedAt),
    joined_at_ms: unixMs(person.joinedAt),
    ...(person.name === undefined ? {} : { name: person.name }),
    version: 3,
    permission: { can_subscribe: true, can_publish: true, can_publish_data: true },
    ...(state === 'ACTIVE'
      ? {}
      : {
          is_publisher: true,
          disconnect_reason: person.isCutOff ? 'SIGNAL_CLOSE' : 'CLIENT_INITIATED',
        }),
  };
}

function trackEvent(event: string, track: Payload): Maker['make'] {
  return (moment) => {
    const { connection, identity } = moment.person;
    const sid = shortId('TR', moment.scene.idOf('track'));
    return relayed(
      event,
      {
        room: fullRoom(moment, 1),
        participant: { sid: shortId('PA', connection), identity },
        track: { sid, type: 'VIDEO', source: 'SCREEN_SHARE', mime_type: 'video/VP8', ...track },
      },
      moment,
    );
  };
}

function recorder(event: string, facts: (recordId: string) => Payload): Maker['make'] {
  return (moment) => {
    const { scene } = moment;
    const recordId = `${scene.idOf('session')}-${unixMs(secondsAfter(scene.startedAt, 60))}`;
    const info = {
      record_id: recordId,
      recorder_id: 'node_01',
      recorder_msg: 'success',
      file_path: '',
      file_size: 0,
      ...facts(recordId),
    };
    return own(event, { room: slimRoom(moment), recording_info: info }, moment);
  };
}

const fine = (): Payload => ({});
const failed = (message: string) => (): Payload => ({ recorder_msg: message });

function speech(event: string, facts: (moment: Moment) => Payload): Maker['make'] {
  return (moment) => own(event, { room: slimRoom(moment), speech_service: facts(moment) }, moment);
}

const events: Readonly<Record<string, Maker>> = {
  room_created: {
    becomes: 'room.created',
    make: (moment) => own('room_created', { room: createdRoom(moment) }, moment),
  },
  room_started: {
    becomes: 'room.started',
    make: (moment) => relayed('room_started', { room: fullRoom(moment, 0) }, moment),
  },
  participant_joined: {
    becomes: 'participant.joined',
    make: (moment) =>
      relayed(
        'participant_joined',
        { room: fullRoom(moment, 1), participant: participant(moment, 'ACTIVE') },
        moment,
      ),
  },
  participant_left: {
    becomes: 'participant.left',
    make: (moment) =>
      relayed(
        'participant_left',
        { room: fullRoom(moment, 1), participant: participant(moment, 'DISCONNECTED') },
        moment,
      ),
  },
  track_published: {
    becomes: 'track.published',
    make: trackEvent('track_published', { width: 1920, height: 1080, mid: '2', stream: 'screen' }),
  },
  track_unpublished: { becomes: 'track.unpublished', make: trackEvent('track_unpublished', {}) },
  session_ended: {
    becomes: 'room.ended',
    make: (moment) => own('session_ended', { room: createdRoom(moment) }, moment),
  },
  room_finished: {
    becomes: 'room.ended',
    make: (moment) => relayed('room_finished', { room: fullRoom(moment, 0) }, moment),
  },
  start_recording: { becomes: 'recording.started', make: recorder('start_recording', fine) },
  'start_recording.failed': {
    becomes: 'recording.failed',
    make: recorder('start_recording', failed('no recorder available')),
  },
  end_recording: { becomes: 'recording.stopped', make: recorder('end_recording', fine) },
  'end_recording.failed': {
    becomes: 'recording.failed',
    make: recorder('end_recording', failed('browser crashed')),
  },
  recording_transcoding_finished: {
    becomes: 'recording.transcoded',
    make: recorder('recording_transcoding_finished', fine),
  },
  'recording_transcoding_finished.failed': {
    becomes: 'recording.failed',
    make: recorder('recording_transcoding_finished', failed('ffmpeg exited with status 1')),
  },
  recording_proceeded: {
    becomes: 'recording.ready',
    make: recorder('recording_proceeded', (recordId) => ({
      file_path: `node_01/${roomId}/${recordId}.mp4`,
      file_size: 52.43,
    })),
  },
  start_rtmp: { becomes: 'stream.started', make: recorder('start_rtmp', fine) },
  'start_rtmp.failed': {
    becomes: 'stream.failed',
    make: recorder('start_rtmp', failed('could not connect to rtmp endpoint')),
  },
  end_rtmp: { becomes: 'stream.stopped', make: recorder('end_rtmp', fine) },
  'end_rtmp.failed': {
    becomes: 'stream.failed',
    make: recorder('end_rtmp', failed('connection to rtmp endpoint lost')),
  },
  ...artifactMakers((artifact, moment) =>
    own('artifact_created', { room: slimRoom(moment), room_artifact: artifact }, moment),
  ),
  analytics_proceeded: {
    becomes: 'analytics.ready',
    make: (moment) =>
      own(
        'analytics_proceeded',
        { room: slimRoom(moment), analytics: { file_id: moment.scene.idOf('MEETING_ANALYTICS') } },
        moment,
      ),
  },
  speech_to_text_session_started: {
    becomes: 'transcript.started',
    make: speech('speech_to_text_session_started', ({ person }) => ({ user_id: person.identity })),
  },
  speech_to_text_session_ended: {
    becomes: 'transcript.stopped',
    make: speech('speech_to_text_session_ended', ({ person }) => ({
      user_id: person.identity,
      total_usage: '1180',
    })),
  },
  speech_to_text_total_usage: {
    becomes: 'usage.reported',
    make: speech('speech_to_text_total_usage', () => ({ total_usage: '1180' })),
  },
};

const script: readonly Line[] = [
  { second: 0, event: 'room_created' },
  { second: 20, event: 'room_started' },
  { second: 22, event: 'participant_joined', who: 'host' },
  { second: 60, event: 'start_recording' },
  { second: 62, event: 'participant_joined', who: 'recorder' },
  { second: 120, event: 'participant_joined', who: 'guest' },
  { second: 600, event: 'participant_left', who: 'guest' },
  { second: 620, event: 'participant_joined', who: 'back' },
  { second: 700, event: 'track_published', who: 'host' },
  { second: 1300, event: 'track_unpublished', who: 'host' },
  { second: 1490, event: 'participant_left', who: 'back' },
  { second: 1495, event: 'participant_left', who: 'host' },
  { second: 1497, event: 'participant_left', who: 'recorder' },
  { second: 1500, event: 'session_ended' },
  { second: 1501, event: 'room_finished' },
  { second: 1502, event: 'end_recording' },
  { second: 1506, event: 'artifact_created.SPEECH_TRANSCRIPTION' },
  { second: 1507, event: 'artifact_created.SPEECH_TRANSCRIPTION_USAGE' },
  { second: 1550, event: 'artifact_created.MEETING_ANALYTICS' },
  { second: 1620, event: 'recording_proceeded' },
  { second: 1621, event: 'recording_transcoding_finished' },
  { second: 1740, event: 'artifact_created.MEETING_SUMMARY' },
  { second: 1741, event: 'artifact_created.MEETING_SUMMARY_USAGE' },
];

/** plugNmeet's webhooks. */
export const plugnmeet: Platform = {
  type: source.type,
  events: new Map(Object.entries(events)),
  script,
  open(settings) {
    const [[key, secret] = ['', '']] = Object.entries(source.settings.parse(settings).keys);
    return {
      sign: (body, now) => signPlugNmeet(body, { key, secret, now }),
      isPersonal: ([root]) => root === 'participant',
    };
  },
};
