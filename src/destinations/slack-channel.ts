import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Outcome, Receipt } from '#domain/delivery.ts';
import type { Destination, Edited, Found, Outgoing } from './destination.ts';
import { editedElsewhere, failedLookUp } from './failure.ts';
import { formatSlack } from './slack-format.ts';
import { isMissingScope, slackEdited, slackOutcome } from './slack-outcome.ts';
import type { Manner } from './target.ts';

const posted = z.object({ channel: z.string(), ts: z.string() });

const metadataType = 'callboard_delivery';

const page = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({
          event_type: z.literal(metadataType),
          event_payload: z.object({ delivery_id: z.string() }),
        })
        .optional()
        .catch(undefined),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Slack's clock and ours may differ by this much. */
const skewMs = 60_000;
const pageSize = 100;
const mostPages = 20;

/** A channel that the bot posts to. A lost message is looked for by the delivery id in its metadata. */
export class SlackChannel implements Destination {
  readonly type = 'slack';
  readonly name: string;
  readonly lane: string;
  readonly #channel: string;
  readonly #manner: Manner;
  readonly #client: WebClient;
  readonly #now: () => Date;

  constructor(name: string, channel: string, manner: Manner, client: WebClient, now: () => Date) {
    this.name = name;
    this.lane = `slack:${channel}`;
    this.#channel = channel;
    this.#manner = manner;
    this.#client = client;
    this.#now = now;
  }

  async send(outgoing: Outgoing): Promise<Outcome> {
    try {
      return sentIn(
        await this.#client.apiCall('chat.postMessage', {
          channel: this.#channel,
          ...this.#wordingOf(outgoing),
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
    } catch (error) {
      return slackOutcome(error, this.#triedForMs(outgoing));
    }
  }

  async edit(outgoing: Outgoing, receipt: Receipt): Promise<Edited> {
    const { channel = this.#channel, messageId } = receipt;
    if (messageId === undefined) return { kind: 'gone', reason: 'Slack: the id of the message is not known' };
    try {
      return sentIn(
        await this.#client.apiCall('chat.update', { channel, ts: messageId, ...this.#wordingOf(outgoing) }),
      );
    } catch (error) {
      const edited = slackEdited(error, this.#triedForMs(outgoing));
      return channel === this.#channel ? edited : editedElsewhere(edited);
    }
  }

  async find(outgoing: Outgoing): Promise<Found> {
    const { deliveryId, firstTriedAt } = outgoing;
    const cannotTell: Found = { kind: 'cannot tell', sendAgain: this.#manner.sendAgain };
    try {
      let cursor = '';
      for (let pages = 0; pages < mostPages; pages += 1) {
        const { messages, response_metadata } = page.parse(
          await this.#client.apiCall('conversations.history', {
            channel: this.#channel,
            oldest: String((firstTriedAt.getTime() - skewMs) / 1000),
            inclusive: true,
            limit: pageSize,
            include_all_metadata: true,
            ...(cursor === '' ? {} : { cursor }),
          }),
        );
        const ours = messages.find(({ metadata }) => metadata?.event_payload.delivery_id === deliveryId);
        if (ours !== undefined) {
          return { kind: 'sent', receipt: { channel: this.#channel, messageId: ours.ts } };
        }
        cursor = response_metadata?.next_cursor ?? '';
        if (cursor === '') return { kind: 'absent' };
      }
      return cannotTell;
    } catch (error) {
      // Without the scope the bot can post, but never look.
      if (isMissingScope(error)) return cannotTell;
      return failedLookUp(slackOutcome(error, this.#triedForMs(outgoing)), cannotTell);
    }
  }

  /** All that an edit replaces: what it left out would stay, or fall back to defaults that link. */
  #wordingOf({ deliveryId, message }: Outgoing): Record<string, unknown> {
    return {
      ...formatSlack(message, this.#manner),
      mrkdwn: false,
      parse: 'none',
      metadata: { event_type: metadataType, event_payload: { delivery_id: deliveryId } },
    };
  }

  #triedForMs({ firstTriedAt }: Outgoing): number {
    return this.#now().getTime() - firstTriedAt.getTime();
  }
}

function sentIn(answer: unknown): Outcome {
  const { success, data } = posted.safeParse(answer);
  if (!success) return { kind: 'unknown', reason: 'Slack: an answer without a message id' };
  return { kind: 'sent', receipt: { channel: data.channel, messageId: data.ts } };
}
