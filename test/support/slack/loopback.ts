import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';

/** What a loopback server does with requests whose body has been read, and with upgrades. */
export type Handlers = {
  onRequest(request: IncomingMessage, path: string, body: string, response: ServerResponse): Promise<void>;
  onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
};

/** An HTTP server on 127.0.0.1 that keeps its port while it refuses connections. */
export class Loopback {
  readonly #server: Server;
  #port = 0;

  constructor(handlers: Handlers) {
    this.#server = createServer((request, response) => void take(request, response, handlers));
    this.#server.on('upgrade', (request, stream, head) => handlers.onUpgrade(request, stream, head));
    this.#server.requestTimeout = 0;
  }

  /** `host:port`. */
  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Starts to listen, on the port of the last time. */
  async listen(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    await promise;
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** Stops listening and cuts every HTTP connection; sockets that were upgraded stay. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}

/** An error of the stand-in itself is left unhandled, so that the test run fails on it. */
async function take(request: IncomingMessage, response: ServerResponse, handlers: Handlers): Promise<void> {
  const body = await text(request).catch(() => undefined);
  // Without a body the client has gone in the middle of its request.
  if (body === undefined) return;
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  await handlers.onRequest(request, path, body, response);
}
