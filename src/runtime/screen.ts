import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where text for people is written: a terminal, or a file that takes its place. */
export type Screen = {
  /** Columns that a line may have. */
  readonly columns: number;
  readonly print: (line: string) => void;
  /** The text in a style, where the terminal has any. */
  readonly paint: (style: Style, text: string) => string;
  /** The text as a link, where the terminal has any. */
  readonly link: (text: string, url: string) => string;
};

const mostColumns = 100;

/** Writes to a stream; styles and links only on a terminal where nobody asked for plain text. */
export function createScreen(stream: NodeJS.WriteStream): Screen {
  const hasStyle = stream.isTTY && stream.hasColors();
  return {
    columns: Math.min(mostColumns, stream.columns || mostColumns),
    print: (line) => void stream.write(`${line}\n`),
    paint: (style, text) => (hasStyle ? styleText(style, text, { validateStream: false }) : text),
    link: (text, url) => (hasStyle ? `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\` : text),
  };
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /\p{Emoji_Presentation}|\ufe0f|\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|[\u3000-\u303f\uff01-\uff60]/u;

/** Columns that a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** The text in lines of at most `columns`, broken between words; a longer word is cut. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const { segment } of graphemes.segment(word)) {
      if (widthOf(line + segment) > columns) {
        lines.push(line);
        line = '';
      }
      line += segment;
    }
  }
  return line === '' ? lines : [...lines, line];
}
