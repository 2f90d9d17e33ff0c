import { isObject } from '#domain/value.ts';
import type { IssueContext } from '../issues.ts';
import type { LintedRule } from './input.ts';

/** What a rule tells, where and when; not how often. */
const told = ['where', 'still_true_after', 'unless_followed_by', 'digest', 'send'];

/** Finds rules that tell the same as another one. */
export class DuplicateRules {
  readonly #issues: IssueContext;
  readonly #seen = new Map<string, { readonly id: string; readonly line: number }>();

  constructor(issues: IssueContext) {
    this.#issues = issues;
  }

  lint({ rule, path, entry }: LintedRule): void {
    const { tree, report } = this.#issues;
    const print = JSON.stringify([rule.on.toSorted(), ...told.map((key) => sorted(entry[key]))]);
    const before = this.#seen.get(print);
    if (before === undefined) {
      this.#seen.set(print, { id: rule.id, line: tree.place([...path, 'id']).line });
      return;
    }
    const message = `this rule tells the same as "${before.id}" at line ${before.line}: each message is sent twice`;
    report('value', [...path, 'id'], 'duplicate-rule', message, { severity: 'warning' });
  }
}

/** The same value with its keys in one order; absent is null. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value ?? null;
  return Object.entries<unknown>(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, each]) => [key, sorted(each)]);
}
