import type { z } from 'zod';
import type { Diagnostic } from './diagnostic.ts';
import type { Path, Tree } from './document.ts';
import { nearest, suggestion } from './suggest.ts';

/** More about a problem: an error where not said otherwise; `offset` counts characters from the begin of the value's text. */
export type ReportOptions = {
  readonly severity?: 'error' | 'warning';
  readonly offset?: number;
  readonly fix?: Diagnostic['fix'];
};

/** Reports a problem at a path of the rules file. */
export type Report = (
  at: 'key' | 'value',
  path: Path,
  code: string,
  message: string,
  options?: ReportOptions,
) => void;

/** What may stand in the part that was checked, for suggestions. */
export type Expected = { readonly keys: readonly string[] };

/** Where issues are reported, and the file they are about. */
export type IssueContext = { readonly tree: Tree; readonly report: Report };

/** Checks a part of the file; what is wrong is reported, and undefined returned. */
export function checkPart<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: Path,
  expected: Expected,
  context: IssueContext,
): z.output<Schema> | undefined {
  const result = schema.safeParse(value, { error: plainWords });
  if (result.success) return result.data;
  reportIssues(result.error.issues, at, expected, context);
  return undefined;
}

/** Reports what a schema found, at the place in the file. */
export function reportIssues(
  issues: readonly z.core.$ZodIssue[],
  at: Path,
  expected: Expected,
  context: IssueContext,
): void {
  const { report, tree } = context;
  // Whoever misspells a key misses it too: that is one mistake.
  const meant = new Set(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => nearest(key, expected.keys)) : [],
    ),
  );
  for (const issue of issues) {
    const path = [...at, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) reportKey(key, [...path, key], expected, report);
    } else if (path.length > 0 && !tree.has(path)) {
      if (!meant.has(String(path.at(-1))))
        report('value', path.slice(0, -1), 'missing-key', `"${String(path.at(-1))}" is missing here`);
    } else if (issue.code === 'invalid_union') {
      reportIssues(nearestBranch(issue), path, expected, context);
    } else if (issue.code === 'invalid_key') {
      report('key', path, 'bad-name', issue.issues[0]?.message ?? issue.message);
    } else {
      report('value', path, 'wrong-value', issue.message);
    }
  }
}

/** Reports a key that is not known where it stands. */
export function reportKey(key: string, path: Path, { keys }: Expected, report: Report): void {
  const known = keys.length === 0 ? '' : `; known here: ${keys.join(', ')}`;
  const hint = suggestion(key, keys);
  report('key', path, 'unknown-key', `unknown key "${key}"${hint === '' ? known : hint}`);
}

/** The branch of a union that fits the kind of value that was given; else the first, which is the simplest way to write it. */
function nearestBranch({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] {
  return errors.find((branch) => !branch.some(isWrongKind)) ?? errors[0] ?? [];
}

function isWrongKind({ path, code }: z.core.$ZodIssue): boolean {
  return path.length === 0 && code === 'invalid_type';
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text is needed here',
  number: 'a number is needed here',
  boolean: 'true or false is needed here',
  array: 'a list is needed here, like [ a, b ]',
  object: 'lines like "key: value" are needed here',
  record: 'lines like "key: value" are needed here',
};

/** Words for people who do not program, where a schema brings none of its own. */
function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === null) return noValue;
  if (issue.code === 'invalid_type') {
    const isQuotable = typeof issue.input === 'number' || typeof issue.input === 'boolean';
    const remedy = issue.expected === 'string' && isQuotable ? ': put the value in quotes' : '';
    return `${kinds[issue.expected] ?? `${issue.expected} is needed here`}${remedy}`;
  }
  if (issue.code === 'too_small') return 'this must not be empty';
  if (issue.code === 'invalid_value') return `this must be ${issue.values.map(String).join(' or ')}`;
  return undefined;
}

/** An unquoted `#name` is a comment for YAML, so the value it was meant to be is not there. */
export const noValue = 'a value is missing here; one that begins with "#" must stand in quotes';
