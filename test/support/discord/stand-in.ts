import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Faults } from '#test/faults.ts';
import { channelRoutes } from './channel-routes.ts';
import { type Command, Commands } from './commands.ts';
import { Front, type SeenRequest } from './front.ts';
import { Gateway } from './gateway.ts';
import { guildPayload, identity, identityRoutes, readyIdentity } from './identity.ts';
import { type Action, interactionPayload, pingPayload } from './interaction-payload.ts';
import { interactionRoutes } from './interaction-routes.ts';
import { callbackTypes, type Interaction, Interactions } from './interactions.ts';
import { InvalidRequests, Limiter } from './limiter.ts';
import { defaultMentions } from './mentions.ts';
import { type Author, composed, type ShownMessage, type Wording } from './message.ts';
import { type Answered, type Delivered, outcomeOf } from './outcome.ts';
import { Refusal } from './refusal.ts';
import { Router } from './route.ts';
import { SignedDelivery } from './signed-delivery.ts';
import { changeState } from './state-faults.ts';
import { Webhooks } from './webhooks.ts';
import { type ChannelState, World } from './world.ts';

export type StandInOptions = {
  /** Whether calls are limited, and limit headers sent; default false. */
  readonly limits?: boolean;
  /** Clock of ids, timestamps, limits and the nonce window, in ms; default `Date.now`. */
  readonly now?: () => number;
  /** Invalid requests per 10 min after which every answer is a bare 429; default 10 000. */
  readonly blockAfter?: number;
  /** Interval of the gateway's heartbeats; default 1000. */
  readonly heartbeatMs?: number;
  /** How long a first answer to an interaction may take; default 3000, as at Discord. */
  readonly answerWithinMs?: number;
};

/** Discord on the loopback interface: REST, gateway, webhooks and signed interactions of one guild. */
export class DiscordStandIn implements AsyncDisposable {
  readonly applicationId = identity.applicationId;
  readonly guildId = identity.guildId;
  readonly token = identity.token;
  readonly publicKey: string;
  readonly faults = new Faults();
  readonly gateway: Gateway;
  readonly #server = createServer();
  readonly #bot: Author = { id: identity.applicationId, username: identity.username, via: 'bot' };
  readonly #world: World;
  readonly #webhooks: Webhooks;
  readonly #interactions: Interactions;
  readonly #commands: Commands;
  readonly #invalid: InvalidRequests;
  readonly #front: Front;
  readonly #delivery = new SignedDelivery();
  readonly #bugs: unknown[] = [];
  #port = 0;
  #isTokenGood = true;

  private constructor(options: StandInOptions) {
    const now = options.now ?? Date.now;
    this.publicKey = this.#delivery.publicKey;
    this.#world = new World(now);
    this.#webhooks = new Webhooks(this.#world);
    this.#interactions = new Interactions(this.#world, this.#bot, options.answerWithinMs ?? 3000);
    this.#commands = new Commands(this.#world, this.guildId);
    this.#invalid = new InvalidRequests(now, options.blockAfter ?? 10_000);
    this.gateway = new Gateway({
      faults: this.faults,
      heartbeatMs: options.heartbeatMs ?? 1000,
      isToken: (token) => this.#isTokenGood && token === this.token,
      identity: readyIdentity,
      guild: () => guildPayload(this.#world),
      url: () => `ws://127.0.0.1:${this.#port}/gateway`,
    });
    const routes = [
      ...identityRoutes(this.gateway, this.publicKey),
      ...channelRoutes(this.#world, this.#bot, this.guildId),
      ...interactionRoutes(this.#interactions, this.applicationId),
      ...this.#webhooks.routes(),
      ...this.#commands.routes(),
    ];
    this.#front = new Front({
      router: new Router(routes, this.applicationId),
      faults: this.faults,
      limiter: options.limits === true ? new Limiter(now) : undefined,
      invalid: this.#invalid,
      isBot: (authorization) => this.#isTokenGood && authorization === `Bot ${this.token}`,
      channelOf: (params) => params.get('channel') ?? this.#webhooks.channelOf(params.get('webhook') ?? ''),
      changeState: (fault, channelId, messageId) => {
        if (fault === 'token-revoked') this.revokeToken();
        const channel = this.#world.findChannel(channelId ?? '');
        if (channel !== undefined) changeState(fault, channel, messageId);
      },
    });
  }

  /** A stand-in that listens on a free port of 127.0.0.1. */
  static async start(options: StandInOptions = {}): Promise<DiscordStandIn> {
    const standIn = new DiscordStandIn(options);
    standIn.#server.on('request', (request, response) => {
      standIn.#front.handle(request, response).catch((error: unknown) => {
        standIn.#bugs.push(error);
        response.destroy();
      });
    });
    standIn.#server.on('upgrade', (request, socket, head) => standIn.gateway.upgrade(request, socket, head));
    await standIn.acceptConnections();
    return standIn;
  }

  /** Base of the REST API, without a version. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  /** Address of the channel's incoming webhook, made on first use. */
  webhookUrl(channelId: string): string {
    return this.url + this.#webhooks.pathFor(channelId);
  }

  addChannel(
    id: string,
    options: { kind?: 'text' | 'forum'; state?: ChannelState; requiresTag?: boolean } = {},
  ): void {
    const { kind = 'text', state = 'open', requiresTag = false } = options;
    this.#world.addChannel(id, { kind, state, requiresTag, parent: undefined, name: `channel-${id}` });
  }

  /** Changes a channel or thread as somebody in the guild would. */
  changeChannel(id: string, change: { state?: ChannelState; archived?: boolean; locked?: boolean }): void {
    Object.assign(this.#existingChannel(id), change);
  }

  /** A person deletes a message. */
  deleteMessage(channelId: string, messageId: string): void {
    this.#existingChannel(channelId).messages.delete(messageId);
  }

  /** A person posts `content`; the id of that message. */
  say(channelId: string, content: string, userId = identity.ownerId): string {
    const author: Author = { id: userId, username: `user-${userId}`, via: 'bot' };
    return this.#world.add(
      this.#existingChannel(channelId),
      author,
      composed({ content }, defaultMentions.bot),
    ).id;
  }

  /** Somebody deletes the channel's webhook; the next `webhookUrl` makes another. */
  deleteWebhook(channelId: string): void {
    this.#webhooks.delete(channelId);
  }

  /** The bot's token stops working, for REST and for the gateway. */
  revokeToken(): void {
    this.#isTokenGood = false;
  }

  restoreToken(): void {
    this.#isTokenGood = true;
  }

  /** What a reader of the channel or thread sees now, oldest first. */
  visible(channelId: string): ShownMessage[] {
    return this.#world.visible(channelId);
  }

  /** All that a message has said to its readers, oldest first, what it says now included. */
  versions(channelId: string, messageId: string): readonly Wording[] {
    return this.#world.versions(channelId, messageId);
  }

  /** Every REST request so far that arrived whole, in order of arrival. */
  requests(): readonly SeenRequest[] {
    return this.#front.requests();
  }

  /** Answers of 401, 403 and non-shared 429 within the last 10 min: what Discord bans for. */
  invalidRequests(): number {
    return this.#invalid.count();
  }

  /** The registered commands. */
  commands(): {
    readonly global: readonly Command[];
    readonly guilds: Readonly<Record<string, readonly Command[]>>;
  } {
    return this.#commands.registered();
  }

  /** Delivers a command or a press to an interactions endpoint, signed. */
  async interact(request: { readonly to: string } & Action): Promise<Delivered> {
    const { interaction, payload } = this.#open(request);
    const answer = await this.#delivery.send(request.to, payload, {
      withinMs: this.#interactions.answerWithinMs,
    });
    if (answer === undefined) return { status: 0, body: undefined, outcome: { answered: false } };
    // An empty 2xx says that the answer comes, or came, by the callback route.
    const isByCallback = answer.status === 202 || answer.status === 204;
    if (!isByCallback && answer.status !== 200) return { ...answer, outcome: { answered: false } };
    try {
      if (!isByCallback) this.#interactions.answer(interaction.id, interaction.token, answer.body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ...answer, refused: error.toJSON(), outcome: { answered: false } };
    }
    return { ...answer, outcome: outcomeOf(interaction, await interaction.answered) };
  }

  /** Pings an endpoint twice, with a good and a bad signature; status 0 where no answer came in time. */
  async probe(to: string): Promise<{ genuine: number; pong: unknown; forged: number }> {
    const withinMs = this.#interactions.answerWithinMs;
    const payload = pingPayload(this.#world.nextId(), identity);
    const genuine = await this.#delivery.send(to, payload, { withinMs });
    const forged = await this.#delivery.send(to, payload, { withinMs, forged: true });
    return { genuine: genuine?.status ?? 0, pong: genuine?.body, forged: forged?.status ?? 0 };
  }

  /**
   * Sends a command or a press over the gateway and waits for the first answer; after a deferred one also for its
   * first edit, as long again.
   */
  async gatewayCommand(action: Action): Promise<Answered | { readonly answered: false }> {
    const { interaction, payload } = this.#open(action);
    this.gateway.dispatch('INTERACTION_CREATE', payload);
    const callback = await interaction.answered;
    if (callback?.type === callbackTypes.deferred) {
      const patience = delay(this.#interactions.answerWithinMs, undefined, { ref: false });
      await Promise.race([interaction.edited, patience]);
    }
    return outcomeOf(interaction, callback);
  }

  /** Closes the listener and all connections: from now on connections are refused. */
  async refuseConnections(): Promise<void> {
    this.gateway.stop();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Listens, on the same port as before if there was one. */
  async acceptConnections(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  /** Ends everything; throws when the stand-in itself failed on a request. */
  async stop(): Promise<void> {
    if (this.#server.listening) await this.refuseConnections();
    if (this.#bugs.length > 0) throw new AggregateError(this.#bugs, 'The stand-in failed on a request');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #open(action: Action): { interaction: Interaction; payload: object } {
    const channel = this.#existingChannel(action.channel ?? this.#world.channels()[0]?.id ?? '');
    const pressed = 'press' in action ? channel.messages.get(action.message) : undefined;
    if ('press' in action && pressed === undefined)
      throw new Error(`No message ${action.message} to press on`);
    const interaction = this.#interactions.open(channel, pressed, action.id);
    return { interaction, payload: interactionPayload(interaction, action, identity) };
  }

  #existingChannel(id: string) {
    const channel = this.#world.findChannel(id);
    if (channel === undefined) throw new Error(`No channel "${id}" was added`);
    return channel;
  }
}
