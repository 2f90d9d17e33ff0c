import { createServer } from 'node:http';
import type { Express } from 'express';
import { OperatorError } from '#runtime/operator-error.ts';

export type Listening = {
  readonly port: number;
  /** Takes no new connection, lets requests finish, closes what is idle. */
  close(): Promise<void>;
};

/** How long a request may take to come in. A sender gives up long before. */
const requestMs = 30_000;
const drainMs = 5000;
const sweepMs = 50;

/** Serves the app. Rejects with an OperatorError when the port is taken or not allowed. */
export function listen(
  app: Express,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Listening> {
  const server = createServer(
    { requestTimeout: requestMs, headersTimeout: requestMs, keepAliveTimeout: 65_000 },
    app,
  );
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Readonly<Record<string, string>> = {
        EADDRINUSE: 'something else listens there; set PORT to another one',
        EACCES: 'no permission; ports below 1024 need more rights',
        EADDRNOTAVAIL: 'this machine has no such address; check HOST',
      };
      reject(
        new OperatorError(`cannot listen on ${host}:${port}: ${reasons[error.code ?? ''] ?? error.message}`),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address ? address.port : port,
        close: () =>
          new Promise((closed) => {
            // Otherwise a sender that keeps its connection would go on sending until it is cut off.
            server.prependListener('request', (_request, response) => {
              response.setHeader('connection', 'close');
            });
            const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
            const timer = setTimeout(() => server.closeAllConnections(), drainMs);
            server.close(() => {
              clearInterval(sweep);
              clearTimeout(timer);
              closed();
            });
          }),
      });
    });
  });
}
