import type { Field, FieldKind } from '#domain/fields.ts';
import { type JsonSchema, reference } from './json-schema-zod.ts';
import { operators } from './operators.ts';

type Words = {
  /** When the condition holds. */
  readonly holds: string;
  /** A condition that has it. */
  readonly example: string;
};

/** Every word that may stand in a condition, for people who write rules. */
export const operatorWords: Readonly<Record<string, Words>> = {
  is: { holds: 'the field is the value', example: 'room.is_breakout: { is: true }' },
  not: { holds: 'it is another value', example: 'participant.kind: { not: recorder }' },
  in: { holds: 'it is one of the values', example: 'artifact.kind: { in: [transcript, summary] }' },
  not_in: { holds: 'it is none of them', example: 'recording.scope: { not_in: [track, participant] }' },
  in_list: {
    holds: 'it is in the list of that name under lists',
    example: 'participant.id: { in_list: vips }',
  },
  not_in_list: { holds: 'it is not in that list', example: 'room.id: { not_in_list: demo_rooms }' },
  contains: { holds: 'the text stands somewhere in it', example: 'room.name: { contains: "all hands" }' },
  starts_with: { holds: 'it begins with the text', example: 'room.id: { starts_with: "support-" }' },
  ends_with: { holds: 'it ends with the text', example: 'recording.path: { ends_with: ".mp4" }' },
  matches: {
    holds: 'the regular expression is found in it',
    example: 'room.id: { matches: "^team-[0-9]+$" }',
  },
  more_than: { holds: 'the number is greater', example: 'session.present: { more_than: 1 }' },
  at_least: { holds: 'it is greater or equal', example: 'recording.seconds: { at_least: 60 }' },
  less_than: { holds: 'it is smaller', example: 'participant.seconds: { less_than: 30 }' },
  at_most: { holds: 'it is smaller or equal', example: 'session.peak: { at_most: 2 }' },
  exists: {
    holds: 'the field is there, or with false is not there',
    example: 'recording.error: { exists: true }',
  },
  or_missing: {
    holds: 'beside another operator: it holds for a missing field too',
    example: 'recording.seconds: { at_least: 60, or_missing: true }',
  },
};

type Kind = FieldKind | 'any';

/** Kinds of field that have the same conditions whatever the field is. */
export const conditionKinds: readonly Kind[] = [
  'text',
  'number',
  'boolean',
  'date',
  'address',
  'object',
  'list',
  'any',
];

/** The name of the definition of a kind's conditions. */
export function conditionOf(kind: Kind): string {
  return `condition.${kind}`;
}

/** The condition on a field: a bare value, a list of values, or operators. `values`: the only ones that occur. */
export function conditionSchema(kind: Kind, values?: Field['values']): JsonSchema {
  const scalar = scalarOf(kind, values);
  const list = { type: 'array', items: scalar, minItems: 1 };
  const fitting = Object.entries(operators).filter(([, { on }]) => on.includes(kind));
  const named = fitting.map(([name]) => [name, about(name, operandOf(name, scalar, list))]);
  const asking = ['exists', 'or_missing'].map((name) => [name, about(name, { type: 'boolean' })]);
  const map: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries([...named, ...asking]),
    additionalProperties: false,
    // Alone it asks nothing, and neither does an empty map.
    not: { propertyNames: { const: 'or_missing' } },
  };
  return fitting.length === 0 ? map : { anyOf: [scalar, list, map] };
}

/** A value of the kind, as it is written in rules.yaml. */
export function scalarOf(kind: Kind, values?: Field['values']): JsonSchema {
  if (values !== undefined) {
    return { anyOf: [{ type: 'string', enum: values }, reference('environment')] };
  }
  if (kind === 'any') return { type: ['string', 'number', 'boolean'] };
  return { type: kind === 'number' || kind === 'boolean' ? kind : 'string' };
}

function about(name: string, schema: JsonSchema): JsonSchema {
  const words = operatorWords[name];
  if (words === undefined) throw new Error(`the operator "${name}" has no words`);
  return { description: words.holds, ...schema };
}

function operandOf(name: string, scalar: JsonSchema, list: JsonSchema): JsonSchema {
  switch (name) {
    case 'is':
    case 'not':
      return scalar;
    case 'in':
    case 'not_in':
      return list;
    case 'in_list':
    case 'not_in_list':
    case 'matches':
      return { type: 'string' };
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return { type: 'string', minLength: 1 };
    case 'more_than':
    case 'at_least':
    case 'less_than':
    case 'at_most':
      return { type: 'number' };
    default:
      throw new Error(`what the operator "${name}" takes is not known`);
  }
}
