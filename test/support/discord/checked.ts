import { z } from 'zod';
import { invalidBody, type Problem } from './refusal.ts';

/** The body as `schema` types it; a `Refusal` with the error tree when anything in it is wrong. */
export function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidBody(parsed.error.issues.flatMap(problemsOf));
}

/** Adds a problem with a code of Discord's own; for use in `superRefine`. */
export function report(
  context: z.RefinementCtx,
  path: readonly PropertyKey[],
  code: string,
  message: string,
): void {
  context.addIssue({ code: 'custom', path: [...path], message, params: { code } });
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path;
  switch (issue.code) {
    case 'custom':
      return [{ path, code: String(issue.params?.['code'] ?? 'BASE_TYPE_INVALID'), message: issue.message }];
    case 'unrecognized_keys':
      // Discord drops what it does not know without a word. Here it is refused: it can only be our mistake.
      return issue.keys.map((key) => ({
        path: [...path, key],
        code: 'UNKNOWN_FIELD',
        message: 'This field is unknown.',
      }));
    case 'too_big':
      return [
        issue.origin === 'number' || issue.origin === 'int'
          ? {
              path,
              code: 'NUMBER_TYPE_MAX',
              message: `int value should be less than or equal to ${issue.maximum}.`,
            }
          : {
              path,
              code: 'BASE_TYPE_MAX_LENGTH',
              message: `Must be ${issue.maximum} or fewer in length.`,
            },
      ];
    case 'too_small':
      return [
        issue.origin === 'number' || issue.origin === 'int'
          ? {
              path,
              code: 'NUMBER_TYPE_MIN',
              message: `int value should be greater than or equal to ${issue.minimum}.`,
            }
          : required(path),
      ];
    case 'invalid_type':
      return [issue.input === undefined ? required(path) : wrongType(path, issue.expected)];
    case 'invalid_value':
      return [
        issue.input === undefined
          ? required(path)
          : {
              path,
              code: 'BASE_TYPE_CHOICES',
              message: `Value must be one of (${issue.values.join(', ')}).`,
            },
      ];
    case 'invalid_union':
      return [{ path, code: 'UNION_TYPE_CHOICES', message: 'Value of field "type" is not allowed here.' }];
    default:
      return [{ path, code: 'BASE_TYPE_INVALID', message: issue.message }];
  }
}

function required(path: readonly PropertyKey[]): Problem {
  return { path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };
}

const wrongTypes: Readonly<Record<string, readonly [code: string, message: string]>> = {
  array: ['LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType'],
  boolean: ['BOOLEAN_TYPE_CONVERT', 'Must be either true or false.'],
  int: ['NUMBER_TYPE_COERCE', 'Value is not int.'],
  number: ['NUMBER_TYPE_COERCE', 'Value is not int.'],
  object: ['DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType'],
  string: ['STRING_TYPE_CONVERT', 'Could not interpret value as string.'],
};

function wrongType(path: readonly PropertyKey[], expected: string): Problem {
  const [code, message] = wrongTypes[expected] ?? ['BASE_TYPE_INVALID', 'Value has the wrong type.'];
  return { path, code, message };
}

/**
 * A text of at most `maximum` UTF-16 units, trimmed as Discord trims. Which unit Discord counts is not documented;
 * UTF-16 units are the strictest of the candidates, so what passes here passes under each of them.
 */
export function text(maximum: number): z.ZodString {
  return z.string().max(maximum).trim();
}

/** The same, where nothing or only blanks counts as missing. */
export function filledText(maximum: number): z.ZodString {
  return text(maximum).min(1);
}

export const snowflake = z.string().superRefine((value, context) => {
  if (!isSnowflake(value)) report(context, [], 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`);
});

export function isSnowflake(value: string): boolean {
  return /^[1-9]\d{16,19}$/.test(value);
}

/** An absolute address with one of `schemes` (default http and https). */
export function address(maximum: number, schemes: readonly string[] = ['http', 'https']): z.ZodType<string> {
  return z
    .string()
    .max(maximum)
    .superRefine((value, context) => {
      const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value)?.[1]?.toLowerCase();
      if (scheme !== undefined && !schemes.includes(scheme)) {
        const allowed = schemes.map((name) => `'${name}'`).join(', ');
        const message = `Scheme "${scheme}" is not supported. Scheme must be one of (${allowed}).`;
        report(context, [], 'URL_TYPE_INVALID_SCHEME', message);
      } else if (scheme === undefined || /\s/.test(value) || !URL.canParse(value)) {
        report(context, [], 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
      }
    });
}
