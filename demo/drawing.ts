import { drawCard } from '#rehearsal/drawing.ts';
import { slackCard } from '#rehearsal/slack-card.ts';
import { type Screen, type Style, wrap } from '#runtime/screen.ts';
import type { PreviewItem } from './preview-item.ts';
import type { Step } from './step.ts';

const clockFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** Where boxes begin: below the platform of a webhook's line. */
const indent = 10;

const answerStyles: Readonly<Record<string, Style>> = { stored: 'dim', duplicate: 'yellow' };

/** What the service said to a webhook: its status, its words and how long it took. */
export type Reply = { readonly status: number; readonly text: string; readonly ms: number };

/** Says what stands in the line of a webhook. */
export function drawHeadings({ print, paint }: Screen): void {
  print(paint('dim', 'Time      Platform   Webhook              Answer'));
}

/** One line for a webhook that was sent. */
export function drawWebhook({ print, paint, columns }: Screen, step: Step, reply: Reply): void {
  const time = clockFormat.format(step.at);
  const platform = step.platform.padEnd(9);
  const native = step.native.padEnd(19);
  const answer = paint(answerStyles[reply.text] ?? 'red', `${reply.status} ${reply.text}`.padEnd(13));
  const ms = paint('dim', `${Math.ceil(reply.ms)} ms`.padStart(6));
  const start = `${paint('dim', time)}  ${platform}  ${paint('cyan', native)}  ${answer}${ms}`;
  const [note = ''] = wrap(step.note, columns - 63);
  print(note === '' ? start : `${start}  ${paint('dim', note)}`);
}

/** One box for each message; one that went to several destinations is drawn once. */
export function drawMessages(screen: Screen, items: readonly PreviewItem[], now: Date): void {
  const groups = Map.groupBy(items, ({ rule, state, slack }) => JSON.stringify([rule, state, slack]));
  for (const group of groups.values()) drawBox(screen, group, now);
}

function drawBox(screen: Screen, group: readonly PreviewItem[], now: Date): void {
  const [first] = group;
  if (first === undefined) return;
  const to = group.map(({ destination }) => destination).join(', ');
  const fate = first.state === 'sent' ? undefined : `${first.state}: ${first.reason ?? 'no reason'}`;
  drawCard(screen, slackCard(first.slack, now), { indent, to, fate });
}
