import { livekit as source } from '#sources/livekit.ts';
import { egressMakers } from './livekit-egress.ts';
import type { Line, Maker, Moment, Payload, Platform } from './platform.ts';
import { signLiveKit } from './signing.ts';
import { nanoseconds, shortId, unixMs, unixSeconds } from './wire.ts';

const roomName = 'simulated-room';

function send(event: string, facts: Payload, { scene, at }: Moment): Payload {
  return { event, ...facts, id: shortId('EV', scene.newId()), createdAt: unixSeconds(at) };
}

function slimRoom({ scene }: Moment): { readonly sid: string; readonly name: string } {
  return { sid: shortId('RM', scene.idOf('session')), name: roomName };
}

function fullRoom(moment: Moment): Payload {
  return {
    ...slimRoom(moment),
    emptyTimeout: 300,
    departureTimeout: 20,
    creationTime: unixSeconds(moment.scene.startedAt),
    creationTimeMs: unixMs(moment.scene.startedAt),
    enabledCodecs: ['audio/opus', 'audio/red', 'video/VP8', 'video/H264'].map((mime) => ({ mime })),
    metadata: JSON.stringify({ team: 'sales' }),
  };
}

function participant({ person }: Moment, more: Payload): Payload {
  return {
    sid: shortId('PA', person.connection),
    identity: person.identity,
    state: 'ACTIVE',
    joinedAt: unixSeconds(person.joinedAt),
    joinedAtMs: unixMs(person.joinedAt),
    ...(person.name === undefined ? {} : { name: person.name }),
    version: 3,
    permission: { canSubscribe: true, canPublish: true, canPublishData: true },
    ...more,
  };
}

function trackEvent(event: string, track: Payload): Maker['make'] {
  return (moment) => {
    const { connection, identity } = moment.person;
    const sid = shortId('TR', moment.scene.idOf('track'));
    return send(
      event,
      {
        room: slimRoom(moment),
        participant: { sid: shortId('PA', connection), identity },
        track: { sid, type: 'VIDEO', source: 'CAMERA', mimeType: 'video/VP8', ...track },
      },
      moment,
    );
  };
}

function ingress(moment: Moment, state: Payload): Payload {
  const { scene } = moment;
  return {
    room: { name: roomName },
    ingressInfo: {
      ingressId: shortId('IN', scene.idOf('ingress')),
      name: 'obs',
      roomName,
      participantIdentity: 'obs-1',
      participantName: 'OBS',
      reusable: true,
      state: { roomId: slimRoom(moment).sid, startedAt: nanoseconds(scene.startedAt), ...state },
    },
  };
}

function job(moment: Moment, state: Payload): Payload {
  const { scene } = moment;
  return {
    room: slimRoom(moment),
    job: {
      id: shortId('AJ', scene.idOf('job')),
      dispatchId: shortId('AD', scene.idOf('dispatch')),
      room: slimRoom(moment),
      agentName: 'notes',
      state: { startedAt: nanoseconds(scene.startedAt), ...state },
    },
  };
}

const ended = ({ at }: Moment): Payload => ({ endedAt: nanoseconds(at) });

const events: Readonly<Record<string, Maker>> = {
  room_started: {
    becomes: 'room.started',
    make: (moment) => send('room_started', { room: fullRoom(moment) }, moment),
  },
  room_finished: {
    becomes: 'room.ended',
    make: (moment) => send('room_finished', { room: fullRoom(moment) }, moment),
  },
  participant_joined: {
    becomes: 'participant.joined',
    make: (moment) =>
      send('participant_joined', { room: fullRoom(moment), participant: participant(moment, {}) }, moment),
  },
  participant_left: {
    becomes: 'participant.left',
    make: (moment) => {
      const disconnectReason = moment.person.isCutOff ? 'SIGNAL_CLOSE' : 'CLIENT_INITIATED';
      const left = participant(moment, { state: 'DISCONNECTED', isPublisher: true, disconnectReason });
      return send('participant_left', { room: fullRoom(moment), participant: left }, moment);
    },
  },
  participant_connection_aborted: {
    becomes: 'participant.failed',
    make: (moment) => {
      const gone = participant(moment, { state: 'DISCONNECTED', disconnectReason: 'JOIN_FAILURE' });
      return send('participant_connection_aborted', { room: fullRoom(moment), participant: gone }, moment);
    },
  },
  track_published: {
    becomes: 'track.published',
    make: trackEvent('track_published', { width: 1280, height: 720, mid: '1', stream: 'camera' }),
  },
  track_unpublished: { becomes: 'track.unpublished', make: trackEvent('track_unpublished', {}) },
  ...egressMakers((event, info, moment) => {
    const room = slimRoom(moment);
    return send(event, { room, egressInfo: { ...info, roomId: room.sid, roomName: room.name } }, moment);
  }),
  ingress_started: {
    becomes: 'ingress.started',
    make: (moment) => send('ingress_started', ingress(moment, { status: 'ENDPOINT_PUBLISHING' }), moment),
  },
  ingress_ended: {
    becomes: 'ingress.ended',
    make: (moment) => send('ingress_ended', ingress(moment, ended(moment)), moment),
  },
  'ingress_ended.failed': {
    becomes: 'ingress.ended',
    make: (moment) => {
      const state = { ...ended(moment), status: 'ENDPOINT_ERROR', error: 'unsupported codec' };
      return send('ingress_ended', ingress(moment, state), moment);
    },
  },
  agent_job_started: {
    becomes: 'agent.started',
    make: (moment) => send('agent_job_started', job(moment, { status: 'JS_RUNNING' }), moment),
  },
  agent_job_ended: {
    becomes: 'agent.ended',
    make: (moment) =>
      send('agent_job_ended', job(moment, { ...ended(moment), status: 'JS_SUCCESS' }), moment),
  },
  'agent_job_ended.failed': {
    becomes: 'agent.failed',
    make: (moment) => {
      const state = { ...ended(moment), status: 'JS_FAILED', error: 'worker crashed' };
      return send('agent_job_ended', job(moment, state), moment);
    },
  },
};

const script: readonly Line[] = [
  { second: 0, event: 'room_started' },
  { second: 2, event: 'participant_joined', who: 'host' },
  { second: 4, event: 'track_published', who: 'host' },
  { second: 60, event: 'egress_started' },
  { second: 62, event: 'egress_updated' },
  { second: 120, event: 'participant_joined', who: 'guest' },
  { second: 600, event: 'participant_left', who: 'guest' },
  { second: 620, event: 'participant_joined', who: 'back' },
  { second: 1480, event: 'egress_updated.ending' },
  { second: 1490, event: 'participant_left', who: 'back' },
  { second: 1494, event: 'track_unpublished', who: 'host' },
  { second: 1495, event: 'participant_left', who: 'host' },
  { second: 1500, event: 'room_finished' },
  { second: 1560, event: 'egress_ended' },
];

/** LiveKit's webhooks. */
export const livekit: Platform = {
  type: source.type,
  events: new Map(Object.entries(events)),
  script,
  open(settings) {
    const [[key, secret] = ['', '']] = Object.entries(source.settings.parse(settings).keys);
    return {
      sign: (body, now) => ({ ...signLiveKit(body, { key, secret, now }), 'user-agent': 'LiveKit' }),
      isPersonal: ([root]) => root === 'participant',
    };
  },
};
