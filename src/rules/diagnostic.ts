/** A place in a file; line and column count from 1. */
export type Place = { readonly file: string; readonly line: number; readonly col: number };

/** Something wrong in the rules file or a template, found before it goes live. `code` is stable. */
export type Diagnostic = Place & {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
};

/** One clickable line: `rules.yaml:12:5 error: … [unknown-key]`. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, col, severity, message, code } = diagnostic;
  return `${file}:${line}:${col} ${severity}: ${message} [${code}]`;
}

/** Errors first in no file order would confuse: sorted by place. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted(
    (one, other) => one.file.localeCompare(other.file) || one.line - other.line || one.col - other.col,
  );
}
