import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHarmless, openings, sources } from './hostile-setup.ts';

/** Nothing of these may ever be a redirect. */
const noAddresses = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  ' javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'vbscript:x',
  'blob:https://files.example/x',
  'ftp://files.example/x',
  'gopher://127.0.0.1:70/x',
  'about:blank',
  '//evil.example/x',
  '/\\evil.example',
  '\\\\evil.example\\x',
  'https://user@evil.example/',
  'https://new.platform.example@evil.example/',
  'https://user:word@store.platform.example/bucket1/a',
  'https://',
  'https://[::1',
  'https://300.1.2.3/',
  'https://a b/',
  'http:///',
  '{storage}/rec/a.mp4',
  '/out/rec/a.mp4',
  '',
];

for (const url of noAddresses) {
  test(`${JSON.stringify(url)} is no address to send a reader to`, async () => {
    const { opened, called } = await openings({ kind: 'address', url }, () => new Response());
    assert.deepEqual([...new Set(opened.map(({ kind }) => kind))], ['gone']);
    assert.deepEqual(called, []);
  });
}

/** Addresses of some place: a reader may be sent there, since the platform said so, but we go nowhere. */
const addresses = [
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://017700000001/',
  'http://[::1]/',
  'http://[::ffff:169.254.169.254]/latest/meta-data',
  'http://169.254.169.254/latest/meta-data',
  'http://localhost:6379/',
  'https://ｓtore.evil.example/bucket1/a',
  'https://store.platform.example.evil.example/bucket1/a',
  'https://evil.example/#https://store.platform.example/bucket1/a',
  'https://evil.example/?https://store.platform.example/bucket1/a',
  'https:\\\\evil.example\\bucket1\\a',
  'https:evil.example/a',
  'https://store.platform.example:8443/bucket1/a',
  'http://store.platform.example/bucket1/a',
  'https://store.platform.example/bucket2/a',
  'https://store.platform.example/bucket1/../bucket2/a',
  'https://store.platform.example/bucket1/%2e%2e/bucket2/a',
  'https://bucket1.store.platform.example.evil.example/a',
  'https://old.platform.example.evil.example/rec/a',
  'https://old.platform.example/rec/../a',
  'https://evil.example/\r\nSet-Cookie: x=1',
];

for (const url of addresses) {
  test(`${JSON.stringify(url)} is never called`, async () => {
    const { opened, called } = await openings({ kind: 'address', url }, () => new Response());
    assert.ok(opened.some(({ kind }) => kind === 'open'));
    assert.deepEqual(called, []);
    assertHarmless(opened, called, url);
    for (const each of opened) assert.ok(each.kind !== 'open' || !each.url.includes('X-Amz-Signature'), url);
  });
}

test('no object is signed for that lies outside of the bucket, however it is spelt', async () => {
  for (const name of [
    '..%2fbucket2%2fa',
    '%2e%2e%5cbucket2',
    'a%0d%0ab',
    'a%00b',
    'a%5c..%5cb',
    'x%2f..%2f..%2fbucket2%2fa',
    '%ff',
    '',
  ]) {
    const { all, called } = sources(() => new Response());
    const opened = await all[1]?.open({
      kind: 'address',
      url: `https://bucket1.store.platform.example/${name}`,
    });
    assert.deepEqual([name, opened?.kind, called], [name, 'gone', []]);
  }
  const { all, called } = sources(() => new Response());
  const opened = await all[1]?.open({ kind: 'address', url: 'https://bucket1.store.platform.example/a' });
  assert.deepEqual([opened?.kind, called], ['open', ['bucket1.store.platform.example']]);
});

test('a path that climbs, breaks lines or hides stays nowhere', async () => {
  const odd = [
    '../a',
    'a/../../b',
    'a/./b',
    '..',
    '.',
    'a\r\nb',
    'a\nSet-Cookie: x',
    'a\u0000b',
    'a\\..\\b',
    '',
    '/',
    '///',
    'a\ud800',
  ];
  for (const path of odd) {
    const { opened, called } = await openings({ kind: 'path', path }, () => new Response());
    assert.deepEqual([path, [...new Set(opened.map(({ kind }) => kind))], called], [path, ['gone'], []]);
  }
  for (const path of [
    '//evil.example/a',
    'https://evil.example',
    '%2e%2e/a',
    '@evil.example',
    ':8443/a',
    '.evil.example',
    'javascript:x',
    'ünï/🎉',
  ]) {
    const { opened } = await openings({ kind: 'path', path }, () => new Response());
    const found = opened.flatMap((each) => (each.kind === 'open' ? [each.url] : []));
    assert.equal(found.length, 1, path);
    assert.ok(found[0]?.startsWith('https://files.platform.example/own/'), `${path}: ${found[0]}`);
  }
});
