import { Faults } from '#test/faults.ts';
import type { OrphanReplies } from './context.ts';
import { defaultScopes, identity } from './identity.ts';
import { Inbound, type RecordedRequest } from './inbound.ts';
import { Limiter } from './limiter.ts';
import { Loopback } from './loopback.ts';
import { type AppAnswer, sendForm, sendJson, type Tampering } from './outbound.ts';
import {
  type CommandRequest,
  commandPayload,
  eventPayload,
  type PressRequest,
  pressPayload,
  someChannel,
  someUser,
} from './payloads.ts';
import type { JsonObject } from './refusal.ts';
import { type PostedResponse, ResponseUrls } from './response-urls.ts';
import { type Ack, SocketMode } from './socket-mode.ts';
import type { Credential } from './web-api.ts';
import { Webhooks } from './webhooks.ts';
import {
  type ChannelState,
  type Ephemeral,
  type Message,
  type VisibleMessage,
  type Wording,
  Workspace,
} from './workspace.ts';

export type SlackStandInOptions = {
  /** Whether calls are rate limited; off by default. */
  readonly limits?: boolean;
  /** Milliseconds; the clock of timestamps, limits, history lag and `response_url`s. */
  readonly now?: () => number;
  /** The bot token's scopes; those of the manifest by default. */
  readonly scopes?: readonly string[];
  /** No list or history page is longer than this. */
  readonly maxPageSize?: number;
  /** How long messages can be edited, in ms; for ever by default. */
  readonly editWindowMs?: number;
  /** What a reply under a message that is gone meets; `refused` (`thread_not_found`) by default. */
  readonly orphanReplies?: OrphanReplies;
};

const maxPageSize = 1000;

type Target = { readonly to: string; readonly path?: string } & Tampering;

/** A Slack workspace on 127.0.0.1 that refuses and fails as Slack does. */
export class SlackStandIn implements AsyncDisposable {
  readonly faults = new Faults();
  readonly token = identity.token;
  readonly appToken = identity.appToken;
  readonly signingSecret = identity.signingSecret;
  readonly #now: () => number;
  readonly #workspace: Workspace;
  readonly #webhooks: Webhooks;
  readonly #responseUrls: ResponseUrls;
  readonly #sockets = new SocketMode();
  readonly #credential: Credential = { isRevoked: false };
  readonly #inbound: Inbound;
  readonly #server: Loopback;
  #sequence = 0;

  private constructor(options: SlackStandInOptions) {
    this.#now = options.now ?? Date.now;
    this.#workspace = new Workspace(this.#now, options.editWindowMs ?? Number.POSITIVE_INFINITY);
    this.#webhooks = new Webhooks(this.#workspace);
    this.#responseUrls = new ResponseUrls(this.#workspace, this.#now);
    this.#inbound = new Inbound({
      workspace: this.#workspace,
      webhooks: this.#webhooks,
      responseUrls: this.#responseUrls,
      sockets: this.#sockets,
      credential: this.#credential,
      faults: this.faults,
      limiter: options.limits === true ? new Limiter(this.#now) : undefined,
      scopes: new Set(options.scopes ?? defaultScopes),
      maxPageSize: options.maxPageSize ?? maxPageSize,
      orphanReplies: options.orphanReplies ?? 'refused',
      now: this.#now,
      host: () => this.#server.host,
    });
    this.#server = new Loopback(this.#inbound);
  }

  static async start(options: SlackStandInOptions = {}): Promise<SlackStandIn> {
    const slack = new SlackStandIn(options);
    await slack.#server.listen();
    return slack;
  }

  async stop(): Promise<void> {
    await this.#sockets.stop();
    await this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Base of the Web API, without a trailing slash. */
  get url(): string {
    return `http://${this.#server.host}/api`;
  }

  /** The incoming webhook of a channel. */
  webhookUrl(channel: string): string {
    return `http://${this.#server.host}${this.#webhooks.pathFor(channel)}`;
  }

  /** Adds a channel, or gives the one there is a new state; ids never added are not found. */
  addChannel(
    id: string,
    options: { readonly state?: ChannelState; readonly private?: boolean; readonly name?: string } = {},
  ): void {
    this.#workspace.channels.set(id, {
      id,
      name: options.name ?? id.toLowerCase(),
      isPrivate: options.private ?? false,
      state: options.state ?? 'open',
    });
  }

  /** Somebody else writes into a channel; answers the timestamp. */
  say(
    channel: string,
    text: string,
    options: { readonly user?: string; readonly threadTs?: string } = {},
  ): string {
    const { user = someUser, threadTs } = options;
    return this.#workspace.add({ channel, author: user, text, threadTs }).ts;
  }

  /** A person deletes a message. */
  deleteMessage(channel: string, ts: string): void {
    this.#workspace.delete(channel, ts);
  }

  /** From now on the bot token is `token_revoked`, or valid again. */
  setTokenRevoked(isRevoked: boolean): void {
    this.#credential.isRevoked = isRevoked;
  }

  /** What a reader sees in a channel, oldest first: messages with their replies, and replies shown in the channel too. */
  visible(channel: string): VisibleMessage[] {
    return this.#workspace.visible(channel);
  }

  /** Every message and reply of a channel exactly once, oldest first. */
  messages(channel: string): readonly Message[] {
    return this.#workspace.messages(channel);
  }

  /** All that a message has said to its readers, oldest first, what it says now included. */
  versions(channel: string, ts: string): readonly Wording[] {
    return this.#workspace.versions(channel, ts);
  }

  /** What single users were shown privately, through `chat.postEphemeral` or a `response_url`. */
  ephemerals(): readonly Ephemeral[] {
    return this.#workspace.ephemerals;
  }

  /** Everything posted to a `response_url`, refused or not. */
  responses(): readonly PostedResponse[] {
    return this.#responseUrls.posted;
  }

  /** Every request that reached the stand-in, whatever became of it. */
  requests(): readonly RecordedRequest[] {
    return this.#inbound.requests;
  }

  /** Refuses connections (ECONNREFUSED) until `accept`; the address stays the same. */
  async refuse(): Promise<void> {
    await this.#server.close();
  }

  async accept(): Promise<void> {
    await this.#server.listen();
  }

  /** Sends a slash command over HTTP. */
  async command(request: CommandRequest & Target): Promise<AppAnswer> {
    const fields = this.#commandPayload(request);
    return sendForm(address(request, '/slack/commands'), fields, this.signingSecret, request);
  }

  /** Presses a button of a visible message over HTTP; throws when the message shows none and neither value nor url is given. */
  async press(request: PressRequest & Target): Promise<AppAnswer> {
    const payload = JSON.stringify(this.#pressPayload(request));
    return sendForm(address(request, '/slack/interactions'), { payload }, this.signingSecret, request);
  }

  /** Delivers an event over HTTP, again and at once after a failure, three times at most more; answers every attempt. */
  async event(request: {
    readonly event: JsonObject;
    readonly to: string;
    readonly path?: string;
  }): Promise<AppAnswer[]> {
    const payload = eventPayload(request.event, this.#next('Ev'), this.#now());
    const answers: AppAnswer[] = [];
    for (let retry = 0; retry <= 3 && answers.at(-1)?.acked !== true; retry += 1) {
      const headers =
        retry === 0
          ? {}
          : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': reasonOf(answers.at(-1)) };
      answers.push(await sendJson(address(request, '/slack/events'), payload, this.signingSecret, headers));
    }
    return answers;
  }

  /** Asks the app to prove that it owns its events address. */
  async urlVerification(request: Target & { readonly challenge: string }): Promise<AppAnswer> {
    const body = {
      token: 'legacy-verification-token',
      type: 'url_verification',
      challenge: request.challenge,
    };
    return sendJson(address(request, '/slack/events'), body, this.signingSecret);
  }

  async socketCommand(request: CommandRequest): Promise<Ack> {
    return this.#sockets.send('slash_commands', this.#commandPayload(request));
  }

  async socketPress(request: PressRequest): Promise<Ack> {
    return this.#sockets.send('interactive', this.#pressPayload(request));
  }

  async socketEvent(event: JsonObject): Promise<Ack> {
    return this.#sockets.send('events_api', eventPayload(event, this.#next('Ev'), this.#now()));
  }

  /** How many Socket Mode sockets are open. */
  openSockets(): number {
    return this.#sockets.count();
  }

  /** Asks every Socket Mode client to reconnect. */
  disconnectSockets(reason = 'refresh_requested'): void {
    this.#sockets.disconnect(reason);
  }

  /** Closes every socket with a code; without one the connections just end. */
  dropSockets(code?: number): void {
    this.#sockets.drop(code);
  }

  #commandPayload(request: CommandRequest): Record<string, string> {
    const { channel = someChannel, user = someUser } = request;
    const path = this.#responseUrls.issue({ channel, user });
    return commandPayload(request, `http://${this.#server.host}${path}`, this.#next('trigger'));
  }

  #pressPayload(request: PressRequest): JsonObject {
    const { channel, ts, user = someUser } = request;
    const path = this.#responseUrls.issue({ channel, user, messageTs: ts });
    const message = this.#workspace.find(channel, ts);
    const stamp = { triggerId: this.#next('trigger'), actionTs: this.#workspace.nextTs() };
    return pressPayload(request, message, `http://${this.#server.host}${path}`, stamp);
  }

  #next(prefix: string): string {
    this.#sequence += 1;
    return `${prefix}${this.#sequence}`;
  }
}

function address(target: { readonly to: string; readonly path?: string }, path: string): URL {
  return new URL(target.path ?? path, target.to);
}

function reasonOf(answer: AppAnswer | undefined): string {
  return answer?.status === undefined ? 'http_timeout' : 'http_error';
}
