import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { isEventType, presenceOf } from '#domain/catalogue.ts';
import { sourceTypes } from '#sources/index.ts';
import { livekit } from '#sources/livekit.ts';
import { plugnmeet } from '#sources/plugnmeet.ts';
import type { Source, VerifiedRequest } from '#sources/source.ts';
import { standardWebhooks } from '#sources/standard-webhooks.ts';
import { videosdk } from '#sources/videosdk.ts';
import {
  newVideoSdkKeys,
  type SignedHeaders,
  signLiveKit,
  signPlugNmeet,
  signStandardWebhook,
  signVideoSdk,
} from '#test/signing.ts';
import { loadVectors, plainTools, rawRequest } from '#test/vectors.ts';

const now = new Date('2026-07-01T12:00:00Z');
const [key, secret] = ['key', 'a-secret-of-the-tests'];
const whsec = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const rsa = newVideoSdkKeys();

type Signed = {
  readonly source: Source;
  readonly sign: (body: Buffer) => SignedHeaders;
  readonly bodies: readonly string[];
};

function bodiesOf(platform: 'plugnmeet' | 'livekit' | 'videosdk') {
  return loadVectors(platform)
    .vectors.filter((each) => each.valid)
    .map((each) => each.body);
}

const platforms: Readonly<Record<string, Signed>> = {
  plugnmeet: {
    source: plugnmeet.open('p', { url: 'https://meet.example.com', keys: { [key]: secret } }, plainTools),
    sign: (body) => signPlugNmeet(body, { key, secret, now }),
    bodies: bodiesOf('plugnmeet'),
  },
  livekit: {
    source: livekit.open('l', { keys: { [key]: secret } }, plainTools),
    sign: (body) => signLiveKit(body, { key, secret, now }),
    bodies: bodiesOf('livekit'),
  },
  videosdk: {
    source: videosdk.open('v', { public_key: rsa.publicKey }, plainTools),
    sign: (body) => signVideoSdk(body, rsa),
    bodies: bodiesOf('videosdk'),
  },
  standard_webhooks: {
    source: standardWebhooks.open(
      's',
      { secrets: [whsec], fields: { 'room.id': '/room/name', 'recording.files': '/data/fileDetails' } },
      plainTools,
    ),
    sign: (body) => signStandardWebhook(body, { secret: whsec, id: 'msg', now }),
    bodies: [
      '{"type":"room.started","room":{"name":"r"},"data":{"fileDetails":[{"url":"https://x.example"}]}}',
    ],
  },
};

async function verified({ source, sign }: Signed, body: Buffer): Promise<VerifiedRequest> {
  const verification = await source.verify(rawRequest(sign(body), body), now);
  assert.equal(verification.kind, 'authentic');
  return verification.request;
}

/** Anything that JSON can hold, with the values that readers look for among them. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '9'.repeat(400),
    1e300,
    'sip_',
    'sip_+1',
    'https://x.example/%',
    '\ud800',
    '{"a":',
  ),
);

/** The body with one of its values, wherever it stands, replaced. */
function mutated(body: string, choice: number, value: unknown): string {
  const places: { readonly holder: Record<string, unknown>; readonly name: string }[] = [];
  const collect = (holder: Record<string, unknown>): void => {
    for (const [name, member] of Object.entries(holder)) {
      places.push({ holder, name });
      if (typeof member === 'object' && member !== null) collect(member as Record<string, unknown>);
    }
  };
  const root: Record<string, unknown> = JSON.parse(body);
  collect(root);
  const place = places[choice % places.length];
  assert.ok(place);
  place.holder[place.name] = value;
  return JSON.stringify(root);
}

/** Paths of the fields of an event, without those of its payload. */
function pathsOf(event: object): string[] {
  return Object.entries(event).flatMap(([root, fields]: [string, object]) =>
    root === 'raw' ? [] : Object.keys(fields).map((name) => `${root}.${name}`),
  );
}

test('every source in the list is tested here', () => {
  assert.deepEqual(sourceTypes.map((each) => each.type).toSorted(), Object.keys(platforms).toSorted());
});

for (const [name, platform] of Object.entries(platforms)) {
  describe(`${name}: signed, and strange`, () => {
    test('a body that is no JSON object is unreadable', async () => {
      const bodies = ['', '[]', 'null', '"x"', '{', '\u0000', `{"a":${'['.repeat(100_000)}`];
      for (const body of [...bodies.map((each) => Buffer.from(each)), Buffer.from([0xff, 0xfe])]) {
        const reading = platform.source.read(await verified(platform, body), now);
        assert.equal(reading.kind, 'unreadable');
      }
    });

    test('a body without anything tells something all the same', async () => {
      const reading = platform.source.read(await verified(platform, Buffer.from('{}')), now);
      assert.equal(reading.kind, 'events');
      assert.deepEqual(
        reading.events.map(({ event }) => event.event.type),
        ['other'],
      );
      assert.equal(reading.events[0]?.event.event.time, now.toISOString());
    });

    test('names of the prototype are dropped', async () => {
      const body =
        '{"__proto__":{"x":1},"constructor":{"y":1},"event":"constructor","webhookType":"__proto__"}';
      const reading = platform.source.read(await verified(platform, Buffer.from(body)), now);
      assert.equal(reading.kind, 'events');
      const [told] = reading.events;
      assert.equal(told?.event.event.type, 'other');
      assert.deepEqual(Object.keys(told.event.raw).toSorted(), ['event', 'webhookType']);
      assert.equal(Object.getPrototypeOf(told.event.raw), Object.prototype);
    });

    test('whatever stands in a body, reading it gives events of the catalogue that survive JSON', async () => {
      const property = fc.asyncProperty(
        fc.constantFrom(...platform.bodies),
        fc.nat(),
        anything,
        async (body, choice, value) => {
          const request = await verified(platform, Buffer.from(mutated(body, choice, value)));
          const reading = platform.source.read(request, now);
          assert.equal(reading.kind, 'events');
          for (const duplicate of reading.keys)
            assert.ok(duplicate.key.startsWith(`${platform.source.name}:`));
          for (const { event, keys } of reading.events) {
            assert.ok(isEventType(event.event.type));
            assert.deepEqual(JSON.parse(JSON.stringify(event)), event);
            assert.ok(!Number.isNaN(Date.parse(event.event.time)));
            for (const duplicate of keys) assert.ok(duplicate.key.startsWith(`${platform.source.name}:`));
            if (name === 'standard_webhooks') continue;
            for (const path of pathsOf(event))
              assert.equal(presenceOf(path, event.event.type), 'known', path);
          }
        },
      );
      await fc.assert(property, { numRuns: 300 });
    });
  });
}
