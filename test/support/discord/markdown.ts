/** What took effect in one text; `text` is what remains to be read. */
export type Reading = {
  readonly text: string;
  readonly links: readonly string[];
  readonly mentions: readonly string[];
  readonly formatting: readonly string[];
};

type Notes = { links: string[]; mentions: string[]; formatting: string[] };

const spans = [
  { mark: '**', name: 'bold' },
  { mark: '__', name: 'underline' },
  { mark: '~~', name: 'strike' },
  { mark: '||', name: 'spoiler' },
  { mark: '*', name: 'italic' },
  { mark: '_', name: 'italic' },
] as const;

const linePrefixes = [
  { pattern: /^\s*>>> /, name: 'quote' },
  { pattern: /^\s*> /, name: 'quote' },
  { pattern: /^\s*#{1,3} +(?=\S)/, name: 'heading' },
  { pattern: /^\s*-# +(?=\S)/, name: 'subtext' },
  { pattern: /^\s*(?:[-*]|\d+\.) +(?=\S)/, name: 'list' },
] as const;

const angled = /^<(?:@[!&]?\d+|#\d+|t:-?\d+(?::[a-zA-Z])?|a?:\w+:\d+|\/[^:>]+:\d+|id:\w+)>/;
const angledLink = /^<((?:https?|discord):\/\/[^\s>]+|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>/i;
const bareLink = /^(?:https?|discord):\/\/[^\s<]+/i;
const endOfSentence = /[.,:;"'\]]+$/;
const broadcast = /^@(?:everyone|here)/;
const escapable = /[^0-9A-Za-z\s]/;
/** Private characters that stand for code while the rest is read. */
const firstPlaceholder = 0xe000;
const placeholder = /[\ue000-\uf8ff]/g;

/**
 * Reads `source` as Discord's clients do. In doubt markup counts as taking effect: a test for harmless names must not
 * pass because of a gap in here. `blocks` adds quotes, headings, subtext and lists, which titles do not have.
 */
export function readMarkdown(source: string, { blocks }: { blocks: boolean }): Reading {
  const notes: Notes = { links: [], mentions: [], formatting: [] };
  const codes: string[] = [];
  const coded = hideCode(source, codes, notes);
  const lines = blocks ? coded.split('\n').map((line) => withoutPrefixes(line, notes)) : [coded];
  const text = readInline(lines.join('\n'), notes);
  return {
    ...notes,
    text: text.replace(placeholder, (sign) => codes[sign.charCodeAt(0) - firstPlaceholder] ?? sign),
  };
}

/** Replaces code by placeholders: nothing inside is markup, nor an escape. */
function hideCode(source: string, codes: string[], notes: Notes): string {
  let result = '';
  for (let index = 0; index < source.length; ) {
    const rest = source.slice(index);
    const run = /^`+/.exec(rest)?.[0];
    const code = run === undefined ? undefined : codeAfter(rest, run);
    if (code !== undefined && run !== undefined) {
      notes.formatting.push(run.length >= 3 ? 'code block' : 'code');
      result += String.fromCharCode(firstPlaceholder + codes.length);
      codes.push(code);
      index += code.length + 2 * run.length;
    } else {
      const size = rest.startsWith('\\') ? 2 : (run?.length ?? 1);
      result += rest.slice(0, size);
      index += size;
    }
  }
  return result;
}

/** The text between `run` and the next run of equally many back-ticks. */
function codeAfter(rest: string, run: string): string | undefined {
  const close = [...rest.matchAll(/`+/g)].find((found) => found.index > 0 && found[0].length === run.length);
  return close === undefined || close.index === run.length ? undefined : rest.slice(run.length, close.index);
}

function withoutPrefixes(line: string, notes: Notes): string {
  const prefix = linePrefixes.find(({ pattern }) => pattern.test(line));
  if (prefix === undefined) return line;
  notes.formatting.push(prefix.name);
  return withoutPrefixes(line.replace(prefix.pattern, ''), notes);
}

function readInline(source: string, notes: Notes): string {
  let text = '';
  for (let index = 0; index < source.length; ) {
    const step = readAt(source, index, notes);
    text += step.text;
    index += step.size;
  }
  return text;
}

type Step = { readonly size: number; readonly text: string };

function readAt(source: string, index: number, notes: Notes): Step {
  const rest = source.slice(index);
  if (rest.startsWith('\\') && escapable.test(rest.charAt(1))) {
    // The server looks for these in the raw text, so a backslash does not disarm them.
    const called = broadcast.exec(rest.slice(1))?.[0];
    if (called !== undefined) notes.mentions.push(called);
    const escaped = String.fromCodePoint(rest.codePointAt(1) ?? 0);
    return { size: 1 + escaped.length, text: escaped };
  }
  const mention = (angled.exec(rest) ?? broadcast.exec(rest))?.[0];
  if (mention !== undefined) {
    notes.mentions.push(mention);
    return { size: mention.length, text: mention };
  }
  return readLink(rest, notes) ?? readSpan(source, index, notes) ?? { size: 1, text: rest.charAt(0) };
}

function readLink(rest: string, notes: Notes): Step | undefined {
  const wrapped = angledLink.exec(rest);
  if (wrapped?.[1] !== undefined) {
    notes.links.push(wrapped[1]);
    return { size: wrapped[0].length, text: wrapped[1] };
  }
  const bare = bareLink
    .exec(rest)?.[0]
    .replace(endOfSentence, '')
    .replace(/(?<!\(.*)\)+$/, '');
  if (bare !== undefined && !bare.endsWith('//')) {
    notes.links.push(bare);
    return { size: bare.length, text: bare };
  }
  return readMaskedLink(rest, notes);
}

/** `[label](target "title")`; escapes inside the target are undone before its scheme is looked at. */
function readMaskedLink(rest: string, notes: Notes): Step | undefined {
  const found =
    /^\[((?:\\[\s\S]|[^\\[\]]|\[(?:\\[\s\S]|[^\\[\]])*\])+)\]\(\s*<?((?:\\[\s\S]|[^\s()<>\\]|\([^\s()]*\))+)>?(?:\s+["'(][^)]*)?\s*\)/.exec(
      rest,
    );
  if (found === null) return undefined;
  const [whole, label = '', escaped = ''] = found;
  const target = escaped.replace(/\\([^0-9A-Za-z\s])/g, '$1');
  if (!/^(?:https?|discord|mailto):/i.test(target)) return undefined;
  notes.links.push(target);
  return { size: whole.length, text: readInline(label, notes) };
}

function readSpan(source: string, index: number, notes: Notes): Step | undefined {
  for (const { mark, name } of spans) {
    if (!source.startsWith(mark, index)) continue;
    const start = index + mark.length;
    const end = closeOf(source, start, mark);
    if (end === undefined) continue;
    if (mark === '_' && (isWord(source.charAt(index - 1)) || isWord(source.charAt(end + 1)))) continue;
    if (mark === '*' && /\s/.test(source.charAt(start))) continue;
    notes.formatting.push(name);
    return { size: end + mark.length - index, text: readInline(source.slice(start, end), notes) };
  }
  return undefined;
}

/** Where the span that began before `start` is closed, if anything stands between. */
function closeOf(source: string, start: number, mark: string): number | undefined {
  for (let index = start; index < source.length; index += 1) {
    if (source.charAt(index) === '\\') {
      index += 1;
    } else if (index > start && source.startsWith(mark, index)) {
      // Of three marks in a row the first closes a single one inside.
      if (mark.length > 1) return source.charAt(index + mark.length) === mark.charAt(0) ? index + 1 : index;
      if (source.charAt(index + 1) !== mark) return index;
      // A double mark inside a single one belongs to another span.
      index += 1;
    }
  }
  return undefined;
}

function isWord(sign: string): boolean {
  return /^\w$/.test(sign);
}
