import type { Request, RequestHandler, Response } from 'express';
import type { Acceptance } from '#domain/event.ts';
import type { Logger } from '#runtime/logger.ts';
import { createTurn } from '#runtime/turn.ts';
import type { RawRequest, Source } from '#sources/source.ts';
import { StoreUnavailable } from '#store/store.ts';
import { readBody } from './body.ts';
import type { HookMetrics } from './metrics.ts';

export type HookOptions = {
  readonly source: (name: string) => Source | undefined;
  /** Resolves when the webhook is on disk. */
  readonly accept: (request: RawRequest, source: Source) => Promise<Acceptance>;
  /** How the senders reach us: some sign the address. */
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly metrics: HookMetrics;
};

/** POST /hooks/:source. Answers as soon as the webhook is kept; the senders give it about a second. */
export class Hooks {
  readonly #options: HookOptions;
  readonly #turn = createTurn();
  #waiting = 0;

  constructor(options: HookOptions) {
    this.#options = options;
  }

  /** Webhooks whose answer is still due. */
  get waiting(): number {
    return this.#waiting;
  }

  readonly handle: RequestHandler = async (request, response) => {
    this.#waiting++;
    const startedAt = performance.now();
    try {
      await this.#answer(request, response);
    } catch (error) {
      this.#options.logger.error(
        { err: error, source: request.params['source'] },
        'a webhook could not be handled',
      );
      send(response, 503, 'try again', { 'retry-after': '1' });
    } finally {
      this.#waiting--;
      this.#options.metrics.seconds.observe((performance.now() - startedAt) / 1000);
    }
  };

  async #answer(request: Request, response: Response): Promise<void> {
    const { source: find, accept, logger, metrics, publicUrl } = this.#options;
    const name = String(request.params['source']);
    const source = find(name);
    if (source === undefined) {
      request.resume();
      send(response, 404, 'no such source');
      return;
    }
    if (request.method !== 'POST') {
      request.resume();
      send(response, 405, 'POST webhooks here', { allow: 'POST' });
      return;
    }
    const body = await readBody(request);
    if (body === 'aborted') return;
    if (body === 'too large') {
      metrics.webhooks.inc({ source: name, result: 'too_large' });
      logger.warn({ source: name }, 'a webhook over 2 MiB was refused');
      send(response, 413, 'too large');
      return;
    }
    const raw: RawRequest = {
      url: publicUrl + request.originalUrl,
      headers: request.headers as RawRequest['headers'],
      body,
    };
    await this.#turn();
    const accepted = await accept(raw, source).catch((error: unknown) => {
      if (error instanceof StoreUnavailable) return { kind: 'unavailable' as const, reason: error.message };
      throw error;
    });
    metrics.webhooks.inc({ source: name, result: accepted.kind });
    switch (accepted.kind) {
      case 'stored':
      case 'duplicate':
        send(response, 200, accepted.kind);
        return;
      case 'refused':
        // These senders take 401 for an answer and never repeat it: the event is lost, so an operator must hear of it.
        logger.warn(
          { source: name, reason: accepted.reason, bytes: body.length },
          'a webhook was refused: not signed by the sender',
        );
        send(response, 401, 'not signed by the sender');
        return;
      case 'unreadable':
        logger.warn(
          { source: name, reason: accepted.reason, bytes: body.length },
          'a signed webhook could not be read',
        );
        send(response, 400, 'not readable');
        return;
      case 'unavailable':
        logger.warn({ source: name, reason: accepted.reason }, 'a webhook could not be taken now');
        send(response, 503, 'try again', { 'retry-after': '1' });
    }
  }
}

/** Straight to Node's response: no etag, no content negotiation on this path. */
function send(response: Response, status: number, text: string, headers: Record<string, string> = {}): void {
  if (response.headersSent) return;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
