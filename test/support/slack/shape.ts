import { z } from 'zod';
import type { JsonObject } from './refusal.ts';

/** One thing that is wrong with a message, and where. */
export type Problem = { readonly pointer: string; readonly message: string };

/** Looks at one value and adds what is wrong with it to `problems`. */
export type Check = (value: unknown, pointer: string, problems: Problem[]) => void;

const anyObject = z.record(z.string(), z.unknown());

/** The value as an object; undefined for arrays, null and everything else. */
export function asObject(value: unknown): JsonObject | undefined {
  const parsed = anyObject.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

export function text(limits: { readonly min?: number; readonly max: number }): Check {
  const { min = 1, max } = limits;
  return (value, pointer, problems) => {
    if (typeof value !== 'string') return complain(problems, pointer, 'must provide a string');
    if (value.length < min) complain(problems, pointer, `must be more than ${min - 1} characters`);
    if (value.length > max) complain(problems, pointer, `must be less than ${max + 1} characters`);
  };
}

export function oneOf(...values: readonly (string | number)[]): Check {
  return (value, pointer, problems) => {
    if (!values.some((allowed) => allowed === value)) {
      complain(problems, pointer, 'must be a valid enum value');
    }
  };
}

export const flag: Check = (value, pointer, problems) => {
  if (typeof value !== 'boolean') complain(problems, pointer, 'must provide a boolean');
};

export const wholeNumber: Check = (value, pointer, problems) => {
  if (!Number.isInteger(value)) complain(problems, pointer, 'must provide an integer');
};

const maxUrlLength = 3000;

export const webAddress: Check = (value, pointer, problems) => {
  const before = problems.length;
  text({ max: maxUrlLength })(value, pointer, problems);
  if (problems.length === before && !isWebAddress(String(value))) {
    complain(problems, pointer, 'must be a valid URL');
  }
};

function isWebAddress(value: string): boolean {
  if (!/^https?:\/\/[^\s<>|]+$/i.test(value)) return false;
  return URL.canParse(value);
}

export function list(item: Check, limits: { readonly min?: number; readonly max: number }): Check {
  const { min = 1, max } = limits;
  return (value, pointer, problems) => {
    if (!Array.isArray(value)) return complain(problems, pointer, 'must provide an array');
    if (value.length < min) complain(problems, pointer, `no fewer than ${min} items allowed`);
    if (value.length > max) complain(problems, pointer, `no more than ${max} items allowed`);
    value.forEach((entry: unknown, index) => item(entry, `${pointer}/${index}`, problems));
  };
}

/** An object with exactly these properties. */
export function object(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const known = { ...required, ...optional };
  return (value, pointer, problems) => {
    const found = asObject(value);
    if (found === undefined) return complain(problems, pointer, 'must provide an object');
    for (const name of Object.keys(required)) {
      if (found[name] === undefined) complain(problems, pointer, `missing required field: ${name}`);
    }
    for (const [name, entry] of Object.entries(found)) {
      const check = known[name];
      if (check === undefined) complain(problems, pointer, `invalid additional property: ${name}`);
      else if (entry !== undefined) check(entry, `${pointer}/${name}`, problems);
    }
  };
}

/** An object whose `type` chooses the check of its other properties. */
export function byType(checks: Readonly<Record<string, Check>>): Check {
  return (value, pointer, problems) => {
    const found = asObject(value);
    if (found === undefined) return complain(problems, pointer, 'must provide an object');
    const { type, ...rest } = found;
    if (type === undefined) return complain(problems, pointer, 'missing required field: type');
    if (typeof type !== 'string') return complain(problems, `${pointer}/type`, 'must provide a string');
    const check = Object.hasOwn(checks, type) ? checks[type] : undefined;
    if (check === undefined) return complain(problems, `${pointer}/type`, `unsupported type: ${type}`);
    check(rest, pointer, problems);
  };
}

export function complain(problems: Problem[], pointer: string, message: string): void {
  problems.push({ pointer, message });
}
