import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { OperatorError } from '#runtime/operator-error.ts';
import { livekit } from '#sources/livekit.ts';
import { videosdk } from '#sources/videosdk.ts';
import { complaint, plan, sources, webhooks } from './setup.ts';

function missingFile(): never {
  throw Object.assign(new Error('no'), { code: 'ENOENT' });
}

const two = {
  sources: () => [
    { name: 'plugnmeet', type: livekit, settings: { keys: { a: 'b' } }, unset: [] },
    { name: 'other', type: livekit, settings: { keys: { a: 'b' } }, unset: [] },
  ],
};

function urlOf(asked: Parameters<typeof plan>[0], changed?: Parameters<typeof plan>[1]): string {
  const planned = plan({ event: 'room_started', ...asked }, changed);
  if (planned.kind !== 'webhooks') throw new Error(JSON.stringify(planned));
  return planned.url;
}

test('a source is found by its name, or by its type where it is the only one', () => {
  assert.equal(urlOf({ source: 'live' }), 'http://localhost:3000/hooks/live');
  assert.equal(urlOf({ source: 'livekit' }), 'http://localhost:3000/hooks/live');
});

test('a name wins over a type', () => {
  assert.equal(urlOf({ source: 'plugnmeet' }, two), 'http://localhost:3000/hooks/plugnmeet');
});

test('of several sources of one type the name is asked for', () => {
  assert.match(complaint({ source: 'livekit', event: 'room_started' }, two), /say which: plugnmeet, other$/);
});

test('a source that is not there is refused with those that are', () => {
  const message = complaint({ source: 'meat', event: 'room_started' });
  assert.match(message, /no source "meat"; did you mean "meet"\? \(it configures meet \(plugnmeet\), live/);
  const without = { sources: () => sources.slice(0, 1) };
  assert.match(
    complaint({ source: 'livekit', event: 'room_started' }, without),
    /no source of the type livekit; it configures meet \(plugnmeet\)$/,
  );
});

test('without a source, an event or a meeting the question says what is missing', () => {
  assert.match(complaint({ event: 'room_started' }), /say which source/);
  assert.match(complaint({ source: 'live' }), /say which event, or --meeting.*--list/);
  assert.match(complaint({ source: 'live', event: 'room_started', isMeeting: true }), /not both/);
});

test('an event that the platform does not have is refused with the near one', () => {
  assert.match(
    complaint({ source: 'meet', event: 'participant_join' }),
    /plugnmeet has no event "participant_join"; did you mean "participant_joined"\?\n.*simulate plugnmeet --list/,
  );
});

test('only http and https are posted to', () => {
  for (const url of ['file:///etc/passwd', 'ftp://x.example', 'localhost:3000', 'https://me:pw@x.example'])
    assert.match(complaint({ source: 'live', event: 'room_started', url }), /http:\/\/ or https:\/\//, url);
  assert.equal(
    urlOf({ source: 'live', url: 'https://x.example/hooks/live?a=1' }),
    'https://x.example/hooks/live?a=1',
  );
});

test('a pace that is no number of milliseconds is refused', () => {
  for (const pace of ['fast', '-1', '1.5', ''])
    assert.match(complaint({ source: 'live', isMeeting: true, pace }), /--pace/, pace);
});

test('secrets that are not set stand in the way', () => {
  const unset = { sources: () => sources.map((each) => ({ ...each, unset: ['LIVEKIT_API_SECRET'] })) };
  assert.throws(
    () => plan({ source: 'live', event: 'room_started' }, unset),
    (error) => error instanceof OperatorError && /LIVEKIT_API_SECRET is not set/.test(error.message),
  );
});

test('for VideoSDK, what is not set is told with the public key that fits', () => {
  const unset = { sources: () => sources.map((each) => ({ ...each, unset: ['VIDEOSDK_PUBLIC_KEY'] })) };
  const asked = { source: 'vsdk', event: 'session-started' };
  assert.throws(
    () => plan(asked, unset),
    (error) =>
      error instanceof OperatorError &&
      /^VIDEOSDK_PUBLIC_KEY is not set[^]*-----BEGIN PUBLIC KEY-----/.test(error.message),
  );
  assert.match(complaint({ ...asked, key: undefined }, unset), /openssl genpkey/);
});

test('events are listed with what they become, of one source or of all, without any rules file', () => {
  const noFile = {
    sources: () => {
      throw new OperatorError('rules.yaml does not exist');
    },
  };
  const one = plan({ source: 'plugnmeet', isList: true }, noFile);
  assert.equal(one.kind, 'list');
  assert.ok(one.lines.some((line) => /^ {2}recording_proceeded +recording\.ready$/.test(line)));
  const all = plan({ isList: true }, noFile);
  assert.equal(all.kind, 'list');
  for (const heading of ['plugnmeet:', 'livekit:', 'videosdk:', 'standard_webhooks:'])
    assert.ok(all.lines.includes(heading));
  const named = plan({ source: 'vsdk', isList: true });
  assert.equal(named.kind, 'list');
  assert.ok(named.lines.some((line) => line.includes('hls-playable')));
});

test('VideoSDK without a key is told how to make one, and which key the service must trust', () => {
  const message = complaint({ source: 'vsdk', event: 'session-started', key: undefined });
  assert.match(
    message,
    /openssl genpkey.*\n.*openssl pkey.*-pubout\n.*public_key of vsdk.*--key simulate\.pem/,
  );
});

test('a key that the service does not trust is told with the public key that fits', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const readFile = () => other.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const publicKey = other.publicKey.export({ type: 'spki', format: 'pem' }).toString().trimEnd();
  const asked = { source: 'videosdk', event: 'session-started' };
  const message = complaint(asked, { readFile });
  assert.match(message, /gives the public_key of another/);
  assert.ok(message.endsWith(publicKey));
  const fetching = [{ name: 'vsdk', type: videosdk, settings: {}, unset: [] }];
  assert.match(complaint(asked, { readFile, sources: () => fetching }), /gives no public_key/);
});

test('a file that holds no RSA private key is refused', () => {
  const asked = { source: 'vsdk', event: 'session-started' };
  assert.match(complaint(asked, { readFile: () => 'hello' }), /no RSA private key/);
  const { privateKey } = generateKeyPairSync('ed25519');
  const ed = () => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  assert.match(complaint(asked, { readFile: ed }), /no RSA private key/);
  assert.match(complaint(asked, { readFile: missingFile }), /--key key\.pem: .* it does not exist/);
});

test('what is shown of a webhook holds nothing that could be sent again', async () => {
  for (const source of ['meet', 'live', 'vsdk', 'plain']) {
    const [webhook] = await webhooks({ source, isMeeting: true });
    assert.ok(webhook);
    const secret = Object.values(webhook.headers).filter((value) => value.length > 40);
    assert.ok(secret.length > 0, source);
    for (const value of secret) {
      assert.ok(!JSON.stringify(webhook.shown).includes(value), source);
      assert.ok(!JSON.stringify(webhook.shown).includes(value.slice(0, 20)), source);
    }
    assert.deepEqual(Object.keys(webhook.shown), Object.keys(webhook.headers));
  }
});
