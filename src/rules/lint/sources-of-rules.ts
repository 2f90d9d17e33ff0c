import { canSend, sendersOf } from '#domain/availability.ts';
import { type EventType, isEventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import type { Path } from '../document.ts';
import type { Report } from '../issues.ts';
import { suggestion } from '../suggest.ts';
import { allTerms, type Part, type Term } from './conditions.ts';
import type { LintedRule, LintInput } from './input.ts';

/** A configured source, as far as it matters for what it can tell. */
export type Teller = { readonly name: string; readonly type: string; readonly hasRoomUrl: boolean };

const positive = ['is', 'in', 'in_list'];
const whole = ['is', 'in', 'not', 'not_in'];

/** Finds rules that wait for what no configured source tells. */
export class SourcesOfRules {
  readonly #names: readonly string[];
  readonly #tellers: readonly Teller[];
  /** Whether all entries under `sources:` are understood; else nothing can be said about what is sent. */
  readonly #isComplete: boolean;
  readonly #lists: LintInput['lists'];
  readonly #report: Report;

  constructor({ root, sources, lists, issues }: LintInput) {
    this.#names = Object.keys(isObject(root['sources']) ? root['sources'] : {});
    this.#tellers = sources.map(({ name, type, roomUrl }) => ({
      name,
      type: type.type,
      hasRoomUrl: roomUrl !== undefined,
    }));
    this.#isComplete = sources.length > 0 && sources.length === this.#names.length;
    this.#lists = lists;
    this.#report = issues.report;
  }

  /** The sources that a rule can hear of; undefined when nothing can be said. */
  of({ rule, path, entry, where, unlessWhere }: LintedRule): readonly Teller[] | undefined {
    for (const term of [...allTerms(where), ...allTerms(unlessWhere)]) this.#sourceNames(term);
    if (!this.#isComplete) return undefined;
    const tellers = where.terms.reduce((left, term) => this.#askedFor(term, left), this.#tellers);
    if (tellers.length === 0) return undefined;
    this.#types(entry['on'], [...path, 'on'], rule.on, tellers);
    const unless = entry['unless_followed_by'];
    if (rule.wait?.kind === 'unless' && isObject(unless)) {
      this.#types(unless['event'], [...path, 'unless_followed_by', 'event'], rule.wait.types, tellers);
    }
    return tellers;
  }

  /** Reports sources and platforms that are not configured. */
  #sourceNames({ field, parts }: Term): void {
    const isName = field === 'source.name';
    if (!isName && !(field === 'source.type' && this.#isComplete)) return;
    const known = isName ? this.#names : this.#tellers.map(({ type }) => type);
    if (known.length === 0) return;
    const platforms = fields[field]?.values;
    for (const part of parts) {
      const asked = this.#valuesOf(part);
      const unknown = asked.filter(
        ({ value }) => !known.includes(value) && platforms?.includes(value) !== false,
      );
      const isNever = positive.includes(part.operator) && unknown.length === asked.length;
      for (const { value, path } of unknown) {
        const what = isName ? `there is no source "${value}"` : `no source is of the type "${value}"`;
        const message = `${what}${suggestion(value, known)}`;
        // Whoever deletes a source leaves its rules behind; a name that no source has is mostly a slip.
        const severity = isNever && isName ? 'error' : 'warning';
        this.#report('value', path, 'unknown-source', message, { severity });
        // All values of a shared list stand at one place.
        if (path === part.path) break;
      }
    }
  }

  #valuesOf({ operator, operand, path }: Part): readonly { readonly value: string; readonly path: Path }[] {
    if (operator === 'in_list' || operator === 'not_in_list') {
      const list = this.#lists.get(String(operand))?.values ?? [];
      return list.flatMap((value) => (typeof value === 'string' ? [{ value, path }] : []));
    }
    if (!whole.includes(operator)) return [];
    const listed: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
    return listed.flatMap((value, index) =>
      typeof value === 'string' ? [{ value, path: Array.isArray(operand) ? [...path, index] : path }] : [],
    );
  }

  /** Those of some sources that a condition on the source leaves over. */
  #askedFor({ field, parts }: Term, tellers: readonly Teller[]): readonly Teller[] {
    if (field !== 'source.name' && field !== 'source.type') return tellers;
    return tellers.filter((teller) =>
      parts.every((part) => {
        const values = this.#valuesOf(part).map(({ value }) => value);
        if (values.length === 0) return true;
        const isIn = values.includes(field === 'source.name' ? teller.name : teller.type);
        return isIn === positive.includes(part.operator);
      }),
    );
  }

  /** Reports types of event that none of the sources sends. */
  #types(given: unknown, path: Path, types: readonly EventType[], tellers: readonly Teller[]): void {
    const unsent = types.filter((type) => !tellers.some((teller) => canSend(teller.type, type)));
    if (unsent.length === 0) return;
    const listed: readonly unknown[] = Array.isArray(given) ? given : [given];
    listed.forEach((type, index) => {
      if (typeof type !== 'string' || !isEventType(type) || !unsent.includes(type)) return;
      const names = tellers.map(({ name }) => name).join(' or ');
      const message = `${type} never comes from ${names}: only ${sendersOf(type).join(' and ')} can send it`;
      this.#report('value', Array.isArray(given) ? [...path, index] : path, 'never-sent', message, {
        severity: 'warning',
      });
    });
  }
}
