import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { videosdk as source } from '#sources/videosdk.ts';
import { rsaPublicKey } from '#sources/videosdk-keys.ts';
import { typeOf } from '#sources/videosdk-types.ts';
import type { Line, Maker, Moment, Payload, Platform } from './platform.ts';
import { signVideoSdk } from './signing.ts';
import { WrongUse } from './wrong-use.ts';

const meetingId = 'simu-late-room';
const cdn = 'https://cdn.videosdk.live';

type Facts = (moment: Moment) => Payload;

/** VideoSDK's ids are those of MongoDB: 24 hexadecimal digits. */
function hexId({ scene }: Moment, thing: string): string {
  return scene.idOf(thing).replaceAll('-', '').slice(0, 24);
}

function iso(at: Date): string {
  return at.toISOString().replace('Z', '+00:00');
}

const meeting: Facts = (moment) => ({ meetingId, sessionId: hexId(moment, 'session') });
const started: Facts = ({ scene }) => ({ start: iso(scene.startedAt) });
const endedToo: Facts = (moment) => ({
  ...started(moment),
  end: iso(moment.at),
  reason: 'Meeting Ended.',
  error: null,
});
const somebody: Facts = ({ person }) => ({
  participantId: person.identity,
  participantName: person.name,
});
const leaver: Facts = (moment) => ({
  ...somebody(moment),
  reason: moment.person.isCutOff ? 'connection-error' : 'user-left',
});
const nothing: Facts = () => ({});
const withId =
  (thing: string): Facts =>
  (moment) => ({ id: hexId(moment, thing) });
const failing =
  (facts: Facts, message: string): Facts =>
  (moment) => ({ ...facts(moment), message });

function file(moment: Moment, thing: string): Payload {
  const filePath = `/encoded/videos/${hexId(moment, thing)}.mp4`;
  return { filePath, fileUrl: `${cdn}${filePath}` };
}

const recording = withId('recording');
const recordedFile: Facts = (moment) => ({ ...recording(moment), ...file(moment, 'recording') });
const ownTrack: Facts = ({ person }) => ({ participantId: person.identity, kind: 'audio' });
const ownRecording: Facts = ({ person }) => ({ participantId: person.identity, fileFormat: 'webm' });
const listed =
  (facts: Facts, thing: string): Facts =>
  (moment) => ({ ...facts(moment), fileDetails: [file(moment, thing)] });
const participantOnly: Facts = ({ person }) => ({ participantId: person.identity });
const transcription: Facts = ({ scene }) => ({ id: scene.idOf('transcription'), type: 'realtime' });
const playlist: Facts = ({ scene }) => ({
  playbackHlsUrl: `${cdn}/meetings-hls/${scene.idOf('hls')}/index.m3u8`,
});
const bothPlaylists: Facts = (moment) => ({
  ...playlist(moment),
  livestreamUrl: `${cdn}/meetings-hls/${moment.scene.idOf('hls')}/live.m3u8`,
});

/** Events that name the meeting, with what else they tell. */
const meetingEvents: Readonly<Record<string, Facts>> = {
  'session-started': started,
  'session-ended': endedToo,
  'participant-joined': somebody,
  'participant-left': leaver,

  'recording-starting': recording,
  'recording-started': recording,
  'recording-stopping': recording,
  'recording-stopped': recordedFile,
  'recording-failed': failing(recording, 'storage rejected the upload'),
  'participant-recording-starting': ownRecording,
  'participant-recording-started': ownRecording,
  'participant-recording-stopping': ownRecording,
  'participant-recording-stopped': listed(participantOnly, 'participant recording'),
  'participant-recording-failed': participantOnly,
  'participant-track-recording-starting': ownTrack,
  'participant-track-recording-started': ownTrack,
  'participant-track-recording-stopping': ownTrack,
  'participant-track-recording-stopped': listed(ownTrack, 'track recording'),
  'participant-track-recording-failed': ownTrack,
  'composite-recording-starting': withId('composite'),
  'composite-recording-started': withId('composite'),
  'composite-recording-stopping': withId('composite'),
  'composite-recording-stopped': withId('composite'),
  'composite-recording-failed': withId('composite'),
  'composite-merge-started': withId('merge'),
  'composite-merge-cancelled': withId('merge'),
  'composite-merge-completed': withId('merge'),
  'composite-merge-failed': failing(withId('merge'), 'no files to merge'),
  'merge-recording-completed': withId('merge'),
  'merge-recording-failed': failing(withId('merge'), 'no files to merge'),

  'livestream-starting': nothing,
  'livestream-started': nothing,
  'livestream-stopping': nothing,
  'livestream-stopped': nothing,
  'livestream-failed': nothing,
  'hls-starting': nothing,
  'hls-started': playlist,
  'hls-playable': bothPlaylists,
  'hls-stopping': nothing,
  'hls-stopped': nothing,
  'hls-failed': nothing,

  'transcription-started': transcription,
  'transcription-stopped': transcription,
  'transcription-failed': transcription,
  'transcription-completed': transcription,
};

/** The session of an agent is its own. */
const agent: Facts = ({ scene }) => ({ sessionId: `session-${scene.idOf('agent')}`, agentId: 'A1' });
const call: Facts = ({ scene, at }) => ({
  callId: `call_${scene.idOf('call')}`,
  roomId: meetingId,
  agentId: 'A1',
  timestamp: at.toISOString(),
  metaData: { crm: '42' },
});
const resource: Facts = (moment) => ({ id: hexId(moment, 'resource'), type: 'recording' });

const steps = ['starting', 'started', 'stopping', 'stopped', 'failed'];
const callEvents = [
  ...['started', 'ringing', 'answered', 'missed', 'hangup', 'update'].map((step) => `call-${step}`),
  ...['initiated', 'accepted', 'ringing', 'failed'].map((step) => `call-transfer-${step}`),
  'call-transferring',
  'call-transferred',
  ...['initiated', 'completed', 'failed'].map((step) => `switch-room-${step}`),
  'batchcall-started',
  'batchcall-completed',
];

/** Events about something else than a meeting. */
const otherEvents: readonly (readonly [string, Facts])[] = [
  ...steps.map((step) => [`agent-session-${step}`, agent] as const),
  ...steps.map((step) => [`ai-deployment-session-${step}`, agent] as const),
  ...callEvents.map((name) => [name, call] as const),
  ['resource-acquired', resource],
  ['resource-released', resource],
];

const filed = ['recording-stopped', 'participant-recording-stopped', 'participant-track-recording-stopped'];

function maker(name: string, facts: Facts): readonly [string, Maker] {
  const becomes = filed.includes(name) ? 'recording.ready' : typeOf(name);
  return [name, { becomes, make: (moment) => ({ webhookType: name, data: facts(moment) }) }];
}

/** The only one that does not say what it is. */
const callSummary: Maker = {
  becomes: 'artifact.ready',
  make: (moment) => ({
    'call-summary': 'The caller asked for a quote.',
    'customer-data': { name: 'Guest One', phone: '+15550100' },
    'room-data': { 'meeting-id': meetingId, 'session-id': hexId(moment, 'session'), agentId: 'A1' },
  }),
};

const script: readonly Line[] = [
  { second: 0, event: 'session-started' },
  { second: 2, event: 'participant-joined', who: 'host' },
  { second: 58, event: 'recording-starting' },
  { second: 60, event: 'recording-started' },
  { second: 70, event: 'transcription-started' },
  { second: 120, event: 'participant-joined', who: 'guest' },
  { second: 600, event: 'participant-left', who: 'guest' },
  { second: 620, event: 'participant-joined', who: 'back' },
  { second: 1480, event: 'transcription-stopped' },
  { second: 1485, event: 'recording-stopping' },
  { second: 1490, event: 'participant-left', who: 'back' },
  { second: 1495, event: 'participant-left', who: 'host' },
  { second: 1500, event: 'session-ended' },
  { second: 1620, event: 'recording-stopped' },
  { second: 1740, event: 'transcription-completed' },
];

/** VideoSDK's webhooks, signed with a key of one's own. */
export const videosdk: Platform = {
  type: source.type,
  events: new Map([
    ...Object.entries(meetingEvents).map(([name, facts]) =>
      maker(name, (moment) => ({ ...meeting(moment), ...facts(moment) })),
    ),
    ...otherEvents.map(([name, facts]) => maker(name, facts)),
    ['call-summary', callSummary],
  ]),
  script,
  open(settings, { name, privateKey }) {
    const key = readPrivateKey(privateKey, name);
    const trusted = rsaPublicKey(source.settings.parse(settings).public_key ?? '');
    if (trusted === undefined || !trusted.equals(createPublicKey(key))) {
      const state = trusted === undefined ? 'gives no public_key' : 'gives the public_key of another';
      throw new WrongUse(
        `${name} in rules.yaml ${state}, so the service would refuse what this key signs.\n${fitting(key)}`,
      );
    }
    return {
      sign: (body) => signVideoSdk(body, { privateKey: key }),
      isPersonal: ([root, field]) => root === 'data' && (field?.startsWith('participant') ?? false),
    };
  },
  hint: ({ name, privateKey }) => fitting(readPrivateKey(privateKey, name)),
};

function readPrivateKey(text: string | undefined, name: string): KeyObject {
  if (text === undefined) {
    throw new WrongUse(
      [
        'VideoSDK signs with a private key that only VideoSDK has, so webhooks for trying need a key of your own:',
        '  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out simulate.pem',
        '  openssl pkey -in simulate.pem -pubout',
        `While you try, put what the second command prints into rules.yaml as public_key of ${name}, or into the variable that stands there, start the service with it, and say --key simulate.pem`,
      ].join('\n'),
    );
  }
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Whatever is wrong with it, the file holds no key that can be used.
  }
  throw new WrongUse('the file given with --key holds no RSA private key in PEM form');
}

function fitting(privateKey: KeyObject): string {
  const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString().trimEnd();
  return `The public_key that fits:\n${pem}`;
}
