import assert from 'node:assert/strict';
import { test } from 'node:test';
import express from 'express';
import { Gauge, Registry } from 'prom-client';
import type { HttpOptions } from '#receiver/http.ts';
import { adminToken, ask, site } from './setup.ts';

const operator = { authorization: `Bearer ${adminToken}` };
const notReady = {
  isReady: false,
  reasons: ['the store does not answer', 'destination sales: no credentials'],
};

test('/healthz answers everybody', async () => {
  await using open = await site();
  const { status, text, headers } = await ask(open.port, '/healthz');
  assert.deepEqual([status, text], [200, 'ok\n']);
  assert.deepEqual([headers['x-powered-by'], headers['etag']], [undefined, undefined]);
});

test('/readyz tells everybody whether, and only operators why not', async () => {
  await using open = await site({ readiness: async () => notReady });
  const anybody = await ask(open.port, '/readyz');
  assert.deepEqual([anybody.status, JSON.parse(anybody.text)], [503, { ready: false }]);
  const us = await ask(open.port, '/readyz', { headers: operator });
  assert.deepEqual([us.status, JSON.parse(us.text)], [503, { ready: false, reasons: notReady.reasons }]);
});

test('/readyz of a service that is ready is 200, and may have worries all the same', async () => {
  await using open = await site({
    readiness: async () => ({ isReady: true, reasons: ['commands in Slack'] }),
  });
  const { status, text } = await ask(open.port, '/readyz', { headers: operator });
  assert.deepEqual([status, JSON.parse(text)], [200, { ready: true, reasons: ['commands in Slack'] }]);
});

test('/metrics is in the format of Prometheus', async () => {
  await using open = await site();
  const { status, text, headers } = await ask(open.port, '/metrics');
  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
  assert.match(text, /^samples_total 3$/m);
});

for (const path of [
  '/',
  '/nothing',
  '/hooks',
  '/hooks/',
  '/hooks/a/b',
  '/a/',
  '/admin',
  '/favicon.ico',
  '/..%2f..%2fetc/passwd',
]) {
  test(`${path} is not found, and says no more`, async () => {
    await using open = await site();
    const { status, text, headers } = await ask(open.port, path);
    assert.deepEqual([status, text], [404, 'not found\n']);
    assert.match(String(headers['content-type']), /^text\/plain/);
  });
}

const secretive = Object.assign(new Error('the password is hunter22'), {
  stack: 'Error at /srv/secret/path.ts',
});

const failing: readonly (readonly [string, string, Partial<HttpOptions>])[] = [
  [
    'a hook that throws',
    '/hooks/meet',
    {
      hooks: () => {
        throw secretive;
      },
    },
  ],
  ['a link that rejects', '/a/token', { openLink: () => Promise.reject(secretive) }],
  ['a readiness that rejects', '/readyz', { readiness: () => Promise.reject(secretive) }],
  [
    'a preview that hands an error on',
    '/preview',
    { preview: express.Router().get('/', (_q, _s, next) => next(secretive)) },
  ],
];

for (const [what, path, options] of failing) {
  test(`${what} is answered 500 without a word about our insides; the log has it all`, async () => {
    await using open = await site(options);
    const { status, text } = await ask(open.port, path, { headers: operator });
    assert.deepEqual([status, text], [500, 'something went wrong\n']);
    assert.match(open.logs.join(''), /hunter22.*secret\/path/);
  });
}

test('metrics that cannot be collected are answered 500 without a word about our insides', async () => {
  const metrics = new Registry();
  const broken = new Gauge({
    name: 'broken',
    help: 'broken',
    registers: [],
    collect: () => Promise.reject(secretive),
  });
  metrics.registerMetric(broken);
  await using open = await site({ metrics });
  const { status, text } = await ask(open.port, '/metrics');
  assert.deepEqual([status, text], [500, 'something went wrong\n']);
});

test('an answer that breaks off in the middle is cut, not completed with an error text', async () => {
  await using open = await site({
    hooks: (_request, response, next) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      setTimeout(() => next(secretive), 20);
    },
  });
  await assert.rejects(ask(open.port, '/hooks/meet'), /aborted|socket hang up|ECONNRESET/);
});

test('a path that cannot be decoded is a bad request and no error of ours', async () => {
  await using open = await site();
  const { status, text } = await ask(open.port, '/hooks/%E0%A4%A');
  assert.deepEqual([status, text], [400, 'bad request\n']);
  assert.deepEqual(open.logs, []);
});

test('a link is opened with what the reader sent, and its answer is kept nowhere and leaks to nobody', async () => {
  const clicks: object[] = [];
  await using open = await site({
    openLink: async (click) => {
      clicks.push(click);
      return { status: 302, location: 'https://files.example/fresh?token=1' };
    },
  });
  const get = await ask(open.port, '/a/x.y.z?other=1', {
    headers: { 'user-agent': 'Reader/1.0', 'x-forwarded-for': '203.0.113.9' },
  });
  const head = await ask(open.port, '/a/x.y.z', { method: 'HEAD' });
  assert.deepEqual(clicks, [
    {
      token: 'x.y.z',
      method: 'GET',
      userAgent: 'Reader/1.0',
      address: '127.0.0.1',
      forwardedFor: '203.0.113.9',
    },
    { token: 'x.y.z', method: 'HEAD', userAgent: '', address: '127.0.0.1', forwardedFor: undefined },
  ]);
  assert.deepEqual(
    [get.status, get.headers['location'], get.text],
    [302, 'https://files.example/fresh?token=1', ''],
  );
  for (const { headers } of [get, head]) {
    assert.deepEqual(
      [headers['cache-control'], headers['referrer-policy'], headers['x-robots-tag']],
      ['no-store', 'no-referrer', 'noindex'],
    );
  }
});

test('a page about a link runs nothing and is framed by nobody', async () => {
  await using open = await site({ openLink: async () => ({ status: 410, html: '<p>gone</p>' }) });
  const { status, headers, text } = await ask(open.port, '/a/x');
  assert.deepEqual([status, text], [410, '<p>gone</p>']);
  assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
  assert.match(String(headers['content-type']), /^text\/html/);
});
