import type { Block, Fact, Line, Message } from '#domain/message.ts';
import { httpAddress } from '#domain/text.ts';
import { type AllowedMentions, discordMentions } from './discord-mentions.ts';
import { writeBody, writeLine } from './discord-text.ts';
import { budgets, epochSeconds, fitBody, fitLine, lineOf, maxButtons, shownText } from './fitting.ts';
import { stateStyles } from './state-style.ts';

export type DiscordField = { readonly name: string; readonly value: string; readonly inline: true };
export type DiscordEmbed = {
  readonly title?: string;
  readonly description?: string;
  /** 0xRRGGBB */
  readonly color: number;
  readonly fields?: readonly DiscordField[];
  readonly footer: { readonly text: string };
  /** ISO 8601 */
  readonly timestamp?: string;
};
export type DiscordButton = {
  readonly type: 2;
  readonly style: 5;
  readonly label: string;
  readonly url: string;
};
export type DiscordRow = { readonly type: 1; readonly components: readonly DiscordButton[] };

/** The body of a Discord message. It pings nobody but the message's own mentions. */
export type DiscordMessage = {
  readonly content: string;
  readonly embeds: readonly DiscordEmbed[];
  readonly components: readonly DiscordRow[];
  readonly allowed_mentions: AllowedMentions;
};

/** UTF-16 units; `embeds` counts over all texts of the embed. */
const limits = {
  content: 2000,
  embeds: 6000,
  title: 256,
  description: 4096,
  name: 256,
  value: 1024,
  footer: 300,
  label: 80,
  buttonUrl: 512,
};

/** Fields and buttons that Discord shows of a message at most. */
export const discordShows = { fields: 25, buttons: maxButtons };

/** How much of the body and of the facts is kept, from all of it down to what always fits. */
const measures = [
  { body: 3000, facts: discordShows.fields },
  { body: 1500, facts: discordShows.fields },
  { body: 300, facts: discordShows.fields },
  { body: 300, facts: 10 },
  { body: 300, facts: 3 },
  { body: 0, facts: 0 },
];

/** What ends the footer, so that a message can be recognised when it is read back. */
export function deliveryMark(deliveryId: string): string {
  return deliveryId.slice(-12);
}

/**
 * The message in Discord's format, its mentions first. What came from outside is escaped: it formats, links and mentions nothing. Nothing
 * exceeds Discord's limits and no text is empty. `compact` keeps the mentions, the sentence and the main button, and so carries no mark of
 * the delivery.
 */
export function formatDiscord(
  message: Message,
  options: { readonly deliveryId: string; readonly compact: boolean },
): DiscordMessage {
  const mentions = discordMentions(message);
  const sentence = sentenceOf(message, limits.content - mentions.content.length);
  const buttons = buttonsOf(message);
  const row = buttons.flatMap((one) => (one.kind === 'button' ? [one.button] : []));
  const shown = options.compact ? row.slice(0, 1) : row;
  return {
    content: `${mentions.content}${sentence}`,
    embeds: options.compact ? [] : [embedOf(message, sentence, linesOf(buttons), options.deliveryId)],
    components: shown.length === 0 ? [] : [{ type: 1, components: shown }],
    allowed_mentions: mentions.allowed,
  };
}

function sentenceOf(message: Message, units: number): string {
  const length = message.title.length === 0 ? budgets.prose : budgets.sentence;
  return (
    written(message.sentence, length, units, 'label') ||
    written(message.title, length, units, 'label') ||
    stateStyles[message.state].word
  );
}

/** The line cut until its written form fits; empty when nothing of it is visible. */
function written(line: Line, graphemes: number, units: number, links: 'masked' | 'label'): string {
  for (let left = graphemes; left > 0; left = Math.floor(left * 0.8)) {
    const text = writeLine(fitLine(line, left, units), links);
    if (text.length <= units) return text;
  }
  return '';
}

function embedOf(
  message: Message,
  sentence: string,
  extra: readonly Block[],
  deliveryId: string,
): DiscordEmbed {
  const footer = footerOf(message, deliveryId);
  for (const measure of measures) {
    const embed = measuredEmbed(message, sentence, extra, footer, measure);
    if (doesFit(embed)) return embed;
  }
  const { word, colour } = stateStyles[message.state];
  return { color: colour, footer: { text: word } };
}

function measuredEmbed(
  message: Message,
  sentence: string,
  extra: readonly Block[],
  footer: string,
  measure: (typeof measures)[number],
): DiscordEmbed {
  const title = written(message.title, budgets.title, limits.title, 'label');
  const description = writeBody(fitBody([...message.body, ...extra], measure.body));
  const fields = fieldsOf(message.facts.slice(0, measure.facts));
  return {
    // The sentence stays visible above the embed: said twice, it only costs a line.
    ...(title === '' || title === sentence ? {} : { title }),
    ...(description === '' ? {} : { description }),
    color: stateStyles[message.state].colour,
    ...(fields.length === 0 ? {} : { fields }),
    footer: { text: footer },
    ...(epochSeconds(message.at) === undefined ? {} : { timestamp: message.at }),
  };
}

function doesFit({ title = '', description = '', fields = [], footer }: DiscordEmbed): boolean {
  const texts = [title, description, footer.text, ...fields.flatMap(({ name, value }) => [name, value])];
  const sum = texts.reduce((length, text) => length + text.length, 0);
  return sum <= limits.embeds && description.length <= limits.description;
}

/** Discord shows a footer literally: nothing in it is escaped. */
function footerOf(message: Message, deliveryId: string): string {
  const room = shownText(lineOf(message.room ?? ''), budgets.room, limits.footer);
  // A message without a headline is one sentence of somebody's own: no word of ours classes it.
  const word = message.title.length === 0 ? '' : stateStyles[message.state].word;
  const parts = [word, room, deliveryMark(deliveryId)];
  return parts.filter((part) => part !== '').join(' · ');
}

function fieldsOf(facts: readonly Fact[]): DiscordField[] {
  return facts.flatMap(({ label, value }): DiscordField[] => {
    const name = written(lineOf(label), budgets.label, limits.name, 'label');
    const text = written(value, budgets.value, limits.value, 'masked');
    return name === '' || text === '' ? [] : [{ name, value: text, inline: true }];
  });
}

type Placed =
  | { readonly kind: 'button'; readonly button: DiscordButton }
  | { readonly kind: 'line'; readonly block: Block };

/** A button's address is short at Discord; a longer one becomes a link in the text. */
function buttonsOf(message: Message): Placed[] {
  return message.buttons
    .flatMap(({ text, url }): Placed[] => {
      const label = shownText(lineOf(text), limits.label, limits.label);
      const address = httpAddress(url);
      if (label === '' || address === undefined) return [];
      if (address.length <= limits.buttonUrl) {
        return [{ kind: 'button', button: { type: 2, style: 5, label, url: address } }];
      }
      const link = { kind: 'link', url: address, label: lineOf(label) } as const;
      return [{ kind: 'line', block: { kind: 'paragraph', line: [link] } }];
    })
    .slice(0, maxButtons);
}

function linesOf(buttons: readonly Placed[]): Block[] {
  return buttons.flatMap((one) => (one.kind === 'line' ? [one.block] : []));
}
