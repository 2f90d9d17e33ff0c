import type { Report } from '../issues.ts';
import type { Conditions, Group, Part, Term } from './conditions.ts';
import type { Judge } from './judge.ts';

/** Finds conditions that exclude each other, and those that always hold. */
export function lintContradictions(conditions: Conditions, judge: Judge, report: Report): void {
  new Contradictions(judge, report).map(conditions, new Map(), 'error');
}

type Terms = ReadonlyMap<string, Term>;
type Severity = 'error' | 'warning';

class Contradictions {
  readonly #judge: Judge;
  readonly #report: Report;

  constructor(judge: Judge, report: Report) {
    this.#judge = judge;
    this.#report = report;
  }

  /** `outer`: what is required around this map. Reports, and says whether the map can hold at all. */
  map({ terms, groups }: Conditions, outer: Terms, severity: Severity): boolean {
    let canHold = true;
    for (const term of terms) if (!this.#term(term, outer.get(term.field), severity)) canHold = false;
    if (groups.length === 0) return canHold;
    const required = new Map(outer);
    for (const term of terms) required.set(term.field, term);
    for (const group of groups) if (!this.#group(group, required, severity)) canHold = false;
    return canHold;
  }

  #term(term: Term, around: Term | undefined, severity: Severity): boolean {
    const { field, path, parts, orMissing, exists } = term;
    const last = parts.at(-1);
    if (exists === false && last !== undefined && !orMissing) {
      const message = `${field} cannot be missing and have a value: remove "exists: false" or the other operator`;
      this.#report('value', [...path, 'exists'], 'contradiction', message, { severity });
      return false;
    }
    if (exists === true && orMissing) {
      const message = `"or_missing" does nothing beside "exists: true": remove one of them`;
      this.#report('value', [...path, 'or_missing'], 'contradiction', message, { severity: 'warning' });
    }
    if (last === undefined) return true;
    if (this.#judge.isImpossible(field, parts)) {
      const message = `no value of ${field} can be ${written(parts)}: this condition never holds`;
      this.#report('value', last.path, 'contradiction', message, { severity });
      return false;
    }
    if (around !== undefined && !around.orMissing && !orMissing) {
      const all = [...around.parts, ...parts];
      if (this.#judge.isImpossible(field, all)) {
        const message = `no value of ${field} can be ${written(all)}: this condition never holds`;
        this.#report('value', last.path, 'contradiction', message, { severity: 'warning' });
        return false;
      }
    }
    for (const part of parts) this.#always(term, part);
    return true;
  }

  #always({ field, orMissing }: Term, part: Part): void {
    if (!this.#judge.isAlways(field, part)) return;
    const way = orMissing ? 'remove it' : `remove it, or ask "exists: true" if the field may be missing`;
    const message = `every value of ${field} is ${written([part])}, so this says nothing: ${way}`;
    this.#report('value', part.path, 'always-holds', message, { severity: 'warning' });
  }

  #group({ kind, path, members }: Group, outer: Terms, severity: Severity): boolean {
    return kind === 'any' ? this.#any(path, members, outer, severity) : this.#none(members, outer, severity);
  }

  #any(path: Group['path'], members: Group['members'], outer: Terms, severity: Severity): boolean {
    if (members.length === 0) return true;
    let canHold = false;
    for (const member of members) {
      if (this.map(member, outer, 'warning')) canHold = true;
      if (!this.#isImplied(member, outer)) continue;
      const message = 'this always holds where the conditions beside "any" do, so "any" says nothing';
      this.#report('value', member.path, 'always-holds', message, { severity: 'warning' });
    }
    if (!canHold) {
      const message = 'none of these can ever hold, so "any" never does';
      this.#report('key', path, 'contradiction', message, { severity });
    }
    return canHold;
  }

  #none(members: Group['members'], outer: Terms, severity: Severity): boolean {
    let canHold = true;
    for (const member of members) {
      this.map(member, new Map(), 'warning');
      if (!this.#isImplied(member, outer)) continue;
      canHold = false;
      const message =
        member.terms.length === 0
          ? 'a member without conditions always holds, so "none" never does'
          : 'the conditions beside "none" ask for just this, so they exclude each other';
      this.#report('value', member.path, 'contradiction', message, { severity });
    }
    return canHold;
  }

  #isImplied({ terms, isPlain }: Conditions, outer: Terms): boolean {
    return (
      isPlain &&
      terms.every((term) => {
        const around = outer.get(term.field);
        return around !== undefined && this.#judge.implies(around, term);
      })
    );
  }
}

/** Parts in one line, as they stand in the file. */
function written(parts: readonly Part[]): string {
  return parts.map(({ operator, operand }) => `${operator}: ${valueOf(operand)}`).join(' and ');
}

function valueOf(operand: unknown): string {
  if (Array.isArray(operand)) return `[${operand.map(valueOf).join(', ')}]`;
  return typeof operand === 'string' ? operand : JSON.stringify(operand);
}
