import { type Block, type Inline, type Line, plainText, type TimeStyle } from '#domain/message.ts';
import { epochSeconds } from './fitting.ts';

const zeroWidthSpace = '\u200b';

/** Everything that Discord's Markdown reads inside a line: formatting, `<…>` tokens, links, bare addresses, `:emoji:`. */
const marks = /[\\*_~`|<>[\]]|:(?=\/\/|[\w+-]+:)/g;

/** Invite addresses unfurl without a scheme. */
const invite = /(discord(?:app)?)(?=\.(?:gg|com)\/)/gi;

/** Text of one line such that Discord shows it as it stands. What only counts at the start of a line is `guardLineStart`'s business. */
export function escapeDiscord(text: string): string {
  return text
    .replaceAll(marks, '\\$&')
    .replaceAll('@', `@${zeroWidthSpace}`)
    .replaceAll(invite, `$1${zeroWidthSpace}`);
}

/** Takes the meaning from headings, lists and small print at the start of a written line. */
function guardLineStart(line: string): string {
  return line.replace(/^(\s*)([#+-])/, '$1\\$2').replace(/^(\s*\d+)([.)])/, '$1\\$2');
}

const timeStyles: Readonly<Record<TimeStyle, string>> = { time: 't', date: 'D', datetime: 'f', ago: 'R' };

/** How links appear: as masked links, or as their label where Discord knows none. */
export type LinkForm = 'masked' | 'label';

/** The line in Discord's Markdown; a break is a new line. */
export function writeLine(line: Line, links: LinkForm): string {
  const runs = runsOf(line).map((run) => writeRun(run, links));
  const joined = runs.reduce(
    (before, run) => before + (doMarksTouch(before, run) ? zeroWidthSpace : '') + run,
    '',
  );
  return joined
    .split('\n')
    .map((written) => guardLineStart(written.trim()))
    .join('\n')
    .trim();
}

/** Each block on lines of its own, a free line between paragraphs. */
export function writeBody(body: readonly Block[]): string {
  return body
    .map((block, index) => {
      const isAfterParagraph = block.kind === 'paragraph' && body[index - 1]?.kind === 'paragraph';
      return `${index === 0 ? '' : isAfterParagraph ? '\n\n' : '\n'}${writeBlock(block)}`;
    })
    .join('');
}

function writeBlock(block: Block): string {
  if (block.kind === 'paragraph') return writeLine(block.line, 'masked');
  if (block.kind === 'quote') return prefixed(writeLine(block.line, 'masked'), '> ', '> ');
  if (block.kind === 'code') return `\`\`\`\n${inCode(codeText(block.line))}\n\`\`\``;
  const items = block.items.map((item, index) => {
    const mark = block.isOrdered ? `${index + 1}. ` : '- ';
    return prefixed(writeLine(item, 'masked'), mark, ' '.repeat(mark.length));
  });
  return items.join('\n');
}

function codeText(line: Line): string {
  return line.map((piece) => (piece.kind === 'break' ? '\n' : plainText([piece]))).join('');
}

function prefixed(text: string, first: string, others: string): string {
  return text
    .split('\n')
    .map((line, index) => `${index === 0 ? first : others}${line}`)
    .join('\n');
}

/** Pieces that follow each other in the same dress: they share one pair of marks. */
type Run = readonly Inline[];

function runsOf(line: Line): Run[] {
  const runs: Inline[][] = [];
  for (const piece of line) {
    const before = runs.at(-1);
    const isSame = before?.[0] !== undefined && dressOf(before[0]) === dressOf(piece);
    if (isSame && piece.kind === 'text') before.push(piece);
    else runs.push([piece]);
  }
  return runs;
}

function dressOf(piece: Inline): string {
  if (piece.kind !== 'text') return piece.kind;
  return [piece.bold, piece.italic, piece.strike, piece.code].join();
}

function writeRun(run: Run, links: LinkForm): string {
  const [first] = run;
  if (first === undefined) return '';
  if (first.kind === 'break') return '\n';
  if (first.kind === 'time') return writeTime(first);
  if (first.kind === 'link') return writeLink(first, links);
  return dressed(plainText(run), first);
}

function writeTime(piece: Inline & { kind: 'time' }): string {
  const seconds = epochSeconds(piece.at);
  return seconds === undefined ? escapeDiscord(piece.fallback) : `<t:${seconds}:${timeStyles[piece.style]}>`;
}

function writeLink(piece: Inline & { kind: 'link' }, links: LinkForm): string {
  const label = plainText(piece.label).trim();
  if (links === 'label') return dressed(label, piece);
  const url = piece.url.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('\\', '%5C');
  return outside(label === '' ? 'Link' : label, (shown) => `[${wrapped(shown, piece)}](${url})`);
}

type Dress = Pick<Inline & { kind: 'text' }, 'bold' | 'italic' | 'strike' | 'code'>;

function dressed(text: string, dress: Dress): string {
  return outside(text, (inner) => wrapped(inner, dress));
}

/** Marks must touch what they dress: blanks at the ends stay outside. */
function outside(text: string, write: (inner: string) => string): string {
  const inner = text.trim();
  if (inner === '') return text === '' ? '' : ' ';
  return `${/^\s/.test(text) ? ' ' : ''}${write(inner)}${/\s$/.test(text) ? ' ' : ''}`;
}

function wrapped(text: string, dress: Dress): string {
  const core = dress.code === true ? `\`${inCode(text)}\`` : escapeDiscord(text);
  const mark = `${dress.strike === true ? '~~' : ''}${dress.bold === true ? '**' : ''}${dress.italic === true ? '*' : ''}`;
  return `${mark}${core}${Array.from(mark).reverse().join('')}`;
}

/** Inside code nothing can be escaped, so the one character that ends it is replaced by its look-alike. */
function inCode(text: string): string {
  return text.replaceAll('`', 'ˋ');
}

/** Two neighbours would melt into other marks: `**a**` and `*b*`. */
function doMarksTouch(before: string, after: string): boolean {
  return /[*~`]$/.test(before) && /^[*~`]/.test(after);
}
