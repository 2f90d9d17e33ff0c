import type { Outcome } from '#domain/delivery.ts';
import type { Destination, Found, Outgoing } from './destination.ts';
import { failureOutcome } from './failure.ts';
import { sendJson, webhookLane } from './incoming-webhook.ts';
import { formatSlack } from './slack-format.ts';
import { slackWebhookOutcome } from './slack-outcome.ts';
import type { Manner } from './target.ts';

type Outside = {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly timeoutMs: number;
};

/** A channel behind an incoming webhook: it gives no message id, so nothing can be edited or looked for. */
export class SlackWebhook implements Destination {
  readonly type = 'slack';
  readonly name: string;
  readonly lane: string;
  readonly #url: URL;
  readonly #manner: Manner;
  readonly #outside: Outside;

  constructor(name: string, url: URL, manner: Manner, outside: Outside) {
    this.name = name;
    this.lane = webhookLane('slack', url);
    this.#url = url;
    this.#manner = manner;
    this.#outside = outside;
  }

  async send({ message, firstTriedAt }: Outgoing): Promise<Outcome> {
    const { fetch, now, timeoutMs } = this.#outside;
    try {
      const body = {
        ...formatSlack(message, this.#manner),
        mrkdwn: false,
        parse: 'none',
        unfurl_links: false,
        unfurl_media: false,
      };
      const { status, headers, text } = await sendJson(fetch, 'POST', this.#url, body, { timeoutMs });
      const answer = { status, retryAfter: headers.get('retry-after'), text };
      return slackWebhookOutcome(answer, now().getTime() - firstTriedAt.getTime());
    } catch (error) {
      return failureOutcome('Slack', error);
    }
  }

  async find(): Promise<Found> {
    return { kind: 'cannot tell', sendAgain: this.#manner.sendAgain };
  }
}
