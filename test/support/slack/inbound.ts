import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Answer, type Dialect, type Fault, type Faults, planOf, sendAnswer } from '#test/faults.ts';
import { type ApiCall, readCall } from './arguments.ts';
import type { MethodContext, OrphanReplies } from './context.ts';
import { jsonAnswer, methodDialect, textAnswer, webhookDialect } from './dialect.ts';
import { type Limiter, onePerSecond } from './limiter.ts';
import { type JsonObject, Refusal } from './refusal.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { SocketMode } from './socket-mode.ts';
import { answerCall, type Credential } from './web-api.ts';
import type { Webhooks } from './webhooks.ts';
import type { Workspace } from './workspace.ts';

export type RecordedRequest = {
  /** Name of the method, or `webhook`, `response_url`, `socket`; faults are matched by the same names. */
  readonly method: string;
  readonly channel: string | undefined;
  readonly args: JsonObject;
  /** Milliseconds of the stand-in's clock. */
  readonly at: number;
};

type InboundOptions = {
  readonly workspace: Workspace;
  readonly webhooks: Webhooks;
  readonly responseUrls: ResponseUrls;
  readonly sockets: SocketMode;
  readonly credential: Credential;
  readonly faults: Faults;
  readonly limiter: Limiter | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly maxPageSize: number;
  readonly orphanReplies: OrphanReplies;
  readonly now: () => number;
  readonly host: () => string;
};

/** Takes every request that reaches the stand-in, asks for its fault, and answers. */
export class Inbound {
  readonly requests: RecordedRequest[] = [];
  readonly #options: InboundOptions;

  constructor(options: InboundOptions) {
    this.#options = options;
  }

  onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.#options.sockets.accept(request, stream, head, this.#record('socket', undefined, {}));
  }

  async onRequest(
    request: IncomingMessage,
    path: string,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    if (request.method !== 'POST') return sendAnswer(response, textAnswer('Method Not Allowed', 405));
    const method = /^\/api\/([\w.]+)$/.exec(path)?.[1];
    if (method !== undefined) return this.#answerMethod(method, request, body, response);
    if (path.startsWith('/services/')) return this.#answerWebhook(path, body, response);
    if (!path.startsWith('/response/')) return sendAnswer(response, textAnswer('Not Found', 404));
    const fault = this.#record('response_url', undefined, { body });
    return send(response, fault, methodDialect, () => this.#options.responseUrls.receive(path, body));
  }

  async #answerMethod(
    method: string,
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const call = readOrRefuse(request, body);
    if (call instanceof Refusal) {
      return sendAnswer(response, jsonAnswer({ ok: false, error: call.code }));
    }
    const fault = this.#record(method, stringOf(call.args['channel']), call.args);
    const { credential, limiter } = this.#options;
    return send(response, fault === 'open-503' ? '503' : fault, methodDialect, () =>
      answerCall(method, call, this.#contextWith(lagOf(fault)), credential, limiter),
    );
  }

  async #answerWebhook(path: string, body: string, response: ServerResponse): Promise<void> {
    const { webhooks, limiter } = this.#options;
    const fault = this.#record('webhook', webhooks.channelOf(path), { body });
    return send(response, fault, webhookDialect, () => {
      const waitS = limiter?.take(`webhook ${path}`, onePerSecond);
      if (waitS !== undefined) return webhookDialect.rateLimited(waitS, 'user');
      return webhooks.post(path, body, lagOf(fault));
    });
  }

  #contextWith(historyLagMs: number | undefined): MethodContext {
    const { workspace, scopes, orphanReplies, maxPageSize, sockets } = this.#options;
    const host = this.#options.host();
    return {
      workspace,
      scopes,
      orphanReplies,
      maxPageSize,
      historyLagMs,
      url: `http://${host}`,
      openSocketUrl: () => `ws://${host}${sockets.issueTicket()}`,
    };
  }

  /** Notes the request and lets the state change that a fault asks for happen before it. */
  #record(method: string, channel: string | undefined, args: JsonObject): Fault | undefined {
    const { faults, workspace, credential, now } = this.#options;
    this.requests.push({ method, channel, args, at: now() });
    const fault = faults.take({ method, channel });
    const found = workspace.channels.get(channel ?? '');
    const ts = stringOf(args['ts']) ?? stringOf(args['thread_ts']);
    if (fault === 'token-revoked') credential.isRevoked = true;
    if (fault === 'channel-archived' && found !== undefined) found.state = 'archived';
    if (fault === 'message-deleted' && ts !== undefined) workspace.delete(channel ?? '', ts);
    return fault;
  }
}

async function send(
  response: ServerResponse,
  fault: Fault | undefined,
  dialect: Dialect,
  apply: () => Answer,
): Promise<void> {
  const plan = planOf(fault, dialect);
  if (plan === undefined) return sendAnswer(response, apply());
  return plan.send(response, plan.applied ? apply() : dialect.internalError);
}

function readOrRefuse(request: IncomingMessage, body: string): ApiCall | Refusal {
  try {
    return readCall(request.headers, body);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function lagOf(fault: Fault | undefined): number | undefined {
  return typeof fault === 'object' && fault.kind === 'history-lag' ? fault.ms : undefined;
}
