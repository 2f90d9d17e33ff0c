import type { z } from 'zod';
import type { ArtifactReference, Opened } from '#domain/artifact.ts';
import type { DuplicateKey, NewEvent } from '#domain/event.ts';

/** A webhook as it came in. `url` is the full public address; header names are in lower case. */
export type RawRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The exact bytes: every signature covers them. */
  readonly body: Buffer;
};

declare const verified: unique symbol;

/** Only a source's `verify` makes one, so `read` cannot see a request that nobody checked. */
export type VerifiedRequest = RawRequest & { readonly [verified]: true };

/** `refused`: not signed by the sender. `unavailable`: cannot be checked now, the sender should repeat it. Reasons hold no secret. */
export type Verification =
  | { readonly kind: 'authentic'; readonly request: VerifiedRequest }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** `native`: the sender's own name of the event. `keys` recognise the same delivery again. Events are redacted. */
export type Reading =
  | {
      readonly kind: 'events';
      readonly native: string;
      readonly keys: readonly DuplicateKey[];
      readonly events: readonly NewEvent[];
    }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** A configured sender of webhooks. */
export interface Source {
  readonly name: string;
  readonly type: string;
  /** Decides whether the bytes come from the sender. May load keys, so it may take time; never throws. */
  verify(request: RawRequest, now: Date): Verification | Promise<Verification>;
  /** Turns a verified request into our vocabulary, secrets redacted. Never throws; `now` stands in where the sender tells no time. */
  read(request: VerifiedRequest, now: Date): Reading;
  /** The kinds of reference that `open` can turn into an address; for others no link is made. */
  readonly opens: readonly ArtifactReference['kind'][];
  /** Finds an address that works now for a file of this source. Never throws. */
  open(reference: ArtifactReference): Promise<Opened>;
}

/** What a source may use of the outside. */
export type SourceTools = {
  readonly fetch: typeof globalThis.fetch;
  /** Replaces a personal value (a phone number) by one that stays the same and tells nothing. Keyed, so it cannot be guessed back. */
  readonly pseudonym: (text: string) => string;
  readonly now: () => Date;
};

/** A platform that can be configured under `sources:`. */
export interface SourceType<Settings = unknown> {
  /** Its key in rules.yaml. */
  readonly type: string;
  readonly settings: z.ZodType<Settings>;
  open(name: string, settings: Settings, tools: SourceTools): Source;
}
