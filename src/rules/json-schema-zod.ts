import { z } from 'zod';
import { isObject } from '#domain/value.ts';
import { duration } from './schema.ts';

/** A JSON Schema, draft-07: the newest that editors of YAML understand everywhere. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Matches a text with a name of the environment in it: what that stands for is only known where the service runs. */
export const environmentPattern = '\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}';

/** Where the definition of that name stands. */
export function reference(definition: string): JsonSchema {
  return { $ref: `#/definitions/${definition}` };
}

/** The same schema with words of its own; what stands beside a `$ref` is not read everywhere. */
export function described(schema: JsonSchema, description: string): JsonSchema {
  return '$ref' in schema ? { description, allOf: [schema] } : { ...schema, description };
}

/** One, or a list of at least one of them. */
export function oneOrMore(item: JsonSchema): JsonSchema {
  return { anyOf: [item, { type: 'array', items: item, minItems: 1 }] };
}

/** The definition of what `reference('environment')` names. */
export const environmentDefinition: JsonSchema = {
  description: 'replaced from the environment or .env',
  type: 'string',
  pattern: environmentPattern,
};

/** What a zod schema takes in, with `${NAME}` wherever it asks for certain texts. Its refinements are not part of it. */
export function schemaOf(schema: z.ZodType): JsonSchema {
  const written = z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' });
  const { $schema: _, ...own } = adapted(written);
  return own;
}

/** The schemas of an object's keys. */
export function propertiesOf({ properties }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  if (!isObject(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, isObject(value) ? value : {}]),
  );
}

/** The same object with more said about some of its keys, which it must have. */
export function withKeys(schema: JsonSchema, changes: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const properties = propertiesOf(schema);
  const unknown = Object.keys(changes).find((key) => !Object.hasOwn(properties, key));
  if (unknown !== undefined) throw new Error(`there is no key "${unknown}" to say more about`);
  const changed = Object.entries(changes).map(([key, change]) => {
    const { description } = properties[key] ?? {};
    return [key, typeof description === 'string' ? described(change, description) : change];
  });
  return { ...schema, properties: { ...properties, ...Object.fromEntries(changed) } };
}

/** The same schema with words for some keys, also where the object is only one of several ways to write it. */
export function saying(schema: JsonSchema, words: Readonly<Record<string, string>>): JsonSchema {
  const { anyOf, properties } = schema;
  if (Array.isArray(anyOf)) {
    return { ...schema, anyOf: anyOf.map((way) => (isObject(way) ? saying(way, words) : way)) };
  }
  if (properties === undefined) return schema;
  const said = Object.entries(propertiesOf(schema)).map(([key, property]) => {
    const text = words[key];
    return [key, text === undefined ? property : described(property, text)];
  });
  return { ...schema, properties: Object.fromEntries(said) };
}

/** One schema where a condition is met, another where it is not. */
export function when(condition: JsonSchema, met: JsonSchema, otherwise: JsonSchema | true): JsonSchema {
  return { if: condition, then: met, else: otherwise };
}

/** A text that matches the pattern, or has `${NAME}` in it. */
export function textLike(pattern: string): JsonSchema {
  return { type: 'string', pattern: `${pattern}|${environmentPattern}` };
}

const plainDuration = z.toJSONSchema(duration, { io: 'input' }).pattern;
/** Durations of nothing are refused by the loader. */
const positiveDuration = '^0*[1-9][0-9]*[smhd]$';

function adapted(node: JsonSchema): JsonSchema {
  const { propertyNames, maximum, pattern, enum: values, const: value, ...rest } = node;
  const changed: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest).map(([key, inner]) => [key, below(inner)]),
  );
  if (isObject(propertyNames) && 'pattern' in propertyNames)
    changed['propertyNames'] = adapted(propertyNames);
  if (maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER) changed['maximum'] = maximum;
  if (typeof pattern === 'string') {
    return { ...changed, ...textLike(pattern === plainDuration ? positiveDuration : pattern) };
  }
  const words = value === undefined ? values : [value];
  if (!Array.isArray(words)) return changed;
  const { description, type, ...own } = changed;
  const choice = { type, ...own, enum: words };
  const about = description === undefined ? {} : { description };
  return type === 'string'
    ? { ...about, anyOf: [choice, reference('environment')] }
    : { ...about, ...choice };
}

function below(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(below);
  return isObject(value) ? adapted(value) : value;
}
