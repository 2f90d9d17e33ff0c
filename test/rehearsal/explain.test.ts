import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from '#engine/run.ts';
import { type ExplainedRule, explain } from '#rehearsal/explain.ts';
import { rehearse } from '#rehearsal/rehearse.ts';
import type { Memory } from '#rules/memory.ts';
import { accepted, type Happening, joinsOf, staged } from './explain-setup.ts';

const of = (id: string, configuration: Configuration, happenings: readonly Happening[], start?: string) => {
  const found = explain(configuration, accepted(happenings, start)).rules.find(({ rule }) => rule === id);
  assert.ok(found, `${id} is explained`);
  return found;
};
const stageLines = ({ stages }: Pick<ExplainedRule, 'stages'>) =>
  stages.map(({ name, state, text }) => `${state} ${name}: ${text}`);
const deliveryLines = ({ deliveries }: Pick<ExplainedRule, 'deliveries'>) =>
  deliveries.map(({ destination, state, words }) => `${state} ${destination}: ${words}`);

test('a rule that fires is told with the values it saw, and with its messages', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, where: { participant.id: guest0, session.present: { at_least: 1 } }, send: { to: [sales, ops], text: "{{participant.name}} is in" } }',
  );
  const told = of('r', configuration, joinsOf(1));
  assert.equal(told.verdict, 'fires');
  assert.deepEqual(told.conditions, [
    { condition: 'participant.id: guest0', held: true, saw: 'guest0' },
    { condition: 'session.present: { at_least: 1 }', held: true, saw: 1 },
  ]);
  assert.deepEqual(deliveryLines(told), ['waiting sales: guest0 is in', 'waiting ops: guest0 is in']);
});

test('a rule whose conditions do not hold is told with each of them, groups as trees', () => {
  const configuration = staged(`  - id: r
    on: participant.joined
    where:
      any: [{ participant.id: bob }, { session.present: 2, room.id: R1 }]
      none: [{ room.id: R2 }]
    send: { to: ops, text: hi }`);
  const told = of('r', configuration, joinsOf(1));
  assert.deepEqual([told.verdict, told.stages, told.deliveries], ['conditions do not hold', [], []]);
  assert.deepEqual(
    told.conditions.map(({ condition, held }) => [condition, held]),
    [
      ['any', false],
      ['none', true],
    ],
  );
  const [any] = told.conditions;
  assert.deepEqual(any?.members?.[1], {
    condition: 'all of',
    held: false,
    members: [
      { condition: 'session.present: 2', held: false, saw: 1 },
      { condition: 'room.id: R1', held: true, saw: 'R1' },
    ],
  });
});

test('a rule on other events is not asked, and named among the others', () => {
  const configuration = staged(
    '  - { id: r, on: room.ended, send: { to: ops, text: hi } }\n  - { id: s, on: participant.joined, send: { to: ops, text: hi } }',
  );
  const all = explain(configuration, accepted(joinsOf(1)));
  assert.deepEqual([all.rules.map(({ rule }) => rule), all.elsewhere], [['s'], ['r']]);
  const one = explain(configuration, accepted(joinsOf(1)), { rule: 'r' });
  assert.deepEqual(
    [one.rules.map(({ rule, verdict }) => `${rule} ${verdict}`), one.elsewhere, one.log],
    [['r not asked'], [], []],
  );
});

test('a repeat is put to no rule', () => {
  const configuration = staged('  - { id: r, on: participant.joined, send: { to: ops, text: hi } }');
  const [event] = accepted(joinsOf(1));
  assert.ok(event);
  const told = explain(configuration, [{ ...event, isRepeat: true }]);
  assert.equal(told.isRepeat, true);
  assert.deepEqual(
    told.rules.map(({ rule, verdict, conditions }) => [rule, verdict, conditions]),
    [['r', 'not asked', []]],
  );
});

test('a key that was told before, one that is new, and one with a missing field are told apart', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, once_per: [session.id], send: { to: ops, text: hi } }\n  - { id: s, on: participant.joined, once_per: [participant.attributes.team], send: { to: ops, text: hi } }',
  );
  assert.deepEqual(stageLines(of('r', configuration, joinsOf(1))), [
    'passed once_per: not told before for session.id S1',
  ]);
  const again = of('r', configuration, joinsOf(1, 2));
  assert.equal(again.verdict, 'already told');
  assert.deepEqual(stageLines(again), ['stopped once_per: told before for session.id S1']);
  const missing = of('s', configuration, joinsOf(1));
  assert.equal(missing.verdict, 'key missing');
  assert.deepEqual(stageLines(missing), ['stopped once_per: participant.attributes.team is missing']);
});

test('a limit counts what passed it and what it held back', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, at_most: { n: 2, per: 1h }, send: { to: ops, text: hi } }',
  );
  const line = (...seconds: number[]) => stageLines(of('r', configuration, joinsOf(...seconds)));
  assert.deepEqual(line(1), ['passed at_most: at most 2 in 1h: this is number 1']);
  assert.deepEqual(line(1, 2), ['passed at_most: at most 2 in 1h: this is number 2']);
  assert.deepEqual(line(1, 2, 3, 4), ['stopped at_most: at most 2 in 1h: 2 were told, 2 held back since']);
  assert.deepEqual(line(1, 2, 3, 3700), ['passed at_most: at most 2 in 1h: this is number 1']);
});

test('a limit does not count what is longer ago, nor what quiet hours drop', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, at_most: { n: 2, per: 1h }, send: { to: ops, text: hi, quiet_hours: lunch } }',
    'quiet_hours: { lunch: { from: "12:00", to: "13:00", then: drop } }',
  );
  const told = of('r', configuration, joinsOf(0, 1, 7200, 7201));
  assert.equal(told.verdict, 'quiet hours');
  assert.equal(stageLines(told)[0], 'passed at_most: at most 2 in 1h: this is number 1');
});

test('a rule in the shadow is told as what it would do, and counts for no limit', () => {
  const configuration = staged(
    '  - { id: r, enabled: shadow, on: participant.joined, at_most: { n: 1, per: 1h }, send: { to: ops, text: hi } }',
  );
  const told = of('r', configuration, joinsOf(1, 2));
  assert.deepEqual([told.verdict, told.isShadow], ['fires', true]);
  assert.deepEqual(deliveryLines(told), ['suppressed ops: hi']);
  assert.deepEqual(stageLines(told), ['passed at_most: at most 1 in 1h: this is number 1']);
});

test('a wait tells until when, and what comes when nothing else happens', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, where: { session.present: 1 }, still_true_after: 5m, once_per: [session.id], send: { to: ops, text: alone } }',
    'timezone: Europe/Berlin',
  );
  const told = of('r', configuration, joinsOf(60));
  assert.equal(told.verdict, 'waits');
  assert.deepEqual(stageLines(told), [
    'waits still_true_after: 5m, as long as the conditions hold: waits until Mon 6 Jul 2026, 12:06:00',
    'not reached once_per: session.id',
  ]);
  assert.deepEqual(
    told.later.map(({ at, verdict, deliveries }) => [at, verdict, deliveryLines({ deliveries })]),
    [['Mon 6 Jul 2026, 12:06:00', 'fires', ['waiting ops: alone']]],
  );
});

test('an event that ends the wait of an earlier one says so, also at a rule that does not look at it', () => {
  const configuration = staged(
    `  - { id: r, on: room.ended, unless_followed_by: { event: recording.ready, same: session.id, within: 30m }, send: { to: ops, text: gone } }`,
  );
  const told = of('r', configuration, [
    ['0s', 'room.ended'],
    ['5m', 'recording.ready'],
  ]);
  assert.equal(told.verdict, 'not asked');
  assert.deepEqual(told.ended, [{ since: 1, reason: 'followed by recording.ready' }]);
  assert.deepEqual(told.later, []);
});

test('a second match is not told as another wait', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, still_true_after: 5m, once_per: [session.id], send: { to: ops, text: hi } }',
    'timezone: UTC',
  );
  const told = of('r', configuration, joinsOf(0, 60));
  assert.equal(told.verdict, 'already waiting');
  assert.equal(
    stageLines(told)[0],
    'stopped still_true_after: waits for the same already until Mon 6 Jul 2026, 10:05:00, since event 1',
  );
});

test('a digest tells when its message goes out, with all that was collected', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, digest: { every: 10m }, send: { to: ops, text: "{{count}} people" } }',
    'timezone: UTC',
  );
  const told = of('r', configuration, joinsOf(0, 60));
  assert.equal(told.verdict, 'collected');
  assert.deepEqual(stageLines(told), [
    'waits digest: one message for 10m: collected as number 2, told at Mon 6 Jul 2026, 10:10:00',
  ]);
  assert.deepEqual(told.later.map(deliveryLines), [['waiting ops: 2 people']]);
});

const quiet = `timezone: UTC
quiet_hours:
  nights: { from: "22:00", to: "07:00", timezone: Europe/Berlin, then: hold }
  never: { from: "00:00", to: "24:00", days: [mon], then: drop }`;

test('quiet hours are told with the time in their own zone', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, send: { to: ops, text: hi, quiet_hours: nights } }\n  - { id: s, on: participant.joined, once_per: [session.id], send: { to: ops, text: hi, quiet_hours: never } }',
    quiet,
  );
  const by = of('r', configuration, joinsOf(1));
  assert.deepEqual(stageLines(by), [
    'passed quiet_hours: nights (22:00 to 07:00): it is Mon 6 Jul 2026, 12:00:01 in Europe/Berlin, which is outside',
  ]);
  const night = '2026-07-06T21:00:00Z';
  const held = of('r', configuration, joinsOf(1), night);
  assert.deepEqual(stageLines(held), [
    'waits quiet_hours: nights (22:00 to 07:00): it is Mon 6 Jul 2026, 23:00:01 in Europe/Berlin, so it waits until Tue 7 Jul 2026, 07:00:00',
  ]);
  assert.deepEqual([held.verdict, held.deliveries[0]?.until], ['fires', 'Tue 7 Jul 2026, 05:00:00']);
  const dropped = of('s', configuration, joinsOf(1));
  assert.deepEqual([dropped.verdict, dropped.deliveries], ['quiet hours', []]);
  assert.deepEqual(stageLines(dropped), [
    'passed once_per: not told before for session.id S1',
    'stopped quiet_hours: never (00:00 to 24:00 on mon): it is Mon 6 Jul 2026, 10:00:01 in UTC, so it is dropped',
  ]);
});

test('a once-key that an event frees is told', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, where: { session.present: { at_least: 2 } }, once_per: [session.id], reset_when: { session.present: { at_most: 1 } }, send: { to: ops, text: hi } }',
  );
  const told = of('r', configuration, [...joinsOf(1, 2), ['3s', 'participant.left', { who: 'guest0' }]]);
  assert.deepEqual([told.verdict, told.isFreed], ['not asked', true]);
});

test('the memory that a rehearsal shows before an event holds no timer that was due', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, still_true_after: 5m, once_per: [session.id], send: { to: ops, text: hi } }',
  );
  const waiting: boolean[] = [];
  const onEvent = (_event: unknown, memory: Memory) =>
    void waiting.push(memory.waitsOf('meet/S1').length > 0);
  const scenes = [...rehearse(configuration, accepted(joinsOf(0, 60, 600)), { onEvent })];
  assert.ok(scenes.length > 3);
  assert.deepEqual(waiting, [false, true, false]);
});

test('timers that were due before the event are over when it is explained', () => {
  const configuration = staged(
    '  - { id: r, on: participant.joined, where: { session.present: 1 }, still_true_after: 5m, once_per: [session.id], send: { to: ops, text: alone } }\n  - { id: s, on: participant.joined, at_most: { n: 1, per: 1h }, digest: { every: 1m }, send: { to: ops, text: hi } }',
  );
  const told = explain(configuration, accepted(joinsOf(0, 600)));
  assert.deepEqual(
    told.rules.map(({ rule, verdict, ended }) => [rule, verdict, ended]),
    [
      ['r', 'conditions do not hold', []],
      ['s', 'limit', []],
    ],
  );
  assert.equal(told.earlier, 1);
});

test('there is nothing to explain without an event', () => {
  assert.throws(
    () => explain(staged('  - { id: r, on: room.ended, send: { to: ops, text: hi } }'), []),
    RangeError,
  );
});
