import { eventsDefinition, knownEventsDefinition } from './json-schema-events.ts';
import { fittingEvent, fittingRule } from './json-schema-fields.ts';
import {
  described,
  type JsonSchema,
  oneOrMore,
  propertiesOf,
  reference,
  saying,
  schemaOf,
  textLike,
  withKeys,
} from './json-schema-zod.ts';
import { atMostSchema, digestSchema, ruleSchema, sendSchema, unlessSchema, withoutEffect } from './schema.ts';

/** A time of day, such as 22:00. */
export const timeOfDay = textLike('^(?:[01][0-9]|2[0-3]):[0-5][0-9]$');

const keys = oneOrMore(reference('key'));

const unless: JsonSchema = {
  ...withKeys(schemaOf(unlessSchema), {
    event: reference('events'),
    where: reference('conditions'),
    same: keys,
  }),
  allOf: fittingEvent(),
};

const digest: JsonSchema = {
  ...withKeys(schemaOf(digestSchema), { at: timeOfDay, by: keys }),
  oneOf: [{ required: ['every'] }, { required: ['at'] }],
};

const rule: JsonSchema = {
  ...withKeys(schemaOf(ruleSchema), {
    on: reference('events'),
    where: reference('conditions'),
    once_per: { type: 'array', items: reference('key'), minItems: 1 },
    unless_followed_by: reference('unless_followed_by'),
    reset_when: reference('any_conditions'),
    at_most: reference('at_most'),
    digest: reference('digest'),
    send: oneOrMore(reference('send')),
  }),
  allOf: fittingRule(),
  not: { required: ['still_true_after', 'unless_followed_by'] },
  dependencies: { reset_when: ['once_per'] },
};

const chosenWindow = {
  use: 'name of a window under quiet_hours',
  then: 'what becomes of this message: hold, it goes out at the end; or drop',
};
const pinged = {
  slack: 'ids of users (U…) and user groups (S…)',
  discord: 'ids of users; role: and the id for a role',
};

/** One entry of `send:`, with the keys marked that this version only checks. */
function send(): JsonSchema {
  const schema = schemaOf(sendSchema);
  const { to = {}, quiet_hours: quietHours = {}, mention = {} } = propertiesOf(schema);
  const properties = Object.entries(propertiesOf(schema)).map(([key, property]) => {
    const isIdle = withoutEffect.send.some((idle) => idle === key);
    return [key, isIdle ? withoutEffectYet(property) : property];
  });
  return {
    ...schema,
    properties: {
      ...Object.fromEntries(properties),
      to: { ...to, uniqueItems: true },
      quiet_hours: saying(quietHours, chosenWindow),
      mention: saying(mention, pinged),
    },
    oneOf: [{ required: ['template'] }, { required: ['text'] }],
  };
}

/** Says of a key that it is checked and does nothing. */
export function withoutEffectYet(schema: JsonSchema): JsonSchema {
  return described(schema, `${String(schema['description'])} (no effect in this version yet)`);
}

/** Definitions of a rule and its parts. */
export const ruleDefinitions: Readonly<Record<string, JsonSchema>> = {
  events: eventsDefinition,
  known_events: knownEventsDefinition,
  unless_followed_by: unless,
  at_most: withKeys(schemaOf(atMostSchema), { by: keys }),
  digest,
  send: send(),
  rule,
};
