import { setTimeout as sleep } from 'node:timers/promises';
import type { PreviewItem } from './card.ts';
import { drawMessages, drawWebhook, type Reply } from './drawing.ts';
import type { Mailbox } from './mailbox.ts';
import type { Screen } from './screen.ts';
import type { Step } from './step.ts';
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

/** Everything that happened in a story. */
export type Record = {
  readonly replies: readonly { readonly step: Step; readonly reply: Reply }[];
  readonly messages: readonly PreviewItem[];
};

/** How long to wait for the messages of one webhook, and of all in the end. */
const patienceMs = { step: 1000, end: 3000 };
/** How long to look for messages that should not come. */
const afterwardsMs = 400;

/** Sends the steps in the order of their times, and draws what comes of each. */
export async function play(steps: readonly Step[], player: Player): Promise<Record> {
  const { address, clock, mailbox, screen, pace, signal } = player;
  const replies: { step: Step; reply: Reply }[] = [];
  const messages: PreviewItem[] = [];
  const take = async (step: Pick<Step, 'tells'>, limitMs: number) => {
    const items = await mailbox.take(step.tells, limitMs, signal);
    drawMessages(screen, items, clock.now());
    messages.push(...items);
    return items.length;
  };
  for (const step of steps.toSorted((one, other) => one.at.getTime() - other.at.getTime())) {
    clock.jumpTo(step.at);
    const reply = await send(step, address, signal);
    drawWebhook(screen, step, reply);
    replies.push({ step, reply });
    const count = await take(step, patienceMs);
    await sleep(count > 0 ? pace.readingMs : pace.pauseMs, undefined, { signal });
  }
  clock.catchUp();
  await sleep(afterwardsMs, undefined, { signal });
  await take({ tells: [] }, 0);
  return { replies, messages };
}

async function send({ source, headers, body }: Step, address: string, signal: AbortSignal): Promise<Reply> {
  const startedAt = performance.now();
  const response = await fetch(`${address}/hooks/${source}`, { method: 'POST', headers, body, signal });
  const text = await response.text();
  const ms = performance.now() - startedAt;
  return { status: response.status, text: response.status === 401 ? 'refused' : text, ms };
}
