import type { EventType } from '#domain/catalogue.ts';
import type { JsonObject } from '#domain/value.ts';
import type { Place } from './diagnostic.ts';

/** What a test asks of one rule. `times` counts messages by rule and destination entry: one firing to two destinations is once. */
export type Expectation = {
  readonly rule: string;
  readonly place: Place;
  readonly times?: number | undefined;
  readonly to?: readonly string[] | undefined;
  readonly contains?: readonly string[] | undefined;
  /** A part of the reason why nothing was sent. */
  readonly because?: string | undefined;
};

/** An event of a test: what it says, and when it arrives after the test's start. */
export type TestEvent = { readonly atMs: number; readonly type: EventType; readonly facts: JsonObject };

/** One entry of `tests:`. */
export type RuleTest = {
  readonly name: string;
  readonly place: Place;
  readonly start: Date;
  readonly source: { readonly name: string; readonly type: string };
  readonly untilMs?: number | undefined;
  readonly events: readonly TestEvent[];
  readonly expect: readonly Expectation[];
};
