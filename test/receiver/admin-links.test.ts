import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { type AdminLinks, addAdminLinkRoutes } from '#receiver/admin-links.ts';
import { adminGuard } from '#receiver/guard.ts';
import { createApp } from '#receiver/http.ts';
import { StoreUnavailable } from '#store/store.ts';
import { adminToken, ask } from './setup.ts';

type Filter = Parameters<AdminLinks['list']>[0];
type Order = Parameters<AdminLinks['revoke']>[0];

/** The routes with one link behind them, and what was asked of it. */
async function admin(changed: Partial<AdminLinks> = {}) {
  const filters: Filter[] = [];
  const orders: Order[] = [];
  const app = createApp();
  addAdminLinkRoutes(app, adminGuard(adminToken), {
    list: async (filter) => {
      filters.push(filter);
      return [{ id: 'a1' }];
    },
    revoke: async (order) => {
      orders.push(order);
      return { kind: 'done', revoked: 2 };
    },
    ...changed,
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const operator = { authorization: `Bearer ${adminToken}` };
  const get = async (path: string, headers: Record<string, string> = operator) => {
    const { status, text } = await ask(port, path, { headers });
    return { status, text };
  };
  const post = async (
    body: string,
    type = 'application/json',
    headers: Record<string, string> = operator,
  ) => {
    const all = { ...headers, 'content-type': type };
    const { status, text } = await ask(port, '/admin/links/revoke', { method: 'POST', headers: all, body });
    return { status, text };
  };
  return {
    filters,
    orders,
    get,
    post,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

test('links are listed to operators, since a moment and of a session, a thousand at most', async () => {
  await using api = await admin();
  assert.deepEqual(await api.get('/admin/links'), { status: 200, text: '{"links":[{"id":"a1"}]}' });
  await api.get('/admin/links?since=2026-07-05T08:00:00.000Z&session=meet/S%201&limit=9999');
  assert.deepEqual(api.filters, [
    { since: new Date(0), limit: 100 },
    { since: new Date('2026-07-05T08:00:00.000Z'), session: 'meet/S 1', limit: 1000 },
  ]);
});

test('a question that nobody understands is answered 400', async () => {
  await using api = await admin();
  for (const query of ['since=yesterday', 'limit=0', 'limit=x', 'sinse=2026-07-05T08:00:00Z']) {
    const { status, text } = await api.get(`/admin/links?${query}`);
    assert.equal(status, 400, query);
    assert.match(text, /^\{"error":"/);
  }
  assert.deepEqual(api.filters, []);
});

test('one link, those of a session or all are revoked, with a reason', async () => {
  await using api = await admin();
  const because = 'shared by mistake';
  const done = { status: 200, text: '{"revoked":2}' };
  for (const which of [{ link: 'x' }, { session: 'meet/S1' }, { all: true }])
    assert.deepEqual(await api.post(JSON.stringify({ ...which, because: ` ${because} ` })), done);
  assert.deepEqual(api.orders, [
    { target: { link: 'x' }, because },
    { target: { session: 'meet/S1' }, because },
    { target: 'all', because },
  ]);
});

test('nothing is revoked by an order that is not clear', async () => {
  await using api = await admin();
  const because = 'x';
  const unclear = [
    {},
    { because },
    { all: true },
    { all: true, because: ' ' },
    { all: false, because },
    { all: 'true', because },
    { link: 'x', session: 'y', because },
    { link: 'x', all: true, because },
    { link: '', because },
    { link: 'x', because, dry_run: true },
    [],
  ];
  for (const each of unclear) {
    const { status, text } = await api.post(JSON.stringify(each));
    assert.equal(status, 400, `${JSON.stringify(each)} ${text}`);
  }
  const form = await api.post('all=true&because=x', 'application/x-www-form-urlencoded');
  assert.equal(form.status, 400);
  const plain = await api.post(JSON.stringify({ all: true, because }), 'text/plain');
  assert.equal(plain.status, 400);
  assert.deepEqual(api.orders, []);
});

test('a link that is not known is answered 404, and a store that is away 503', async () => {
  await using api = await admin({ revoke: async () => ({ kind: 'unknown', reason: 'no such link' }) });
  const order = '{"link":"x","because":"y"}';
  assert.deepEqual(await api.post(order), { status: 404, text: '{"error":"no such link"}' });
  await using away = await admin({
    list: () => Promise.reject(new StoreUnavailable('The store is closed.')),
    revoke: () => Promise.reject(new StoreUnavailable('The store is closed.')),
  });
  assert.equal((await away.get('/admin/links')).status, 503);
  assert.equal((await away.post(order)).status, 503);
});

test('nobody else gets in', async () => {
  await using api = await admin();
  assert.equal((await api.get('/admin/links', {})).status, 401);
  assert.equal((await api.post('{"all":true,"because":"x"}', 'application/json', {})).status, 401);
  assert.deepEqual([api.filters, api.orders], [[], []]);
});
