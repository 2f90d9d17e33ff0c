import type { ConfiguredDestination } from '#destinations/configured.ts';
import type { EventType } from '#domain/catalogue.ts';
import type { ConfiguredSource } from '#sources/configured.ts';
import type { Where } from './where.ts';

/** One entry of `send:`. Exactly one of `template` and `text`. */
export type Send = {
  readonly index: number;
  readonly to: readonly string[];
  readonly template?: string | undefined;
  readonly text?: string | undefined;
};

/** A rule as it was loaded: checked and compiled. */
export type Rule = {
  readonly id: string;
  readonly on: readonly EventType[];
  readonly where: Where;
  /** Paths whose values make the once-key. */
  readonly oncePer?: readonly string[] | undefined;
  readonly sends: readonly Send[];
};

/** `roomUrl`: where to join, `https://…/{{room.id}}` as written. */
export type SourceEntry = ConfiguredSource & { readonly roomUrl?: string | undefined };

/** Finds the rules whose conditions hold, looking only at those that can hold for the event's values. */
export type Matcher = { readonly match: (type: EventType, facts: unknown) => readonly Rule[] };

/** Everything rules.yaml says, checked and compiled. Never changes: a reload makes a new one. */
export type Rulebook = {
  readonly timezone: string;
  readonly command: string;
  readonly notices?: string | undefined;
  readonly sources: readonly SourceEntry[];
  readonly destinations: readonly ConfiguredDestination[];
  /** Values that must never be shown: from the environment, under keys that hold secrets. */
  readonly secrets: readonly string[];
  readonly rules: readonly Rule[];
  readonly matcher: Matcher;
};
