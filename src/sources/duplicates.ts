import { createHash } from 'node:crypto';
import type { DuplicateKey } from '#domain/event.ts';

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

/** A key of this source that holds for a day. Missing when a part of it is: half a key would match what is not the same. */
export function dayKey(source: string, ...parts: readonly (string | undefined)[]): readonly DuplicateKey[] {
  if (parts.includes(undefined)) return [];
  return [{ key: [source, ...parts].join(':'), keepMs: dayMs }];
}

/** Recognises the very same bytes. */
export function bodyKey(source: string, body: Buffer, keepMs: number): DuplicateKey {
  return { key: `${source}:body:${createHash('sha256').update(body).digest('base64url')}`, keepMs };
}
