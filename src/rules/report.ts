import { relative, resolve, sep } from 'node:path';
import { type Diagnostic, formatDiagnostic, fullMessage } from './diagnostic.ts';

export type ReportFormat = 'text' | 'json' | 'github' | 'sarif';

/** `version` is that of this program. `root` is an absolute folder: github and sarif name files relative to it. */
export type ReportContext = { readonly version: string; readonly root: string };

const writers: Readonly<
  Record<ReportFormat, (diagnostics: readonly Diagnostic[], context: ReportContext) => string>
> = {
  text: (diagnostics) => lines(diagnostics.map(formatDiagnostic)),
  json: (diagnostics) => `${JSON.stringify(diagnostics, null, 2)}\n`,
  github: (diagnostics, { root }) => lines(diagnostics.map((each) => workflowCommand(each, root))),
  sarif: (diagnostics, context) => `${JSON.stringify(sarifLog(diagnostics, context), null, 2)}\n`,
};

/** All diagnostics in the order given, every line ended; none of them is the empty text in `text` and `github`. */
export function formatReport(
  diagnostics: readonly Diagnostic[],
  format: ReportFormat,
  context: ReportContext,
): string {
  return writers[format](diagnostics, context);
}

function lines(each: readonly string[]): string {
  return each.map((line) => `${line}\n`).join('');
}

/** Relative to the root, with forward slashes. */
function pathFrom(root: string, file: string): string {
  return relative(root, resolve(root, file)).replaceAll(sep, '/');
}

/** An annotation of GitHub Actions: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
function workflowCommand(diagnostic: Diagnostic, root: string): string {
  const { file, line, col, severity, code } = diagnostic;
  const properties = Object.entries({ file: pathFrom(root, file), line, col, title: `callboard ${code}` });
  const listed = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
  return `::${severity} ${listed}::${escapeData(fullMessage(diagnostic))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html */
function sarifLog(diagnostics: readonly Diagnostic[], { version, root }: ReportContext): object {
  const codes = [...new Set(diagnostics.map(({ code }) => code))];
  const rules = codes.map((id) => ({ id, shortDescription: { text: id.replaceAll('-', ' ') } }));
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'callboard', version, rules } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((each) => sarifResult(each, codes.indexOf(each.code), root)),
      },
    ],
  };
}

function sarifResult(diagnostic: Diagnostic, ruleIndex: number, root: string): object {
  const { file, line, col, severity, code, fix } = diagnostic;
  const artifactLocation = { uri: uriFrom(root, file) };
  const start = { startLine: line, startColumn: col };
  const result = {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: fullMessage(diagnostic) },
    locations: [{ physicalLocation: { artifactLocation, region: start } }],
  };
  if (fix?.replacement === undefined || fix.endCol === undefined) return result;
  const deletedRegion = { ...start, endLine: fix.endLine ?? line, endColumn: fix.endCol };
  const replacements = [{ deletedRegion, insertedContent: { text: fix.replacement } }];
  const change = { artifactLocation, replacements };
  return { ...result, fixes: [{ description: { text: fix.description }, artifactChanges: [change] }] };
}

function uriFrom(root: string, file: string): string {
  return pathFrom(root, file).split('/').map(encodeURIComponent).join('/');
}
