import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Outcome } from '#domain/delivery.ts';
import type { Destination, Found, Outgoing } from './destination.ts';
import { failedLookUp } from './failure.ts';
import { formatSlack } from './slack-format.ts';
import { isMissingScope, slackOutcome } from './slack-outcome.ts';
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

  async send({ deliveryId, message, firstTriedAt }: Outgoing): Promise<Outcome> {
    try {
      const answer = posted.safeParse(
        await this.#client.apiCall('chat.postMessage', {
          channel: this.#channel,
          ...formatSlack(message, this.#manner),
          mrkdwn: false,
          parse: 'none',
          unfurl_links: false,
          unfurl_media: false,
          metadata: { event_type: metadataType, event_payload: { delivery_id: deliveryId } },
        }),
      );
      if (!answer.success) return { kind: 'unknown', reason: 'Slack: an answer without a message id' };
      return { kind: 'sent', receipt: { channel: answer.data.channel, messageId: answer.data.ts } };
    } catch (error) {
      return slackOutcome(error, this.#now().getTime() - firstTriedAt.getTime());
    }
  }

  async find({ deliveryId, firstTriedAt }: Outgoing): Promise<Found> {
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
      return failedLookUp(slackOutcome(error, this.#now().getTime() - firstTriedAt.getTime()), cannotTell);
    }
  }
}
