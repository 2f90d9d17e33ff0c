import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { EventType } from '#domain/catalogue.ts';
import type { NewDelivery } from '#domain/delivery.ts';
import { explain, type Verdict } from '#rehearsal/explain.ts';
import { rehearse, type Scene } from '#rehearsal/rehearse.ts';
import type { Decision } from '#rules/decide.ts';
import type { Rule } from '#rules/rulebook.ts';
import type { Finding } from '#rules/where.ts';
import { accepted, type Happening, staged } from './rehearse-setup.ts';

const types = ['participant.joined', 'participant.left', 'room.ended', 'recording.ready'] as const;
const anyone = fc.constantFrom('anna', 'ben', 'cleo');

/** One condition as it stands in a file, on fields that every type of event has. */
const condition = fc.oneof(
  fc.record({ 'session.id': fc.constantFrom('S1', 'S2') }),
  fc.record({ 'session.present': fc.record({ at_least: fc.integer({ min: 0, max: 3 }) }) }),
  fc.record({
    'session.present': fc.record({ not: fc.integer({ min: 0, max: 2 }), or_missing: fc.boolean() }),
  }),
  fc.record({ 'room.name': fc.record({ exists: fc.boolean() }) }),
  fc.record({ 'session.status': fc.constantFrom('live', 'ended') }),
  fc.record({ expr: fc.constantFrom('session.present > 1', 'session.unique == 2 || room.id == "R1"') }),
);
const group = fc.array(condition, { minLength: 1, maxLength: 3 });
const where = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  condition,
  fc.record({ any: group }),
  fc.record({ none: group }),
  fc.record({ any: group, none: group }),
);
/** A key that most rules do not have. */
function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}
const stages = fc.record({
  once_per: seldom(
    fc.constantFrom(['session.id'], ['room.id', 'session.present'], ['session.id'], ['room.metadata.team']),
  ),
  at_most: seldom(fc.record({ n: fc.integer({ min: 1, max: 2 }), per: fc.constantFrom('1m', '1h') })),
  digest: seldom(fc.record({ every: fc.constantFrom('1m', '10m') })),
  enabled: seldom(fc.constant('shadow')),
});
const wait = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ still_true_after: fc.constantFrom('1m', '5m') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      unless_followed_by: fc.constant({ event: 'recording.ready', same: ['session.id'], within: '5m' }),
    }),
  },
);
const quietHours = fc.constantFrom('ignore', 'nights', 'mornings');
const rule = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...types), { minLength: 1, maxLength: 3 }),
    where,
    stages,
    wait,
    quietHours,
  )
  .map(([on, conditions, more, waiting, quiet_hours]) => ({
    on,
    where: conditions,
    ...more,
    ...waiting,
    send: { to: 'ops', text: 'hi', quiet_hours },
  }));
const rules = fc
  .array(rule, { minLength: 1, maxLength: 4 })
  .map((each) =>
    each.map((entry, index) => `  - ${JSON.stringify({ id: `r${index}`, ...entry })}`).join('\n'),
  );
const happenings = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 900 }),
      fc.constantFrom(...types),
      anyone,
      fc.constantFrom('S1', 'S2'),
    ),
    { minLength: 3, maxLength: 10 },
  )
  .map((all) =>
    all
      .toSorted(([one], [other]) => one - other)
      .map(([at, type, who, session]): Happening => {
        return [`${at}s`, type, { who, session, room: session === 'S1' ? 'R1' : 'R2' }];
      }),
  );
const head = `quiet_hours:
  nights: { from: "10:05", to: "07:00", then: hold }
  mornings: { from: "09:00", to: "10:14", then: drop }`;

/** What the engine itself decided about a rule at the event. */
function decided(scene: Scene, { id, on }: Rule, type: EventType): Verdict {
  const own = scene.decisions.find((each) => each.rule.id === id && each.sequence === scene.sequence);
  if (own !== undefined) return own.kind === 'fires' ? 'fires' : own.why;
  return on.includes(type) ? 'conditions do not hold' : 'not asked';
}

function assertTree(findings: readonly Finding[]): void {
  for (const { condition: named, held, members } of findings) {
    if (members === undefined) continue;
    const hold = members.map((member) => member.held);
    const expected =
      named === 'any' ? hold.some(Boolean) : named === 'none' ? !hold.some(Boolean) : hold.every(Boolean);
    assert.equal(held, expected, named);
    assertTree(members);
  }
}

test('an explanation says what the engine decided, and its conditions hold as the rule itself finds', () => {
  const seen = new Set<Verdict>();
  fc.assert(
    fc.property(rules, happenings, fc.nat(), (text, story, chosen) => {
      const configuration = staged(text, head);
      const events = accepted(story).slice(0, 1 + (chosen % story.length));
      const last = events.at(-1);
      assert.ok(last);
      const scenes = [...rehearse(configuration, events)];
      const scene = scenes.find((each) => each.finishesEvent && each.sequence === last.sequence);
      assert.ok(scene);
      const { type } = last.event.event;
      for (const each of configuration.rulebook.rules) {
        const [told] = explain(configuration, events, { rule: each.id }).rules;
        assert.ok(told);
        assert.equal(told.verdict, decided(scene, each, type));
        seen.add(told.verdict);
        if (each.on.includes(type)) {
          const holds = each.where.holds(scene.facts);
          assert.equal(
            told.conditions.every(({ held }) => held),
            holds,
          );
          assert.equal(told.verdict === 'conditions do not hold', !holds);
        }
        assertTree(told.conditions);
        const messages: readonly NewDelivery[] = scene.deliveries.filter(
          (delivery) => delivery.rule === each.id,
        );
        assert.deepEqual(
          told.deliveries.map(({ destination, state }) => [destination, state]),
          messages.map(({ destination, state }) => [destination, state]),
        );
        const stopped = told.stages.filter(({ state }) => state === 'stopped');
        const isSilent = !['fires', 'waits', 'collected', 'conditions do not hold', 'not asked'].includes(
          told.verdict,
        );
        assert.equal(stopped.length, isSilent ? 1 : 0, told.verdict);
        const later: readonly Decision[] = scenes
          .slice(scenes.indexOf(scene) + 1)
          .flatMap(({ decisions }) =>
            decisions.filter((own) => own.rule.id === each.id && own.sequence === last.sequence),
          );
        assert.deepEqual(
          told.later.map(({ verdict }) => verdict),
          later.map((own) => (own.kind === 'fires' ? 'fires' : own.why)),
        );
      }
    }),
    { numRuns: 400 },
  );
  for (const verdict of ['fires', 'waits', 'collected', 'quiet hours', 'conditions do not hold'] as const)
    assert.ok(seen.has(verdict), `${verdict} was among the cases`);
});
