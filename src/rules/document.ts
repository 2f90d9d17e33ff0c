import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Diagnostic, Place } from './diagnostic.ts';

/** A path into the file: keys and indexes. */
export type Path = readonly (string | number)[];

/** The values of a YAML file with the place of each. Keys and texts have `${NAME}` replaced. */
export type Tree = {
  /** Plain objects, lists and scalars; undefined when the file could not be read at all. */
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
  readonly has: (path: Path) => boolean;
  /** Where a value stands; of its nearest parent when it is not there. */
  readonly place: (path: Path) => Place;
  /** Where a key stands. */
  readonly keyPlace: (path: Path) => Place;
  /** Texts in which a name of the environment is not set: where, and which. */
  readonly unset: readonly { readonly path: Path; readonly name: string }[];
  /** Paths of texts that name the environment, so hold no literal value. */
  readonly isFromEnvironment: (path: Path) => boolean;
};

/** Gives the value of a name, or undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

const maxBytes = 5_000_000;
const maxNodes = 500_000;
const name = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Reads YAML 1.2 strictly: duplicate keys, tabs, unknown tags and expansion bombs are errors with their place. */
export function readTree(text: string, file: string, lookup: Lookup): Tree {
  const reading = new Reading(file, lookup);
  return reading.read(text);
}

class Reading {
  readonly #file: string;
  readonly #lookup: Lookup;
  readonly #lines = new LineCounter();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #values = new Map<string, number>();
  readonly #keys = new Map<string, number>();
  readonly #unset: { path: Path; name: string }[] = [];
  readonly #fromEnvironment = new Set<string>();
  #nodes = 0;

  constructor(file: string, lookup: Lookup) {
    this.#file = file;
    this.#lookup = lookup;
  }

  read(text: string): Tree {
    const value = Buffer.byteLength(text) > maxBytes ? this.#tooLarge() : this.#parse(text);
    return {
      value,
      diagnostics: this.#diagnostics,
      has: (path) => this.#values.has(keyOf(path)),
      place: (path) => this.#nearest(path),
      keyPlace: (path) => this.#placeOf(this.#keys.get(keyOf(path))) ?? this.#nearest(path),
      unset: this.#unset,
      isFromEnvironment: (path) => this.#fromEnvironment.has(keyOf(path)),
    };
  }

  #tooLarge(): undefined {
    this.#error(0, 'too-large', `the file is larger than ${maxBytes / 1_000_000} MB`);
  }

  #parse(text: string): unknown {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: true,
      strict: true,
      merge: false,
      lineCounter: this.#lines,
      prettyErrors: false,
    });
    for (const { pos, message, code } of [...document.errors, ...document.warnings]) {
      this.#error(pos[0], code === 'DUPLICATE_KEY' ? 'duplicate-key' : 'yaml', yamlReason(message, code));
    }
    if (document.contents === null) {
      if (this.#diagnostics.length === 0) this.#error(0, 'empty', 'the file is empty');
      return undefined;
    }
    return this.#walk(document.contents, [], document, []);
  }

  #walk(node: unknown, path: Path, document: Document, aliases: readonly string[]): unknown {
    if (++this.#nodes > maxNodes) {
      if (this.#nodes === maxNodes + 1)
        this.#error(0, 'too-large', 'the file expands to too many values (anchors?)');
      return undefined;
    }
    if (isAlias(node)) {
      const isCyclic = aliases.includes(node.source);
      const target = isCyclic ? undefined : node.resolve(document);
      if (target === undefined) {
        const reason = isCyclic
          ? `the anchor &${node.source} contains itself`
          : `there is no anchor &${node.source}`;
        this.#error(node.range?.[0] ?? 0, 'yaml', reason);
        return undefined;
      }
      this.#values.set(keyOf(path), node.range?.[0] ?? 0);
      return this.#walk(target, path, document, [...aliases, node.source]);
    }
    if (aliases.length === 0 || !this.#values.has(keyOf(path))) this.#values.set(keyOf(path), startOf(node));
    if (isMap(node)) {
      const result: Record<string, unknown> = {};
      for (const { key, value } of node.items) {
        const label = this.#label(key, path);
        if (label === undefined) continue;
        const below = [...path, label];
        this.#keys.set(keyOf(below), startOf(key));
        result[label] = this.#walk(value, below, document, aliases);
      }
      return result;
    }
    if (isSeq(node))
      return node.items.map((item, index) => this.#walk(item, [...path, index], document, aliases));
    if (!isScalar(node)) return undefined;
    return typeof node.value === 'string' ? this.#substitute(node.value, path) : node.value;
  }

  #label(key: unknown, path: Path): string | undefined {
    if (!isScalar(key) || key.value === null || typeof key.value === 'object') {
      this.#error(startOf(key), 'yaml', 'a key must be a plain text');
      return undefined;
    }
    const label = String(key.value);
    if (label === '__proto__') {
      this.#error(startOf(key), 'yaml', '"__proto__" cannot be used as a key');
      return undefined;
    }
    return this.#substitute(label, [...path, label]);
  }

  #substitute(text: string, path: Path): string {
    if (!text.includes('${')) return text;
    let isReplaced = false;
    const result = text.replaceAll(name, (whole, wanted: string) => {
      const value = this.#lookup(wanted);
      isReplaced = true;
      if (value !== undefined) return value;
      this.#unset.push({ path, name: wanted });
      return whole;
    });
    if (isReplaced) this.#fromEnvironment.add(keyOf(path));
    return result;
  }

  #nearest(path: Path): Place {
    for (let length = path.length; length > 0; length--) {
      const place = this.#placeOf(this.#values.get(keyOf(path.slice(0, length))));
      if (place) return place;
    }
    return { file: this.#file, line: 1, col: 1 };
  }

  #placeOf(offset: number | undefined): Place | undefined {
    if (offset === undefined) return undefined;
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(1, line), col: Math.max(1, col) };
  }

  #error(offset: number, code: string, message: string): void {
    const place = this.#placeOf(offset) ?? { file: this.#file, line: 1, col: 1 };
    this.#diagnostics.push({ ...place, severity: 'error', code, message });
  }
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function keyOf(path: Path): string {
  return path.join('\u0000');
}

function yamlReason(message: string, code: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands here twice; the second would silently win';
  if (code === 'TAB_AS_INDENT') return 'a tab is used to indent; use spaces';
  return message.split('\n')[0] ?? message;
}
