import { z } from 'zod';
import type { Outcome } from '#domain/delivery.ts';
import type { Destination, Found, Outgoing } from './destination.ts';
import type { DiscordCircuit } from './discord-circuit.ts';
import { formatDiscord } from './discord-format.ts';
import { discordRateLimited, discordRefusal } from './discord-outcome.ts';
import { failureOutcome } from './failure.ts';
import { postJson, type WebhookAnswer, webhookLane } from './incoming-webhook.ts';
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
  #isGone = false;

  constructor(name: string, url: URL, manner: Manner, outside: Outside) {
    this.name = name;
    this.lane = webhookLane('discord', url);
    this.#url = new URL(url);
    this.#url.searchParams.set('wait', 'true');
    this.#url.searchParams.set('with_components', 'true');
    this.#manner = manner;
    this.#outside = outside;
  }

  async send({ deliveryId, message, firstTriedAt }: Outgoing): Promise<Outcome> {
    const { fetch, now, timeoutMs, circuit } = this.#outside;
    // Whoever goes on calling a deleted webhook is banned.
    if (this.#isGone) return gone;
    const verdict = circuit.verdict();
    if (verdict !== undefined) return verdict;
    try {
      const body = formatDiscord(message, { deliveryId, compact: this.#manner.compact });
      const headers = { 'user-agent': userAgent };
      const answer = await postJson(fetch, this.#url, body, { timeoutMs, headers });
      circuit.note(answer.status, answer.headers.get('x-ratelimit-scope'));
      const outcome = outcomeOf(answer, now().getTime() - firstTriedAt.getTime());
      this.#isGone = outcome === gone;
      return outcome;
    } catch (error) {
      return failureOutcome('Discord', error);
    }
  }

  async find(): Promise<Found> {
    return { kind: 'cannot tell', sendAgain: this.#manner.sendAgain };
  }
}

const gone: Outcome = {
  kind: 'refused',
  scope: 'destination',
  reason: 'Discord: the webhook was deleted or is not valid any more',
};

function outcomeOf(answer: WebhookAnswer, triedForMs: number): Outcome {
  const { status } = answer;
  const body = parsed(answer.text);
  if (status >= 200 && status < 300) {
    const { success, data } = posted.safeParse(body);
    if (!success) return { kind: 'unknown', reason: 'Discord: an answer without a message id' };
    return { kind: 'sent', receipt: { channel: data.channel_id, messageId: data.id } };
  }
  // A webhook's address is its only credential: a 401 says nothing about the bot.
  if (status === 401 || status === 404) return gone;
  if (status === 429) return discordRateLimited(secondsOf(answer.headers.get('retry-after')) * 1000);
  const told = refusal.safeParse(body);
  if (told.success) return discordRefusal({ status, ...told.data }, triedForMs);
  return discordRefusal({ status, message: '' }, triedForMs);
}

/** 0 when there is no number. A 0 that was sent becomes the shortest time there is. */
function secondsOf(header: string | null): number {
  if (header === null || !/^\d+(\.\d+)?$/.test(header)) return 0;
  return Math.max(Number(header), 0.001);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
