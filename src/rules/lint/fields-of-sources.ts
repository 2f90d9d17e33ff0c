import { canBe, canGive, canSend } from '#domain/availability.ts';
import { type EventType, presenceOf } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import type { Path } from '../document.ts';
import type { Report } from '../issues.ts';
import type { Conditions, Term } from './conditions.ts';
import type { LintedRule } from './input.ts';
import type { Teller } from './sources-of-rules.ts';

/** Finds fields and values that configured sources never give. */
export class FieldsOfSources {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  /** `tellers`: the sources that the rule can hear of. */
  lint({ rule, path, entry, where, unlessWhere }: LintedRule, tellers: readonly Teller[] | undefined): void {
    if (tellers === undefined) return;
    this.#conditions(where, rule.on, tellers);
    rule.oncePer?.forEach((field, index) => this.#key(field, [...path, 'once_per', index], rule.on, tellers));
    if (rule.wait?.kind !== 'unless') return;
    this.#conditions(unlessWhere, rule.wait.types, tellers);
    const unless = entry['unless_followed_by'];
    const isList = isObject(unless) && Array.isArray(unless['same']);
    rule.wait.same.forEach((field, index) => {
      const at = [...path, 'unless_followed_by', 'same', ...(isList ? [index] : [])];
      this.#key(field, at, rule.on, tellers);
    });
  }

  #conditions({ terms, groups }: Conditions, on: readonly EventType[], tellers: readonly Teller[]): void {
    for (const term of terms) {
      if (term.orMissing || term.exists === false) continue;
      const { given, without } = askFor(term.field, on, tellers);
      if (given.length === 0 && without.length > 0) {
        this.#none(term.field, term.path, 'key', without);
      } else if (given.length > 0) {
        if (without.length > 0 && term.exists === undefined) this.#some(term, without);
        this.#values(term, given);
      }
    }
    for (const { kind, members } of groups) {
      if (kind === 'any') for (const member of members) this.#member(member, on, tellers);
    }
  }

  /** A member of `any` need not hold for every source, but it must be able to for one. */
  #member({ terms }: Conditions, on: readonly EventType[], tellers: readonly Teller[]): void {
    for (const { field, path, orMissing, exists } of terms) {
      if (orMissing || exists === false) continue;
      const { given, without } = askFor(field, on, tellers);
      if (given.length === 0 && without.length > 0) this.#none(field, path, 'key', without);
    }
  }

  #key(field: string, path: Path, on: readonly EventType[], tellers: readonly Teller[]): void {
    const { given, without } = askFor(field, on, tellers);
    if (without.length === 0) return;
    if (given.length === 0) {
      this.#none(field, path, 'value', without);
      return;
    }
    const message = `${never(without, field)}, so this rule sends nothing for what comes from there`;
    this.#report('value', path, 'field-not-given', message, { severity: 'warning' });
  }

  #none(field: string, path: Path, at: 'key' | 'value', without: readonly Teller[]): void {
    const way = field === 'room.url' ? ': write room_url into the entry of the source' : '';
    this.#report(at, path, 'field-never-given', `${never(without, field)}${way}`, { severity: 'warning' });
  }

  #some({ field, path }: Term, without: readonly Teller[]): void {
    const way = 'write "or_missing: true" beside the operator to let its events pass';
    const message = `${never(without, field)}, so this condition never holds there: ${way}`;
    this.#report('key', path, 'field-not-given', message, {
      severity: 'warning',
      fix: { description: 'add "or_missing: true"' },
    });
  }

  #values({ field, parts }: Term, given: readonly Teller[]): void {
    const possible = fields[field]?.values;
    if (possible === undefined || field === 'source.type') return;
    for (const { operator, operand, path } of parts) {
      if (operator !== 'is' && operator !== 'in') continue;
      const listed: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
      const asked = listed.filter((each) => typeof each === 'string' && possible.includes(each)).map(String);
      const can = (value: string) => given.some(({ type }) => canBe(type, field, value));
      if (asked.length === 0 || asked.some(can)) continue;
      const names = given.map(({ name }) => name).join(' and ');
      const values = asked.map((each) => `"${each}"`).join(' or ');
      this.#report(
        'value',
        path,
        'value-never-given',
        `${names} never ${verb(given, 'give')} ${field} ${values}`,
        { severity: 'warning' },
      );
    }
  }
}

/** The sources that give a field on at least one of the events they send, and those that give it on none. */
function askFor(field: string, on: readonly EventType[], tellers: readonly Teller[]) {
  const types = on.filter((type) => presenceOf(field, type) !== 'never');
  const given: Teller[] = [];
  const without: Teller[] = [];
  for (const teller of tellers) {
    const sent = types.filter((type) => canSend(teller.type, type));
    if (sent.length === 0) continue;
    const gives =
      field === 'room.url' ? teller.hasRoomUrl : sent.some((type) => canGive(teller.type, field, type));
    (gives ? given : without).push(teller);
  }
  return { given, without };
}

function never(without: readonly Teller[], field: string): string {
  return `${without.map(({ name }) => name).join(' and ')} never ${verb(without, 'give')} ${field}`;
}

function verb(of: readonly Teller[], word: string): string {
  return of.length === 1 ? `${word}s` : word;
}
