import { comparable } from '#domain/text.ts';

export type Scalar = string | number | boolean;

/** The form in which scalars are compared; the kind stays part of it, so 1 and "1" differ. */
export function normal(value: Scalar, isCaseInsensitive: boolean): Scalar {
  return typeof value === 'string' && !isPlain(value) ? comparable(value, isCaseInsensitive) : value;
}

/** Most ids: ASCII without capitals is in comparable form already. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f || (code >= 0x41 && code <= 0x5a)) return false;
  }
  return true;
}

/** True for the kinds of value that conditions compare. */
export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
