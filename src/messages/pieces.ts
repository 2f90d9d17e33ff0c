import type { Inline } from '#domain/message.ts';
import { httpAddress } from '#domain/text.ts';

const open = '\ue000';
const close = '\ue001';
const marks = /\ue000(\d+)\ue001/g;

/** A step to the same or a higher folder in the path of an address; encoding does not help against it. */
const climbs = /^[^?#]*\/\.\.?(?:[/?#]|$)/;

/** A value laid aside. `whole` is what stands for it in an address, where nothing may be cut or worded. */
export type Held = { readonly piece: Inline; readonly whole: string };

/**
 * Holds the values of one rendering. Handlebars and Markdown see only marks; the values are put back when both are done, so nothing
 * in a value can be read as either.
 */
export class Tray {
  readonly #held: (Held | undefined)[] = [];

  /** Lays a value aside and returns the mark that stands for it; `undefined` marks a value that is missing. */
  put(held: Held | undefined): string {
    this.#held.push(held);
    return `${open}${this.#held.length - 1}${close}`;
  }

  /** Splits a rendered text into what the template said and the values that stand in it. */
  split(text: string): (string | Inline)[] {
    return this.#parts(text).flatMap((part): (string | Inline)[] => {
      if (typeof part === 'object') return [part.piece];
      return part === undefined || part === '' ? [] : [part];
    });
  }

  /**
   * Reads a rendered text as an http(s) address. A value that begins it may be a whole address, any other is encoded. Undefined where
   * a value is missing, where one would climb in the path (`..`), or where the outcome is not such an address. `isValue` tells that
   * values are in it.
   */
  address(text: string): { readonly url: string; readonly isValue: boolean } | undefined {
    const parts = this.#parts(text.trim());
    const [first, value] = parts;
    const start = first === '' && typeof value === 'object' ? value.whole : '';
    let url = start;
    for (const part of start === '' ? parts : parts.slice(2)) {
      if (part === undefined) return undefined;
      url += typeof part === 'string' ? part : encodeURIComponent(part.whole);
    }
    if (climbs.test(url.slice(start.length))) return undefined;
    const address = httpAddress(url);
    return address === undefined ? undefined : { url: address, isValue: parts.length > 1 };
  }

  /** Texts and values in turn, beginning and ending with a text; undefined where a value is missing. */
  #parts(text: string): (string | Held | undefined)[] {
    const parts: (string | Held | undefined)[] = [];
    let from = 0;
    for (const match of text.matchAll(marks)) {
      parts.push(text.slice(from, match.index), this.#held[Number(match[1])]);
      from = match.index + match[0].length;
    }
    return [...parts, text.slice(from)];
  }

  /** True when values were asked for in this text and every one of them is missing. */
  isHollow(text: string): boolean {
    let asked = 0;
    for (const match of text.matchAll(marks)) {
      if (this.#held[Number(match[1])] !== undefined) return false;
      asked++;
    }
    return asked > 0;
  }
}

/** Removes from a template's own text what is reserved for marks. */
export function withoutMarks(text: string): string {
  return text.replaceAll(/[\ue000\ue001]/g, '');
}
