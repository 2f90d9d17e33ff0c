import { z } from 'zod';

// The scripts of the page are plain browser JavaScript; their drawings are data, so they run here as they do there.
const drawing = z.object({
  tag: z.string(),
  attributes: z.record(z.string(), z.string().optional()),
  children: z.array(z.unknown()),
});
type Drawing = z.output<typeof drawing>;

const draw = z.custom<(...parameters: unknown[]) => unknown>((value) => typeof value === 'function');

async function load(file: string, name: string): Promise<z.output<typeof draw>> {
  const module: unknown = await import(
    new URL(`../../src/receiver/preview/page/${file}`, import.meta.url).href
  );
  return draw.parse(z.record(z.string(), z.unknown()).parse(module)[name]);
}

export const drawSlack = await load('slack.js', 'drawSlack');
export const drawDiscord = await load('discord.js', 'drawDiscord');
export const drawEntry = await load('entry.js', 'drawEntry');
const createDates = await load('dates.js', 'createDates');

const now = Date.parse('2025-02-08T08:33:20Z');
export const at = now / 1000;
export const dates = createDates({ locale: 'en-GB', timeZone: 'Europe/Berlin', now: () => now });

export function elementsOf(tree: unknown): Drawing[] {
  if (Array.isArray(tree)) return tree.flatMap(elementsOf);
  if (typeof tree === 'string') return [];
  const element = drawing.parse(tree);
  return [element, ...element.children.flatMap(elementsOf)];
}

export function textOf(tree: unknown): string {
  if (Array.isArray(tree)) return tree.map(textOf).join('');
  return typeof tree === 'string' ? tree : textOf(drawing.parse(tree).children);
}

export function tags(tree: unknown, tag: string): string[] {
  return elementsOf(tree)
    .filter((element) => element.tag === tag)
    .map(textOf);
}

export function links(tree: unknown): [text: string, href: string | undefined][] {
  return elementsOf(tree)
    .filter(({ tag }) => tag === 'a')
    .map((element) => [textOf(element), element.attributes['href']]);
}

export const slack = (...blocks: unknown[]) => drawSlack({ text: 'Sentence', blocks }, { dates, at });
export const markup = (text: string) => ({ type: 'mrkdwn', text });
export const mrkdwn = (text: string) => slack({ type: 'section', text: markup(text) });
export const section = (...elements: unknown[]) => ({ type: 'rich_text_section', elements });
export const content = (text: string) =>
  drawDiscord({ content: text, embeds: [], components: [] }, { dates, at });
export const embed = (parts: object) =>
  drawDiscord({ content: '', embeds: [parts], components: [] }, { dates, at });
