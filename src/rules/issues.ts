import type { z } from 'zod';
import type { Path, Tree } from './document.ts';
import { suggestion } from './suggest.ts';
import type { Report } from './where.ts';

/** What may stand in the part that was checked: for suggestions, and for keys that a later version will know. */
export type Expected = { readonly keys: readonly string[]; readonly notYet?: readonly string[] };

/** Where issues are reported, and the file they are about. Issues at an ignored path have been told already. */
export type IssueContext = {
  readonly tree: Tree;
  readonly report: Report;
  readonly isIgnored: (path: Path) => boolean;
};

/** Reports what a schema found, in words for people who do not program, at the place in the file. */
export function reportIssues(
  issues: readonly z.core.$ZodIssue[],
  at: Path,
  expected: Expected,
  context: IssueContext,
): void {
  const { report } = context;
  for (const issue of issues) {
    const path = [...at, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
    if (context.isIgnored(path)) continue;
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) reportKey(key, [...path, key], expected, report);
    } else if (issue.code === 'invalid_key') {
      report('key', path, 'bad-name', issue.issues[0]?.message ?? 'this name cannot be used');
    } else if (issue.code === 'invalid_union') {
      reportUnion(issue, path, expected, context);
    } else if (issue.code === 'invalid_type' && !context.tree.has(path)) {
      report('value', path.slice(0, -1), 'missing-key', `"${String(path.at(-1))}" is missing here`);
    } else {
      report('value', path, 'wrong-value', wordsOf(issue));
    }
  }
}

function reportKey(key: string, path: Path, expected: Expected, report: Report): void {
  if (expected.notYet?.includes(key)) report('key', path, 'not-yet', `"${key}" is not available yet`);
  else {
    const hint = suggestion(key, expected.keys);
    report(
      'key',
      path,
      'unknown-key',
      `unknown key "${key}"${hint === '' ? `; known here: ${expected.keys.join(', ')}` : hint}`,
    );
  }
}

/** Of the branches of a union the one that came furthest tells best what is wrong. */
function reportUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  expected: Expected,
  context: IssueContext,
): void {
  const branches = issue.errors.filter((branch) =>
    branch.every((each) => each.path.length > 0 || each.code !== 'invalid_type'),
  );
  const [best] = branches;
  if (best === undefined)
    context.report('value', path, 'wrong-value', 'this value is not of the kind that is needed here');
  else reportIssues(best, path, expected, context);
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text (put it in quotes)',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of "key: value" lines',
  record: 'a map of "name: value" lines',
};

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `${kinds[issue.expected] ?? issue.expected} is needed here`;
  if (issue.code === 'too_small') return 'this must not be empty';
  if (issue.code === 'invalid_value') return `this must be ${issue.values.map(String).join(' or ')}`;
  return issue.message;
}
