import { isObject, readPath, type Value } from '#domain/value.ts';

/** Reads one field of an event's facts; undefined when it is missing. */
export type Reader = (facts: unknown) => Value | undefined;

/** Takes the path of a field apart once, so that reading it is cheap. */
export function readerOf(path: string): Reader {
  const steps = path.split('.');
  const [object = '', field = ''] = steps;
  if (steps.length !== 2) return (facts) => readPath(facts, steps);
  return (facts) => {
    if (!isObject(facts) || !Object.hasOwn(facts, object)) return undefined;
    const at = facts[object];
    return isObject(at) && Object.hasOwn(at, field) ? (at[field] ?? undefined) : undefined;
  };
}
