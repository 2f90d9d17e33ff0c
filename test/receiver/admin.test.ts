import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Admin, ReplayOrder } from '#receiver/admin.ts';
import { StoreUnavailable } from '#store/store.ts';
import { event } from '../engine/setup.ts';
import { adminToken, ask, site } from './setup.ts';

const stored = {
  sequence: 7,
  receivedAt: new Date('2026-07-05T08:00:00.000Z'),
  isRepeat: false,
  event: event('participant.joined', 0),
};

type Asked = { readonly after: number; readonly since: Date; readonly limit: number };

/** A site whose admin API has one event, and what it was asked. */
async function admin(changed: Partial<Admin['store']> = {}) {
  const lists: Asked[] = [];
  const orders: ReplayOrder[] = [];
  const open = await site({
    admin: {
      store: {
        findEvent: async (sequence) => (sequence === 7 ? stored : undefined),
        listEvents: async (filter) => {
          lists.push(filter);
          return [stored];
        },
        listDecisions: async (sequence) => (sequence === 7 ? [{ rule: 'joined', fired: ['id'] }] : []),
        ...changed,
      },
      replay: async (order) => {
        orders.push(order);
        return { status: 200, json: { messages: 3 } };
      },
    },
  });
  const headers = { authorization: `Bearer ${adminToken}` };
  const get = async (path: string) => {
    const { status, text } = await ask(open.port, path, { headers });
    return { status, json: JSON.parse(text) };
  };
  const post = async (body: string, type = 'application/json') => {
    const { status, text } = await ask(open.port, '/admin/replay', {
      method: 'POST',
      headers: { ...headers, 'content-type': type },
      body,
    });
    return { status, json: JSON.parse(text) };
  };
  return { open, lists, orders, get, post, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() };
}

const written = JSON.parse(JSON.stringify(stored));

test('events, one event and its decisions are given to operators', async () => {
  await using api = await admin();
  assert.deepEqual(await api.get('/admin/events'), { status: 200, json: { events: [written] } });
  assert.deepEqual(await api.get('/admin/events/7'), { status: 200, json: { event: written } });
  assert.deepEqual(await api.get('/admin/events/7/decisions'), {
    status: 200,
    json: { decisions: [{ rule: 'joined', fired: ['id'] }] },
  });
});

test('nobody else gets anything', async () => {
  await using api = await admin();
  for (const path of ['/admin/events', '/admin/events/7', '/admin/events/7/decisions']) {
    assert.equal((await ask(api.open.port, path)).status, 401, path);
  }
  const body = JSON.stringify({ since: 1, to: 'board' });
  const headers = { 'content-type': 'application/json' };
  assert.equal((await ask(api.open.port, '/admin/replay', { method: 'POST', headers, body })).status, 401);
  assert.deepEqual([api.lists, api.orders], [[], []]);
});

test('an event that is not there is 404', async () => {
  await using api = await admin();
  for (const sequence of ['8', '0', 'seven', '-1', '1e99']) {
    const { status, json } = await api.get(`/admin/events/${sequence}`);
    assert.deepEqual([status, typeof json.error], [404, 'string'], sequence);
  }
});

test('a list begins where it is told to, and is never longer than 1000', async () => {
  await using api = await admin();
  await api.get('/admin/events');
  await api.get('/admin/events?after=41&since=2026-07-05T08:00:00Z&limit=5000');
  assert.deepEqual(api.lists, [
    { after: 0, since: new Date(0), limit: 100 },
    { after: 41, since: new Date('2026-07-05T08:00:00.000Z'), limit: 1000 },
  ]);
});

test('a query that says nothing sensible is 400 with the reason', async () => {
  await using api = await admin();
  for (const query of ['after=x', 'after=-1', 'since=yesterday', 'limit=1.5']) {
    const { status, json } = await api.get(`/admin/events?${query}`);
    assert.equal(status, 400);
    assert.ok(json.error.startsWith(`${query.split('=')[0]}: `), json.error);
  }
  assert.deepEqual(api.lists, []);
});

test('when the store cannot be read now, the answer is 503', async () => {
  await using api = await admin({
    listEvents: async () => {
      throw new StoreUnavailable('the disk is on fire');
    },
  });
  assert.deepEqual(await api.get('/admin/events'), { status: 503, json: { error: 'the disk is on fire' } });
});

test('a replay is ordered by a moment or by a sequence', async () => {
  await using api = await admin();
  const first = await api.post(JSON.stringify({ since: '2026-07-05T08:00:00.000Z', to: 'board' }));
  assert.deepEqual(first, { status: 200, json: { messages: 3 } });
  const second = { since: 12, to: 'board', rules: ['joined'], interval_ms: 1000, dry_run: true };
  await api.post(JSON.stringify(second));
  assert.deepEqual(api.orders, [
    { since: new Date('2026-07-05T08:00:00.000Z'), to: 'board', intervalMs: 0, isDryRun: false },
    { since: 12, to: 'board', rules: ['joined'], intervalMs: 1000, isDryRun: true },
  ]);
});

test('an order that is wrong or no JSON is refused', async () => {
  await using api = await admin();
  const wrong = [
    { to: 'board' },
    { since: 'yesterday', to: 'board' },
    { since: 1 },
    { since: 1, to: 'board', rule: 'joined' },
    { since: 1, to: 'board', interval_ms: -1 },
    [],
  ];
  for (const order of wrong) assert.equal((await api.post(JSON.stringify(order))).status, 400);
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
  const broken = await ask(api.open.port, '/admin/replay', { method: 'POST', headers, body: '{"since"' });
  assert.equal(broken.status, 400);
  assert.deepEqual(api.orders, []);
});

test('a page of another site cannot order a replay: what it may post unasked is not taken', async () => {
  await using api = await admin();
  const order = JSON.stringify({ since: 1, to: 'board' });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    assert.equal((await api.post(order, type)).status, 400, type);
  }
  assert.deepEqual(api.orders, []);
});
