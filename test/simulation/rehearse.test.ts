import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rehearse, type Webhook } from '#simulation/rehearse.ts';
import { signPlugNmeet } from '#simulation/signing.ts';
import { openSource } from '#sources/configured.ts';
import { plainTools } from '#test/vectors.ts';
import { now, sources } from './setup.ts';

/** A webhook for the first source, `meet`. */
function webhook(changed: Partial<Webhook>, secret = 'pnm-secret-0123456789'): Webhook {
  const [entry] = sources;
  assert.ok(entry);
  return {
    source: openSource(entry, plainTools),
    sender: {
      sign: (body, at) => signPlugNmeet(body, { key: 'pnm-key', secret, now: at }),
      isPersonal: () => false,
    },
    url: 'http://localhost:3000/hooks/meet',
    event: 'room_started',
    payload: { event: 'room_started', room: { sid: 'S1', room_id: 'room01' } },
    becomes: 'room.started',
    ...changed,
  };
}

test('a webhook that the source would take is ready, with its meaning', async () => {
  const ready = await rehearse(webhook({}), now);
  assert.equal(ready.kind, 'ready');
  assert.deepEqual([ready.native, ready.types], ['room_started', ['room.started']]);
});

test('a signature that the source would not accept is found before anything is sent', async () => {
  assert.deepEqual(await rehearse(webhook({}, 'another secret'), now), {
    kind: 'refused',
    native: 'room_started',
    reason: 'it would not be accepted: the signature of the token does not fit the secret',
  });
});

test('a webhook that means something else than it should is found, unless anything is fine', async () => {
  const payload = { event: 'room_started_soon' };
  assert.deepEqual(await rehearse(webhook({ payload }), now), {
    kind: 'refused',
    native: 'room_started',
    reason: 'it would be read as other instead of room.started',
  });
  const free = await rehearse(webhook({ payload, becomes: undefined }), now);
  assert.equal(free.kind, 'ready');
  assert.deepEqual([free.native, free.types], ['room_started_soon', ['other']]);
});
