import { flatten, isInteractive } from './components.ts';
import { type Author, type Message, toApiMessage } from './message.ts';
import { readEdit, readWebhookMessage, type WebhookDraft } from './message-body.ts';
import { invalidBody, Refusal, refusals } from './refusal.ts';
import type { Call, Reply, Route } from './route.ts';
import { type Channel, readyForSending, type World } from './world.ts';

type Webhook = { readonly id: string; readonly token: string; readonly channelId: string };

/** Incoming webhooks that no application owns: one a channel, made when a test first asks for it. */
export class Webhooks {
  readonly #world: World;
  readonly #webhooks = new Map<string, Webhook>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The path of the channel's webhook, from `/webhooks/` on. */
  pathFor(channelId: string): string {
    const { id, token } = this.#findByChannel(channelId) ?? this.#create(channelId);
    return `/webhooks/${id}/${token}`;
  }

  /** The channel of the webhook with this id. */
  channelOf(id: string): string | undefined {
    return this.#webhooks.get(id)?.channelId;
  }

  /** Deletes the channel's webhook; every later call answers 10015. */
  delete(channelId: string): void {
    const webhook = this.#findByChannel(channelId);
    if (webhook !== undefined) this.#webhooks.delete(webhook.id);
  }

  routes(): Route[] {
    const own = 'messages/:message';
    return [
      { name: 'GET /webhooks/:webhook/:token', auth: 'path', handle: (call) => this.#show(call) },
      { name: 'POST /webhooks/:webhook/:token', auth: 'path', handle: (call) => this.#execute(call) },
      { name: `GET /webhooks/:webhook/:token/${own}`, auth: 'path', handle: (call) => this.#read(call) },
      { name: `PATCH /webhooks/:webhook/:token/${own}`, auth: 'path', handle: (call) => this.#edit(call) },
      { name: `DELETE /webhooks/:webhook/:token/${own}`, auth: 'path', handle: (call) => this.#remove(call) },
    ];
  }

  #findByChannel(channelId: string): Webhook | undefined {
    return [...this.#webhooks.values()].find((webhook) => webhook.channelId === channelId);
  }

  #create(channelId: string): Webhook {
    const id = this.#world.nextId();
    const webhook = { id, token: `webhook-token-${id}`, channelId };
    this.#webhooks.set(id, webhook);
    return webhook;
  }

  #addressed(call: Call): Webhook {
    const webhook = this.#webhooks.get(call.param('webhook'));
    if (webhook === undefined) throw refusals.unknownWebhook();
    if (webhook.token !== call.param('token')) throw refusals.invalidWebhookToken();
    // A deleted channel takes its webhooks with it.
    if (this.#world.findChannel(webhook.channelId)?.state === 'missing') throw refusals.unknownWebhook();
    return webhook;
  }

  #show(call: Call): Reply {
    const { id, token, channelId } = this.#addressed(call);
    const json = { id, token, type: 1, channel_id: channelId, name: 'Callboard', application_id: null };
    return { status: 200, json };
  }

  #execute(call: Call): Reply {
    const webhook = this.#addressed(call);
    const draft = withoutForeignButtons(readWebhookMessage(call.body()), call.query);
    const author: Author = { id: webhook.id, username: draft.username ?? 'Callboard', via: 'webhook' };
    const isWaiting = call.query.get('wait') === 'true';
    try {
      const message = this.#post(webhook, author, draft, call.query);
      return isWaiting ? { status: 200, json: toApiMessage(message, '') } : { status: 204 };
    } catch (error) {
      // Who does not wait learns what is wrong with the call, but not that the message was not saved.
      const isSilent = !isWaiting && error instanceof Refusal && error.code === refusals.threadLocked().code;
      if (isSilent) return { status: 204 };
      throw error;
    }
  }

  #post({ channelId }: Webhook, author: Author, draft: WebhookDraft, query: URLSearchParams): Message {
    const home = seenByWebhook(this.#world, channelId);
    const threadId = query.get('thread_id');
    const threadName = draft.thread_name ?? undefined;
    if (threadId !== null && threadName !== undefined) throw refusals.threadNameTwice();
    if (home.kind === 'forum' && threadName !== undefined) {
      const post = { name: threadName, message: draft, tags: draft.applied_tags ?? [] };
      return this.#world.startPost(home, author, post);
    }
    if (threadName !== undefined) throw refusals.threadNameOutsideForum();
    if (home.kind === 'forum' && threadId === null) throw refusals.threadNameMissing();
    const target = threadId === null ? home : this.#threadOf(home, threadId);
    return this.#world.post(readyForSending(target), author, draft);
  }

  #threadOf(home: Channel, threadId: string): Channel {
    const thread = this.#world.findChannel(threadId);
    if (thread?.parent !== home) throw refusals.unknownChannel();
    return thread;
  }

  #own(call: Call): { channel: Channel; message: Message } {
    const webhook = this.#addressed(call);
    const home = seenByWebhook(this.#world, webhook.channelId);
    const threadId = call.query.get('thread_id');
    const channel = threadId === null ? home : this.#threadOf(home, threadId);
    const message = channel.messages.get(call.param('message'));
    if (message?.author.id !== webhook.id) throw refusals.unknownMessage();
    return { channel, message };
  }

  #read(call: Call): Reply {
    return { status: 200, json: toApiMessage(this.#own(call).message, '') };
  }

  #edit(call: Call): Reply {
    const { channel, message } = this.#own(call);
    const draft = withoutForeignButtons(readEdit(call.body(), message.flags), call.query);
    this.#world.edit(channel, message, draft);
    return { status: 200, json: toApiMessage(message, '') };
  }

  #remove(call: Call): Reply {
    const { channel, message } = this.#own(call);
    channel.messages.delete(message.id);
    return { status: 204 };
  }
}

function seenByWebhook(world: World, channelId: string): Channel {
  const channel = world.findChannel(channelId);
  if (channel === undefined) throw refusals.unknownChannel();
  return channel;
}

/** Components are dropped unless asked for; then only link buttons may be among them. */
function withoutForeignButtons<T extends WebhookDraft>(draft: T, query: URLSearchParams): T {
  if (!draft.components) return draft;
  if (query.get('with_components') !== 'true') return { ...draft, components: [] };
  const wrong = draft.components.flatMap((component, index) =>
    flatten(component).some(isInteractive) ? [index] : [],
  );
  if (wrong.length === 0) return draft;
  throw invalidBody(
    wrong.map((index) => ({
      path: ['components', index],
      code: 'COMPONENT_INTERACTIVE_NOT_ALLOWED',
      message: 'Only an application that owns the webhook may send interactive components.',
    })),
  );
}
