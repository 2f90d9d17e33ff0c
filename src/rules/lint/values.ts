import { RE2JS } from 're2js';
import { eventTypes } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import type { Path } from '../document.ts';
import type { Report } from '../issues.ts';
import { isScalar, normal, type Scalar } from '../scalar.ts';
import { suggestion } from '../suggest.ts';
import { allTerms, type Conditions, type Part, type Term } from './conditions.ts';

/** Operators whose values are compared as a whole. */
const whole = ['is', 'not', 'in', 'not_in'];
const negative = ['not', 'not_in'];
const textual = ['contains', 'starts_with', 'ends_with'];

/** Finds values that cannot be what was meant: spaces around them, expressions that match everything, names that anybody can type. */
export class Values {
  readonly #report: Report;
  /** Whether a regular expression finds something in every text. */
  readonly #matchesAll = new Map<string, boolean>();

  constructor(report: Report) {
    this.#report = report;
  }

  lint(conditions: Conditions): void {
    for (const term of allTerms(conditions)) this.#term(term);
  }

  #term(term: Term): void {
    if (term.field === 'participant.name' && term.parts.some(({ operator }) => identifies(operator))) {
      const message =
        'guests type participant.name themselves, so anybody can be called like that: ask for participant.id';
      this.#report('key', term.path, 'name-can-be-faked', message, { severity: 'warning' });
    }
    for (const part of term.parts) {
      if (whole.includes(part.operator)) this.#wholeValues(term.field, part);
      else if (part.operator === 'matches') this.#expression(part);
      else if (textual.includes(part.operator)) this.#blank(part);
    }
  }

  #wholeValues(field: string, { operator, operand, path }: Part): void {
    const isList = Array.isArray(operand);
    const listed: readonly unknown[] = isList ? operand : [operand];
    const seen = new Set<Scalar>();
    listed.forEach((value, index) => {
      if (!isScalar(value)) return;
      const at = isList ? [...path, index] : path;
      reportSpaces(value, at, this.#report);
      const compared = normal(value, fields[field]?.ci === true);
      if (seen.has(compared)) reportTwice(value, at, this.#report);
      seen.add(compared);
      this.#neverOccurs(field, operator, value, at);
    });
  }

  #neverOccurs(field: string, operator: string, value: Scalar, at: Path): void {
    const isType = field === 'event.type';
    const possible = isType ? eventTypes : negative.includes(operator) ? fields[field]?.values : undefined;
    if (possible === undefined || possible.some((each) => each === value)) return;
    const choice = isType ? '' : `, which is one of ${possible.join(', ')}`;
    const hint = suggestion(String(value), possible);
    const message = `"${String(value)}" never occurs in ${field}${choice}${hint}`;
    this.#report('value', at, 'impossible-value', message);
  }

  #expression({ operand, path }: Part): void {
    if (typeof operand !== 'string' || !this.#findsAlways(operand)) return;
    const message = 'this regular expression matches every text: the condition always holds';
    this.#report('value', path, 'always-holds', message, { severity: 'warning' });
  }

  #findsAlways(expression: string): boolean {
    let known = this.#matchesAll.get(expression);
    if (known === undefined) this.#matchesAll.set(expression, (known = findsAlways(expression)));
    return known;
  }

  #blank({ operator, operand, path }: Part): void {
    if (typeof operand !== 'string' || operand === '' || operand.trim() !== '') return;
    const message = `"${operator}" has only spaces here: which text is meant?`;
    this.#report('value', path, 'blank-text', message, { severity: 'warning' });
  }
}

function identifies(operator: string): boolean {
  return operator === 'is' || operator === 'in' || operator === 'in_list';
}

const probes = ['', 'q', 'Z z', '0_-.', 'ä\n'];

function findsAlways(expression: string): boolean {
  if (!canFindNothing(expression)) return false;
  try {
    const pattern = RE2JS.compile(expression.normalize('NFC'));
    return probes.every((probe) => pattern.matcher(probe).find());
  } catch {
    return false;
  }
}

/** Whether an empty text may match. The engine at hand answers for most expressions, much faster than the one that counts. */
function canFindNothing(expression: string): boolean {
  try {
    return new RegExp(expression, 'u').test('');
  } catch {
    return true;
  }
}

/** Reports a value with spaces around it. */
export function reportSpaces(value: Scalar, at: Path, report: Report): void {
  if (typeof value !== 'string' || value === value.trim()) return;
  const trimmed = value.trim();
  const message = 'there are spaces at the begin or end of this value: they are compared too';
  const fix = { description: `write "${trimmed}"`, replacement: JSON.stringify(trimmed) };
  report('value', at, 'stray-spaces', message, { severity: 'warning', fix });
}

/** Reports a value that stands in a list again. */
export function reportTwice(value: Scalar, at: Path, report: Report): void {
  const message = `"${String(value)}" stands here twice: remove one`;
  report('value', at, 'duplicate-value', message, { severity: 'warning' });
}
