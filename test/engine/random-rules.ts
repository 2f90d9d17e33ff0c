import * as fc from 'fast-check';
import type { EventType } from '#domain/catalogue.ts';
import type { MeetingEvent } from '#domain/event.ts';
import type { JsonObject } from '#domain/value.ts';
import type { Rulebook } from '#rules/rulebook.ts';
import type { StoredEvent } from '#store/store.ts';
import type { RuleMeaning } from './reference.ts';

type Conditions = Readonly<Record<string, unknown>>;

/** One rule as it stands in a file, before it is written as YAML; durations in seconds. */
export type RuleText = {
  readonly on: readonly EventType[];
  readonly where?: Conditions | undefined;
  readonly wait?:
    | { readonly after: number }
    | {
        readonly event: readonly EventType[];
        readonly where?: Conditions | undefined;
        readonly same: readonly string[];
        readonly within: number;
      }
    | undefined;
  readonly once?: { readonly per: readonly string[]; readonly reset?: Conditions | undefined } | undefined;
  readonly atMost?:
    | { readonly n: number; readonly per: number; readonly by?: string | undefined }
    | undefined;
  readonly digest?:
    | (({ readonly every: number } | { readonly at: string }) & { readonly by?: string | undefined })
    | undefined;
  readonly isShadow: boolean;
  readonly sends: readonly { readonly to: readonly string[]; readonly quiet?: unknown }[];
};

export const timezone = 'Europe/Berlin';
const windows = {
  nights: { from: '22:00', to: '07:00', then: 'hold' },
  lunch: { from: '12:00', to: '13:00', then: 'drop' },
  early: { from: '02:30', to: '08:00', then: 'hold' },
} as const;

/** What stands beside the rules. */
export const head = `timezone: ${timezone}\nquiet_hours: ${JSON.stringify(windows)}`;

const withPeople: readonly EventType[] = ['participant.joined', 'participant.left', 'track.published'];
const withoutPeople: readonly EventType[] = ['room.started', 'room.ended', 'participant.joined'];
const types = [...new Set([...withPeople, ...withoutPeople])];
const seconds = fc.constantFrom(30, 60, 120, 300, 3600);

const ofSession: readonly Conditions[] = [
  { 'session.present': 1 },
  { 'session.present': { at_least: 1 } },
  { 'session.present': { less_than: 2, or_missing: true } },
  { 'session.status': 'live' },
];
const ofPeople: readonly Conditions[] = [
  { 'participant.id': 'ANNA' },
  { 'participant.id': { not: 'ben' } },
  { none: [{ 'participant.id': { is: 'anna', or_missing: false } }] },
];

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

function ruleOn(all: readonly EventType[], isAboutPeople: boolean): fc.Arbitrary<RuleText> {
  const on = fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 2 });
  const conditions = fc.constantFrom(...ofSession, ...(isAboutPeople ? ofPeople : []));
  const names = ['session.id', 'room.id', ...(isAboutPeople ? ['participant.id'] : [])];
  const field = fc.constantFrom(...names);
  const several = fc.uniqueArray(field, { minLength: 1, maxLength: 2 });
  const by = optional(field);
  return fc.record({
    on,
    where: optional(conditions),
    wait: fc.oneof(
      { weight: 2, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: fc.record({ after: seconds }) },
      {
        weight: 2,
        arbitrary: fc.record({
          event: on,
          where: optional(conditions),
          same: several,
          within: seconds,
        }),
      },
    ),
    once: optional(fc.record({ per: several, reset: optional(fc.constantFrom(...ofSession)) })),
    atMost: optional(fc.record({ n: fc.integer({ min: 1, max: 2 }), per: seconds, by })),
    digest: fc.option(
      fc.oneof(
        fc.record({ every: seconds, by }),
        fc.record({ at: fc.constantFrom('02:30', '12:30', '17:00'), by }),
      ),
      { nil: undefined, freq: 3 },
    ),
    isShadow: fc.integer({ min: 0, max: 7 }).map((chance) => chance === 0),
    sends: fc.array(
      fc.record({
        to: fc.constantFrom(['sales'], ['ops'], ['sales', 'ops']),
        quiet: fc.constantFrom(
          undefined,
          'ignore',
          'nights',
          'lunch',
          { use: 'nights', then: 'drop' },
          'early',
        ),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  });
}

/** Small sets of rules. */
export const ruleTexts = fc.array(fc.oneof(ruleOn(withPeople, true), ruleOn(withoutPeople, false)), {
  minLength: 1,
  maxLength: 4,
});

/** Events in the order of their acceptance, seconds apart that meet the ends of waits, in sessions that meet each other. */
export const stories = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 0, 1, 29, 30, 60, 61, 120, 300, 3600, 30_000),
    type: fc.constantFrom(...types),
    place: fc.constantFrom(
      { session: 'S1', room: 'R1' },
      { session: 'S1', room: 'R1' },
      { session: 'S2', room: 'R2' },
      { session: 'S3', room: 'R1' },
      { room: 'r2' },
      {},
    ),
    who: fc.constantFrom('anna', 'Anna', 'ben'),
    connection: fc.integer({ min: 1, max: 4 }),
    isRepeat: fc.integer({ min: 0, max: 15 }).map((chance) => chance === 0),
  }),
  { minLength: 1, maxLength: 14 },
);

type Story = typeof stories extends fc.Arbitrary<infer T> ? T : never;

/** The story as accepted events; each names itself in `event.native`. */
export function eventsOf(story: Story, start: Date): readonly StoredEvent[] {
  let at = start.getTime();
  return story.map(({ gap, type, place, who, connection, isRepeat }, index) => {
    at += gap * 1000;
    const hasPerson = withPeople.includes(type);
    const event: MeetingEvent = {
      event: { type, native: `e${index + 1}`, time: new Date(at).toISOString() },
      source: { name: 'meet', type: 'livekit' },
      ...('room' in place && { room: { id: place.room } }),
      ...('session' in place && { session: { id: place.session } }),
      ...(hasPerson && { participant: { id: who, sid: `${who}-${connection}` } }),
      raw: {},
    };
    return { sequence: index + 1, receivedAt: new Date(at), event, isRepeat };
  });
}

const after = (count: number) => `${count}s`;

/** The rules as they are written in a file; JSON is YAML. */
export function written(rules: readonly RuleText[]): string {
  return rules
    .map(({ on, where, wait, once, atMost, digest, isShadow, sends }, index) => {
      const still = wait !== undefined && 'after' in wait ? wait : undefined;
      const unless = wait !== undefined && 'within' in wait ? wait : undefined;
      const held = atMost === undefined ? '' : '/{{held}}';
      const text =
        digest === undefined
          ? `{{event.native}}/{{session.present}}${held}`
          : '{{count}}/{{#each items}}{{#if @index}},{{/if}}{{event.native}}{{/each}}';
      const entry = {
        id: `r${index}`,
        on,
        where,
        still_true_after: still && after(still.after),
        unless_followed_by: unless && { ...unless, within: after(unless.within) },
        once_per: once?.per,
        reset_when: once?.reset,
        at_most: atMost && { ...atMost, per: after(atMost.per) },
        digest: digest && { ...digest, ...('every' in digest && { every: after(digest.every) }) },
        enabled: isShadow ? 'shadow' : undefined,
        send: sends.map(({ to, quiet }) => ({ to, text, quiet_hours: quiet })),
      };
      return `  - ${JSON.stringify(entry)}\n`;
    })
    .join('');
}

type Chosen = { readonly use: keyof typeof windows; readonly then: 'hold' | 'drop' };

const holds = (condition: { holds: (facts: unknown) => boolean }) => (facts: JsonObject) =>
  condition.holds(facts);
const by = (one: string | undefined) => (one === undefined ? [] : [one]);

/** The rules for the reference: conditions as they were compiled, all else as it was meant. */
export function meaningOf(rules: readonly RuleText[], rulebook: Rulebook): readonly RuleMeaning[] {
  return rules.map(({ on, wait, once, atMost, digest, isShadow, sends }, index): RuleMeaning => {
    const id = `r${index}`;
    const compiled = rulebook.byId.get(id);
    if (compiled === undefined) throw new Error(`${id} was not loaded`);
    const { where, wait: stage, resetWhen } = compiled;
    const followers = stage?.kind === 'unless' ? stage.where : undefined;
    return {
      id,
      on,
      holds: holds(where),
      stillTrueAfter: wait !== undefined && 'after' in wait ? wait.after : undefined,
      unless:
        wait !== undefined && 'within' in wait && followers
          ? { ...wait, holds: holds(followers) }
          : undefined,
      oncePer: once?.per,
      resets: resetWhen && holds(resetWhen),
      atMost: atMost && { ...atMost, by: by(atMost.by) },
      digest: digest && { ...digest, by: by(digest.by) },
      isShadow,
      sends: sends.map(({ to, quiet }) => {
        if (quiet === undefined || quiet === 'ignore') return { to, quiet: [] };
        const { use, then } = chosenOf(quiet);
        const { from, to: end } = windows[use];
        const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
        return { to, quiet: [{ window: { from, to: end, days, timezone }, then }] };
      }),
    };
  });
}

function chosenOf(quiet: unknown): Chosen {
  if (quiet === 'nights' || quiet === 'lunch' || quiet === 'early')
    return { use: quiet, then: windows[quiet].then };
  return { use: 'nights', then: 'drop' };
}
