import { type Block, type Inline, type Line, plainText } from '#domain/message.ts';
import { cut, httpAddress, oneLine } from '#domain/text.ts';

/** Graphemes that a reader is shown of each part. */
export const budgets = {
  title: 80,
  sentence: 150,
  prose: 300,
  room: 40,
  label: 40,
  value: 80,
  valueInProse: 300,
} as const;

/** UTF-16 units that mentions may take from a message's text, enough for 30 of them. */
export const unitsOfMentions = 1000;

/** How many link buttons a message shows. */
export const maxButtons = 3;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** More than any part shows; what is longer costs time only. */
const longestRawText = 20_000;
const longestText = 4000;
const endlessAccents = /(\p{M}{8})\p{M}+/gu;
const longestGrapheme = 32;

/** Blocks, punctuation, letters: anything that leaves a mark on the screen. */
const ink = /[^\p{M}\p{Cf}\p{Z}\s]/u;

/**
 * One line of text without invisible marks and endless graphemes. A blank at either end is kept, since a neighbour may stand there;
 * joiners and accents alone are not, since they would attach to it.
 */
function clean(text: string): string {
  const start = text.slice(0, longestRawText);
  const line = oneLine(start.replaceAll(endlessAccents, '$1')).slice(0, longestText).toWellFormed();
  if (!ink.test(line)) return /\s/u.test(start) ? ' ' : '';
  const calm = Array.from(segmenter.segment(line), ({ segment }) =>
    segment.length > longestGrapheme ? (Array.from(segment)[0] ?? '') : segment,
  ).join('');
  return `${/^\s/u.test(start) ? ' ' : ''}${calm}${/\s$/u.test(start) ? ' ' : ''}`;
}

/** Cuts `text` to so many graphemes, and further until what `write` makes of it has at most `units` UTF-16 units; empty if nothing fits. */
export function fit(
  text: string,
  graphemes: number,
  units: number,
  write: (text: string) => string = (same) => same,
): string {
  for (let left = graphemes; left > 0; left = Math.floor(left * 0.8)) {
    const written = write(cut(text, left));
    if (written.length <= units) return written;
  }
  return '';
}

/** What a reader sees of a line without markup, cut to fit; empty when nothing in it is visible. */
export function shownText(
  line: Line,
  graphemes: number,
  units: number,
  write?: (text: string) => string,
): string {
  const text = clean(plainText(line)).trim();
  return ink.test(text) ? fit(text, graphemes, units, write) : '';
}

/** The entries, each once, from the first on while their written forms fit into `units` UTF-16 units with a blank behind each; none is cut. */
export function fitWhole(
  entries: readonly string[],
  units: number,
  write: (entry: string) => string,
): string[] {
  const fitting: string[] = [];
  let left = units;
  for (const entry of new Set(entries)) {
    left -= write(entry).length + 1;
    if (left < 0) break;
    fitting.push(entry);
  }
  return fitting;
}

/** A text as a line of its own. */
export function lineOf(text: string): Line {
  return [{ kind: 'text', text }];
}

/** What may still be taken; it shrinks with every piece. */
type Allowance = { graphemes: number; units: number };

/** The line with its texts cleaned and cut to fit; addresses count as units. Empty when nothing in it is visible. */
export function fitLine(line: Line, graphemes: number, units: number): Line {
  return takeLine(line, { graphemes, units });
}

/**
 * The blocks with their texts cleaned, all of them together cut to `units`; what became empty is gone. A value among other words is a
 * name or a short remark, so it cannot crowd them out; one that is a line of its own may be long.
 */
export function fitBody(body: readonly Block[], units: number): Block[] {
  const left = { graphemes: units, units };
  return body.flatMap((block): Block[] => {
    if (block.kind === 'list') {
      const items = block.items
        .map((item) => takeLine(withShortValues(item), left))
        .filter((item) => item.length > 0);
      return items.length === 0 ? [] : [{ ...block, items }];
    }
    const whole = block.kind === 'code' ? withLineBreaks(block.line) : block.line;
    const line = takeLine(withShortValues(whole), left);
    return line.length === 0 ? [] : [{ ...block, line }];
  });
}

function takeLine(line: Line, left: Allowance): Line {
  const taken = withoutOuterBreaks(line.flatMap((piece) => take(piece, left)));
  return ink.test(plainText(taken)) ? taken : [];
}

function withShortValues(line: Line): Line {
  if (line.length < 2) return line;
  return line.map((piece) => {
    if (piece.kind !== 'text' || piece.isValue !== true) return piece;
    return { ...piece, text: cut(clean(piece.text), budgets.valueInProse) };
  });
}

function take(piece: Inline, left: Allowance): Inline[] {
  if (left.graphemes <= 0 || left.units <= 0) return [];
  if (piece.kind === 'text') return takeText(piece, left);
  if (piece.kind === 'link') return takeLink(piece, left);
  if (piece.kind === 'time') return takeTime(piece, left);
  left.graphemes -= 1;
  left.units -= 1;
  return [piece];
}

function takeText(piece: Inline & { kind: 'text' }, left: Allowance): Inline[] {
  const text = clean(piece.text);
  const fitting = fit(text, left.graphemes, left.units);
  const isCut = fitting !== text;
  left.graphemes = isCut ? 0 : left.graphemes - Array.from(segmenter.segment(fitting)).length;
  left.units = isCut ? 0 : left.units - fitting.length;
  return fitting === '' ? [] : [{ ...piece, text: fitting }];
}

function takeLink(piece: Inline & { kind: 'link' }, left: Allowance): Inline[] {
  const url = httpAddress(piece.url);
  if (url === undefined || url.length > left.units) return [...takeLine(piece.label, left)];
  left.units -= url.length;
  return [{ ...piece, url, label: takeLine(piece.label, left) }];
}

const unitsOfTimeToken = 60;

function takeTime(piece: Inline & { kind: 'time' }, left: Allowance): Inline[] {
  if (epochSeconds(piece.at) === undefined) return takeText({ kind: 'text', text: piece.fallback }, left);
  left.graphemes -= piece.fallback.length;
  left.units -= piece.fallback.length + unitsOfTimeToken;
  const doesFit = left.graphemes >= 0 && left.units >= 0;
  return doesFit ? [piece] : [];
}

/** Seconds since 1970 of a moment that platforms can show; undefined for what is no date or before 1970. */
export function epochSeconds(at: string): number | undefined {
  const seconds = Math.floor(Date.parse(at) / 1000);
  return seconds >= 0 ? seconds : undefined;
}

/** The writer's own lines in a block of code stay; those of a value do not. */
function withLineBreaks(line: Line): Line {
  return line.flatMap((piece): Inline[] => {
    if (piece.kind !== 'text' || piece.isValue === true) return [piece];
    const [first = '', ...others] = piece.text.split('\n');
    const rest = others.flatMap((text): Inline[] => [{ kind: 'break' }, { ...piece, text }]);
    return [{ ...piece, text: first }, ...rest];
  });
}

function withoutOuterBreaks(line: Line): Line {
  const first = line.findIndex((piece) => piece.kind !== 'break');
  const last = line.findLastIndex((piece) => piece.kind !== 'break');
  return first < 0 ? [] : line.slice(first, last + 1);
}
