import { fields } from '#domain/fields.ts';
import type { NamedList } from '../named-list.ts';
import { type Check, operators } from '../operators.ts';
import { isScalar, type Scalar } from '../scalar.ts';
import { isRequired, type Part, type Term } from './conditions.ts';
import { covers, isBound, isEmpty, rangeOf } from './range.ts';

type Compiled = { readonly check: Check; readonly equals?: readonly Scalar[] };

/** Says what conditions can mean, whatever event comes. Where it cannot be sure, it says no. */
export class Judge {
  readonly #lists: ReadonlyMap<string, NamedList>;
  /** Conditions on shared lists: a long list is prepared once, not once a rule. */
  readonly #onLists = new Map<string, Compiled | undefined>();

  constructor(lists: ReadonlyMap<string, NamedList>) {
    this.#lists = lists;
  }

  /** Whether no value of the field fits all parts. False when a part was reported by itself: an empty list, a word that never occurs. */
  isImpossible(field: string, parts: readonly Part[]): boolean {
    const range = rangeOf(field, parts);
    if (isEmpty(range)) return true;
    if (parts.length < 2 && domainOf(field) === undefined) return false;
    const compiled = this.#compileAll(field, parts);
    const candidates = equalsOf(compiled) ?? domainOf(field) ?? range.only;
    if (candidates === undefined) return false;
    const hasDomain = domainOf(field) !== undefined;
    const possible = hasDomain ? candidates.filter((value) => canOccur(field, value)) : candidates;
    return possible.length > 0 && !possible.some((value) => compiled.every(({ check }) => check(value)));
  }

  /** Whether one part holds for whatever value is there. False when it only excludes what never occurs: that was reported. */
  isAlways(field: string, part: Part): boolean {
    if (isBound(field, part)) return covers(rangeOf(field, [part]), rangeOf(field, []));
    const domain = domainOf(field);
    const named: readonly unknown[] = Array.isArray(part.operand) ? part.operand : [part.operand];
    if (domain === undefined || !named.every((value) => isScalar(value) && canOccur(field, value)))
      return false;
    const compiled = this.#compile(field, part);
    return compiled !== undefined && domain.every((value) => compiled.check(value));
  }

  /** Whether the inner term holds whenever the outer one does. */
  implies(outer: Term, inner: Term): boolean {
    if (inner.exists === false) return outer.exists === false && inner.parts.length === 0;
    if (!isRequired(outer) && !inner.orMissing) return false;
    if (outer.exists === false) return inner.orMissing;
    return inner.parts.every((part) => this.#impliesPart(outer, part));
  }

  #impliesPart({ field, parts }: Term, part: Part): boolean {
    if (parts.some((each) => isSame(each, part))) return true;
    if (isBound(field, part) && covers(rangeOf(field, [part]), rangeOf(field, parts))) return true;
    const candidates = equalsOf(this.#compileAll(field, parts));
    const compiled = this.#compile(field, part);
    if (candidates === undefined || candidates.length === 0 || compiled === undefined) return false;
    return candidates.every((value) => compiled.check(value));
  }

  #compileAll(field: string, parts: readonly Part[]): readonly Compiled[] {
    return parts.flatMap((part) => this.#compile(field, part) ?? []);
  }

  #compile(field: string, { operator, operand }: Part): Compiled | undefined {
    if (operator !== 'in_list' && operator !== 'not_in_list') return this.#fresh(field, operator, operand);
    const key = `${field} ${operator} ${String(operand)}`;
    if (!this.#onLists.has(key)) this.#onLists.set(key, this.#fresh(field, operator, operand));
    return this.#onLists.get(key);
  }

  #fresh(field: string, operator: string, operand: unknown): Compiled | undefined {
    const known = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
    const { kind = 'any', ci } = fields[field] ?? {};
    if (known === undefined || operand === null || !known.on.includes(kind)) return undefined;
    const compiled = known.compile(operand, {
      kind,
      isCaseInsensitive: ci === true,
      list: (name) => this.#lists.get(name),
    });
    return 'check' in compiled ? compiled : undefined;
  }
}

/** The fewest values that one of the conditions names. */
function equalsOf(compiled: readonly Compiled[]): readonly Scalar[] | undefined {
  let fewest: readonly Scalar[] | undefined;
  for (const { equals } of compiled) {
    if (equals !== undefined && (fewest === undefined || equals.length < fewest.length)) fewest = equals;
  }
  return fewest;
}

/** All values of a field that has a known set of them. */
function domainOf(field: string): readonly Scalar[] | undefined {
  const { kind, values } = fields[field] ?? {};
  return kind === 'boolean' ? [true, false] : values;
}

function canOccur(field: string, value: Scalar): boolean {
  return domainOf(field)?.includes(value) !== false;
}

function isSame(one: Part, other: Part): boolean {
  return one.operator === other.operator && JSON.stringify(one.operand) === JSON.stringify(other.operand);
}
