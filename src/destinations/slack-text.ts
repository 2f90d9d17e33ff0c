import { type Block, type Inline, type Line, plainText, type TimeStyle } from '#domain/message.ts';
import { epochSeconds } from './fitting.ts';
import type { PlainText, RichInline, RichLink, RichPart, RichStyle, RichText } from './slack-blocks.ts';

export function plain(text: string): PlainText {
  return { type: 'plain_text', emoji: false, text };
}

/** Disarms the three characters that start a control sequence or an entity. */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Slack shows each reader's own zone. There is no token that keeps a running distance true, so `ago` names the day and time. */
const dateFormats: Readonly<Record<TimeStyle, string>> = {
  time: '{time}',
  date: '{date_short}',
  datetime: '{date_short} {time}',
  ago: '{date_short_pretty} at {time}',
};

/** A date token of mrkdwn; the escaped fallback where the moment cannot be shown. */
export function dateToken(at: string, style: TimeStyle, fallback: string): string {
  const seconds = epochSeconds(at);
  const text = inToken(fallback);
  return seconds === undefined ? text : `<!date^${seconds}^${dateFormats[style]}|${text}>`;
}

/** The line as mrkdwn. Only for lines without anything from outside. */
export function trustedMrkdwn(line: Line): string {
  return line
    .map((piece) => {
      if (piece.kind === 'text') return escapeSlack(piece.text);
      if (piece.kind === 'time') return dateToken(piece.at, piece.style, piece.fallback);
      if (piece.kind === 'break') return ' ';
      const url = escapeSlack(piece.url).replaceAll('|', '%7C');
      const label = inToken(plainText(piece.label));
      return label === '' ? `<${url}>` : `<${url}|${label}>`;
    })
    .join('')
    .trim();
}

function inToken(text: string): string {
  return escapeSlack(text).replaceAll('|', '¦');
}

/** Whether the line holds nothing from outside and nothing that mrkdwn would read as formatting. */
export function isFitForMrkdwn(line: Line): boolean {
  return line.every((piece) => {
    if (piece.kind === 'text') return piece.isValue !== true && !/[*_~`]/.test(piece.text);
    if (piece.kind === 'link') return piece.isValue !== true && isFitForMrkdwn(piece.label);
    return true;
  });
}

/** The parts of one `rich_text` block. Paragraphs that follow each other share a section with a free line between them. */
export function richParts(body: readonly Block[]): RichPart[] {
  const parts: RichPart[] = [];
  let paragraphs: RichInline[] = [];
  const closeSection = (end: readonly RichInline[]) => {
    if (paragraphs.length > 0) parts.push({ type: 'rich_text_section', elements: [...paragraphs, ...end] });
    paragraphs = [];
  };
  for (const block of body) {
    if (block.kind === 'paragraph') {
      if (paragraphs.length > 0) paragraphs.push({ type: 'text', text: '\n\n' });
      paragraphs.push(...block.line.map(richInline));
    } else {
      closeSection([{ type: 'text', text: '\n' }]);
      parts.push(richPart(block));
    }
  }
  closeSection([]);
  return parts;
}

function richPart(block: Exclude<Block, { kind: 'paragraph' }>): RichPart {
  if (block.kind === 'quote') return { type: 'rich_text_quote', elements: block.line.map(richInline) };
  if (block.kind === 'code') return { type: 'rich_text_preformatted', elements: block.line.map(richCode) };
  return {
    type: 'rich_text_list',
    style: block.isOrdered ? 'ordered' : 'bullet',
    elements: block.items.map((item) => ({ type: 'rich_text_section', elements: item.map(richInline) })),
  };
}

function richInline(piece: Inline): RichInline {
  if (piece.kind === 'link') return richLink(piece);
  const seconds = piece.kind === 'time' ? epochSeconds(piece.at) : undefined;
  if (piece.kind === 'time' && seconds !== undefined) {
    return {
      type: 'date',
      timestamp: seconds,
      format: dateFormats[piece.style],
      fallback: piece.fallback,
    };
  }
  return richText(piece);
}

/** Slack takes neither dates nor styles inside preformatted text. */
function richCode(piece: Inline): RichText | RichLink {
  if (piece.kind === 'link') {
    const { type, url, text } = richLink(piece);
    return text === undefined ? { type, url } : { type, url, text };
  }
  const { type, text } = richText(piece);
  return { type, text };
}

function richText(piece: Exclude<Inline, { kind: 'link' }>): RichText {
  if (piece.kind === 'break') return { type: 'text', text: '\n' };
  if (piece.kind === 'time') return { type: 'text', text: piece.fallback };
  return { type: 'text', text: piece.text, ...styleOf(piece) };
}

function richLink(piece: Inline & { kind: 'link' }): RichLink {
  const text = plainText(piece.label);
  return { type: 'link', url: piece.url, ...(text === '' ? {} : { text }), ...styleOf(piece) };
}

function styleOf({ bold, italic, strike, code }: RichStyle): { style?: RichStyle } {
  const style: RichStyle = {
    ...(bold === true ? { bold } : {}),
    ...(italic === true ? { italic } : {}),
    ...(strike === true ? { strike } : {}),
    ...(code === true ? { code } : {}),
  };
  return Object.keys(style).length === 0 ? {} : { style };
}
