import { z } from 'zod';
import { oneLine } from '#domain/text.ts';

const text = z.object({ type: z.string(), text: z.string() });
const button = z.object({ text, url: z.string() });
const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('header'), text }),
  z.object({ type: z.literal('context'), elements: z.array(text) }),
  z.object({ type: z.literal('section'), fields: z.array(text) }),
  z.object({ type: z.literal('rich_text'), elements: z.array(z.unknown()) }),
  z.object({ type: z.literal('actions'), elements: z.array(button) }),
]);

/** A message of the preview as it comes over HTTP. */
export const previewItem = z.object({
  change: z.number(),
  id: z.string(),
  destination: z.string(),
  rule: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  slack: z.object({ text: z.string(), blocks: z.array(block) }),
});

export type PreviewItem = z.infer<typeof previewItem>;

/** A message in plain lines, nothing in it but visible text. */
export type Card = {
  /** Glyph, word and time. */
  readonly state: string;
  readonly title: string;
  readonly sentence: string;
  readonly facts: readonly string[];
  readonly body: string;
  readonly buttons: readonly { readonly label: string; readonly url: string }[];
};

/** Reads a message from what Slack would get. Times are shown in this machine's zone, days relative to `now`. */
export function readCard({ slack }: PreviewItem, now: Date): Card {
  const card = { state: '', title: '', facts: [] as string[], body: '', buttons: [] as Card['buttons'] };
  for (const each of slack.blocks) {
    switch (each.type) {
      case 'header':
        card.title = oneLine(each.text.text);
        break;
      case 'context':
        card.state = shown(each.elements[0], now);
        break;
      case 'section':
        card.facts = each.fields.map((field) => shown(field, now));
        break;
      case 'rich_text':
        card.body = oneLine(textsIn(each.elements));
        break;
      case 'actions':
        card.buttons = each.elements.map(({ text, url }) => ({ label: oneLine(text.text), url }));
    }
  }
  return { ...card, sentence: oneLine(unescaped(slack.text)) };
}

/** A text object as a reader sees it; a label that stands above its value stands before it. */
function shown(object: z.infer<typeof text> | undefined, now: Date): string {
  if (object === undefined) return '';
  if (object.type !== 'mrkdwn') return oneLine(object.text.replace('\n', ': '));
  const plain = object.text
    .replaceAll(/<!date\^(\d+)\^([^|>]+)\|[^>]*>/g, (_token, seconds: string, format: string) =>
      dateText(new Date(Number(seconds) * 1000), format, now),
    )
    .replaceAll(/<[^|>]+\|([^>]*)>/g, '$1')
    .replace(/^\*(.*?)\*\n/, '$1: ');
  return oneLine(unescaped(plain));
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

function dateText(at: Date, format: string, now: Date): string {
  const day = dayFormat.format(at);
  return format
    .replace('{time}', timeFormat.format(at))
    .replace('{date_short_pretty}', day === dayFormat.format(now) ? 'today' : day)
    .replace('{date_short}', day);
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const richNode = z.object({ text: z.string().optional(), elements: z.array(z.unknown()).optional() });

/** All texts of a rich text, in order. */
function textsIn(elements: readonly unknown[]): string {
  return elements
    .map((element) => {
      const { text, elements: inner } = richNode.parse(element);
      return text ?? textsIn(inner ?? []);
    })
    .join(' ');
}
