import type { EventType } from '#domain/catalogue.ts';
import { isObject } from '#domain/value.ts';
import type { Path } from './document.ts';
import type { Report } from './issues.ts';
import { fieldProblem } from './presence.ts';

/** The parts of a condition: a bare value means "is", a list "one of". */
export function partsOf(operand: unknown): Readonly<Record<string, unknown>> {
  if (isObject(operand)) return operand;
  return Array.isArray(operand) ? { in: operand } : { is: operand };
}

/** Every event has these. */
const alwaysThere = ['event.type', 'event.native', 'event.time', 'source.name', 'source.type'];

/** Says that a `none` holds for what is missing, unless the rule shows that this was thought of. */
export function warnOfMissing(
  none: unknown,
  path: Path,
  beside: object,
  { on, report }: { readonly on: readonly EventType[]; readonly report: Report },
): void {
  const required = Object.entries(beside).flatMap(([name, operand]) => (isRequired(operand) ? [name] : []));
  const names = silentNames(none).filter(
    (name) => !alwaysThere.includes(name) && !required.includes(name) && fieldProblem(name, on) === undefined,
  );
  if (names.length === 0) return;
  const what = `${[...new Set(names)].join(' or ')} is missing`;
  const way =
    'beside the operator write "or_missing: true" to prevent that, or "or_missing: false" to allow it';
  report('key', path, 'none-on-missing', `"none" is also true when ${what}: ${way}`, {
    severity: 'warning',
  });
}

/** Whether a condition holds only for events that have its field. */
function isRequired(operand: unknown): boolean {
  const { or_missing: orMissing, exists } = partsOf(operand);
  return orMissing !== true && exists !== false;
}

/** The fields in a list of conditions that say nothing about being missing. An inner `none` speaks for itself. */
function silentNames(members: unknown): readonly string[] {
  if (!Array.isArray(members)) return [];
  return members.filter(isObject).flatMap((member: Readonly<Record<string, unknown>>) =>
    Object.entries(member).flatMap(([key, operand]) => {
      if (key === 'any') return silentNames(operand);
      const parts = partsOf(operand);
      const isSilent = key !== 'none' && parts['or_missing'] === undefined && parts['exists'] === undefined;
      return isSilent ? [key] : [];
    }),
  );
}
