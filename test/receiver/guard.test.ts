import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request } from 'express';
import { isOperator } from '#receiver/guard.ts';
import { adminToken, ask, askRaw, site } from './setup.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The cookie that `?token=` gives, as a browser sends it back. */
async function cookieOf(port: number, headers: Record<string, string> = {}): Promise<string> {
  const { headers: answered } = await ask(port, `/preview?token=${adminToken}`, { headers });
  return answered['set-cookie']?.[0] ?? '';
}

test('with a token nobody gets in without it, not even from this machine', async () => {
  await using open = await site();
  const { status, text } = await ask(open.port, '/preview');
  assert.equal(status, 401);
  assert.doesNotMatch(text, /the preview/);
  assert.match(text, /ADMIN_TOKEN/);
});

test('the token lets in as a bearer', async () => {
  await using open = await site();
  for (const scheme of ['Bearer', 'bearer']) {
    const { status, text } = await ask(open.port, '/preview', {
      headers: { authorization: `${scheme} ${adminToken}` },
    });
    assert.deepEqual([status, text], [200, 'the preview']);
  }
});

test('?token= becomes a cookie once, and the address that is left holds no token', async () => {
  await using open = await site();
  const first = await ask(open.port, `/preview?token=${adminToken}`);
  assert.deepEqual([first.status, first.headers['location']], [302, '/preview']);
  const cookie = await cookieOf(open.port);
  assert.match(cookie, /^callboard_admin=[\w-]+; HttpOnly; SameSite=Lax; Path=\/$/);
  assert.ok(!cookie.includes(adminToken));
  const second = await ask(open.port, '/preview', { headers: { cookie: cookie.split(';')[0] ?? '' } });
  assert.deepEqual([second.status, second.text], [200, 'the preview']);
});

test('the cookie is found among others', async () => {
  await using open = await site();
  const [mine = ''] = (await cookieOf(open.port)).split(';');
  const { status } = await ask(open.port, '/preview', { headers: { cookie: `a=b; ${mine}; c=d` } });
  assert.equal(status, 200);
});

test('behind https the cookie travels over https only', async () => {
  await using open = await site();
  assert.match(await cookieOf(open.port, { 'x-forwarded-proto': 'https' }), /; Secure$/);
});

const wrong: readonly (readonly [string, string, Record<string, string>])[] = [
  ['another bearer', '/preview', bearer('admin-token-of-the-testz')],
  ['the beginning of the token', '/preview', bearer(adminToken.slice(0, -1))],
  ['the token and more', '/preview', bearer(`${adminToken}x`)],
  ['an empty bearer', '/preview', { authorization: 'Bearer ' }],
  ['the token under another scheme', '/preview', { authorization: `Basic ${adminToken}` }],
  ['the token itself as the cookie', '/preview', { cookie: `callboard_admin=${adminToken}` }],
  ['an empty cookie', '/preview', { cookie: 'callboard_admin=' }],
  ['the right cookie under another name', '/preview', { cookie: `xcallboard_admin=${adminToken}` }],
  ['another token in the address', '/preview?token=nonsense', {}],
  ['an empty token in the address', '/preview?token=', {}],
  ['the token under another name', `/preview?tokens=${adminToken}`, {}],
];

for (const [what, path, headers] of wrong) {
  test(`${what} lets nobody in and sets no cookie`, async () => {
    await using open = await site();
    const answer = await ask(open.port, path, { headers });
    assert.deepEqual([answer.status, answer.headers['set-cookie']], [401, undefined]);
  });
}

test('a cookie of an earlier token is worth nothing', async () => {
  await using before = await site();
  const [old = ''] = (await cookieOf(before.port)).split(';');
  await using open = await site({ adminToken: 'another-token-of-the-tests' });
  assert.equal((await ask(open.port, '/preview', { headers: { cookie: old } })).status, 401);
});

for (const host of [
  'localhost',
  'localhost:3000',
  'LOCALHOST',
  '127.0.0.1',
  '127.0.0.1:3000',
  '127.9.9.9',
  '[::1]',
  '[::1]:3000',
]) {
  test(`without a token ${host} on this machine gets in`, async () => {
    await using open = await site({ adminToken: undefined });
    assert.equal((await ask(open.port, '/preview', { headers: { host } })).status, 200);
  });
}

const strangers = [
  'callboard.example',
  'rebound.attacker.example:3000',
  'localhost.attacker.example',
  '127.0.0.1.attacker.example',
  '127.0.0.1@attacker.example',
  'localhost:3000.attacker.example',
  '192.168.1.2',
  '0.0.0.0',
  '[::]',
  '2130706433',
];

for (const host of strangers) {
  test(`without a token a name rebound to this machine does not get in: ${host}`, async () => {
    await using open = await site({ adminToken: undefined });
    assert.equal((await ask(open.port, '/preview', { headers: { host } })).status, 401);
  });
}

const forwarding = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-real-ip',
  'x-client-ip',
  'cf-connecting-ip',
  'true-client-ip',
  'via',
];

for (const name of forwarding) {
  test(`without a token what a proxy passes on does not get in: ${name}`, async () => {
    await using open = await site({ adminToken: undefined });
    assert.equal((await ask(open.port, '/preview', { headers: { [name]: '127.0.0.1' } })).status, 401);
    assert.equal((await ask(open.port, '/preview', { headers: { [name]: '' } })).status, 401);
  });
}

test('without a token a proxy that adds no header but speaks HTTP/1.0 does not get in', async () => {
  await using open = await site({ adminToken: undefined });
  const request = (version: string) =>
    askRaw(open.port, `GET /preview HTTP/${version}\r\nhost: 127.0.0.1:3000\r\nconnection: close\r\n\r\n`);
  assert.match(await request('1.1'), /^HTTP\/1\.1 200 /);
  assert.match(await request('1.0'), /^HTTP\/1\.1 401 /);
});

test('without a token ?token= gives nothing to anybody', async () => {
  await using open = await site({ adminToken: undefined });
  for (const token of ['', 'undefined', adminToken]) {
    const { status, headers } = await ask(open.port, `/preview?token=${token}`, {
      headers: { host: 'callboard.example', authorization: `Bearer ${token}` },
    });
    assert.deepEqual([status, headers['set-cookie']], [401, undefined]);
  }
});

const peers: readonly (readonly [string | undefined, boolean])[] = [
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['192.168.1.2', false],
  ['::ffff:192.168.1.2', false],
  ['2001:db8::1', false],
  ['1.127.0.0', false],
  ['', false],
  [undefined, false],
];

for (const [remoteAddress, expected] of peers) {
  test(`without a token the peer ${remoteAddress || 'nobody'} is ${expected ? '' : 'not '}this machine`, () => {
    const request = { socket: { remoteAddress }, headers: { host: 'localhost' }, httpVersion: '1.1' };
    assert.equal(isOperator(request as unknown as Request, undefined), expected);
  });
}
