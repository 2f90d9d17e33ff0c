import { isObject } from '#domain/value.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Path } from '../document.ts';
import type { IssueContext } from '../issues.ts';
import type { Scalar } from '../operators.ts';
import type { Windows } from '../quiet.ts';
import type { Rule, SourceEntry } from '../rulebook.ts';
import type { Templates } from '../templates.ts';
import { type Conditions, readConditions } from './conditions.ts';
import { lintContradictions } from './contradictions.ts';
import { DuplicateRules } from './duplicates.ts';
import { FieldsOfSources } from './fields-of-sources.ts';
import { Judge } from './judge.ts';
import { Lists } from './lists.ts';
import { lintSends } from './sends.ts';
import { SourcesOfRules } from './sources-of-rules.ts';
import { lintTests } from './tests.ts';
import { lintUnused } from './unused.ts';
import { Values } from './values.ts';
import { lintWaits } from './waits.ts';

export type LintInput = {
  /** The file as it was read. */
  readonly root: Readonly<Record<string, unknown>>;
  /** Rules that are switched on and could be compiled. */
  readonly rules: readonly { readonly rule: Rule; readonly path: Path }[];
  readonly sources: readonly SourceEntry[];
  readonly lists: ReadonlyMap<string, readonly Scalar[]>;
  readonly windows: Windows;
  readonly templates: Templates;
  readonly retentionMs: number;
  readonly issues: IssueContext;
  /** Whether an error was found so far. */
  readonly isBroken: () => boolean;
  /** Takes what stands in another file. */
  readonly diagnose: (diagnostic: Diagnostic) => void;
};

/** A rule with what stands in the file. */
export type LintedRule = {
  readonly rule: Rule;
  readonly path: Path;
  readonly entry: Readonly<Record<string, unknown>>;
  readonly where: Conditions;
  /** Of `unless_followed_by`. */
  readonly unlessWhere: Conditions;
  readonly resetWhen: Conditions;
};

/** Finds what is well formed and still makes no sense. Reports warnings, and errors where a rule can never do what it says. */
export function lint(input: LintInput): void {
  const { root, issues, lists } = input;
  const { report } = issues;
  const judge = new Judge(lists);
  const values = new Values(report);
  const listed = new Lists(root, report);
  const sources = new SourcesOfRules(input);
  const fields = new FieldsOfSources(report);
  const duplicates = new DuplicateRules(issues);
  for (const { rule, path } of input.rules) {
    const linted = takeApart(root, rule, path);
    if (linted === undefined) continue;
    const { where, unlessWhere, resetWhen } = linted;
    for (const conditions of [where, unlessWhere, resetWhen]) {
      lintContradictions(conditions, judge, report);
      values.lint(conditions);
      listed.lint(conditions);
    }
    fields.lint(linted, sources.of(linted));
    lintSends(linted, root, report);
    lintWaits(linted, judge, input);
    duplicates.lint(linted);
  }
  listed.lintValues();
  lintTests(input);
  // A name that is mistyped where it is used is not used: that is said once.
  if (!input.isBroken()) lintUnused(input);
}

function takeApart(root: LintInput['root'], rule: Rule, path: Path): LintedRule | undefined {
  const [key = '', index = 0] = path;
  const listed = root[key];
  const entry: unknown = Array.isArray(listed) ? listed[Number(index)] : undefined;
  if (!isObject(entry)) return undefined;
  const unless = entry['unless_followed_by'];
  return {
    rule,
    path,
    entry,
    where: readConditions(entry['where'], [...path, 'where']),
    unlessWhere: readConditions(isObject(unless) ? unless['where'] : undefined, [
      ...path,
      'unless_followed_by',
      'where',
    ]),
    resetWhen: readConditions(entry['reset_when'], [...path, 'reset_when']),
  };
}
