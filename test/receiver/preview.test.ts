import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, test } from 'node:test';
import express from 'express';
import { type PreviewItem, type PreviewOptions, previewRouter } from '#receiver/preview/preview.ts';

let items: PreviewItem[];
let listeners: Set<() => void>;
let asked: { after: number; limit: number }[];
let stop: AbortController;
let servers: Server[];

beforeEach(() => {
  items = [];
  listeners = new Set();
  asked = [];
  stop = new AbortController();
  servers = [];
});

afterEach(async () => {
  stop.abort();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** The address of the preview on a server like ours: no query parser, mounted at /preview. */
async function serve(options: Partial<PreviewOptions> = {}): Promise<string> {
  const feed = {
    list: async (wanted: { after: number; limit: number }) => {
      asked.push(wanted);
      return items.filter(({ change }) => change > wanted.after);
    },
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const app = express();
  app.set('query parser', false);
  app.use('/preview', previewRouter(feed, { signal: stop.signal, ...options }));
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return `http://127.0.0.1:${address.port}/preview`;
}

function item(change: number, text = `Message ${change}`): PreviewItem {
  return {
    change,
    id: `id-${change}`,
    destination: 'team',
    rule: 'vip_joined',
    state: 'suppressed',
    reason: 'no credentials',
    createdAt: '2025-02-08T07:33:20.000Z',
    slack: { text, blocks: [{ type: 'section', text: { type: 'plain_text', text } }] },
    discord: { content: text, embeds: [], components: [] },
  };
}

/** Reads a stream until its text matches; the text it ended with where it ends before. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, pattern: RegExp): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  while (!pattern.test(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  return text;
}

async function openStream(base: string) {
  const response = await fetch(`${base}/stream`);
  assert.ok(response.body);
  return { response, reader: response.body.getReader() };
}

test('the page may run nothing but its own files and cannot be framed', async () => {
  const base = await serve();
  const response = await fetch(base);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
  const policy = (response.headers.get('content-security-policy') ?? '').split('; ');
  for (const directive of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    assert.ok(policy.includes(directive), directive);
  }
  assert.doesNotMatch(policy.join(), /unsafe|https?:|\*/);
  const html = await response.text();
  assert.doesNotMatch(html, /\sstyle=|\son\w+=|<style|<script>|\/\/[a-z]/);
});

test('every answer forbids guessing its type, keeping it and telling where a reader came from', async () => {
  const base = await serve();
  for (const path of ['', '/app.js', '/page.css', '/messages', '/stream']) {
    const response = await fetch(base + path);
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(response.headers.get('cache-control'), 'no-store', path);
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer', path);
    await response.body?.cancel();
  }
});

test('the files of the page are found from its address with and without a slash at the end', async () => {
  const base = await serve();
  for (const address of [base, `${base}?view=1`, `${base}/`]) {
    const html = await (await fetch(address)).text();
    const names = [...html.matchAll(/(?:href|src)="([^"#]+\.(?:js|css))"/g)].map(([, name]) => name ?? '');
    assert.equal(names.length, 5);
    for (const name of names) assert.equal((await fetch(new URL(name, address))).status, 200, name);
  }
});

test('every file of the page is served as what it is, and none loads anything from elsewhere', async () => {
  const base = await serve();
  const folder = new URL('../../src/receiver/preview/page/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name !== 'index.html');
  assert.ok(names.length > 5);
  for (const name of names) {
    const response = await fetch(`${base}/${name}`);
    assert.equal(response.status, 200, name);
    const type = name.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8';
    assert.equal(response.headers.get('content-type'), type, name);
    const text = await response.text();
    assert.equal(text, await readFile(new URL(name, folder), 'utf8'));
    for (const [, imported = ''] of text.matchAll(/from '([^']+)'/g))
      assert.ok(names.includes(imported.replace(/^\.\//, '')), `${name} imports ${imported}`);
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|url\(|@import/);
  }
});

test('messages come in the order of the feed, with all that is drawn', async () => {
  const base = await serve();
  items = [item(3), item(2), item(1)];
  const response = await fetch(`${base}/messages`);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  assert.deepEqual(await response.json(), { items });
  assert.deepEqual(await (await fetch(`${base}/messages?after=2`)).json(), { items: [item(3)] });
});

test('one answer is bounded, whatever the feed gives', async () => {
  const base = await serve();
  items = Array.from({ length: 500 }, (_, index) => item(500 - index));
  const given: unknown = await (await fetch(`${base}/messages?after=0`)).json();
  assert.deepEqual(given, { items: items.slice(0, 200) });
  assert.deepEqual(asked, [{ after: 0, limit: 200 }]);
});

test('what is no number of a change is refused and not asked for', async () => {
  const base = await serve();
  for (const after of ['-1', '1.5', 'x', '', '1e3', '9'.repeat(16), "1'--"]) {
    const response = await fetch(`${base}/messages?after=${encodeURIComponent(after)}`);
    assert.equal(response.status, 400, after);
    await response.body?.cancel();
  }
  assert.deepEqual(asked, []);
});

test('a hostile name is served as JSON that no browser takes for a page', async () => {
  const base = await serve();
  const name = '</script><img src=x onerror=alert(1)>\u2028"\\';
  items = [item(1, name)];
  const response = await fetch(`${base}/messages`);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.deepEqual(await response.json(), { items: [item(1, name)] });
});

test('a stream tells changes, many at once as one', async () => {
  const base = await serve();
  const { response, reader } = await openStream(base);
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  await readUntil(reader, /retry: \d+\n\n/);
  assert.equal(listeners.size, 1);
  for (let round = 0; round < 2; round += 1) {
    for (const listener of listeners) for (let change = 0; change < 50; change += 1) listener();
    const told = await readUntil(reader, /\n\n/);
    assert.equal(told, 'event: changed\ndata: {}\n\n');
  }
  await reader.cancel();
});

test('a quiet stream is kept open with comments', async () => {
  const base = await serve({ heartbeatMs: 5 });
  const { reader } = await openStream(base);
  assert.match(await readUntil(reader, /(?:: still here\n\n){2}/), /^retry: \d+\n\n: still here/);
  await reader.cancel();
});

test('the feed is let go when the last reader leaves', async () => {
  const base = await serve({ heartbeatMs: 5 });
  const streams = [await openStream(base), await openStream(base)];
  assert.equal(listeners.size, 1);
  await streams[0]?.reader.cancel();
  await streams[1]?.reader.cancel();
  while (listeners.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const again = await openStream(base);
  assert.equal(listeners.size, 1);
  await again.reader.cancel();
});

test('more streams than there is room for are refused until one leaves', async () => {
  const base = await serve({ maxStreams: 2 });
  const first = await openStream(base);
  const second = await openStream(base);
  const refused = await fetch(`${base}/stream`);
  assert.equal(refused.status, 503);
  assert.match(await refused.text(), /too many/);
  await first.reader.cancel();
  let admitted = await fetch(`${base}/stream`);
  while (admitted.status === 503) {
    await admitted.body?.cancel();
    admitted = await fetch(`${base}/stream`);
  }
  assert.equal(admitted.status, 200);
  await admitted.body?.cancel();
  await second.reader.cancel();
});

test('a stream asked for with HEAD takes no room', { timeout: 10_000 }, async () => {
  const base = await serve({ maxStreams: 1 });
  assert.equal((await fetch(`${base}/stream`, { method: 'HEAD' })).status, 200);
  assert.equal(listeners.size, 0);
  const { response, reader } = await openStream(base);
  assert.equal(response.status, 200);
  await reader.cancel();
});

test('stopping ends the streams, lets go of the feed and lets the server close', {
  timeout: 10_000,
}, async () => {
  const base = await serve();
  const { reader } = await openStream(base);
  for (const listener of listeners) listener();
  stop.abort();
  assert.match(await readUntil(reader, /never/), /^retry: /);
  assert.equal(listeners.size, 0);
  assert.equal((await fetch(`${base}/stream`)).status, 503);
});
