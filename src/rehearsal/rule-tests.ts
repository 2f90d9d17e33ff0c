import type { NewDelivery } from '#domain/delivery.ts';
import { plainText } from '#domain/message.ts';
import type { Configuration } from '#engine/run.ts';
import type { Place } from '#rules/diagnostic.ts';
import type { Expectation, RuleTest } from '#rules/rule-test.ts';
import { acceptedEvents } from './accepted-events.ts';
import { rehearse, type Scene } from './rehearse.ts';
import { wholeText } from './whole-text.ts';

/** What an expectation asked for and what came instead. */
export type Disagreement = {
  readonly place: Place;
  readonly rule: string;
  readonly expected: string;
  readonly actual: string;
};

export type TestResult = {
  readonly name: string;
  readonly place: Place;
  /** Ids of the rules it asks about. */
  readonly rules: readonly string[];
  /** Empty when the test holds. */
  readonly disagreements: readonly Disagreement[];
};

/** Runs one test of the rules file in virtual time. */
export function runRuleTest(test: RuleTest, configuration: Configuration): TestResult {
  const until = test.untilMs === undefined ? undefined : new Date(test.start.getTime() + test.untilMs + 1);
  const scenes = [...rehearse(configuration, acceptedEvents(test), { until })];
  const disagreements = test.expect.flatMap((expectation) => {
    const found = disagreement(expectation, scenes, { start: test.start, until });
    return found === undefined ? [] : [found];
  });
  const rules = test.expect.map(({ rule }) => rule);
  return { name: test.name, place: test.place, rules, disagreements };
}

type Time = { readonly start: Date; readonly until: Date | undefined };
type Sent = { readonly at: Date; readonly delivery: NewDelivery };

function disagreement(
  expectation: Expectation,
  scenes: readonly Scene[],
  { start, until }: Time,
): Disagreement | undefined {
  const { rule, place, times, to, contains, because } = expectation;
  const firings = scenes
    .map(({ at, deliveries }) => ({
      at,
      sent: deliveries.filter((each) => each.rule === rule && isSent(each, until)),
    }))
    .filter(({ sent }) => sent.length > 0);
  const sent = firings.flatMap(({ at, sent: each }) => each.map((delivery): Sent => ({ at, delivery })));
  const silences = silencesOf(rule, scenes, { start, until });
  const expected: string[] = [];
  let agrees = true;
  const ask = (text: string, holds: boolean) => {
    expected.push(text);
    agrees &&= holds;
  };
  if (times !== undefined) ask(times === 0 ? 'not sent' : `sent ${counted(times)}`, firings.length === times);
  else if (because === undefined) ask('sent', sent.length > 0);
  for (const name of to ?? []) {
    ask(
      `to ${name}`,
      sent.some(({ delivery }) => delivery.destination === name),
    );
  }
  if (to !== undefined) {
    const others = sent.filter(({ delivery }) => !to.includes(delivery.destination));
    ask('and nowhere else', others.length === 0);
  }
  for (const text of contains ?? []) {
    const isIn = ({ delivery }: Sent) => wholeText(delivery.message).join('\n').includes(text);
    ask(`contains ${JSON.stringify(text)}`, sent.some(isIn));
  }
  if (because !== undefined) {
    ask(
      `not sent because ${because}`,
      silences.some((each) => each.includes(because)),
    );
  }
  if (agrees) return undefined;
  const actual = sent.map((each) => described(each, start));
  return {
    place,
    rule,
    expected: expected.join(', '),
    actual: [...actual, ...silences].join('; ') || 'its conditions never held',
  };
}

/** A message that waits for the end of quiet hours counts, if that end comes within the test. */
function isSent(delivery: NewDelivery, until: Date | undefined): boolean {
  if (delivery.state !== 'held') return delivery.state === 'waiting';
  return until === undefined || delivery.until < until;
}

function counted(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}

function described({ at, delivery }: Sent, start: Date): string {
  const until = delivery.state === 'held' ? `, held until ${delivery.until.toISOString()}` : '';
  return `sent at ${after(at, start)} to ${delivery.destination}${until}: ${JSON.stringify(plainText(delivery.message.sentence))}`;
}

/** Why the rule said nothing, each with its moment. */
function silencesOf(rule: string, scenes: readonly Scene[], { start, until }: Time): readonly string[] {
  return scenes.flatMap(({ at, decisions, deliveries }) => [
    ...decisions.flatMap((decision) =>
      decision.kind === 'silent' && decision.rule.id === rule
        ? [`${after(at, start)}: ${decision.why} (${decision.reason})`]
        : [],
    ),
    ...deliveries.flatMap((delivery) =>
      delivery.rule === rule && 'reason' in delivery && !isSent(delivery, until)
        ? [`${after(at, start)}: ${delivery.state} (${delivery.reason})`]
        : [],
    ),
  ]);
}

function after(at: Date, start: Date): string {
  return `${Math.round((at.getTime() - start.getTime()) / 1000)}s`;
}

/** What a disagreement says in one line. */
export function disagreementText({ rule, expected, actual }: Disagreement): string {
  return `${rule}: expected ${expected}, but ${actual}`;
}

/** A test that does not hold, as the lines of a report: the expectation and what came instead, side by side. */
export function describeFailure({ name, disagreements }: TestResult): string {
  return disagreements
    .map(({ place, rule, expected, actual }) =>
      [
        `${place.file}:${place.line}:${place.col} error: the test "${name}" does not hold for ${rule} [test-failed]`,
        `  expected  ${expected}`,
        `  actual    ${actual}`,
      ].join('\n'),
    )
    .join('\n');
}
