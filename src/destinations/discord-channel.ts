import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Outcome, Receipt } from '#domain/delivery.ts';
import type { Destination, Edited, Found, Outgoing } from './destination.ts';
import type { DiscordBot } from './discord-bot.ts';
import type { DiscordCircuit } from './discord-circuit.ts';
import { type DiscordMessage, deliveryMark, formatDiscord } from './discord-format.ts';
import { discordEdited, discordOutcome } from './discord-outcome.ts';
import { editedElsewhere, failedLookUp } from './failure.ts';
import type { Manner } from './target.ts';

const posted = z.object({ id: z.string() });
const listed = z.array(
  z.object({
    id: z.string(),
    author: z.object({ bot: z.boolean().optional() }),
    webhook_id: z.string().optional(),
    nonce: z.union([z.string(), z.number()]).optional(),
    embeds: z.array(z.object({ footer: z.object({ text: z.string() }).optional() })),
  }),
);
type Listed = z.output<typeof listed>[number];

/** For so long after the first try the same nonce posts nothing twice. */
const nonceWindowMs = 120_000;
/** Discord's clock and ours may differ by this much. */
const skewMs = 60_000;
const discordEpochMs = 1_420_070_400_000;
const pageSize = 100;
const mostPages = 20;

export type DiscordConnection = {
  readonly bot: DiscordBot;
  readonly circuit: DiscordCircuit;
  readonly now: () => Date;
};

/** A channel that the bot posts to. A repeat with the same nonce posts nothing twice; later a lost message is looked for by its mark. */
export class DiscordChannel implements Destination {
  readonly type = 'discord';
  readonly name: string;
  readonly lane: string;
  readonly #channel: string;
  readonly #manner: Manner;
  readonly #connection: DiscordConnection;

  constructor(name: string, channel: string, manner: Manner, connection: DiscordConnection) {
    this.name = name;
    this.lane = `discord:${channel}`;
    this.#channel = channel;
    this.#manner = manner;
    this.#connection = connection;
  }

  async send(outgoing: Outgoing): Promise<Outcome> {
    const { bot, circuit } = this.#connection;
    const verdict = circuit.verdict();
    if (verdict !== undefined) return verdict;
    try {
      const answer = await bot.post(`/channels/${this.#channel}/messages`, {
        ...this.#wordingOf(outgoing),
        nonce: nonceOf(outgoing.deliveryId),
        enforce_nonce: true,
      });
      return sentIn(this.#channel, answer);
    } catch (error) {
      return discordOutcome(error, this.#triedForMs(outgoing));
    }
  }

  async edit(outgoing: Outgoing, receipt: Receipt): Promise<Edited> {
    const { bot, circuit } = this.#connection;
    const { channel = this.#channel, messageId } = receipt;
    if (messageId === undefined)
      return { kind: 'gone', reason: 'Discord: the id of the message is not known' };
    const verdict = circuit.verdict();
    if (verdict !== undefined) return verdict;
    try {
      const path = `/channels/${channel}/messages/${messageId}` as const;
      return sentIn(channel, await bot.patch(path, this.#wordingOf(outgoing)));
    } catch (error) {
      const edited = discordEdited(error, this.#triedForMs(outgoing));
      return channel === this.#channel ? edited : editedElsewhere(edited);
    }
  }

  async find(outgoing: Outgoing): Promise<Found> {
    const { deliveryId, firstTriedAt } = outgoing;
    const cannotTell: Found = { kind: 'cannot tell', sendAgain: this.#manner.sendAgain };
    const { circuit } = this.#connection;
    // Absent, or there: sending the same nonce again gives the same message.
    if (this.#triedForMs(outgoing) < nonceWindowMs) return { kind: 'absent' };
    const verdict = circuit.verdict();
    if (verdict !== undefined) return failedLookUp(verdict, cannotTell);
    try {
      let after = snowflakeAt(firstTriedAt.getTime() - skewMs);
      for (let pages = 0; pages < mostPages; pages += 1) {
        const messages = await this.#messagesAfter(after);
        const ours = messages.find((message) => isOurs(message, deliveryId));
        if (ours !== undefined) {
          return { kind: 'sent', receipt: { channel: this.#channel, messageId: ours.id } };
        }
        // A compact message has no embed that could carry its mark.
        if (messages.length < pageSize) return this.#manner.compact ? cannotTell : { kind: 'absent' };
        after = messages.reduce((latest, { id }) => (BigInt(id) > latest ? BigInt(id) : latest), after);
      }
      return cannotTell;
    } catch (error) {
      return failedLookUp(discordOutcome(error, this.#triedForMs(outgoing)), cannotTell);
    }
  }

  #wordingOf({ deliveryId, message }: Outgoing): DiscordMessage {
    return formatDiscord(message, { deliveryId, compact: this.#manner.compact });
  }

  #triedForMs({ firstTriedAt }: Outgoing): number {
    return this.#connection.now().getTime() - firstTriedAt.getTime();
  }

  async #messagesAfter(id: bigint): Promise<Listed[]> {
    const query = { limit: String(pageSize), after: String(id) };
    return listed.parse(await this.#connection.bot.get(`/channels/${this.#channel}/messages`, query));
  }
}

function sentIn(channel: string, answer: unknown): Outcome {
  const { success, data } = posted.safeParse(answer);
  if (!success) return { kind: 'unknown', reason: 'Discord: an answer without a message id' };
  return { kind: 'sent', receipt: { channel, messageId: data.id } };
}

function isOurs({ author, webhook_id, nonce, embeds }: Listed, deliveryId: string): boolean {
  if (author.bot !== true || webhook_id !== undefined) return false;
  if (nonce === nonceOf(deliveryId)) return true;
  return embeds.some(({ footer }) => footer?.text.endsWith(` · ${deliveryMark(deliveryId)}`) === true);
}

/** At most 25 characters are allowed, fewer than an id has. */
function nonceOf(deliveryId: string): string {
  return createHash('sha256').update(deliveryId).digest('base64url').slice(0, 24);
}

/** The smallest id that a message of that moment can have. */
function snowflakeAt(atMs: number): bigint {
  return BigInt(Math.max(0, Math.floor(atMs - discordEpochMs))) << 22n;
}
