import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rehearse } from '#rehearsal/rehearse.ts';
import { accepted, type Happening, play, staged } from './rehearse-setup.ts';

const joins = (at: string, who = 'anna'): Happening => [at, 'participant.joined', { who }];

test('every rule that matches fires, and the order in the file has no meaning', () => {
  const rules = [
    '  - { id: a, on: participant.joined, where: { participant.id: anna }, send: { to: sales, text: "1" } }\n',
    '  - { id: b, on: [ participant.joined, room.ended ], send: { to: ops, text: "2" } }\n',
    '  - { id: c, on: participant.joined, where: { participant.id: ben }, send: { to: ops, text: "3" } }\n',
  ];
  const expected = ['0s a → sales: 1', '0s b → ops: 2', '1m b → ops: 2'];
  const story: readonly Happening[] = [joins('0s'), ['1m', 'room.ended']];
  assert.deepEqual(play(staged(rules.join('')), story).toSorted(), expected);
  assert.deepEqual(play(staged(rules.toReversed().join('')), story).toSorted(), expected);
});

test('a missing field makes its condition false, a negative one too, unless or_missing says otherwise', () => {
  const rules =
    staged(`  - { id: is, on: recording.ready, where: { recording.scope: web }, send: { to: sales, text: x } }
  - { id: not, on: recording.ready, where: { recording.scope: { not: web } }, send: { to: sales, text: x } }
  - { id: list, on: recording.ready, where: { recording.scope: { not_in: [ web ] } }, send: { to: sales, text: x } }
  - { id: open, on: recording.ready, where: { recording.scope: { not: web, or_missing: true } }, send: { to: sales, text: x } }
  - { id: there, on: recording.ready, where: { recording.scope: { exists: true } }, send: { to: sales, text: x } }
  - { id: absent, on: recording.ready, where: { recording.scope: { exists: false } }, send: { to: sales, text: x } }
`);
  const fired = (recording: { id: string; scope?: 'web' | 'room' }) =>
    play(rules, [['0s', 'recording.ready', { more: { recording } }]])
      .map((line) => line.split(' ')[1] ?? '')
      .toSorted();
  assert.deepEqual(fired({ id: 'r' }), ['absent', 'open']);
  assert.deepEqual(fired({ id: 'r', scope: 'web' }), ['is', 'there']);
  assert.deepEqual(fired({ id: 'r', scope: 'room' }), ['list', 'not', 'open', 'there']);
});

const head =
  'quiet_hours: { lunch: { from: "12:00", to: "12:30", then: drop }, tea: { from: "15:00", to: "16:00", then: hold } }';

test('the stages come in their order: where, wait, once-key, limit, digest, quiet hours, delivery', () => {
  const rules = staged(
    `  - id: all
    on: participant.joined
    where: { participant.id: { not: bot } }
    still_true_after: 1h
    once_per: [ participant.id ]
    at_most: { n: 2, per: 1d }
    digest: { every: 2h }
    send: { to: sales, text: "{{count}}", quiet_hours: { use: tea, then: hold } }
`,
    head,
  );
  const again: Happening = [
    '70m',
    'participant.joined',
    { who: 'anna', more: { participant: { id: 'anna', sid: 'anna-2' } } },
  ];
  const story = [joins('0s'), joins('1m', 'bot'), joins('30m', 'ben'), joins('1h', 'cleo'), again];
  // It begins at 12:00, so the digest is full at 15:00: the first wait was over at 13:00.
  assert.deepEqual(play(rules, story, { start: '2026-07-06T12:00:00Z' }), [
    '0s all: waits',
    '30m all: waits',
    '1h all: waits',
    '1h all: collected',
    '70m all: waits',
    '90m all: collected',
    '2h all: limit',
    '130m all: already told',
    '3h all → sales at 4h: 2',
  ]);
});

test('a wait takes no once-key before it is over', () => {
  const rules = staged(`  - id: alone
    on: participant.joined
    where: { session.present: 1 }
    still_true_after: 5m
    once_per: [ session.id ]
    send: { to: sales, text: "{{participant.name}}" }
`);
  const left: Happening = ['1m', 'participant.left'];
  assert.deepEqual(play(rules, [joins('0s'), left, joins('2m', 'ben')]), [
    '0s alone: waits',
    '1m alone: no longer true',
    '2m alone: waits',
    '7m alone → sales: ben',
  ]);
});

const limitedOnce = (enabled: string) =>
  staged(`  - id: joined
    enabled: ${enabled}
    on: participant.joined
    once_per: [ session.id ]
    at_most: { n: 1, per: 1h }
    send: { to: [ sales, ops ], text: "{{participant.name}}" }
`);

test('a rule in the shadow decides and words everything, and sends and takes nothing', () => {
  assert.deepEqual(play(limitedOnce('shadow'), [joins('0s'), joins('1m', 'ben')]), [
    '0s joined → sales suppressed (shadow): anna',
    '0s joined → ops suppressed (shadow): anna',
    '1m joined → sales suppressed (shadow): ben',
    '1m joined → ops suppressed (shadow): ben',
  ]);
  assert.deepEqual(play(limitedOnce('true'), [joins('0s'), joins('1m', 'ben')]), [
    '0s joined → sales: anna',
    '0s joined → ops: anna',
    '1m joined: already told',
  ]);
  assert.deepEqual(play(limitedOnce('false'), [joins('0s'), joins('1m', 'ben')]), []);
});

test('a shadow waits and collects as in earnest', () => {
  const rules = staged(`  - id: stays
    enabled: shadow
    on: participant.joined
    still_true_after: 5m
    digest: { every: 10m }
    send: { to: sales, text: "{{count}}" }
`);
  assert.deepEqual(play(rules, [joins('0s'), joins('1m', 'ben')]), [
    '0s stays: waits',
    '1m stays: waits',
    '5m stays: collected',
    '6m stays: collected',
    '15m stays → sales suppressed (shadow): 2',
  ]);
});

test('a shadow takes no memory of what it would have told', () => {
  const rules = staged(`  - id: joined
    enabled: shadow
    on: participant.joined
    once_per: [ session.id ]
    at_most: { n: 1, per: 1h }
    send: { to: sales, text: x }
`);
  const scenes = [...rehearse(rules, accepted([joins('0s'), joins('1m', 'ben')]))];
  assert.equal(scenes.length, 2);
  for (const { memory } of scenes) assert.deepEqual([memory.taken, memory.memos], [[], []]);
});

const minutesOn = (minutes: number) => new Date(Date.parse('2026-07-06T10:00:00Z') + minutes * 60_000);

test('timers fire until the end of the rehearsal, and no further', () => {
  const rules = staged(
    '  - { id: stays, on: participant.joined, still_true_after: 5m, send: { to: sales, text: x } }\n',
  );
  assert.deepEqual(play(rules, [joins('0s')], { until: minutesOn(5) }), ['0s stays: waits']);
  assert.deepEqual(play(rules, [joins('0s')], { until: minutesOn(6) }).length, 2);
});

test('a longest wait before a longest digest is still told', () => {
  const rules = staged(
    '  - { id: year, on: room.started, still_true_after: 366d, digest: { every: 366d }, send: { to: sales, text: x } }\n',
    'retention: 366d',
  );
  assert.deepEqual(play(rules, [['0s', 'room.started']]), [
    '0s year: waits',
    '366d year: collected',
    '732d year → sales: x',
  ]);
});
