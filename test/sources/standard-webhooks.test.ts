import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { standardWebhooks } from '#sources/standard-webhooks.ts';
import { signStandardWebhook } from '#test/signing.ts';
import { accept, plainTools, rawRequest, single } from '#test/vectors.ts';

const now = new Date('2026-07-01T12:00:00Z');
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const older = 'b2xkZXItc2VjcmV0LW9mLW91cnM=';
const signer = { secret, id: 'msg_1', now };

function open(settings: object = {}) {
  return standardWebhooks.open(
    'hooks',
    standardWebhooks.settings.parse({ secrets: [secret], ...settings }),
    plainTools,
  );
}

async function readBody(body: object, settings: object = {}) {
  const text = JSON.stringify(body);
  return accept(open(settings), rawRequest(signStandardWebhook(text, signer), text), now);
}

function problemsOf(settings: object) {
  const result = standardWebhooks.settings.safeParse(settings);
  return (result.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

describe('Standard Webhooks: who signed it', () => {
  test('the example of the specification is authentic', async () => {
    const body = '{"test": 2432232314}';
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const verification = await open().verify(rawRequest(headers, body), new Date(1_614_265_330_000));
    assert.equal(verification.kind, 'authentic');
  });

  test('the time stamp may lie five minutes before or after our clock', async () => {
    const headers = signStandardWebhook('{}', signer);
    const at = async (seconds: number) =>
      (await open().verify(rawRequest(headers, '{}'), new Date(now.getTime() + seconds * 1000))).kind;
    assert.equal(await at(300), 'authentic');
    assert.equal(await at(-300), 'authentic');
    assert.equal(await at(301), 'refused');
    assert.equal(await at(-301), 'refused');
  });

  test('one of several signatures and secrets is enough', async () => {
    const [headers, other] = [
      signStandardWebhook('{}', signer),
      signStandardWebhook('{}', { ...signer, secret: older }),
    ];
    const both = `v1a,AAAA v1,AAAA ${other['webhook-signature']}`;
    const source = open({ secrets: [secret, older] });
    const request = rawRequest({ ...headers, 'webhook-signature': both }, '{}');
    assert.equal((await source.verify(request, now)).kind, 'authentic');
    assert.equal((await open().verify(request, now)).kind, 'refused');
  });

  test('what is changed, missing or garbage is refused', async () => {
    const headers = signStandardWebhook('{}', signer);
    const { 'webhook-id': _id, ...withoutId } = headers;
    const { 'webhook-signature': _signature, ...withoutSignature } = headers;
    const requests = [
      rawRequest(headers, '{} '),
      rawRequest({ ...headers, 'webhook-id': 'msg_2' }, '{}'),
      rawRequest({ ...headers, 'webhook-timestamp': String(now.getTime() / 1000 + 1) }, '{}'),
      rawRequest({ ...headers, 'webhook-timestamp': 'soon' }, '{}'),
      rawRequest({ ...headers, 'webhook-signature': 'v1,' }, '{}'),
      rawRequest({ ...headers, 'webhook-signature': `v2,${headers['webhook-signature']?.slice(3)}` }, '{}'),
      rawRequest(withoutId, '{}'),
      rawRequest(withoutSignature, '{}'),
    ];
    for (const request of requests) assert.equal((await open().verify(request, now)).kind, 'refused');
    assert.equal((await open().verify(rawRequest(headers, '{}'), now)).kind, 'authentic');
  });
});

describe('Standard Webhooks: what it tells', () => {
  test('a type of ours is taken, any other is other', async () => {
    const ours = await readBody({ type: 'recording.ready', data: { id: 1 } });
    assert.equal(single(ours.events).event.event.type, 'recording.ready');
    const theirs = await readBody({ type: 'toString' });
    assert.equal(theirs.native, 'toString');
    assert.equal(single(theirs.events).event.event.type, 'other');
    assert.equal((await readBody({})).native, 'unknown');
  });

  test('fields are found where the settings point, and coerced by their kind', async () => {
    const fields = {
      'room.id': '/data/room~1id',
      'room.metadata': '/data/meta',
      'room.is_breakout': '/data/flags/0',
      'session.id': '/data/session',
      'session.started_at': '/data/at',
      'participant.name': '/data/who',
      'participant.kind': '/data/kind',
      'recording.seconds': '/data/seconds',
      'recording.url': '/data/url',
      'recording.files': '/data/files',
      'event.id': '/id',
      'event.time': '/at',
    };
    const { events } = await readBody(
      {
        kind: 'recording.ready',
        id: 'e1',
        at: 1_782_000_000,
        data: {
          'room/id': 'board',
          meta: { team: 'core' },
          flags: [true],
          session: 's1',
          at: '2026-07-01T11:00:00+00:00',
          who: 'Zoe\u0308',
          kind: 'phone',
          seconds: 90,
          url: 'https://files.example/a b.mp4',
          files: [{ url: 'https://files.example/1.mp4', bytes: 5, other: 1 }, 'x'],
        },
      },
      { type: '/kind', fields },
    );
    const { event, room, session, participant, recording, raw } = single(events).event;
    assert.deepEqual(event, {
      type: 'recording.ready',
      native: 'recording.ready',
      id: 'e1',
      time: '2026-06-21T00:00:00.000Z',
    });
    assert.deepEqual(room, { id: 'board', metadata: { team: 'core' }, is_breakout: true });
    assert.deepEqual(session, { id: 's1', started_at: '2026-07-01T11:00:00.000Z' });
    assert.deepEqual(participant, { name: 'Zo\u00eb', kind: 'phone' });
    assert.deepEqual(recording, {
      seconds: 90,
      url: 'https://files.example/a%20b.mp4',
      files: [{ url: 'https://files.example/1.mp4', bytes: 5 }],
    });
    assert.equal(raw['kind'], 'recording.ready');
  });

  test('a value of another type leaves its field missing', async () => {
    const fields = {
      'room.id': '/v/number',
      'recording.seconds': '/v/text',
      'recording.url': '/v/text',
      'session.started_at': '/v/text',
      'participant.kind': '/v/text',
      'room.metadata': '/v/text',
      'recording.files': '/v/text',
      'room.is_breakout': '/v/text',
      'stream.id': '/v/nowhere/deeper',
    };
    const { events } = await readBody({ v: { number: 5, text: 'x' } }, { fields });
    const { raw: _raw, ...event } = single(events).event;
    assert.deepEqual(Object.keys(event).toSorted(), ['event', 'source']);
    assert.equal(event.event.time, now.toISOString());
  });

  test('a delivery is known by its id for a day', async () => {
    const { keys, events } = await readBody({});
    assert.deepEqual(keys, [{ key: 'hooks:delivery:msg_1', keepMs: 86_400_000 }]);
    assert.deepEqual(single(events).keys, []);
  });
});

describe('Standard Webhooks: settings', () => {
  test('a field that no event has is named', () => {
    assert.deepEqual(problemsOf({ secrets: [secret], fields: { 'room.title': '/a' } }), [
      'fields.room.title: "room.title" is no field of an event',
    ]);
  });

  test('fields that we fill ourselves are refused', () => {
    const own = [
      'event.type',
      'event.native',
      'source.name',
      'session.present',
      'session.status',
      'room.url',
    ];
    for (const path of own) {
      assert.equal(problemsOf({ secrets: [secret], fields: { [path]: '/a' } }).length, 1, path);
    }
  });

  test('pointers and secrets must be some', () => {
    assert.equal(problemsOf({ secrets: [] }).length, 1);
    assert.equal(problemsOf({ secrets: ['whsec_'] }).length, 1);
    assert.equal(problemsOf({ secrets: ['not base64!'] }).length, 1);
    assert.equal(problemsOf({ secrets: [secret], type: 'type' }).length, 1);
    assert.equal(problemsOf({ secrets: [secret], fields: { 'room.id': '/a~2' } }).length, 1);
    assert.equal(problemsOf({ secrets: [secret], unknown: 1 }).length, 1);
    assert.deepEqual(problemsOf({ secrets: [secret, older], room_url: 'https://x.example' }), []);
  });
});
