import { factsOfSome, fieldDefinitions, fittingFacts } from './json-schema-fields.ts';
import {
  environmentPattern,
  type JsonSchema,
  propertiesOf,
  reference,
  saying,
  schemaOf,
  textLike,
  withKeys,
} from './json-schema-zod.ts';
import { expectationSchema, nameText, testSchema } from './schema.ts';

const facts = fieldDefinitions['facts'] ?? {};

const event: JsonSchema = {
  type: 'object',
  required: ['event'],
  properties: {
    at: {
      description: 'when it arrives, counted from the start of the test; 0s where not given',
      ...textLike('^(?:0s|0*[1-9][0-9]*[smhd])$'),
    },
    event: { description: 'what happened', allOf: [reference('event')] },
    ...propertiesOf(facts),
  },
  patternProperties: { ...Object(facts['patternProperties']), ...factsOfSome, [environmentPattern]: true },
  additionalProperties: false,
  allOf: fittingFacts(),
};

/** What is said about the keys of an expectation. */
const expected: Readonly<Record<string, string>> = {
  times: 'how many messages',
  to: 'destinations, each of which gets one of them',
  contains: 'words that stand in one of them',
  because: 'a part of the reason why nothing was sent',
};

/** Definitions of an entry of `tests:`. */
export const testDefinitions: Readonly<Record<string, JsonSchema>> = {
  test_event: event,
  expectation: expectation(),
  test: withKeys(saying(schemaOf(testSchema), { name: 'what the test shows, in a sentence' }), {
    start: { type: 'string', pattern: startPattern() },
    events: {
      description: 'what happens, in the words of the rules',
      type: 'array',
      items: reference('test_event'),
      minItems: 1,
    },
    expect: {
      description: 'what comes of it, by the id of a rule; rules that are not named are free',
      type: 'object',
      propertyNames: schemaOf(nameText),
      additionalProperties: reference('expectation'),
    },
  }),
};

/** Without the name of the format, which is stricter about seconds than the loader. */
function startPattern(): unknown {
  return propertiesOf(schemaOf(testSchema))['start']?.['pattern'];
}

function expectation(): JsonSchema {
  return {
    ...saying(schemaOf(expectationSchema), expected),
    description: 'how many messages, or { times, to, contains, because }',
    // What is not sent goes nowhere and contains nothing.
    not: {
      type: 'object',
      required: ['times'],
      properties: { times: { const: 0 } },
      anyOf: [{ required: ['to'] }, { required: ['contains'] }],
    },
  };
}
