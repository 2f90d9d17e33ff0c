import { type Document, type LineCounter, visit } from 'yaml';

/** A file that is no proper YAML: where (offset in characters), a stable code, and what to do. */
export type SyntaxProblem = { readonly offset: number; readonly code: string; readonly message: string };

const mostProblems = 20;

/** What keeps a document from being read: one problem a line, because one slip makes the parser stumble several times. */
export function syntaxProblems(
  document: Document,
  text: string,
  lines: LineCounter,
): readonly SyntaxProblem[] {
  const byLine = new Map<number, SyntaxProblem>();
  for (const error of [...document.errors, ...document.warnings]) {
    const offset = error.message.startsWith('Missing closing')
      ? startOfText(document, error.pos[0])
      : error.pos[0];
    const { line } = lines.linePos(offset);
    if (byLine.has(line)) continue;
    const start = offset - lines.linePos(offset).col + 1;
    const end = text.indexOf('\n', start);
    const source = text.slice(start, end < 0 ? undefined : end);
    byLine.set(line, { offset, code: 'yaml', message: reasonOf(error, source) });
    if (byLine.size === mostProblems) break;
  }
  return [...byLine.values()];
}

/** The first character that has no place in a text file, such as the zero bytes of a file that is really UTF-16. */
export function controlCharacter(text: string): SyntaxProblem | undefined {
  const offset = text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/);
  if (offset < 0) return undefined;
  const message = 'there is an invisible control character here: delete it, and save the file as UTF-8 text';
  return { offset, code: 'control-character', message };
}

/** A quote that is not closed is noticed where the text ends; what helps is where it begins. */
function startOfText(document: Document, offset: number): number {
  let start = offset;
  visit(document, {
    Scalar: (_, node) => {
      const isQuoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
      if (isQuoted && node.range && node.range[0] < offset && node.range[1] >= offset) start = node.range[0];
    },
  });
  return start;
}

const reasonsByCode: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab is used to indent; use spaces',
  BAD_INDENT: 'this line is not indented like the lines it belongs to; count the spaces at its beginning',
  BAD_SCALAR_START: 'a text that begins with this character must stand in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a text with ": " in it must stand in quotes; or this line is indented too far',
  BLOCK_IN_FLOW: 'a text with ": " in it must stand in quotes; or a bracket before it is not closed',
  MULTILINE_IMPLICIT_KEY: 'a ":" is missing after this word, or the next line is not indented like this one',
  UNEXPECTED_TOKEN: 'this does not belong here; is a quote, a comma or a bracket missing before it?',
  MULTIPLE_DOCS: 'the file must not have a second part after a "---" line',
  TAG_RESOLVE_FAILED:
    'tags such as "!name" are not used here; a text that begins with "!" must stand in quotes',
  BAD_ALIAS: 'a text that begins with "*" or "&" must stand in quotes',
  BAD_DQ_ESCAPE: 'a "\\" inside double quotes means something special; write "\\\\", or use single quotes',
  BAD_DIRECTIVE: 'a line must not begin with "%"',
};

/** For what has one code but many causes; looked at first. */
const reasonsByMessage: readonly (readonly [RegExp, string])[] = [
  [/^Missing closing/, 'the text that begins here has no closing quote'],
  [/call stack/, 'the brackets are nested too deeply'],
  [/end with a \]/, 'a bracket "[" is not closed by "]" before here, or a comma is missing'],
  [/end with a \}/, 'a bracket "{" is not closed by "}" before here, or a comma is missing'],
  [
    /without - indicator/,
    'this line is not indented like those above it, or a "-" is missing at its beginning',
  ],
  [/followed by map values/, 'a ":" and a value are missing after this word'],
  [/^Missing , /, 'a comma is missing before this'],
  [/space after :/, 'a space is missing after ":"'],
  [/^Comments must be separated/, 'a space is missing before "#"'],
];

function reasonOf(
  { code, message }: { readonly code: string; readonly message: string },
  line: string,
): string {
  if (/:\s+\{\{/.test(line)) return 'a text that begins with {{ must stand in quotes';
  const known = reasonsByMessage.find(([pattern]) => pattern.test(message))?.[1] ?? reasonsByCode[code];
  return known ?? `this is not valid YAML: ${message.split('\n')[0] ?? message}`;
}
