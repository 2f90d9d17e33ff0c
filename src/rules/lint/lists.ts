import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import type { Report } from '../issues.ts';
import { isScalar, normal, type Scalar } from '../scalar.ts';
import { allTerms, type Conditions } from './conditions.ts';
import { reportSpaces, reportTwice } from './values.ts';

/** Finds lists that are asked for and empty, and values in lists that stand there twice or have spaces around them. */
export class Lists {
  readonly #lists: Readonly<Record<string, unknown>>;
  readonly #report: Report;
  /** Lists that are compared with fields that tell no case apart. */
  readonly #withoutCase = new Set<string>();

  constructor(root: Readonly<Record<string, unknown>>, report: Report) {
    this.#lists = isObject(root['lists']) ? root['lists'] : {};
    this.#report = report;
  }

  /** Looks at the lists that conditions ask for. */
  lint(conditions: Conditions): void {
    for (const { field, parts } of allTerms(conditions)) {
      for (const { operator, operand, path } of parts) {
        const isAsked = operator === 'in_list' || operator === 'not_in_list';
        if (!isAsked || typeof operand !== 'string' || !Object.hasOwn(this.#lists, operand)) continue;
        if (fields[field]?.ci === true) this.#withoutCase.add(operand);
        const list: unknown = this.#lists[operand];
        if (!Array.isArray(list) || list.length > 0) continue;
        const effect = operator === 'in_list' ? 'never holds' : 'always holds';
        const message = `the list "${operand}" is empty: this condition ${effect}`;
        this.#report('value', path, 'empty-list', message, { severity: 'warning' });
      }
    }
  }

  /** Looks at the values of all lists; after the conditions, which tell how a list is compared. */
  lintValues(): void {
    for (const [name, list] of Object.entries<unknown>(this.#lists)) {
      if (!Array.isArray(list)) continue;
      const listed: readonly unknown[] = list;
      const seen = new Set<Scalar>();
      listed.forEach((value, index) => {
        if (!isScalar(value)) return;
        const at = ['lists', name, index];
        reportSpaces(value, at, this.#report);
        const compared = normal(value, this.#withoutCase.has(name));
        if (seen.has(compared)) reportTwice(value, at, this.#report);
        seen.add(compared);
      });
    }
  }
}
