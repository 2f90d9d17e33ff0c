import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '#domain/value.ts';
import { type EgressNews, readEgressNews } from '#sources/livekit-egress.ts';
import { addressEnd, fileAddress, withoutSignature, withoutStreamKey } from '#sources/livekit-location.ts';

const started = '1763639011000000000';
const ended = '1763640211000000000';
const file = { filename: 'rec/a.mp4', location: 'https://acme.s3.amazonaws.com/rec/a.mp4' };

function typesOf(news: readonly EgressNews[]) {
  return news.map((each) => each.type);
}

function recordingOf(info: JsonObject) {
  return readEgressNews('egress_ended', { fileResults: [file], ...info })[0]?.facts.recording;
}

function errorOf(info: JsonObject) {
  return recordingOf(info)?.error;
}

function secondsOf(result: JsonObject) {
  return recordingOf({ fileResults: [{ ...file, ...result }] })?.seconds;
}

describe('what an egress makes', () => {
  test('it is read from the results, else from the request, else it is a file', () => {
    const request = { fileOutputs: [{}], segmentOutputs: [{}] };
    const requests = [
      [{ roomComposite: request }, ['recording.started', 'hls.started']],
      [{ roomComposite: request, segmentResults: [{}] }, ['hls.started']],
      [{ web: { file: {}, fileOutputs: [] } }, ['recording.started']],
      [{ track: { websocketUrl: 'wss://x.example' } }, ['stream.started']],
      [{ egress: { outputs: [{ stream: {} }, { images: {} }] } }, ['stream.started']],
      [{ stream: { info: [{ url: 'rtmp://x/{...}' }] } }, ['stream.started']],
      [{ segments: { playlistName: 'a' } }, ['hls.started']],
      [{}, ['recording.started']],
    ] as const;
    for (const [info, expected] of requests) {
      assert.deepEqual(typesOf(readEgressNews('egress_started', info)), expected);
    }
  });

  test('its scope is the kind of request', () => {
    const scopes = {
      roomComposite: 'room',
      web: 'web',
      participant: 'participant',
      trackComposite: 'composite',
      track: 'track',
      replay: 'room',
    };
    for (const [request, scope] of Object.entries(scopes)) {
      const [news] = readEgressNews('egress_started', { [request]: {} });
      assert.equal(news?.facts.recording?.scope, scope);
    }
    const [web] = readEgressNews('egress_started', { egress: { web: { url: 'https://x.example' } } });
    assert.equal(web?.facts.recording?.scope, 'web');
  });
});

describe('an update of an egress', () => {
  test('that changes nothing in our words tells nothing', () => {
    const images = { imageOutputs: [{}] };
    const updates = [
      { status: 'EGRESS_ACTIVE', segmentResults: [{ playlistName: 'a' }] },
      { status: 'EGRESS_ACTIVE', roomComposite: images },
      { status: 'EGRESS_ENDING', roomComposite: images },
      { status: 'EGRESS_COMPLETE', fileResults: [file] },
      { fileResults: [file] },
    ];
    for (const info of updates) assert.deepEqual(readEgressNews('egress_updated', info), []);
  });

  test('tells a new live playlist, and that it is ending', () => {
    const segments = [{ livePlaylistLocation: 'https://cdn.example/live.m3u8' }];
    const active = readEgressNews('egress_updated', { status: 1, segmentResults: segments });
    assert.deepEqual(typesOf(active), ['hls.ready']);
    const ending = readEgressNews('egress_updated', { status: 'EGRESS_ENDING', segmentResults: segments });
    assert.deepEqual(typesOf(ending), ['hls.stopping']);
  });

  test('tells each stream that failed', () => {
    const info = {
      egressId: 'EG_1',
      status: 'EGRESS_ENDING',
      streamResults: [
        { url: 'rtmp://a.example/{a...}', status: 2, error: 'refused', startedAt: started, endedAt: ended },
        { url: 'rtmp://b.example/{b...}' },
        { url: 'rtmp://c.example/{c...}', status: 'FAILED' },
      ],
    };
    const news = readEgressNews('egress_updated', info);
    assert.deepEqual(typesOf(news), ['stream.failed', 'stream.failed', 'stream.stopping']);
    assert.deepEqual(news[0]?.facts.stream, {
      id: 'EG_1',
      url: 'rtmp://a.example/{a...}',
      seconds: 1200,
      error: 'refused',
    });
  });
});

describe('the end of an egress', () => {
  test('a file decides, not the status', () => {
    const expected = {
      EGRESS_COMPLETE: 'recording.stopped',
      EGRESS_LIMIT_REACHED: 'recording.stopped',
      EGRESS_FAILED: 'recording.failed',
      EGRESS_ABORTED: 'recording.failed',
    };
    for (const [status, type] of Object.entries(expected)) {
      const without = { status, fileResults: [{ filename: 'rec/a.mp4', location: '' }] };
      assert.deepEqual(typesOf(readEgressNews('egress_ended', without)), [type]);
      const made = { status, fileResults: [file] };
      assert.deepEqual(typesOf(readEgressNews('egress_ended', made)), ['recording.ready']);
    }
  });

  test('what went wrong is told unless it is complete', () => {
    assert.equal(errorOf({ status: 'EGRESS_LIMIT_REACHED', error: 'limit', details: 'd' }), 'limit');
    assert.equal(
      errorOf({ status: 'EGRESS_LIMIT_REACHED', details: 'End reason: limit' }),
      'End reason: limit',
    );
    assert.equal(errorOf({ status: 'EGRESS_COMPLETE', details: 'End reason: StopEgress API' }), undefined);
  });

  test('all files are told, the first also by itself', () => {
    const second = { ...file, location: 'https://acme.s3.amazonaws.com/rec/b.mp4', size: '12' };
    const info = { egressId: 'EG_1', status: 'EGRESS_COMPLETE', fileResults: [file, second] };
    const recording = readEgressNews('egress_ended', info)[0]?.facts.recording;
    assert.equal(recording?.url, 'https://acme.s3.amazonaws.com/rec/a.mp4');
    assert.deepEqual(
      recording?.files?.map((each) => each.bytes),
      [undefined, 12],
    );
  });

  test('a nonsense length is replaced by end − start, or missing', () => {
    assert.equal(secondsOf({ duration: '1200500000000' }), 1200.5);
    assert.equal(secondsOf({ duration: '-5', startedAt: started, endedAt: ended }), 1200);
    assert.equal(secondsOf({ startedAt: started, endedAt: ended }), 1200);
    assert.equal(secondsOf({ duration: '9000000000000000000', startedAt: started }), undefined);
    assert.equal(secondsOf({ duration: '0', startedAt: ended, endedAt: started }), undefined);
    assert.equal(secondsOf({ duration: '9'.repeat(100_000) }), undefined);
  });

  test('streams and HLS that fail say why', () => {
    const failed = { egressId: 'EG_1', status: 'EGRESS_FAILED', error: 'no disk' };
    const hls = readEgressNews('egress_ended', { ...failed, segmentResults: [{}] });
    assert.deepEqual(hls[0]?.facts.hls, { id: 'EG_1', error: 'no disk' });
    const stream = readEgressNews('egress_ended', { ...failed, streamResults: [{ status: 'FINISHED' }] });
    assert.deepEqual(stream[0]?.facts.stream, { id: 'EG_1', error: 'no disk' });
    assert.deepEqual(typesOf(stream), ['stream.failed']);
  });
});

describe('the location of a file', () => {
  test('becomes an address only where it is one', () => {
    const addresses = {
      'https://acme.s3.amazonaws.com/rec/Q3 #1 – plan?.mp4':
        'https://acme.s3.amazonaws.com/rec/Q3%20%231%20%E2%80%93%20plan%3F.mp4',
      'https://acme.s3.amazonaws.com/100%25.mp4': 'https://acme.s3.amazonaws.com/100%2525.mp4',
      'http://minio:9000/bucket/a.mp4': 'http://minio:9000/bucket/a.mp4',
      '{storage}/rec/daily.webm': undefined,
      '/var/recordings/a.mp4': undefined,
      'https://acme.https://s3.example/a.mp4': undefined,
      'https://user:pass@files.example/a.mp4': undefined,
      'ftp://files.example/a.mp4': undefined,
      '': undefined,
    };
    for (const [location, address] of Object.entries(addresses)) {
      assert.equal(fileAddress(location), address, location);
    }
  });

  test('a presigned one is left as it is, and tells its end', () => {
    const s3 =
      'https://b.s3.amazonaws.com/a%20b.mp4?X-Amz-Date=20251120T120335Z&X-Amz-Expires=604800&X-Amz-Signature=0%2B0';
    assert.equal(fileAddress(s3), s3);
    assert.equal(addressEnd(s3), '2025-11-27T12:03:35.000Z');
    assert.equal(withoutSignature(s3), 'https://b.s3.amazonaws.com/a%20b.mp4');
    const azure = 'https://a.blob.core.windows.net/c/a.mp4?se=2025-12-01T00%3A00%3A00Z&sig=x';
    assert.equal(addressEnd(azure), '2025-12-01T00:00:00.000Z');
    const google =
      'https://storage.googleapis.com/b/a?X-Goog-Date=20251120T000000Z&X-Goog-Expires=60&X-Goog-Signature=0';
    assert.equal(addressEnd(google), '2025-11-20T00:01:00.000Z');
    assert.equal(addressEnd('https://b.s3.amazonaws.com/a.mp4?x=1'), undefined);
  });

  test('a stream address loses its key but not its place', () => {
    const addresses = {
      'rtmps://live.example.com/app/{ab...yz}': 'rtmps://live.example.com/app/{ab...yz}',
      'rtmp://a.rtmp.youtube.com/live2/abcd-efgh': 'rtmp://a.rtmp.youtube.com/live2/{...}',
      'srt://host:9000?passphrase=x': 'srt://host:9000',
      'twitch://key': 'twitch://{...}',
      'https://example.com/a/b': 'https://example.com/a/b',
    };
    for (const [address, kept] of Object.entries(addresses)) assert.equal(withoutStreamKey(address), kept);
  });
});
