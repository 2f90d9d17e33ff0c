import { z } from 'zod';
import { destinationTypes } from '#destinations/index.ts';
import { sourceTypes } from '#sources/index.ts';
import { eventDefinition } from './json-schema-events.ts';
import { anyConditions, fieldDefinitions } from './json-schema-fields.ts';
import { platformSchema } from './json-schema-platforms.ts';
import { ruleDefinitions, timeOfDay, withoutEffectYet } from './json-schema-rule.ts';
import { testDefinitions } from './json-schema-tests.ts';
import {
  environmentDefinition,
  type JsonSchema,
  propertiesOf,
  reference,
  saying,
  schemaOf,
  withKeys,
} from './json-schema-zod.ts';
import { cardSchema, fileParts, nameText, windowSchema, withoutEffect } from './schema.ts';

export type { JsonSchema } from './json-schema-zod.ts';

const name = schemaOf(nameText);

const named = (entry: JsonSchema, names: JsonSchema = name): JsonSchema => ({
  type: 'object',
  propertyNames: names,
  additionalProperties: entry,
});

const cardWords = {
  to: 'destinations',
  template: 'a file in templates/',
  where: 'conditions; all must hold',
  refresh_at_most_every: 'the shortest time between two edits',
  expect: 'files that the card waits for after the meeting',
  kinds: 'which of them',
  within: 'how long after the end of the meeting',
};

/** A card, whose `expect` is an object of its own. */
function card(): JsonSchema {
  const schema = saying(schemaOf(cardSchema), cardWords);
  const { expect = {} } = propertiesOf(schema);
  return withKeys(schema, { where: reference('any_conditions'), expect: saying(expect, cardWords) });
}

const listed = (entry: JsonSchema): JsonSchema => ({ type: 'array', items: entry });

/** A JSON Schema (draft-07) of rules.yaml, from the definitions that the loader checks with. It knows no names of the file itself. */
export function rulesJsonSchema(): JsonSchema {
  const file = withKeys(schemaOf(z.strictObject(fileParts)), {
    sources: named(reference('source')),
    destinations: named(reference('destination')),
    lists: named({ type: 'array', items: { type: ['string', 'number', 'boolean'] } }),
    quiet_hours: named(reference('quiet_hours'), { allOf: [name, { not: { const: 'ignore' } }] }),
    admins: saying(schemaOf(fileParts.admins), {
      slack: 'ids of users, like U0ADMIN01',
      discord: 'ids of users, 17 to 20 digits in quotes',
    }),
    cards: named(reference('card')),
    rules: listed(reference('rule')),
    tests: listed(reference('test')),
  });
  const properties = Object.entries(propertiesOf(file)).map(([key, property]) => {
    const isIdle = withoutEffect.file.some((idle) => idle === key);
    return [key, isIdle ? withoutEffectYet(property) : property];
  });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'rules.yaml of Callboard',
    description: 'who may tell us something, where messages go, and which event is worth which message',
    ...file,
    properties: Object.fromEntries(properties),
    definitions: {
      environment: environmentDefinition,
      event: eventDefinition,
      source: platformSchema(sourceTypes),
      destination: platformSchema(destinationTypes),
      quiet_hours: withKeys(
        saying(schemaOf(windowSchema), { timezone: "zone of its times; the file's own where not given" }),
        { from: timeOfDay, to: timeOfDay },
      ),
      card: card(),
      any_conditions: anyConditions(),
      ...ruleDefinitions,
      ...testDefinitions,
      ...fieldDefinitions,
    },
  };
}
