/** Plain JSON without null: a missing value is absent. */
export type Value = string | number | boolean | readonly Value[] | JsonObject;
export type JsonObject = { readonly [key: string]: Value };

/** True for a JSON object (not a list). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads `participant.metadata.role` from nested objects; own properties only, so a field called `constructor` is just missing. */
export function readPath(root: unknown, path: readonly string[]): Value | undefined {
  let at: unknown = root;
  for (const name of path) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at === null ? undefined : (at as Value | undefined);
}
