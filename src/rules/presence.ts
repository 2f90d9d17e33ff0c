import { type EventType, presenceOf } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { suggestion } from './suggest.ts';

/** Why a field is no use for some events. */
export type FieldProblem = {
  readonly code: 'unknown-field' | 'field-never-there' | 'field-sometimes';
  readonly message: string;
};

/** What is wrong with asking events of these types for a field, or undefined. Only `field-sometimes` is no error. */
export function fieldProblem(name: string, on: readonly EventType[]): FieldProblem | undefined {
  if (presenceOf(name, 'other') === 'unknown field') {
    const message = `there is no field "${name}"${suggestion(name, Object.keys(fields))}`;
    return { code: 'unknown-field', message };
  }
  const without = on.filter((type) => presenceOf(name, type) === 'never');
  if (without.length === 0) return undefined;
  const message = `${listing(without)} never ${without.length === 1 ? 'has' : 'have'} ${name}`;
  return { code: without.length === on.length ? 'field-never-there' : 'field-sometimes', message };
}

function listing(types: readonly string[]): string {
  const last = types.at(-1) ?? '';
  return types.length < 2 ? last : `${types.slice(0, -1).join(', ')} and ${last}`;
}
