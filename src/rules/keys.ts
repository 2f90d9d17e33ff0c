import { fields } from '#domain/fields.ts';
import { comparable } from '#domain/text.ts';
import { type JsonObject, readPath, type Value } from '#domain/value.ts';

/** The values of some fields as one text, in the form in which they are compared; or the field that is missing. */
export function keyOf(
  paths: readonly string[],
  facts: JsonObject,
): { readonly key: string } | { readonly missing: string } {
  const values: Value[] = [];
  for (const path of paths) {
    const value = readPath(facts, path.split('.'));
    if (value === undefined) return { missing: path };
    values.push(comparableValue(path, value));
  }
  return { key: JSON.stringify(values) };
}

/** As `keyOf`, but those that miss a field have a key in common. */
export function groupOf(paths: readonly string[], facts: JsonObject): string {
  return JSON.stringify(
    paths.map((path) => {
      const value = readPath(facts, path.split('.'));
      return value === undefined ? null : comparableValue(path, value);
    }),
  );
}

function comparableValue(path: string, value: Value): Value {
  return typeof value === 'string' ? comparable(value, fields[path]?.ci === true) : value;
}
