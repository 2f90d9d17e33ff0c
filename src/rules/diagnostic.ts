/** A place in a file; line and column count from 1. */
export type Place = { readonly file: string; readonly line: number; readonly col: number };

/**
 * What puts a problem right. `replacement` is the text that takes the place of what stands from the diagnostic's place up to
 * `endLine`:`endCol`, counted from 1, the end itself not included; `endLine` is the same line when not given. Without `endCol` it is known
 * what to write but not how far the old text goes, so no program may apply it.
 */
type Fix = {
  readonly description: string;
  readonly replacement?: string;
  readonly endLine?: number;
  readonly endCol?: number;
};

/** Something wrong in the rules file or a template, found before it goes live. `code` is stable. */
export type Diagnostic = Place & {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly fix?: Fix;
};

/** One clickable line: `rules.yaml:12:5 error: … [unknown-key]`. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, col, severity, code } = diagnostic;
  return `${file}:${line}:${col} ${severity}: ${fullMessage(diagnostic)} [${code}]`.replace(
    /\s*[\r\n]\s*/g,
    ' ',
  );
}

/** The message, with the fix behind it when the message itself does not say it. */
export function fullMessage({ message, fix }: Diagnostic): string {
  return fix === undefined || isSaid(fix, message) ? message : `${message} (fix: ${fix.description})`;
}

/** Messages name what was meant in quotes, as in `did you mean "where"?`. */
function isSaid({ description, replacement = '' }: Fix, message: string): boolean {
  if (message.includes(description)) return true;
  const quoted = /^["']/.test(replacement) ? replacement : `"${replacement}"`;
  return replacement !== '' && message.includes(quoted);
}

/** Errors first in no file order would confuse: sorted by place. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted(
    (one, other) => one.file.localeCompare(other.file) || one.line - other.line || one.col - other.col,
  );
}
