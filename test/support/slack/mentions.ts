import { type Reading, readMarkdown } from './mrkdwn.ts';
import type { JsonObject } from './refusal.ts';
import { asObject } from './shape.ts';
import type { Rendering } from './workspace.ts';

/**
 * What a message does to its readers: whom it notifies, what its text links to, the plain words of every text element,
 * and the words that markup has formatted. Button addresses are no links of the text.
 */
export function mentions(message: {
  readonly text: string;
  readonly blocks?: readonly JsonObject[];
  readonly rendering?: Rendering;
}): Reading {
  const { parse, mrkdwn = true, linkNames = false } = message.rendering ?? {};
  const inText =
    message.text === ''
      ? []
      : [
          readMarkdown(message.text, {
            linksBareUrls: parse !== 'none',
            linksNames: linkNames || parse === 'full',
            formats: mrkdwn,
          }),
        ];
  return joined([...inText, ...readBlocks(message.blocks ?? [])]);
}

function readBlocks(value: unknown): Reading[] {
  if (Array.isArray(value)) return value.flatMap((entry: unknown) => readBlocks(entry));
  const element = asObject(value);
  if (element === undefined) return [];
  if (element['type'] === 'rich_text') return readRichText(element['elements']);
  if (typeof element['text'] === 'string') return readTextObject(element['text'], element);
  return Object.values(element).flatMap(readBlocks);
}

function readTextObject(text: string, element: JsonObject): Reading[] {
  if (element['type'] !== 'mrkdwn') return [{ ...nothing, texts: [text] }];
  const isVerbatim = element['verbatim'] === true;
  return [readMarkdown(text, { linksBareUrls: !isVerbatim, linksNames: !isVerbatim, formats: true })];
}

const nothing: Reading = { pings: [], links: [], texts: [], markup: [] };

/** One reading per paragraph, list item, quote or code block. */
function readRichText(elements: unknown): Reading[] {
  return objectsIn(elements).flatMap((element) => {
    if (element['type'] === 'rich_text_list') return readRichText(element['elements']);
    const inline = joined(objectsIn(element['elements']).map(readInline));
    return [{ ...inline, texts: [inline.texts.join('')] }];
  });
}

function readInline(element: JsonObject): Reading {
  const word = (name: string): string => {
    const value = element[name];
    return typeof value === 'string' ? value : '';
  };
  switch (element['type']) {
    case 'link':
      return { ...nothing, links: [word('url')], texts: [word('text') || word('url')] };
    case 'user':
      return { ...nothing, pings: [word('user_id')], texts: [`@${word('user_id')}`] };
    case 'usergroup':
      return { ...nothing, pings: [word('usergroup_id')], texts: [`@${word('usergroup_id')}`] };
    case 'broadcast':
      return { ...nothing, pings: [`@${word('range')}`], texts: [`@${word('range')}`] };
    case 'channel':
      return { ...nothing, links: [`#${word('channel_id')}`], texts: [`#${word('channel_id')}`] };
    case 'emoji':
      return { ...nothing, texts: [`:${word('name')}:`] };
    case 'date':
      return {
        ...nothing,
        links: element['url'] === undefined ? [] : [word('url')],
        texts: [word('fallback')],
      };
    default:
      return { ...nothing, texts: [word('text')] };
  }
}

function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map((entry: unknown) => asObject(entry) ?? {}) : [];
}

function joined(readings: readonly Reading[]): Reading {
  return {
    pings: readings.flatMap((reading) => reading.pings),
    links: readings.flatMap((reading) => reading.links),
    texts: readings.flatMap((reading) => reading.texts),
    markup: readings.flatMap((reading) => reading.markup),
  };
}
