import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import express from 'express';
import { Counter, Registry } from 'prom-client';
import { addRoutes, createApp, type HttpOptions } from '#receiver/http.ts';
import { createLogger, type Logger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';

export const adminToken = 'admin-token-of-the-tests';

/** A logger of JSON lines and what it has written. */
export async function testLogger(): Promise<{ logger: Logger; logs: string[] }> {
  const logs: string[] = [];
  const write = (line: string) => void logs.push(line);
  const logger = await createLogger({ level: 'debug', format: 'json', redactor: new Redactor(), write });
  return { logger, logs };
}

type Headers = Readonly<Record<string, string>>;
export type Response = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
};

/** Asks with any headers, `host` too; follows no redirect. */
export async function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: Headers; body?: string } = {},
): Promise<Response> {
  const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  asked.end(body);
  const [response] = await once(asked, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(Buffer.from(chunk));
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

/** Sends the bytes as they are and reads until the other side closes. */
export async function askRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

export type Site = AsyncDisposable & { readonly port: number; readonly logs: readonly string[] };

/** Our routes with stand-ins behind them, on a free port of `host`. */
export async function site(options: Partial<HttpOptions> = {}, host = '127.0.0.1'): Promise<Site> {
  const { logger, logs } = await testLogger();
  const metrics = new Registry();
  new Counter({ name: 'samples_total', help: 'samples', registers: [metrics] }).inc(3);
  const app = createApp();
  addRoutes(app, {
    hooks: (_request, response) => void response.send('hook'),
    openLink: async () => ({ status: 200, html: '<p>page</p>' }),
    readiness: async () => ({ isReady: true, reasons: [] }),
    metrics,
    preview: express.Router().get('/', (_request, response) => void response.send('the preview')),
    reload: async () => ({ status: 200, json: { taken: true } }),
    admin: {
      store: {
        findEvent: async () => undefined,
        listEvents: async () => [],
        listDecisions: async () => [],
      },
      replay: async () => ({ status: 200, json: {} }),
    },
    adminToken,
    logger,
    ...options,
  });
  const server = app.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    port,
    logs,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
