import { z } from 'zod';
import type { Outcome, Receipt } from '#domain/delivery.ts';
import type { Destination, Edited, Found, Outgoing } from './destination.ts';
import type { DiscordCircuit } from './discord-circuit.ts';
import { formatDiscord } from './discord-format.ts';
import {
  type DiscordRefusal,
  discordEditRefusal,
  discordEditsLimited,
  discordRateLimited,
  discordRefusal,
} from './discord-outcome.ts';
import { failureOutcome } from './failure.ts';
import { sendJson, type WebhookAnswer, webhookLane } from './incoming-webhook.ts';
import type { Manner } from './target.ts';

const posted = z.object({ id: z.string(), channel_id: z.string() });
const refusal = z.object({ code: z.number(), message: z.string() });

type Outside = {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly timeoutMs: number;
  readonly circuit: DiscordCircuit;
};

/** Discord answers nobody who does not name himself in this form. */
const userAgent = 'DiscordBot (https://callboard.invalid, 0.1.0)';

/** A channel behind an incoming webhook: it knows no nonce and no listing, so nothing can be looked for. */
export class DiscordWebhook implements Destination {
  readonly type = 'discord';
  readonly name: string;
  readonly lane: string;
  readonly #url: URL;
  readonly #manner: Manner;
  readonly #outside: Outside;
  #isDeleted = false;

  constructor(name: string, url: URL, manner: Manner, outside: Outside) {
    this.name = name;
    this.lane = webhookLane('discord', url);
    this.#url = new URL(url);
    this.#url.searchParams.set('wait', 'true');
    this.#url.searchParams.set('with_components', 'true');
    this.#manner = manner;
    this.#outside = outside;
  }

  async send(outgoing: Outgoing): Promise<Outcome> {
    return this.#call('POST', this.#url, outgoing, outcomeOf);
  }

  async edit(outgoing: Outgoing, { messageId }: Receipt): Promise<Edited> {
    if (messageId === undefined)
      return { kind: 'gone', reason: 'Discord: the id of the message is not known' };
    return this.#call('PATCH', messageAddress(this.#url, messageId), outgoing, editedOf);
  }

  async find(): Promise<Found> {
    return { kind: 'cannot tell', sendAgain: this.#manner.sendAgain };
  }

  async #call<Result>(
    method: 'POST' | 'PATCH',
    url: URL,
    { deliveryId, message, firstTriedAt }: Outgoing,
    read: (answer: WebhookAnswer, triedForMs: number) => Result,
  ): Promise<Result | Outcome> {
    const { fetch, now, timeoutMs, circuit } = this.#outside;
    // Whoever goes on calling a deleted webhook is banned.
    if (this.#isDeleted) return deleted;
    const verdict = circuit.verdict();
    if (verdict !== undefined) return verdict;
    try {
      const body = formatDiscord(message, { deliveryId, compact: this.#manner.compact });
      const headers = { 'user-agent': userAgent };
      const answer = await sendJson(fetch, method, url, body, { timeoutMs, headers });
      circuit.note(answer.status, answer.headers.get('x-ratelimit-scope'));
      const result = read(answer, now().getTime() - firstTriedAt.getTime());
      if (result === deleted) this.#isDeleted = true;
      return result;
    } catch (error) {
      return failureOutcome('Discord', error);
    }
  }
}

/** Where a message of the webhook is edited; a thread that the address names stays named. */
function messageAddress(webhook: URL, messageId: string): URL {
  const url = new URL(webhook);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/messages/${messageId}`;
  url.searchParams.delete('wait');
  return url;
}

const deleted: Outcome = {
  kind: 'refused',
  scope: 'destination',
  reason: 'Discord: the webhook was deleted or is not valid any more',
};

function outcomeOf(answer: WebhookAnswer, triedForMs: number): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const { success, data } = posted.safeParse(parsed(answer.text));
    if (!success) return { kind: 'unknown', reason: 'Discord: an answer without a message id' };
    return { kind: 'sent', receipt: { channel: data.channel_id, messageId: data.id } };
  }
  // A webhook's address is its only credential: a 401 says nothing about the bot.
  if (status === 401 || status === 404) return deleted;
  if (status === 429) return discordRateLimited(pauseMsOf(answer));
  return discordRefusal(refusalIn(answer), triedForMs);
}

function editedOf(answer: WebhookAnswer, triedForMs: number): Edited {
  const { status, headers } = answer;
  if (status === 429) {
    return discordEditsLimited(pauseMsOf(answer), headers.get('x-ratelimit-scope') === 'global');
  }
  const edited = status < 400 ? undefined : discordEditRefusal(refusalIn(answer), triedForMs);
  // An unknown message is a 404 like a deleted webhook.
  return edited?.kind === 'gone' ? edited : outcomeOf(answer, triedForMs);
}

function refusalIn({ status, text }: WebhookAnswer): DiscordRefusal {
  const told = refusal.safeParse(parsed(text));
  return told.success ? { status, ...told.data } : { status, message: '' };
}

/** 0 when a 429 does not say. A 0 that was sent becomes the shortest time there is. */
function pauseMsOf({ headers }: WebhookAnswer): number {
  const seconds = headers.get('retry-after');
  if (seconds === null || !/^\d+(\.\d+)?$/.test(seconds)) return 0;
  return Math.max(Number(seconds) * 1000, 1);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
