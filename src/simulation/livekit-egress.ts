import type { Maker, Moment, Payload } from './platform.ts';
import { nanoseconds, secondsAfter, shortId } from './wire.ts';

const bucket = 'https://simulated-recordings.s3.amazonaws.com';
const blanked = { accessKey: '{access_key}', secret: '{secret}', region: 'us-east-1' };
const storage = { s3: { ...blanked, bucket: 'simulated-recordings' } };

/** What an egress makes: how it is asked for, and its result once it runs and when it has ended. */
type Output = {
  readonly name: string;
  readonly request: Payload;
  readonly results: string;
  readonly running: Payload;
  readonly finished: Payload;
};

const filename = 'rec/simulated-room.mp4';
const playlists = { playlistName: 'hls/simulated.m3u8', livePlaylistName: 'hls/live.m3u8' };
const target = 'rtmps://live.example.com/app/{ab...yz}';

const file: Output = {
  name: 'file',
  request: { fileOutputs: [{ filepath: 'rec/{room_name}.mp4', ...storage }] },
  results: 'fileResults',
  running: { filename },
  finished: { filename, size: '104857600', location: `${bucket}/${filename}` },
};

const stream: Output = {
  name: 'stream',
  request: { streamOutputs: [{ protocol: 'RTMP', urls: [target] }] },
  results: 'streamResults',
  running: { url: target },
  finished: { url: target, status: 'FINISHED' },
};

const hls: Output = {
  name: 'hls',
  request: { segmentOutputs: [{ filenamePrefix: 'hls/simulated', ...playlists, ...storage }] },
  results: 'segmentResults',
  running: { ...playlists, livePlaylistLocation: `${bucket}/hls/live.m3u8` },
  finished: {
    ...playlists,
    size: '73400320',
    segmentCount: '230',
    playlistLocation: `${bucket}/hls/simulated.m3u8`,
    livePlaylistLocation: `${bucket}/hls/live.m3u8`,
  },
};

const images: Output = {
  name: 'images',
  request: { imageOutputs: [{ captureInterval: 10, filenamePrefix: 'img/simulated', ...storage }] },
  results: 'imageResults',
  running: { filenamePrefix: 'img/simulated' },
  finished: { filenamePrefix: 'img/simulated', imageCount: '138' },
};

/** An egress begins a minute into the meeting and ends with it, or now if that is earlier. */
function span({ scene, at }: Moment): { readonly from: Date; readonly to: Date; readonly lengthNs: string } {
  const from = secondsAfter(scene.startedAt, 60);
  const to = at < scene.endedAt ? at : scene.endedAt;
  return { from, to, lengthNs: `${Math.max(1, to.getTime() - from.getTime())}000000` };
}

function info(output: Output, moment: Moment, more: Payload): Payload {
  return {
    egressId: shortId('EG', moment.scene.idOf(`egress ${output.name}`)),
    roomComposite: { roomName: 'simulated-room', layout: 'speaker', ...output.request },
    sourceType: 'EGRESS_SOURCE_TYPE_SDK',
    ...more,
  };
}

/** A status that is left out means that it is starting. */
const starting = (output: Output) => (moment: Moment) => info(output, moment, {});

function running(output: Output, status: string, more: Payload = {}) {
  return (moment: Moment): Payload => {
    const startedAt = nanoseconds(span(moment).from);
    const result = { ...output.running, startedAt, ...more };
    const updatedAt = nanoseconds(moment.at);
    return info(output, moment, { status, startedAt, updatedAt, [output.results]: [result] });
  };
}

function complete(output: Output, outcome: Payload = { status: 'EGRESS_COMPLETE' }) {
  return (moment: Moment): Payload => {
    const { from, to, lengthNs } = span(moment);
    const startedAt = nanoseconds(from);
    const result = { ...output.finished, startedAt, endedAt: nanoseconds(to), duration: lengthNs };
    const endedAt = nanoseconds(moment.at);
    const more = { startedAt, endedAt, updatedAt: endedAt, details: 'End reason: StopEgress API' };
    return info(output, moment, { ...more, [output.results]: [result], ...outcome });
  };
}

function failed(output: Output, error: string, errorCode: number, status = 'EGRESS_FAILED') {
  return (moment: Moment): Payload => {
    const startedAt = nanoseconds(span(moment).from);
    const endedAt = nanoseconds(moment.at);
    return info(output, moment, { status, startedAt, endedAt, updatedAt: endedAt, error, errorCode });
  };
}

const limit = {
  status: 'EGRESS_LIMIT_REACHED',
  error: 'Session limit reached',
  errorCode: 413,
  details: 'End reason: Session limit reached',
};

const makers: Readonly<Record<string, readonly [Maker['becomes'], (moment: Moment) => Payload]>> = {
  egress_started: ['recording.started', starting(file)],
  'egress_started.stream': ['stream.started', starting(stream)],
  'egress_started.hls': ['hls.started', starting(hls)],
  egress_updated: ['recording.started', running(file, 'EGRESS_ACTIVE')],
  'egress_updated.ending': ['recording.stopping', running(file, 'EGRESS_ENDING')],
  'egress_updated.stream': ['stream.started', running(stream, 'EGRESS_ACTIVE')],
  'egress_updated.stream-failed': [
    'stream.failed',
    running(stream, 'EGRESS_ACTIVE', { status: 'FAILED', error: 'connection refused', retries: 3 }),
  ],
  'egress_updated.stream-ending': ['stream.stopping', running(stream, 'EGRESS_ENDING')],
  'egress_updated.hls': ['hls.ready', running(hls, 'EGRESS_ACTIVE')],
  'egress_updated.hls-ending': ['hls.stopping', running(hls, 'EGRESS_ENDING')],
  egress_ended: ['recording.ready', complete(file)],
  'egress_ended.limit-reached': ['recording.ready', complete(file, limit)],
  'egress_ended.failed': ['recording.failed', failed(file, 'failed to upload file: AccessDenied', 403)],
  'egress_ended.aborted': [
    'recording.failed',
    failed(file, 'Start signal not received', 412, 'EGRESS_ABORTED'),
  ],
  'egress_ended.stream': ['stream.stopped', complete(stream)],
  'egress_ended.stream-failed': ['stream.failed', failed(stream, 'connection refused', 503)],
  'egress_ended.hls': ['hls.stopped', complete(hls)],
  'egress_ended.hls-failed': ['hls.failed', failed(hls, 'failed to upload segment', 403)],
  'egress_ended.images': ['artifact.ready', complete(images)],
};

/** Makers of the egress events: of a recording to a file, and with a suffix of everything else. `send` puts an egress into a webhook. */
export function egressMakers(
  send: (event: string, info: Payload, moment: Moment) => Payload,
): Readonly<Record<string, Maker>> {
  return Object.fromEntries(
    Object.entries(makers).map(([name, [becomes, egress]]): [string, Maker] => {
      const [event = name] = name.split('.');
      return [name, { becomes, make: (moment) => send(event, egress(moment), moment) }];
    }),
  );
}
