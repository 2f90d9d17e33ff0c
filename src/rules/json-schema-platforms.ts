import type { DestinationType } from '#destinations/destination.ts';
import { fields } from '#domain/fields.ts';
import type { SourceType } from '#sources/source.ts';
import { fieldProblem } from '#sources/standard-webhooks-events.ts';
import {
  described,
  environmentPattern,
  type JsonSchema,
  propertiesOf,
  schemaOf,
  textLike,
} from './json-schema-zod.ts';

/** Settings that say nothing of themselves. */
const meanings: Readonly<Record<string, string>> = {
  room_url: 'where people join, such as https://meet.example.com/{{room.id}}; fills room.url',
  channel: 'id of the channel that the bot posts to',
  webhook: 'address of an incoming webhook, from the environment; instead of a channel',
  on_unknown:
    'when nobody can tell whether a message arrived: at_least_once sends it again, perhaps twice; at_most_once gives it up; at_least_once where not given',
  compact: 'true keeps the sentence and the first button of a message; false where not given',
};

/** A secret stands in the environment, never in the file. */
const secret: JsonSchema = { type: 'string', pattern: environmentPattern };
const pointer = textLike('^(?:/(?:[^~/]|~[01])*)+$');

/** What the checks of the settings ask for beyond their form, by the name of the setting. */
const stricter: Readonly<Record<string, JsonSchema>> = {
  url: textLike('^[Hh][Tt][Tt][Pp][Ss]?://[^?#]+$'),
  keys: { type: 'object', minProperties: 1, additionalProperties: secret },
  secrets: { type: 'array', minItems: 1, items: secret },
  webhook: secret,
  type: pointer,
  fields: { type: 'object', properties: pointedFields(), additionalProperties: false },
};

/** Our fields that a sender can fill. */
function pointedFields(): Readonly<Record<string, JsonSchema>> {
  const filled = Object.entries(fields).filter(([name]) => fieldProblem(name) === undefined);
  return Object.fromEntries(filled.map(([name, { about }]) => [name, described(pointer, about)]));
}

/** The settings of one platform. */
export function settingsSchema({ type, settings }: SourceType | DestinationType): JsonSchema {
  const schema = schemaOf(settings);
  const properties = Object.entries(propertiesOf(schema)).map(([name, property]) => {
    const description = property['description'] ?? meanings[name];
    if (typeof description !== 'string') throw new Error(`nobody says what "${name}" of ${type} means`);
    return [name, described(stricter[name] ?? property, description)] as const;
  });
  const names = properties.map(([name]) => name);
  const isTarget = names.includes('channel') && names.includes('webhook');
  return {
    ...schema,
    description: `settings of ${type}`,
    properties: Object.fromEntries(properties),
    ...(isTarget && { oneOf: [{ required: ['channel'] }, { required: ['webhook'] }] }),
  };
}

/** An entry of `sources:` or `destinations:`: one platform with its settings. */
export function platformSchema(types: readonly (SourceType | DestinationType)[]): JsonSchema {
  return {
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: false,
    properties: Object.fromEntries(types.map((type) => [type.type, settingsSchema(type)])),
  };
}
