import { type EventType, eventTypes, presenceOf } from '#domain/catalogue.ts';
import { type Field, fields } from '#domain/fields.ts';
import { noneOf } from './json-schema-events.ts';
import { conditionKinds, conditionOf, conditionSchema, scalarOf } from './json-schema-operators.ts';
import { described, environmentPattern, type JsonSchema, reference, when } from './json-schema-zod.ts';

/** Fields that the same types of event carry. `open`: objects below which a field may be named freely. */
type Group = {
  readonly types: readonly EventType[];
  readonly names: readonly string[];
  readonly open: readonly string[];
};

/** A group under the name of its first field. */
type Named = readonly [string, Group];

/** Fields of all events, and those of some. */
const { everywhere, groups } = grouped();

function grouped(): { everywhere: Group; groups: readonly Named[] } {
  const byTypes = new Map<string, { types: EventType[]; names: string[]; open: string[] }>();
  const groupOf = (path: string) => {
    const types = eventTypes.filter((type) => presenceOf(path, type) !== 'never');
    const group = byTypes.get(types.join()) ?? { types, names: [], open: [] };
    byTypes.set(types.join(), group);
    return group;
  };
  for (const [name, { kind }] of Object.entries(fields)) {
    groupOf(name).names.push(name);
    if (kind === 'object' || kind === 'list') groupOf(`${name}.any`).open.push(name);
  }
  groupOf('raw.any').open.push('raw');
  const all = eventTypes.join();
  return {
    everywhere: byTypes.get(all) ?? { types: eventTypes, names: [], open: [] },
    groups: [...byTypes]
      .filter(([types]) => types !== all)
      .map(([, group]) => [group.names[0] ?? group.open[0] ?? '', group]),
  };
}

const escaped = (text: string) => text.replaceAll('.', '\\.');

/** Matches the names of a group's fields. */
function pattern({ names, open }: Group): string {
  const parts = [
    ...(names.length === 0 ? [] : [`^(?:${names.map(escaped).join('|')})$`]),
    ...(open.length === 0 ? [] : [openPattern(open)]),
  ];
  return parts.join('|');
}

function openPattern(open: readonly string[]): string {
  return `^(?:${open.map(escaped).join('|')})\\.`;
}

/** What a field is, with its unit and how it compares. */
function aboutField({ about, unit, ci }: Field): string {
  const counted = unit === undefined || unit === 'cost' ? [] : [`in ${unit}`];
  const notes = [...counted, ...(ci === true ? ['upper and lower case do not matter'] : [])];
  return notes.length === 0 ? about : `${about} (${notes.join('; ')})`;
}

const unchecked = 'nobody checks whether it exists';

/** Conditions on the fields of a group; a member of `any` and `none` is again this `definition`. */
function conditionsOn({ names, open }: Group, definition: string): JsonSchema {
  const properties = names.map((name) => {
    const field = fields[name];
    if (field === undefined) throw new Error(`there is no field ${name}`);
    const { kind, values } = field;
    const condition = values === undefined ? reference(conditionOf(kind)) : conditionSchema(kind, values);
    return [name, described(condition, aboutField(field))];
  });
  return {
    properties: { ...Object.fromEntries(properties), ...groupsOf(definition) },
    ...(open.length > 0 && {
      patternProperties: { [openPattern(open)]: described(reference(conditionOf('any')), unchecked) },
    }),
  };
}

function groupsOf(definition: string): Record<'any' | 'none', JsonSchema> {
  const members = { type: 'array', items: reference(definition), minItems: 1 };
  return {
    any: { description: 'a list of conditions; at least one must hold', ...members },
    none: { description: 'a list of conditions; none may hold, and what is missing does not', ...members },
  };
}

/** Refuses the fields of a group, also inside of `any` and `none`. */
function conditionsWithout(group: Group, definition: string): JsonSchema {
  const items = { type: 'array', items: reference(definition) };
  return { patternProperties: { [pattern(group)]: false }, properties: { any: items, none: items } };
}

/** Values of the fields of a group, as a test gives them. */
function factsOf({ names, open }: Group): JsonSchema {
  const given = names.filter((name) => !name.startsWith('session.') || givenOfSession.includes(name));
  const properties = given.map((name) => {
    const field = fields[name];
    if (field === undefined) throw new Error(`there is no field ${name}`);
    const isOpen = field.kind === 'object' || field.kind === 'list';
    return [name, { description: aboutField(field), ...(isOpen ? anything : scalarOf(field.kind)) }];
  });
  return {
    properties: Object.fromEntries(properties),
    ...(open.length > 0 && { patternProperties: { [openPattern(open)]: anything } }),
  };
}

const anything = { type: ['string', 'number', 'boolean', 'object', 'array'] };
/** The other fields of the session are counted from the events of a test. */
const givenOfSession = ['session.id', 'session.started_at', 'session.ended_at'];

const names = (words: string, [name]: Named) => `${words}.${name}`;
const groupPatterns = groups.map(([, group]) => pattern(group));

/** Definitions of conditions, keys and facts: those that all events have, and for each group of fields those with and without it. */
export const fieldDefinitions: Readonly<Record<string, JsonSchema>> = {
  ...Object.fromEntries(conditionKinds.map((kind) => [conditionOf(kind), conditionSchema(kind)])),
  conditions: baseConditions(),
  key: keySchema(),
  facts: factsOf(everywhere),
  ...Object.fromEntries(
    groups.flatMap((entry) => {
      const [, group] = entry;
      const isKey = { type: 'string', pattern: pattern(group) };
      return [
        [names('lacks', entry), noneOf(group.types)],
        [names('conditions', entry), conditionsOn(group, names('conditions', entry))],
        [names('without', entry), conditionsWithout(group, names('without', entry))],
        [names('keyless', entry), { not: isKey, items: { not: isKey } }],
        [names('facts', entry), factsOf(group)],
      ];
    }),
  ),
};

function baseConditions(): JsonSchema {
  const { properties, patternProperties } = conditionsOn(everywhere, 'conditions');
  return {
    type: 'object',
    properties: {
      ...Object(properties),
      expr: {
        description: 'one expression in CEL, such as "session.present > 2 && room.id != \'demo\'"',
        type: 'string',
        minLength: 1,
      },
    },
    patternProperties: {
      ...Object(patternProperties),
      ...Object.fromEntries(groupPatterns.map((each) => [each, true])),
      [environmentPattern]: true,
    },
    additionalProperties: false,
  };
}

/** A field whose values can make a key. */
function keySchema(): JsonSchema {
  const scalars = Object.entries(fields).filter(([, { kind }]) => kind !== 'object' && kind !== 'list');
  const open = [everywhere, ...groups.map(([, group]) => group)].flatMap((group) => group.open);
  return {
    anyOf: [
      {
        type: 'string',
        enum: scalars.map(([name]) => name),
        enumDescriptions: scalars.map(([, field]) => aboutField(field)),
      },
      { type: 'string', pattern: openPattern(open) },
      reference('environment'),
    ],
  };
}

/** Refuses conditions and keys on fields that no event of `on` has, and offers the others. */
export function fittingRule(): readonly JsonSchema[] {
  return groups.map((entry) => {
    const keyless = reference(names('keyless', entry));
    const by = { properties: { by: keyless } };
    const without = {
      where: reference(names('without', entry)),
      once_per: keyless,
      at_most: by,
      digest: by,
      unless_followed_by: when(lacking('event', entry), { properties: { same: keyless } }, true),
    };
    return when(lacking('on', entry), { properties: without }, offering(entry));
  });
}

/** The same for an object whose `event` says which types its `where` is about. */
export function fittingEvent(): readonly JsonSchema[] {
  return groups.map((entry) => {
    const without = { properties: { where: reference(names('without', entry)) } };
    return when(lacking('event', entry), without, offering(entry));
  });
}

/** The same for the facts of an event in a test. */
export function fittingFacts(): readonly JsonSchema[] {
  return groups.map((entry) =>
    when(lacking('event', entry), reference(names('without', entry)), reference(names('facts', entry))),
  );
}

/** Met when the key names only types of event without the fields of the group. */
function lacking(key: 'on' | 'event', entry: Named): JsonSchema {
  return { required: [key], properties: { [key]: reference(names('lacks', entry)) } };
}

function offering(entry: Named): JsonSchema {
  return { properties: { where: reference(names('conditions', entry)) } };
}

/** Names of facts of some events: an object that has them besides its own keys lets them pass. */
export const factsOfSome: Readonly<Record<string, true>> = Object.fromEntries(
  groupPatterns.map((each) => [each, true]),
);

/** Conditions on any field, where no type of event is given. */
export function anyConditions(): JsonSchema {
  return {
    allOf: [reference('conditions'), ...groups.map((entry) => reference(names('conditions', entry)))],
  };
}
