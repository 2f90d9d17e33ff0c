import { type Card, type PreviewItem, readCard } from './card.ts';
import { type Screen, type Style, wrap } from './screen.ts';
import type { Step } from './step.ts';

const clockFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** Where boxes begin: below the platform of a webhook's line. */
const indent = ' '.repeat(10);

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

function drawBox({ print, paint, link, columns }: Screen, group: readonly PreviewItem[], now: Date): void {
  const [first] = group;
  if (first === undefined) return;
  const card = readCard(first, now);
  const to = group.map(({ destination }) => destination).join(', ');
  const lines = (text: string) => wrap(text, columns - indent.length - 2);
  const fate = first.state === 'sent' ? [] : [paint('red', `${first.state}: ${first.reason ?? 'no reason'}`)];
  const buttons = card.buttons.map(({ label, url }) => link(paint('cyan', `[ ${label} ]`), url)).join('  ');

  print(`${indent}${paint('dim', '┌')} to ${paint('bold', to)} · ${card.state}`);
  const content = [
    ...heading(card, lines, paint),
    ...lines(card.facts.join(' · ')).map((line) => paint('dim', line)),
    ...lines(card.body),
    ...(buttons === '' ? [] : [buttons]),
    ...fate,
  ];
  for (const line of content) print(`${indent}${paint('dim', '│')} ${line}`);
  print(`${indent}${paint('dim', '└')}`);
}

/** The title, and the sentence that notifications show; the sentence alone where it begins with the title. */
function heading(
  { title, sentence }: Card,
  lines: (text: string) => readonly string[],
  paint: Screen['paint'],
): readonly string[] {
  if (!sentence.startsWith(title)) {
    return [...lines(title).map((line) => paint('bold', line)), ...lines(sentence)];
  }
  const [first = '', ...others] = lines(sentence);
  return [`${paint('bold', first.slice(0, title.length))}${first.slice(title.length)}`, ...others];
}
