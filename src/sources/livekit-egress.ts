import type { EventType } from '#domain/catalogue.ts';
import type { Hls, MediaFile, Recording, Stream } from '#domain/event.ts';
import type { JsonObject } from '#domain/value.ts';
import { addressEnd, fileAddress, withoutSignature, withoutStreamKey } from './livekit-location.ts';
import type { Facts } from './reading.ts';
import {
  count,
  enumWord,
  exactText,
  isList,
  object,
  objects,
  present,
  secondsOfNanoseconds,
  text,
} from './wire.ts';

/** What an egress makes. */
type Output = 'file' | 'stream' | 'hls' | 'images';

/** One event of an egress. `subject`: what tells it from another of its type and egress. */
export type EgressNews = { readonly type: EventType; readonly facts: Facts; readonly subject: string };

const statuses = ['starting', 'active', 'ending', 'complete', 'failed', 'aborted', 'limit_reached'];
const streamStatuses = ['active', 'finished', 'failed'];

/** An egress as every update tells it: in full, with the results of each kind of output so far. */
type Egress = {
  readonly id: string | undefined;
  readonly status: string;
  readonly error: string | undefined;
  readonly scope: Recording['scope'];
  readonly results: Readonly<Record<Output, readonly JsonObject[]>>;
};

/** Reads the events that an egress webhook tells: one for each kind of output, none when nothing changes in our words. */
export function readEgressNews(
  native: 'egress_started' | 'egress_updated' | 'egress_ended',
  info: JsonObject,
): readonly EgressNews[] {
  const request = requestOf(info);
  const status = enumWord(info['status'], statuses, 'EGRESS_') ?? 'starting';
  const egress: Egress = {
    id: text(info['egressId']),
    status,
    error: status === 'complete' ? undefined : (text(info['error']) ?? text(info['details'])),
    scope: request?.scope,
    results: {
      file: results(info, 'fileResults', object(info['file'])),
      stream: results(info, 'streamResults', ...objects(object(info['stream'])?.['info'])),
      hls: results(info, 'segmentResults', object(info['segments'])),
      images: results(info, 'imageResults'),
    },
  };
  const told = allOutputs.filter((output) => egress.results[output].length > 0);
  const outputs = told.length > 0 ? told : requestedOutputs(request?.body);
  const read = { egress_started: started, egress_updated: updated, egress_ended: ended }[native];
  return outputs.flatMap((output) => read(output, egress));
}

const allOutputs: readonly Output[] = ['file', 'stream', 'hls', 'images'];

/** Some senders fill only the deprecated single result. */
function results(
  info: JsonObject,
  name: string,
  ...deprecated: readonly (JsonObject | undefined)[]
): readonly JsonObject[] {
  const listed = objects(info[name]);
  return listed.length > 0 ? listed : deprecated.filter((result) => result !== undefined);
}

type Request = { readonly scope: Recording['scope']; readonly body: JsonObject };

const scopes: ReadonlyMap<string, Recording['scope']> = new Map([
  ['roomComposite', 'room'],
  ['web', 'web'],
  ['participant', 'participant'],
  ['trackComposite', 'composite'],
  ['track', 'track'],
  ['egress', 'room'],
  ['replay', 'room'],
]);

function requestOf(info: JsonObject): Request | undefined {
  for (const [name, scope] of scopes) {
    const body = object(info[name]);
    if (body !== undefined) return { scope: object(body['web']) === undefined ? scope : 'web', body };
  }
  return undefined;
}

/** Names in a request, of all its generations, that ask for an output. */
const requestNames: Readonly<Record<Output, readonly string[]>> = {
  file: ['file', 'fileOutputs'],
  stream: ['stream', 'streamOutputs', 'websocketUrl'],
  hls: ['segments', 'segmentOutputs'],
  images: ['images', 'imageOutputs'],
};

/** Where nothing is told, it is a file. */
function requestedOutputs(request: JsonObject | undefined): readonly Output[] {
  const blocks = [request ?? {}, ...objects(request?.['outputs'])];
  const asked = allOutputs.filter((output) =>
    requestNames[output].some((name) => blocks.some((block) => isAskedFor(block, name))),
  );
  return asked.length > 0 ? asked : ['file'];
}

function isAskedFor(block: JsonObject, name: string): boolean {
  const value = block[name];
  return isList(value) ? value.length > 0 : value !== undefined && value !== '';
}

function started(output: Output, egress: Egress): readonly EgressNews[] {
  switch (output) {
    case 'file':
      return [recordingNews('recording.started', egress)];
    case 'stream':
      return [streamNews('stream.started', egress)];
    case 'hls':
      return [hlsNews('hls.started', egress)];
    case 'images':
      break;
  }
  return [];
}

function updated(output: Output, egress: Egress): readonly EgressNews[] {
  const isActive = egress.status === 'active';
  const isEnding = egress.status === 'ending';
  switch (output) {
    case 'file':
      if (isActive) return [recordingNews('recording.started', egress)];
      return isEnding ? [recordingNews('recording.stopping', egress)] : [];
    case 'stream': {
      const failures = failedStreams(egress);
      if (isEnding) return [...failures, streamNews('stream.stopping', egress)];
      return isActive && failures.length === 0 ? [streamNews('stream.started', egress)] : failures;
    }
    case 'hls': {
      if (isEnding) return [hlsNews('hls.stopping', egress)];
      const playlist = exactText(egress.results.hls[0]?.['livePlaylistLocation']);
      if (!isActive || playlist === undefined) return [];
      return [{ ...hlsNews('hls.ready', egress), subject: `hls:${withoutSignature(playlist)}` }];
    }
    case 'images':
      break;
  }
  return [];
}

function ended(output: Output, egress: Egress): readonly EgressNews[] {
  const isFailed = egress.status === 'failed' || egress.status === 'aborted';
  switch (output) {
    case 'file':
      // The status does not decide: an egress that failed or hit its limit may have made a file.
      if (uploaded(egress).length > 0) return [recordingNews('recording.ready', egress)];
      return [recordingNews(isFailed ? 'recording.failed' : 'recording.stopped', egress)];
    case 'stream': {
      if (!isFailed) return [streamNews('stream.stopped', egress)];
      const failures = failedStreams(egress);
      return failures.length > 0 ? failures : [streamNews('stream.failed', egress)];
    }
    case 'hls':
      return [hlsNews(isFailed ? 'hls.failed' : 'hls.stopped', egress)];
    case 'images':
      break;
  }
  return imagesNews(egress, isFailed);
}

/** Results whose file has arrived in storage. */
function uploaded(egress: Egress): readonly JsonObject[] {
  return egress.results.file.filter((result) => exactText(result['location']) !== undefined);
}

function recordingNews(type: EventType & `recording.${string}`, egress: Egress): EgressNews {
  const isReady = type === 'recording.ready';
  const made = isReady ? uploaded(egress) : [];
  const files = made.map(readFile);
  const isRunning = type === 'recording.started' || type === 'recording.stopping';
  const recording = present<Recording>({
    id: egress.id,
    scope: egress.scope,
    ...files[0],
    files: isReady ? files : undefined,
    error: isRunning ? undefined : egress.error,
    status: egress.status,
    expires_at: addressEnd(exactText(made[0]?.['location']) ?? ''),
  });
  return { type, facts: { recording }, subject: 'file' };
}

function readFile(result: JsonObject): MediaFile {
  return present<MediaFile>({
    url: fileAddress(exactText(result['location']) ?? ''),
    path: exactText(result['filename']),
    bytes: count(result['size']),
    seconds: secondsOf(result),
  });
}

function secondsOf(result: JsonObject | undefined): number | undefined {
  return secondsOfNanoseconds(result?.['duration'], result?.['startedAt'], result?.['endedAt']);
}

function failedStreams(egress: Egress): readonly EgressNews[] {
  return egress.results.stream
    .filter((result) => enumWord(result['status'], streamStatuses) === 'failed')
    .map((result) => streamNews('stream.failed', egress, result));
}

function streamNews(
  type: EventType & `stream.${string}`,
  egress: Egress,
  result: JsonObject | undefined = egress.results.stream[0],
): EgressNews {
  const url = text(result?.['url']);
  const isFailed = type === 'stream.failed';
  const stream = present<Stream>({
    id: egress.id,
    url: url && withoutStreamKey(url),
    seconds: secondsOf(result),
    error: isFailed ? (text(result?.['error']) ?? egress.error) : undefined,
  });
  return { type, facts: { stream }, subject: isFailed ? `stream:${stream.url ?? ''}` : 'stream' };
}

/** While it runs, viewers take the live playlist; the finished one is for the replay. */
function hlsNews(type: EventType & `hls.${string}`, { id, status, error, results }: Egress): EgressNews {
  const result = results.hls[0];
  const isEnded = type === 'hls.stopped' || type === 'hls.failed';
  const location = exactText(result?.[isEnded ? 'playlistLocation' : 'livePlaylistLocation']);
  const hls = present<Hls>({
    id,
    url: fileAddress(withoutSignature(location ?? '')),
    seconds: secondsOf(result),
    bytes: count(result?.['size']),
    error: isEnded && status !== 'complete' ? error : undefined,
  });
  return { type, facts: { hls }, subject: 'hls' };
}

function imagesNews({ id, results }: Egress, isFailed: boolean): readonly EgressNews[] {
  const [result] = results.images;
  if (result === undefined && isFailed) return [];
  const path = exactText(result?.['filenamePrefix']);
  const artifact = {
    ...(id === undefined ? {} : { id: `${id}:images` }),
    kind: 'images' as const,
    ...(path === undefined ? {} : { path }),
  };
  return [{ type: 'artifact.ready', facts: { artifact }, subject: 'images' }];
}
