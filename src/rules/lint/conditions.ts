import { presenceOf } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import type { Path } from '../document.ts';
import { partsOf } from '../missing.ts';

/** One operator of a condition, with the place of its value. */
export type Part = { readonly operator: string; readonly operand: unknown; readonly path: Path };

/** One field of a `where` map and what is asked of it. */
export type Term = {
  readonly field: string;
  /** The place of its key. */
  readonly path: Path;
  readonly parts: readonly Part[];
  readonly orMissing: boolean;
  readonly exists: boolean | undefined;
};

/** A list under `any` or `none`. */
export type Group = {
  readonly kind: 'any' | 'none';
  readonly path: Path;
  readonly members: readonly Conditions[];
};

/** A `where` map taken apart. */
export type Conditions = {
  readonly path: Path;
  readonly terms: readonly Term[];
  readonly groups: readonly Group[];
  /** Whether `terms` is all there is: no group, no expression, nothing that could not be read. */
  readonly isPlain: boolean;
};

/** Takes a `where` map apart. What is not written as it should be is left out: loading has reported it. */
export function readConditions(where: unknown, path: Path): Conditions {
  const terms: Term[] = [];
  const groups: Group[] = [];
  if (!isObject(where)) return { path, terms, groups, isPlain: where === undefined };
  let isPlain = true;
  for (const [key, operand] of Object.entries<unknown>(where)) {
    const at = [...path, key];
    if (key === 'any' || key === 'none') {
      isPlain = false;
      const listed: readonly unknown[] = Array.isArray(operand) ? operand : [];
      const members = listed.map((member, index) => readConditions(member, [...at, index]));
      groups.push({ kind: key, path: at, members });
    } else if (key === 'expr' || (fields[key] === undefined && presenceOf(key, 'other') === 'unknown field'))
      isPlain = false;
    else terms.push(readTerm(key, operand, at));
  }
  return { path, terms, groups, isPlain };
}

function readTerm(field: string, operand: unknown, path: Path): Term {
  const { or_missing: orMissing, exists, ...named } = partsOf(operand);
  const parts = Object.entries(named).map(
    ([operator, value]): Part => ({
      operator,
      operand: value,
      path: isObject(operand) ? [...path, operator] : path,
    }),
  );
  return {
    field,
    path,
    parts,
    orMissing: orMissing === true,
    exists: typeof exists === 'boolean' ? exists : undefined,
  };
}

/** Every term, those inside of groups too. */
export function allTerms({ terms, groups }: Conditions): readonly Term[] {
  if (groups.length === 0) return terms;
  return [...terms, ...groups.flatMap(({ members }) => members.flatMap(allTerms))];
}

/** Whether a term holds only for events that have its field. */
export function isRequired({ orMissing, exists }: Term): boolean {
  return !orMissing && exists !== false;
}
