import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { Diagnostic, Place } from './diagnostic.ts';
import { controlCharacter, type SyntaxProblem, syntaxProblems } from './syntax.ts';

/** A path into the file: keys and indexes. */
export type Path = readonly (string | number)[];

/** The values of a YAML file with the place of each. Keys and texts have `${NAME}` replaced. */
export type Tree = {
  /** Plain objects, lists and scalars; undefined when the file is no YAML that can be trusted. */
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
  readonly has: (path: Path) => boolean;
  /** Where a value stands; of its nearest parent when it is not there. `offset`: characters into a text that fills one line. */
  readonly place: (path: Path, offset?: number) => Place;
  /** Where a key stands. */
  readonly keyPlace: (path: Path) => Place;
  /** Texts in which a name of the environment is not set: where, and which. */
  readonly unset: readonly { readonly path: Path; readonly name: string }[];
  /** Whether nothing can be said about a value: it names something that is not set, or could not be read. */
  readonly isUnknown: (path: Path) => boolean;
  /** Paths of texts that name the environment, so hold no literal value. */
  readonly isFromEnvironment: (path: Path) => boolean;
};

/** Gives the value of a name, or undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** Bytes. A larger file is refused before it is parsed. */
export const maxBytes = 5_000_000;
const maxValues = 500_000;
const maxDepth = 100;
const tooMany: SyntaxProblem = {
  offset: 0,
  code: 'too-large',
  message: 'the file has too many values or levels; is an anchor ("&" and "*") repeated too often?',
};
const name = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Reads YAML 1.2 strictly: duplicate keys, tabs, unknown tags and expansion bombs are errors with their place. */
export function readTree(text: string, file: string, lookup: Lookup): Tree {
  return new Reading(file, lookup).read(text);
}

class Reading {
  readonly #file: string;
  readonly #lookup: Lookup;
  readonly #lines = new LineCounter();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #values = new Map<string, number>();
  readonly #keys = new Map<string, number>();
  readonly #unset: { path: Path; name: string }[] = [];
  readonly #unknown = new Set<string>();
  readonly #fromEnvironment = new Set<string>();
  /** Maps and lists that are being walked: an alias to one of them would never end. */
  readonly #open = new Set<Node>();
  #targets: ReadonlyMap<Alias, Node> = new Map();
  #walked = 0;
  #isTooLarge = false;

  constructor(file: string, lookup: Lookup) {
    this.#file = file;
    this.#lookup = lookup;
  }

  read(text: string): Tree {
    return {
      value: this.#parse(text),
      diagnostics: this.#diagnostics,
      has: (path) => this.#values.has(keyOf(path)),
      place: (path, offset) => this.#inside(path, offset, text),
      keyPlace: (path) => this.#placeOf(this.#keys.get(keyOf(path))) ?? this.#nearest(path),
      unset: this.#unset,
      isUnknown: (path) => this.#unknown.has(keyOf(path)),
      isFromEnvironment: (path) => this.#fromEnvironment.has(keyOf(path)),
    };
  }

  #parse(text: string): unknown {
    if (Buffer.byteLength(text) > maxBytes) {
      const message = `the file is larger than ${maxBytes / 1_000_000} MB`;
      return this.#refuse({ offset: 0, code: 'too-large', message });
    }
    if (countMarks(text) > maxValues) return this.#refuse(tooMany);
    const control = controlCharacter(text);
    if (control !== undefined) {
      this.#countLines(text);
      return this.#refuse(control);
    }
    // Its own check of duplicate keys compares every key with every other.
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: false,
      strict: true,
      merge: false,
      lineCounter: this.#lines,
      prettyErrors: false,
    });
    const problems = syntaxProblems(document, text, this.#lines);
    if (problems.length > 0) return this.#refuse(...problems);
    if (document.contents === null) {
      return this.#refuse({ offset: 0, code: 'empty', message: 'the file is empty' });
    }
    if (text.includes('*')) this.#targets = aliasTargets(document);
    const value = this.#walk(document.contents, []);
    return this.#isTooLarge ? this.#refuse(tooMany) : value;
  }

  #refuse(...problems: readonly SyntaxProblem[]): undefined {
    for (const { offset, code, message } of problems) this.#error(offset, code, message);
  }

  #countLines(text: string): void {
    this.#lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
      this.#lines.addNewLine(at + 1);
  }

  #walk(node: unknown, path: Path, offset = startOf(node)): unknown {
    if (++this.#walked > maxValues || path.length > maxDepth) {
      this.#isTooLarge = true;
      return undefined;
    }
    this.#values.set(keyOf(path), offset);
    if (isAlias(node)) {
      const target = this.#targets.get(node);
      if (target !== undefined && !this.#open.has(target)) return this.#walk(target, path, offset);
      const reason =
        target === undefined ? `there is no anchor "&${node.source}" above` : 'it contains itself';
      this.#error(startOf(node), 'yaml', `"*${node.source}" cannot be used here: ${reason}`);
      this.#unknown.add(keyOf(path));
      return undefined;
    }
    if (isMap(node)) {
      this.#open.add(node);
      const result: Record<string, unknown> = {};
      for (const { key, value } of node.items) {
        const label = this.#label(key, path);
        if (label === undefined) continue;
        if (Object.hasOwn(result, label)) {
          this.#error(startOf(key), 'duplicate-key', 'this key stands here twice: remove one');
          continue;
        }
        const below = [...path, label];
        this.#keys.set(keyOf(below), startOf(key));
        // A value that is not there stands where its key does.
        result[label] = this.#walk(value, below, isEmpty(value) ? startOf(key) : startOf(value));
      }
      this.#open.delete(node);
      return result;
    }
    if (isSeq(node)) {
      this.#open.add(node);
      const result = node.items.map((item, index) => this.#walk(item, [...path, index]));
      this.#open.delete(node);
      return result;
    }
    if (!isScalar(node)) return null;
    return typeof node.value === 'string' ? this.#substitute(node.value, path) : node.value;
  }

  #label(key: unknown, path: Path): string | undefined {
    if (isMap(key)) {
      this.#error(startOf(key), 'yaml', 'a text with {{…}} must stand in quotes');
      this.#unknown.add(keyOf(path));
      return undefined;
    }
    const label = isScalar(key) ? textOf(key.value) : undefined;
    if (label === undefined) {
      this.#error(startOf(key), 'yaml', 'a key must be a plain text');
      return undefined;
    }
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
      const value = this.#find(wanted, path);
      isReplaced = true;
      if (value !== undefined) return value;
      this.#unset.push({ path, name: wanted });
      this.#unknown.add(keyOf(path));
      return whole;
    });
    if (isReplaced) this.#fromEnvironment.add(keyOf(path));
    return result;
  }

  #find(wanted: string, path: Path): string | undefined {
    try {
      return this.#lookup(wanted);
    } catch (error) {
      const message = error instanceof Error ? error.message : `\${${wanted}} cannot be read`;
      this.#diagnostics.push({ ...this.#nearest(path), severity: 'error', code: 'not-set', message });
      return undefined;
    }
  }

  #inside(path: Path, offset: number | undefined, text: string): Place {
    const place = this.#nearest(path);
    const start = this.#values.get(keyOf(path));
    if (offset === undefined || start === undefined) return place;
    const first = text.charAt(start);
    if (first === '|' || first === '>') return place;
    return { ...place, col: place.col + offset + (first === '"' || first === "'" ? 1 : 0) };
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

/** The node that each alias stands for: the last one above it with that anchor. */
function aliasTargets(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return;
      }
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    },
  });
  return targets;
}

/** Commas, line ends and brackets: a bound for the time that parsing takes. */
function countMarks(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if (',\n[{'.includes(text.charAt(at))) count++;
  return count;
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '');
}

/** A key as text: 1 and "1" are one key. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function keyOf(path: Path): string {
  return path.join('\u0000');
}
