import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type JsonObject, Refusal, refusalWith } from './refusal.ts';
import { asObject } from './shape.ts';

/** One request to a method, read but not checked. */
export type ApiCall = {
  readonly args: JsonObject;
  readonly token: string | undefined;
  readonly warnings: readonly string[];
};

const formType = 'application/x-www-form-urlencoded';

/** Reads a form, or JSON with the token in the header; throws the refusal of a body that is neither. */
export function readCall(headers: IncomingHttpHeaders, body: string): ApiCall {
  const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  const type = headers['content-type'] ?? '';
  if (type.startsWith(formType)) {
    const args = Object.fromEntries(new URLSearchParams(body));
    return { args, token: bearer ?? args['token'], warnings: [] };
  }
  if (!type.startsWith('application/json')) {
    throw new Refusal(type === '' ? 'missing_post_type' : 'invalid_post_type');
  }
  const args = asObject(parseJson(body, 'invalid_json'));
  if (args === undefined) throw new Refusal('json_not_object');
  return { args, token: bearer, warnings: type.includes('charset') ? [] : ['missing_charset'] };
}

/** The value behind a string that holds JSON; other values stand for themselves. */
export function parseJson(value: unknown, codeWhenBroken: string): unknown {
  if (typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    throw new Refusal(codeWhenBroken);
  }
}

/** The arguments a method knows; unknown ones are ignored, as Slack does. */
export function parseArguments<Shape extends z.ZodType>(shape: Shape, args: JsonObject): z.output<Shape> {
  const parsed = shape.safeParse(args);
  if (parsed.success) return parsed.data;
  throw refusalWith(
    'invalid_arguments',
    parsed.error.issues.map((issue) => `${issue.message} [json-pointer:/${issue.path.join('/')}]`),
  );
}

export const flagArgument = z.union([z.boolean(), z.stringbool()]);
export const timestampArgument = z.string().regex(/^\d{10}\.\d{6}$/, 'must be a message timestamp');
export const timeArgument = z.coerce.number().nonnegative();
export const limitArgument = z.coerce.number().int().min(1).max(1000);
