import { isObject } from '#domain/value.ts';
import type { Path } from '../document.ts';
import type { Rule } from '../rulebook.ts';
import { readConditions } from './conditions.ts';
import { lintContradictions } from './contradictions.ts';
import { DuplicateRules } from './duplicates.ts';
import { FieldsOfSources } from './fields-of-sources.ts';
import type { LintedRule, LintInput } from './input.ts';
import { Judge } from './judge.ts';
import { Layouts } from './layout.ts';
import { Lists } from './lists.ts';
import { lintSends } from './sends.ts';
import { SourcesOfRules } from './sources-of-rules.ts';
import { lintTests } from './tests.ts';
import { lintUnused } from './unused.ts';
import { Values } from './values.ts';
import { lintWaits } from './waits.ts';

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
  const layouts = new Layouts(input);
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
    layouts.lint(linted);
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
