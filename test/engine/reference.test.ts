import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { plainText } from '#domain/message.ts';
import { rehearse, type Scene } from '#rehearsal/rehearse.ts';
import { staged } from '../rehearsal/rehearse-setup.ts';
import { eventsOf, head, meaningOf, ruleTexts, stories, timezone, written } from './random-rules.ts';
import { type Expected, Reference } from './reference.ts';

/** Ordinary days, and those on which clocks in Berlin change. */
const starts = fc.constantFrom(
  new Date('2026-07-06T08:00:00Z'),
  new Date('2026-03-28T20:00:00Z'),
  new Date('2026-10-24T20:00:00Z'),
  new Date('2028-02-28T22:00:00Z'),
);

function expectedOf({ at, decisions, deliveries }: Scene): readonly Expected[] {
  return decisions.flatMap((decision) => {
    const rule = decision.rule.id;
    if (decision.kind === 'silent') return [{ at: at.getTime(), rule, told: decision.why }];
    return deliveries
      .filter((each) => each.rule === rule)
      .map((delivery) => {
        const { destination, message, state } = delivery;
        const reason = state === 'suppressed' || state === 'dead' ? delivery.reason : '';
        const release =
          state === 'waiting'
            ? 'now'
            : state === 'held'
              ? delivery.until.toISOString()
              : reason.startsWith('quiet hours')
                ? 'dropped'
                : reason;
        return { at: at.getTime(), rule, told: `${destination} ${release}: ${plainText(message.sentence)}` };
      });
  });
}

function sorted(expected: readonly Expected[]): readonly string[] {
  return expected.map(({ at, rule, told }) => `${new Date(at).toISOString()} ${rule} ${told}`).toSorted();
}

test('what a rehearsal decides, and why, is what the documentation says', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(ruleTexts, stories, starts, (rules, story, start) => {
      const configuration = staged(written(rules), head);
      const events = eventsOf(story, start);
      const played = [...rehearse(configuration, events)].flatMap(expectedOf);
      const reference = new Reference(meaningOf(rules, configuration.rulebook), timezone);
      assert.deepEqual(sorted(played), sorted(reference.play(events)));
      for (const { told } of played) {
        const kind = /^\w+ (?:now|dropped|shadow|\d)/.exec(told)?.[0].replace(/^\w+ /, '') ?? told;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
    }),
    { numRuns: 1000 },
  );
  const kinds = [
    'waits',
    'already waiting',
    'no longer true',
    'followed',
    'key missing',
    'already told',
    'limit',
  ];
  for (const kind of [...kinds, 'collected', 'quiet hours', 'now', 'dropped', 'shadow', '2'])
    assert.ok((seen.get(kind) ?? 0) > 10, `${kind}: ${JSON.stringify([...seen])}`);
});
