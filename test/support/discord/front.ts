import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  type Answer,
  type Dialect,
  type Fault,
  type Faults,
  page,
  planOf,
  sendAnswer,
} from '#test/faults.ts';
import { type InvalidRequests, type Limiter, tooMany } from './limiter.ts';
import { Refusal, refusals } from './refusal.ts';
import { type Call, checkIds, type Routed, type Router } from './route.ts';

/** A request as it arrived; `status` is absent while, or if, no headers were sent back. */
export type SeenRequest = {
  readonly method: string;
  /** Below the version, with the query. */
  readonly path: string;
  /** Name of the route, if there is one. */
  readonly route: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  status: number | undefined;
};

export type FrontOptions = {
  readonly router: Router;
  readonly faults: Faults;
  /** Absent: nothing is limited and no limit headers are sent. */
  readonly limiter: Limiter | undefined;
  readonly invalid: InvalidRequests;
  /** Whether this `Authorization` header is the bot's. */
  isBot(authorization: string | undefined): boolean;
  /** The channel that a call to these path parameters is about. */
  channelOf(params: Routed['params']): string | undefined;
  /** Lets a state fault take effect before the call is handled. */
  changeState(fault: Fault, channelId: string | undefined, messageId: string | undefined): void;
};

const largestBodyBytes = 25 * 1024 * 1024;
const botUserAgent = /^DiscordBot \(\S+, \S+\)/;

const dialect: Dialect = {
  rateLimited: tooMany,
  serverError: jsonAnswer(500, { message: '500: Internal Server Error', code: 0 }),
  internalError: jsonAnswer(500, { message: '500: Internal Server Error', code: 0 }),
};

/** Takes every REST request from its first byte to the answer, faults included. */
export class Front {
  readonly #options: FrontOptions;
  readonly #seen: SeenRequest[] = [];

  constructor(options: FrontOptions) {
    this.#options = options;
  }

  requests(): readonly SeenRequest[] {
    return this.#seen;
  }

  /** Answers one request; resolves when all was done that will be done. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const method = request.method ?? 'GET';
    const target = targetOf(request.url ?? '/');
    const routed = this.#route(method, target.path);
    const seen: SeenRequest = {
      method,
      path: target.path + target.url.search,
      route: routed instanceof Refusal ? undefined : routed.route.name,
      headers: request.headers,
      body,
      status: undefined,
    };
    this.#seen.push(seen);
    let fault: Fault | undefined;
    response.once('close', () => {
      if (!response.headersSent) return;
      seen.status = response.statusCode;
      const scope = typeof fault === 'object' && fault.kind === 'rate-limited' ? fault.scope : 'user';
      this.#options.invalid.note(response.statusCode, scope);
    });
    if (this.#options.invalid.isBlocked()) return sendAnswer(response, page(429, 'Too Many Requests'));
    if (routed instanceof Refusal) return sendAnswer(response, refused(routed));

    const { route, params } = routed;
    const channel = this.#options.channelOf(params);
    fault = this.#options.faults.take({ method: route.name, channel });
    if (fault !== undefined) this.#options.changeState(fault, channel, params.get('message'));
    const plan = planOf(fault, dialect);
    if (plan?.applied === false) return plan.send(response, jsonAnswer(200, {}));
    const correct = this.#answer(request, routed, target, body, fault);
    return plan === undefined ? sendAnswer(response, correct) : plan.send(response, correct);
  }

  #route(method: string, path: string): Routed | Refusal {
    try {
      return this.#options.router.find(method, path);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  #answer(
    request: IncomingMessage,
    { route, params }: Routed,
    { url, version }: Target,
    body: string,
    fault: Fault | undefined,
  ): Answer {
    let headers: Answer['headers'] = {};
    try {
      if (!botUserAgent.test(request.headers['user-agent'] ?? '')) throw refusals.blockedUserAgent();
      if (version !== 'v10' && (version !== undefined || route.auth === 'bot')) {
        throw refusals.invalidApiVersion();
      }
      const isByBot = route.auth === 'bot';
      if (isByBot && !this.#options.isBot(request.headers.authorization)) throw refusals.unauthorized();
      const verdict = this.#options.limiter?.take(route.name, majorOf(params), isByBot);
      if (verdict?.refusal !== undefined) return verdict.refusal;
      headers = verdict?.headers ?? {};
      checkIds(params);
      if (Buffer.byteLength(body) > largestBodyBytes) throw refusals.tooLarge();
      const reply = route.handle(callOf(params, url, body, fault));
      const answer: Answer =
        reply.json === undefined
          ? { status: reply.status, headers: {}, body: '' }
          : jsonAnswer(reply.status, reply.json);
      return { ...answer, headers: { ...answer.headers, ...headers } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const answer = refused(error);
      return { ...answer, headers: { ...answer.headers, ...headers } };
    }
  }
}

/** What a bucket is for, besides the route: a channel, a guild, or whatever the token in the path stands for. */
function majorOf(params: Routed['params']): string {
  return params.get('channel') ?? params.get('guild') ?? params.get('token') ?? '';
}

type Target = { readonly url: URL; readonly path: string; readonly version: string | undefined };

/** `/api/v10/channels/1` is path `/channels/1` of version `v10`. */
function targetOf(requestUrl: string): Target {
  const url = new URL(requestUrl, 'http://discord.invalid');
  const found = /^\/api(?:\/(v\d+))?(\/.*)$/.exec(url.pathname);
  return { url, path: found?.[2] ?? url.pathname, version: found?.[1] };
}

function callOf(params: ReadonlyMap<string, string>, url: URL, body: string, fault: Fault | undefined): Call {
  return {
    param(name) {
      const value = params.get(name);
      if (value === undefined) throw new Error(`The route has no parameter :${name}`);
      return value;
    },
    query: url.searchParams,
    body() {
      try {
        const parsed: unknown = JSON.parse(body === '' ? '{}' : body);
        return parsed;
      } catch {
        throw refusals.invalidJson();
      }
    },
    historyLagMs: typeof fault === 'object' && fault.kind === 'history-lag' ? fault.ms : 0,
  };
}

function refused(refusal: Refusal): Answer {
  return jsonAnswer(refusal.status, refusal);
}

function jsonAnswer(status: number, json: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) };
}
