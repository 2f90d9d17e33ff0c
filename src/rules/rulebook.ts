import type { ConfiguredDestination } from '#destinations/configured.ts';
import type { EventType } from '#domain/catalogue.ts';
import type { Message } from '#domain/message.ts';
import type { ConfiguredSource } from '#sources/configured.ts';
import type { Window } from './calendar.ts';
import type { RuleTest } from './rule-test.ts';
import type { Where } from './where.ts';

/** A window of quiet hours as a send uses it. */
export type QuietHours = { readonly name: string; readonly window: Window; readonly then: 'hold' | 'drop' };

/** One entry of `send:`. Exactly one of `template` and `text`. */
export type Send = {
  readonly index: number;
  readonly to: readonly string[];
  readonly template?: string | undefined;
  readonly text?: string | undefined;
  readonly mentions?: Message['mentions'] | undefined;
  /** Windows that hold or drop the message; the strictest of those that cover a moment decides. */
  readonly quiet: readonly QuietHours[];
  readonly isHigh: boolean;
  /** Milliseconds for which links to files work; as usual where not given. */
  readonly linkExpiryMs?: number | undefined;
  /** Destination for what could not be delivered. */
  readonly fallback?: string | undefined;
};

/** What a rule waits for after its conditions held. */
export type WaitStage =
  | { readonly kind: 'still_true'; readonly ms: number }
  | {
      readonly kind: 'unless';
      readonly ms: number;
      /** Whose coming ends the wait, in `types` and with the same values of the fields in `same`. */
      readonly types: readonly EventType[];
      readonly where: Where;
      readonly same: readonly string[];
    };

/** A sliding window: at most `n` firings in `ms`, for each value of the fields in `by`. */
export type Limit = { readonly n: number; readonly ms: number; readonly by: readonly string[] };

/** Collects firings: for `ms` after the first, or until the next time of day. */
export type DigestStage = {
  readonly due: { readonly ms: number } | { readonly at: string; readonly timezone: string };
  readonly by: readonly string[];
};

/** A rule as it was loaded: checked and compiled. */
export type Rule = {
  readonly id: string;
  /** Its earlier id, whose memory it takes over. */
  readonly was?: string | undefined;
  readonly on: readonly EventType[];
  readonly where: Where;
  readonly wait?: WaitStage | undefined;
  /** Paths whose values make the once-key. */
  readonly oncePer?: readonly string[] | undefined;
  /** Frees the once-key of an event's values. */
  readonly resetWhen?: Where | undefined;
  readonly atMost?: Limit | undefined;
  readonly digest?: DigestStage | undefined;
  /** Decides and words, but sends and claims nothing. */
  readonly isShadow: boolean;
  readonly sends: readonly Send[];
  /** Differ when the rule means something else: then what it remembers ends. `once` stands for its once-key alone. */
  readonly prints: () => { readonly meaning: string; readonly once: string };
};

/** `roomUrl`: where to join, `https://…/{{room.id}}` as written. */
export type SourceEntry = ConfiguredSource & { readonly roomUrl?: string | undefined };

/** Finds the rules whose conditions hold, looking only at those that can hold for the event's values. */
export type Matcher = { readonly match: (type: EventType, facts: unknown) => readonly Rule[] };

/** Everything rules.yaml says, checked and compiled. Never changes: a reload makes a new one. */
export type Rulebook = {
  readonly timezone: string;
  readonly command: string;
  /** Milliseconds that events and once-keys are kept. */
  readonly retentionMs: number;
  readonly notices?: string | undefined;
  readonly sources: readonly SourceEntry[];
  readonly destinations: readonly ConfiguredDestination[];
  /** Values that must never be shown: from the environment, under keys that hold secrets. */
  readonly secrets: readonly string[];
  readonly rules: readonly Rule[];
  readonly byId: ReadonlyMap<string, Rule>;
  readonly matcher: Matcher;
  /** Rules that wait for the absence of an event, by its type. */
  readonly waitingFor: ReadonlyMap<EventType, readonly Rule[]>;
  /** Rules whose once-key an event of a type may free. */
  readonly resetBy: ReadonlyMap<EventType, readonly Rule[]>;
  /** The file's own examples. */
  readonly tests: readonly RuleTest[];
};
