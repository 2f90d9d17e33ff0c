import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on a free port of 127.0.0.1. `url` has no slash at its end. */
export type FileServer = AsyncDisposable & {
  readonly url: string;
  /** The requests so far, in order. */
  readonly calls: readonly Call[];
};

export type Call = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
};

/** Starts a server that answers as told. */
export async function startFileServer(
  answer: (call: Call, response: ServerResponse) => void,
): Promise<FileServer> {
  const calls: Call[] = [];
  const server = createServer(({ method = '', url = '', headers }, response) => {
    const call = { method, path: url, headers };
    calls.push(call);
    answer(call, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** What goes wrong with a call. `hang`: no answer. `reset`: the socket is destroyed. `garbage`: status 200 and no JSON. */
export type FileFault = 'hang' | 'reset' | '401' | '403' | '429' | '500' | 'garbage' | 'huge' | 'redirect';

/** Deals with a call as the fault says; a redirect leads to `elsewhere`. */
export function failCall(fault: FileFault, response: ServerResponse, elsewhere: string): void {
  switch (fault) {
    case 'hang':
      return;
    case 'reset':
      response.destroy();
      return;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"file":');
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ file: { fileUrl: 'https://x.example/a' }, more: 'x'.repeat(2_000_000) }));
      return;
    case 'redirect':
      response.writeHead(302, { location: elsewhere }).end();
      return;
    default:
      response.writeHead(Number(fault)).end('<html>error</html>');
  }
}
