import { flatten } from './components.ts';
import { type Reading, readMarkdown } from './markdown.ts';
import type { Pings } from './mentions.ts';
import type { ShownMessage } from './message.ts';

/** What a reader's client makes of a message. */
export type Rendered = {
  /** Who was notified. */
  readonly pings: Pings;
  /** Targets of masked and bare links inside texts; buttons and a title's own link are not among them. */
  readonly links: readonly string[];
  /** Mentions, timestamps and emoji that are drawn as such, as written. */
  readonly mentionsMarkup: readonly string[];
  /** Names of the spans that took effect, such as `bold`, `code block`, `heading` or `list`. */
  readonly formatting: readonly string[];
  /** The plain text of each element in reading order: content, then the embeds, then the components. */
  readonly texts: readonly string[];
};

/** Reads all texts of a message as Discord's clients do; footers, author names and labels are shown as they are. */
export function rendered(message: ShownMessage): Rendered {
  const readings = [
    ...(message.content === '' ? [] : [full(message.content)]),
    ...message.embeds.flatMap(embedReadings),
    ...message.components.flatMap(flatten).flatMap(componentReadings),
  ];
  return {
    pings: message.mentions,
    links: readings.flatMap(({ links }) => links),
    mentionsMarkup: readings.flatMap(({ mentions }) => mentions),
    formatting: readings.flatMap(({ formatting }) => formatting),
    texts: readings.map(({ text }) => text),
  };
}

function embedReadings(embed: ShownMessage['embeds'][number]): Reading[] {
  return [
    ...(embed.author ? [literal(embed.author.name)] : []),
    ...(embed.title ? [inline(embed.title)] : []),
    ...(embed.description ? [full(embed.description)] : []),
    ...(embed.fields ?? []).flatMap(({ name, value }) => [inline(name), full(value)]),
    ...(embed.footer ? [literal(embed.footer.text)] : []),
  ];
}

function componentReadings(component: ReturnType<typeof flatten>[number]): Reading[] {
  if (component.type === 10) return [full(component.content)];
  if (component.type === 2 && component.label !== undefined) return [literal(component.label)];
  return [];
}

function full(text: string): Reading {
  return readMarkdown(text, { blocks: true });
}

function inline(text: string): Reading {
  return readMarkdown(text, { blocks: false });
}

function literal(text: string): Reading {
  return { text, links: [], mentions: [], formatting: [] };
}
