import { oneLine } from '#domain/text.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ink = /[^\p{M}\p{Cf}\p{Z}]/u;

/**
 * The beginning of a value, as a reader must still be able to read it; empty for a value that shows nothing. Where single letters or
 * emoji are long, fewer of them fit.
 */
export function readable(words: string): string {
  const line = oneLine(words);
  if (!ink.test(line)) return '';
  const length = /\p{M}{3}|\u200d/u.test(line) ? 3 : 10;
  const start = Array.from(graphemes.segment(line), ({ segment }) => segment).slice(0, length);
  return comparable(start.join('')).trim();
}

/** Words as they are compared: accents and marks without width do not count, the back-tick's look-alike does. */
export function comparable(words: string): string {
  return words
    .normalize('NFD')
    .replaceAll(/[\p{M}\u200b]/gu, '')
    .replaceAll('ˋ', '`');
}
