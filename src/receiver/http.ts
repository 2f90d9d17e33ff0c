import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Router,
} from 'express';
import type { Registry } from 'prom-client';
import type { Logger } from '#runtime/logger.ts';
import { type Admin, addAdminRoutes } from './admin.ts';
import { adminGuard, isOperator } from './guard.ts';

/** What an artifact link answers. */
type LinkAnswer =
  | { readonly status: number; readonly html: string }
  | { readonly status: 302; readonly location: string };

/** Ready or not, and why not. */
export type Readiness = { readonly isReady: boolean; readonly reasons: readonly string[] };

export type HttpOptions = {
  readonly hooks: RequestHandler;
  readonly openLink: (click: {
    token: string;
    method: string;
    userAgent: string;
    address: string | undefined;
    forwardedFor: string | undefined;
  }) => Promise<LinkAnswer>;
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: Registry;
  readonly preview: Router;
  /** Reads the rules anew. */
  readonly reload: () => Promise<{ readonly status: number; readonly json: object }>;
  readonly admin: Admin;
  readonly adminToken: string | undefined;
  readonly logger: Logger;
};

/** An app without what we do not use: no query parser, no etag, no header that names the framework. */
export function createApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  return app;
}

/** Puts our routes on the app. The chat platforms' routes, which read their own bodies, were put on it before. */
export function addRoutes(app: Express, options: HttpOptions): void {
  app.all('/hooks/:source', options.hooks);
  app.get('/a/:token', artifactRoute(options));
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  app.get('/readyz', readyRoute(options));
  app.get('/metrics', async (_request, response) => {
    response.type(options.metrics.contentType).send(await options.metrics.metrics());
  });
  app.post('/admin/reload', adminGuard(options.adminToken), async (_request, response) => {
    const { status, json } = await options.reload();
    response.status(status).json(json);
  });
  addAdminRoutes(app, adminGuard(options.adminToken), options.admin);
  app.use('/preview', adminGuard(options.adminToken), options.preview);
  app.use((_request, response) => {
    response.status(404).type('text/plain').send('not found\n');
  });
  app.use(failure(options.logger));
}

function artifactRoute({ openLink }: HttpOptions): RequestHandler {
  return async (request, response) => {
    const token = String(request.params['token']);
    const answer = await openLink({
      token,
      method: request.method,
      userAgent: request.headers['user-agent'] ?? '',
      address: request.socket.remoteAddress,
      forwardedFor: request.get('x-forwarded-for'),
    });
    response.setHeader('cache-control', 'no-store');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('x-robots-tag', 'noindex');
    if ('location' in answer) {
      response.writeHead(302, { location: answer.location }).end();
      return;
    }
    response.setHeader(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    );
    response.status(answer.status).type('html').send(answer.html);
  };
}

function readyRoute({ readiness, adminToken }: HttpOptions): RequestHandler {
  return async (request, response) => {
    const { isReady, reasons } = await readiness();
    const status = isReady ? 200 : 503;
    const details = isOperator(request as Request, adminToken)
      ? { ready: isReady, reasons }
      : { ready: isReady };
    response.status(status).json(details);
  };
}

/** The last word on anything unforeseen: the log gets all of it, the caller none of it. */
function failure(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const status = error instanceof URIError || hasStatus(error, 400) ? 400 : 500;
    if (status === 500) logger.error({ err: error, method: request.method }, 'a request failed');
    if (response.headersSent) response.destroy();
    else
      response
        .status(status)
        .type('text/plain')
        .send(status === 400 ? 'bad request\n' : 'something went wrong\n');
  };
}

function hasStatus(error: unknown, status: number): boolean {
  return typeof error === 'object' && error !== null && 'status' in error && error.status === status;
}
