import express, { type RequestHandler, type Router } from 'express';
import { assets, createPageFiles, type PageFiles } from './page-files.ts';
import { createStreams } from './streams.ts';

/** A message as the page draws it: written for both platforms, whichever its destination is. */
export type PreviewItem = {
  /** Rises with every change of any message. */
  readonly change: number;
  readonly id: string;
  readonly destination: string;
  readonly rule: string;
  readonly state: string;
  /** Why it is in its state, where that needs a word. */
  readonly reason?: string;
  /** ISO 8601 */
  readonly createdAt: string;
  readonly slack: { readonly text: string; readonly blocks: readonly unknown[] };
  readonly discord: {
    readonly content: string;
    readonly embeds: readonly unknown[];
    readonly components: readonly unknown[];
  };
};

/** The messages that have a place in the preview. */
export type PreviewFeed = {
  /** Those changed after `after`: the newest `limit` messages, newest first. */
  list(options: { after: number; limit: number }): Promise<readonly PreviewItem[]>;
  /** Calls the listener whenever `list` has something new, until the returned function is called. */
  subscribe(listener: () => void): () => void;
};

export type PreviewOptions = {
  /** Its abort ends the open streams, so that a server can close. */
  readonly signal: AbortSignal;
  readonly maxStreams?: number;
  readonly heartbeatMs?: number;
};

/** What the page keeps, and so what one answer holds at most. */
const maxItems = 200;
const collectMs = 100;

/** The page may load from us, and nothing else; no script of it can write HTML. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The page that draws every message of `feed` as Slack and Discord draw it, live. To be mounted behind a guard: it shows everything. */
export function previewRouter(feed: PreviewFeed, options: PreviewOptions): Router {
  const { signal, maxStreams = 20, heartbeatMs = 15_000 } = options;
  const files = createPageFiles();
  const streams = createStreams({
    subscribe: (listener) => feed.subscribe(listener),
    maxStreams,
    heartbeatMs,
    collectMs,
    signal,
  });
  const router = express.Router();
  router.use((_request, response, next) => {
    response.set(headers);
    next();
  });
  router.get('/', pageRoute(files));
  for (const [name, type] of Object.entries(assets)) {
    router.get(`/${name}`, async (_request, response) => {
      response.type(type).send(await files.read(name));
    });
  }
  router.get('/messages', messagesRoute(feed));
  router.get('/stream', (request, response) => {
    if (request.method === 'HEAD') response.end();
    else if (!streams.add(response))
      response.status(503).set('retry-after', '30').type('text/plain').send('too many streams\n');
  });
  return router;
}

/** The page's own files are named relative to its address, which works with and without a slash at the end and behind a proxy's prefix. */
function pageRoute(files: PageFiles): RequestHandler {
  return async (request, response) => {
    const folder = request.originalUrl.split('?')[0]?.endsWith('/') ? '' : request.baseUrl.split('/').at(-1);
    const html = await files.read('index.html');
    response.type('html').send(html.replaceAll('{{folder}}', folder ? `${folder}/` : ''));
  };
}

function messagesRoute(feed: PreviewFeed): RequestHandler {
  return async (request, response) => {
    const after = new URL(request.url, 'http://localhost').searchParams.get('after') ?? '0';
    if (!/^\d{1,15}$/.test(after)) {
      response.status(400).json({ error: 'after must be the number of a change' });
      return;
    }
    const items = await feed.list({ after: Number(after), limit: maxItems });
    response.json({ items: items.slice(0, maxItems) });
  };
}
