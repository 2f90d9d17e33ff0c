import type { Scalar } from 'yaml';

// What one character of a text may look like in the file, by the way the text is written.
const plain = /[ \t]*\r?\n[ \t]*|[\s\S]/g;
const singleQuoted = /''|[ \t]*\r?\n[ \t]*|[\s\S]/g;
const doubleQuoted = /\\(?:x..|u.{4}|U.{8}|[\s\S])|[ \t]*\r?\n[ \t]*|[\s\S]/g;

/** Finds the character of a YAML text that stands at `index` of its value; gives its offset in the file. */
export function offsetInSource(source: string, scalar: Scalar, index: number): number {
  const from = scalar.range?.[0] ?? 0;
  const written = source.slice(from);
  switch (scalar.type) {
    case 'QUOTE_SINGLE':
      return from + 1 + lengthOf(written.slice(1), singleQuoted, index);
    case 'QUOTE_DOUBLE':
      return from + 1 + lengthOf(written.slice(1), doubleQuoted, index);
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      const header = written.indexOf('\n');
      const indent = /\n( *)[^ \r\n]/.exec(written)?.[1]?.length ?? 0;
      const line = new RegExp(`\\r?\\n {0,${indent}}|[\\s\\S]`, 'g');
      // The line end of the header is a character of its own here, before the first of the value.
      return from + header + lengthOf(written.slice(header), line, index + 1);
    }
    default:
      return from + lengthOf(written, plain, index);
  }
}

function lengthOf(written: string, character: RegExp, count: number): number {
  const characters = written.match(character) ?? [];
  return characters.slice(0, count).join('').length;
}
