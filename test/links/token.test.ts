import assert from 'node:assert/strict';
import { test } from 'node:test';
import jwt from 'jsonwebtoken';
import { LinkTokens } from '#links/token.ts';
import { after, day, handmade, now, secret } from './setup.ts';

const tokens = new LinkTokens([secret]);
const claims = {
  sub: 'artifact-1',
  exp: Math.floor(after(day).getTime() / 1000),
  aud: 'callboard-artifact',
};
const HS256 = { alg: 'HS256', typ: 'JWT' };

test('a token made by hand the way ours are is read, so the refusals below are for their one difference', () => {
  assert.deepEqual(tokens.read(handmade(HS256, claims, secret), now), {
    kind: 'valid',
    artifactId: 'artifact-1',
  });
});

test('a signed token is read until it ends, and expired from that second on', () => {
  const token = tokens.sign('artifact-1', after(day));
  assert.deepEqual(tokens.read(token, now), { kind: 'valid', artifactId: 'artifact-1' });
  assert.equal(tokens.read(token, after(day - 1)).kind, 'valid');
  assert.equal(tokens.read(token, after(day)).kind, 'expired');
  assert.equal(tokens.read(token, after(400 * day)).kind, 'expired');
});

test('after a rotation new links are signed by the first secret and old ones still open', () => {
  const old = tokens.sign('artifact-1', after(day));
  const rotated = new LinkTokens(['link-secret-number-two', secret]);
  assert.equal(rotated.read(old, now).kind, 'valid');
  assert.equal(rotated.read(old, after(2 * day)).kind, 'expired');
  const fresh = rotated.sign('artifact-2', after(day));
  assert.equal(rotated.read(fresh, now).kind, 'valid');
  assert.equal(tokens.read(fresh, now).kind, 'forged');
  assert.equal(new LinkTokens(['link-secret-number-two']).read(old, now).kind, 'forged');
});

test('the same artifact and end give the same token: nothing in it tells when it was made', () => {
  assert.equal(tokens.sign('artifact-1', after(day)), tokens.sign('artifact-1', after(day)));
});

const good = tokens.sign('artifact-1', after(day));
const [head = '', body = '', signature = ''] = good.split('.');
const swapped = Buffer.from(JSON.stringify({ ...claims, sub: 'artifact-2' })).toString('base64url');

const forged: readonly (readonly [string, string])[] = [
  ['signed with another secret', handmade(HS256, claims, 'another secret of anyone')],
  ['meant for another audience', handmade(HS256, { ...claims, aud: 'callboard-other' }, secret)],
  ['without an audience', handmade(HS256, { sub: claims.sub, exp: claims.exp }, secret)],
  ['of algorithm none', jwt.sign(claims, '', { algorithm: 'none' })],
  ['that says none and is signed', handmade({ alg: 'none' }, claims, secret)],
  ['of algorithm HS512', handmade({ ...HS256, alg: 'HS512' }, claims, secret, 'sha512')],
  ['of algorithm HS384', handmade({ ...HS256, alg: 'HS384' }, claims, secret, 'sha384')],
  ['with another payload', `${head}.${swapped}.${signature}`],
  ['with a cut signature', good.slice(0, -4)],
  ['with more at its end', `${good}AAAA`],
  ['without a signature', `${head}.${body}.`],
  ['without a subject', handmade(HS256, { exp: claims.exp, aud: claims.aud }, secret)],
  ['with an empty subject', handmade(HS256, { ...claims, sub: '' }, secret)],
  ['with an endless subject', handmade(HS256, { ...claims, sub: 'x'.repeat(101) }, secret)],
  ['without an end', handmade(HS256, { sub: claims.sub, aud: claims.aud }, secret)],
  ['with an end that is text', handmade(HS256, { ...claims, exp: '9999999999' }, secret)],
  ['signed with an empty secret', handmade(HS256, claims, '')],
  ['that is expired and forged', handmade(HS256, { ...claims, exp: 1 }, 'another secret of anyone')],
  ['that is empty', ''],
  ['that is no token', 'hello'],
  ['of dots', '..'],
];

for (const [what, token] of forged) {
  test(`a token ${what} is forged`, () => {
    assert.deepEqual(tokens.read(token, now), { kind: 'forged' });
  });
}
