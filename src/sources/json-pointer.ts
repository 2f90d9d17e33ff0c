import { isObject, type JsonObject, type Value } from '#domain/value.ts';
import { isList } from './wire.ts';

/** Splits a JSON pointer (RFC 6901) such as `/data/room~1id`, or undefined when it is none. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (!/^(?:\/(?:[^~/]|~[01])*)+$/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What stands at that place of the payload. */
export function valueAt(payload: JsonObject, path: readonly string[]): Value | undefined {
  let at: Value | undefined = payload;
  for (const name of path) {
    if (isList(at)) at = /^(?:0|[1-9]\d*)$/.test(name) ? at[Number(name)] : undefined;
    else at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}
