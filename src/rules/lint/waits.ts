import { isObject } from '#domain/value.ts';
import type { Path } from '../document.ts';
import type { Report } from '../issues.ts';
import type { Conditions } from './conditions.ts';
import type { LintedRule, LintInput } from './input.ts';
import type { Judge } from './judge.ts';

/** Finds waits and resets that undo their own rule, and waits that are longer than anything is kept. */
export function lintWaits(linted: LintedRule, judge: Judge, { retentionMs, issues }: LintInput): void {
  const { rule, path, entry, where, resetWhen } = linted;
  const { report } = issues;
  const { wait } = rule;
  if (wait !== undefined && wait.ms > retentionMs) {
    const at =
      wait.kind === 'still_true' ? [...path, 'still_true_after'] : [...path, 'unless_followed_by', 'within'];
    const message = 'this is longer than "retention", after which everything is forgotten: choose less';
    report('value', at, 'longer-than-retention', message);
  }
  if (entry['reset_when'] !== undefined && rule.oncePer !== undefined && isImplied(resetWhen, where, judge)) {
    const message =
      'this holds whenever the conditions of the rule do, so the key is freed at once and "once_per" prevents nothing';
    report('key', [...path, 'reset_when'], 'reset-at-once', message, { severity: 'warning' });
  }
  lintUnless(linted, judge, report);
}

function lintUnless(
  { rule, path, entry, where, unlessWhere }: LintedRule,
  judge: Judge,
  report: Report,
): void {
  const unless = entry['unless_followed_by'];
  if (rule.wait?.kind !== 'unless' || !isObject(unless) || !isImplied(unlessWhere, where, judge)) return;
  const { event } = unless;
  const listed: readonly unknown[] = Array.isArray(event) ? event : [event];
  listed.forEach((type, index) => {
    if (!rule.on.some((each) => each === type)) return;
    const at: Path = [...path, 'unless_followed_by', 'event', ...(Array.isArray(event) ? [index] : [])];
    const message = `the rule begins with ${String(type)} and the same event ends its wait: is another one meant?`;
    report('value', at, 'followed-by-itself', message, { severity: 'warning' });
  });
}

/** Whether the inner conditions hold whenever the outer ones do. */
function isImplied(inner: Conditions, outer: Conditions, judge: Judge): boolean {
  return (
    inner.isPlain &&
    inner.terms.every((term) =>
      outer.terms.some((around) => around.field === term.field && judge.implies(around, term)),
    )
  );
}
