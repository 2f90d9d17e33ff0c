import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canBe, canGive, canSend, sendersOf } from '#domain/availability.ts';
import { eventTypes } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import { livekit } from '#sources/livekit.ts';
import { plugnmeet } from '#sources/plugnmeet.ts';
import { videosdk } from '#sources/videosdk.ts';
import { loadVectors, momentOf, plainTools, rawRequest } from '#test/vectors.ts';

const key = 'public_key_spki';
const { credentials: plug } = loadVectors('plugnmeet');
const { credentials: live } = loadVectors('livekit');
const { credentials: vsdk } = loadVectors('videosdk');
const platforms = [
  {
    platform: 'plugnmeet',
    source: plugnmeet.open('meet', { url: 'https://meet.example', keys: plug.keys ?? {} }, plainTools),
  },
  { platform: 'livekit', source: livekit.open('live', { keys: live.keys ?? {} }, plainTools) },
  { platform: 'videosdk', source: videosdk.open('vsdk', { public_key: vsdk[key] ?? '' }, plainTools) },
] as const;

/** The catalogue's fields that have a value in an event, with that value. */
function fieldsIn(event: unknown, path = ''): [string, unknown][] {
  if (!isObject(event)) return [];
  return Object.entries(event).flatMap(([name, value]) => {
    const below = path === '' ? name : `${path}.${name}`;
    return fields[below] === undefined ? fieldsIn(value, below) : [[below, value]];
  });
}

for (const { platform, source } of platforms) {
  test(`whatever signed webhooks of ${platform} tell is in the table`, async () => {
    const seen = new Set<string>();
    const { vectors } = loadVectors(platform);
    for (const vector of vectors) {
      const now = momentOf(vector);
      const verification = await source.verify(rawRequest(vector.headers, vector.body), now);
      if (verification.kind !== 'authentic') continue;
      const reading = source.read(verification.request, now);
      if (reading.kind !== 'events') continue;
      for (const { event } of reading.events) {
        const { type } = event.event;
        assert.ok(canSend(platform, type), `${vector.name}: ${type}`);
        for (const [field, value] of fieldsIn({ ...event, raw: {} })) {
          assert.ok(canGive(platform, field, type), `${vector.name}: ${field} on ${type}`);
          if (typeof value === 'string') assert.ok(canBe(platform, field, value), `${field}: ${value}`);
          seen.add(`${type} ${field}`);
        }
      }
    }
    assert.ok(seen.size > 30, `${seen.size} fields were seen`);
  });
}

test('every type of event is sent by at least one platform', () => {
  assert.ok(eventTypes.length > 50);
  assert.deepEqual(
    eventTypes.filter((type) => sendersOf(type).length === 0),
    [],
  );
});

test('every field is given by at least one platform on some event that can have it', () => {
  const types = eventTypes.filter((type) => type !== 'other');
  const without = Object.keys(fields).filter(
    (field) => !types.some((type) => sendersOf(type).some((source) => canGive(source, field, type))),
  );
  assert.deepEqual(without, []);
});

test('a field below what a platform never tells is not told either', () => {
  assert.equal(canGive('videosdk', 'room.metadata.team', 'room.started'), false);
  assert.equal(canGive('livekit', 'room.metadata.team', 'room.started'), true);
  assert.equal(canGive('livekit', 'participant.id', 'recording.ready'), false);
  assert.equal(canGive('videosdk', 'session.id', 'agent.failed'), false);
  assert.equal(canGive('videosdk', 'session.id', 'room.ended'), true);
});

test('a source of no platform can send and give everything', () => {
  assert.ok(canSend('standard_webhooks', 'hls.ready'));
  assert.ok(canGive('standard_webhooks', 'recording.seconds', 'recording.ready'));
  assert.ok(canBe('standard_webhooks', 'participant.kind', 'bridge'));
  assert.equal(canSend('plugnmeet', 'hls.ready'), false);
  assert.equal(canBe('videosdk', 'participant.kind', 'phone'), false);
});
