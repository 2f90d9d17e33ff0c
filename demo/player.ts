import { setTimeout as sleep } from 'node:timers/promises';
import type { Screen } from '#runtime/screen.ts';
import { drawMessages, drawWebhook, type Reply } from './drawing.ts';
import { compare, type Mailbox } from './mailbox.ts';
import type { PreviewItem } from './preview-item.ts';
import type { Step, Tell } from './step.ts';
import type { StoryClock } from './story-clock.ts';

export type Pace = {
  /** Between webhooks that tell nobody anything. */
  readonly pauseMs: number;
  /** To look at a message. */
  readonly readingMs: number;
};

export type Player = {
  readonly address: string;
  readonly clock: StoryClock;
  readonly mailbox: Mailbox;
  readonly screen: Screen;
  readonly pace: Pace;
  readonly signal: AbortSignal;
};

/** Everything that happened. */
export type Played = {
  readonly replies: readonly { readonly step: Step; readonly reply: Reply }[];
  readonly messages: readonly PreviewItem[];
};

/** How long to wait for the messages of one webhook, and of all in the end. */
const patienceMs = { step: 1000, end: 3000 };
/** How long to look for messages that should not come. */
const afterwardsMs = 400;

/** Sends the steps in the order of their times, and draws what comes of each. */
export async function play(steps: readonly Step[], player: Player): Promise<Played> {
  const { address, clock, mailbox, screen, pace, signal } = player;
  const replies: { step: Step; reply: Reply }[] = [];
  const messages: PreviewItem[] = [];
  const take = async (wanted: readonly Tell[], limitMs: number): Promise<boolean> => {
    const items = await mailbox.take(wanted, limitMs, signal);
    drawMessages(screen, items, clock.now());
    messages.push(...items);
    return items.length > 0;
  };
  for (const step of steps.toSorted((one, other) => one.at.getTime() - other.at.getTime())) {
    clock.jumpTo(step.at);
    const reply = await send(step, address, signal);
    drawWebhook(screen, step, reply);
    replies.push({ step, reply });
    const isTold = await take(step.tells, patienceMs.step);
    await sleep(isTold ? pace.readingMs : pace.pauseMs, undefined, { signal });
  }
  clock.catchUp();
  await sleep(afterwardsMs, undefined, { signal });
  const all = steps.flatMap(({ tells }) => tells);
  await take(compare(all, messages).missing, patienceMs.end);
  return { replies, messages };
}

async function send({ source, headers, body }: Step, address: string, signal: AbortSignal): Promise<Reply> {
  const startedAt = performance.now();
  const response = await fetch(`${address}/hooks/${source}`, { method: 'POST', headers, body, signal });
  const text = await response.text();
  const ms = performance.now() - startedAt;
  return { status: response.status, text: response.status === 401 ? 'refused' : text, ms };
}
