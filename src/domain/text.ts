const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Control characters, bidirectional overrides and isolates, zero-width and private-use marks: they can reorder or fake what stands beside them. */
// Line breaks and tabs are not among them: they become spaces. The joiners U+200C and U+200D stay: Persian and emoji need them.
const invisible =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ue000-\uf8ff\u{e0000}-\u{e007f}\u{f0000}-\u{10fffd}]/gu;

/** Made of spaces, joiners, fillers and the like: nothing a reader would see. */
const blank = /^[\s\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/**
 * Makes outside text fit to stand in one line: line breaks become spaces, invisible marks go, unpaired surrogates become U+FFFD. Empty if
 * nothing visible is left.
 */
export function oneLine(text: string): string {
  const line = text
    .toWellFormed()
    .replace(invisible, '')
    .replace(/[\s\u0085]+/gu, ' ')
    .trim();
  return blank.test(line) ? '' : line;
}

/** A grapheme may be endless (stacked accents); what is longer than this is left out. */
const unitsPerGrapheme = 32;

/** Cuts to at most `budget` graphemes, at a word where one is near, and ends with "…" if anything was cut. */
export function cut(text: string, budget: number): string {
  const kept: string[] = [];
  let isCut = false;
  for (const { segment, index } of graphemes.segment(text)) {
    if (kept.length >= budget || index >= budget * unitsPerGrapheme) {
      isCut = true;
      break;
    }
    if (segment.length > unitsPerGrapheme) isCut = true;
    else kept.push(segment);
  }
  if (!isCut) return text;
  const shortened = kept.slice(0, budget - 1).join('');
  const space = shortened.lastIndexOf(' ');
  const atWord = space > shortened.length * 0.7 ? shortened.slice(0, space) : shortened;
  return `${atWord.trim()}…`;
}

/** The form in which texts are compared: NFC, and lower case where a field does not tell case apart. */
export function comparable(text: string, isCaseInsensitive: boolean): string {
  const normal = text.normalize('NFC');
  return isCaseInsensitive ? normal.toLowerCase() : normal;
}

/** An absolute http(s) address in its encoded form, or undefined. User names and passwords in it are refused. */
export function httpAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  return url.href;
}
