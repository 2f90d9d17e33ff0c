import { createHmac } from 'node:crypto';
import type { Artifact, ArtifactReference } from '#domain/artifact.ts';
import type { JsonObject } from '#domain/value.ts';
import { artifactLink, type LinkOptions } from '#links/link.ts';
import { LinkTokens } from '#links/token.ts';

export const now = new Date('2026-07-05T08:00:00.000Z');
export const day = 86_400_000;
export const secret = 'link-secret-number-one';
export const after = (ms: number): Date => new Date(now.getTime() + ms);

/** What a link to `target`, the `name` of the facts, is made of; the source can open these kinds of reference. */
export function linkTo(
  name: string,
  target: JsonObject,
  opens: readonly ArtifactReference['kind'][],
  more: JsonObject = {},
  options?: LinkOptions,
): { url: string; artifact: Artifact } | undefined {
  const facts = { source: { name: 'meet', type: 'any' }, session: { id: 'S1' }, [name]: target, ...more };
  return linkIn(facts, target, opens, options);
}

/** What a link to `target` is made of, in an event with these facts. */
export function linkIn(
  facts: JsonObject,
  target: JsonObject,
  opens: readonly ArtifactReference['kind'][],
  options?: LinkOptions,
): { url: string; artifact: Artifact } | undefined {
  const maker = {
    publicUrl: 'https://callboard.example',
    tokens: new LinkTokens([secret]),
    opens: () => opens,
    now: () => now,
  };
  return artifactLink(maker, facts, target, options);
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A JWT made by hand, with any header. */
export function handmade(header: object, payload: object, key: string, hash = 'sha256'): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
}
