import { z } from 'zod';
import { oneLine } from '#domain/text.ts';
import { type Card, dateText } from './card.ts';

const text = z.object({ type: z.string(), text: z.string() });
const button = z.object({ text, url: z.string() });
const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('header'), text }),
  z.object({ type: z.literal('context'), elements: z.array(text) }),
  z.object({
    type: z.literal('section'),
    fields: z.array(text).optional(),
    text: text.optional(),
    accessory: button.optional(),
  }),
  z.object({ type: z.literal('rich_text'), elements: z.array(z.unknown()) }),
  z.object({ type: z.literal('actions'), elements: z.array(button) }),
]);

/** What is drawn of a Slack message. */
export const slackMessage = z.object({ text: z.string(), blocks: z.array(block) });

/** Reads a message from what Slack would get. Times are shown in this machine's zone, days relative to `now`. */
export function slackCard({ text: sentence, blocks }: z.infer<typeof slackMessage>, now: Date): Card {
  const card = { state: '', title: '' };
  const facts: string[] = [];
  const body: string[] = [];
  const buttons: Card['buttons'][number][] = [];
  const press = ({ text: label, url }: z.infer<typeof button>) =>
    void buttons.push({ label: oneLine(label.text), url });
  for (const each of blocks) {
    switch (each.type) {
      case 'header':
        card.title = oneLine(each.text.text);
        break;
      case 'context':
        card.state = shown(each.elements[0], now);
        break;
      case 'section':
        facts.push(...(each.fields ?? []).map((field) => shown(field, now)));
        if (each.accessory) press(each.accessory);
        break;
      case 'rich_text':
        body.push(...each.elements.flatMap((part) => linesOf(part, now)));
        break;
      case 'actions':
        each.elements.forEach(press);
    }
  }
  const spoken = oneLine(unescaped(sentence.replaceAll(/<(?:@|!subteam\^)([A-Z0-9]+)>/g, '@$1')));
  return { ...card, facts, buttons, sentence: spoken, body: body.filter((line) => line !== spoken) };
}

/** A text object as a reader sees it; a label that stands above its value stands before it. */
function shown(object: z.infer<typeof text> | undefined, now: Date): string {
  if (object === undefined) return '';
  if (object.type !== 'mrkdwn') return oneLine(object.text.replace('\n', ': '));
  const plain = object.text
    .replaceAll(/<!date\^(\d+)\^([^|>]+)\|[^>]*>/g, (_token, seconds: string, format: string) =>
      dateText(Number(seconds), format, now),
    )
    .replaceAll(/<[^|>]+\|([^>]*)>/g, '$1')
    .replace(/^\*(.*?)\*\n/, '$1: ');
  return oneLine(unescaped(plain));
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const richNode = z.object({
  type: z.string(),
  text: z.string().optional(),
  url: z.string().optional(),
  user_id: z.string().optional(),
  usergroup_id: z.string().optional(),
  timestamp: z.number().optional(),
  format: z.string().optional(),
  elements: z.array(z.unknown()).optional(),
});

/** One part of a rich text: its paragraphs, or its items. */
function linesOf(part: unknown, now: Date): readonly string[] {
  const { type, elements = [] } = richNode.parse(part);
  const lines =
    type === 'rich_text_list'
      ? elements.map((item) => `• ${textsIn(item, now)}`)
      : textsIn(part, now).split('\n');
  return lines.map(oneLine).filter((line) => line !== '');
}

/** All texts of a rich text, in order. */
function textsIn(element: unknown, now: Date): string {
  const { text, url, user_id, usergroup_id, timestamp, format, elements } = richNode.parse(element);
  const mentioned = user_id ?? usergroup_id;
  if (mentioned !== undefined) return `@${mentioned}`;
  if (timestamp !== undefined) return dateText(timestamp, format ?? '', now);
  return text ?? url ?? (elements ?? []).map((each) => textsIn(each, now)).join('');
}
