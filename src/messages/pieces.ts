import type { Inline } from '#domain/message.ts';

const open = '\ue000';
const close = '\ue001';
const marks = /\ue000(\d+)\ue001/g;

/**
 * Holds the values of one rendering. Handlebars and Markdown see only marks; the values are put back when both are done, so nothing
 * in a value can be read as either.
 */
export class Tray {
  readonly #pieces: (Inline | undefined)[] = [];

  /** Lays a value aside and returns the mark that stands for it; `undefined` marks a value that is missing. */
  put(piece: Inline | undefined): string {
    this.#pieces.push(piece);
    return `${open}${this.#pieces.length - 1}${close}`;
  }

  /** Splits a rendered text into what the template said and the values that stand in it. */
  split(text: string): (string | Inline)[] {
    const parts: (string | Inline)[] = [];
    let from = 0;
    for (const match of text.matchAll(marks)) {
      if (match.index > from) parts.push(text.slice(from, match.index));
      const piece = this.#pieces[Number(match[1])];
      if (piece !== undefined) parts.push(piece);
      from = match.index + match[0].length;
    }
    if (from < text.length) parts.push(text.slice(from));
    return parts;
  }

  /** True when values were asked for in this text and every one of them is missing. */
  isHollow(text: string): boolean {
    let asked = 0;
    for (const match of text.matchAll(marks)) {
      if (this.#pieces[Number(match[1])] !== undefined) return false;
      asked++;
    }
    return asked > 0;
  }
}

/** Removes from a template's own text what is reserved for marks. */
export function withoutMarks(text: string): string {
  return text.replaceAll(/[\ue000\ue001]/g, '');
}
