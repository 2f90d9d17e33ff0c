import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Happening, type Particulars, play, staged } from './rehearse-setup.ts';

const joins = (at: string, who = 'anna', more: Particulars = {}): Happening => [
  at,
  'participant.joined',
  { who, ...more },
];
const leaves = (at: string, who = 'anna'): Happening => [at, 'participant.left', { who }];
const elsewhere = { session: 'S2', room: 'R2' };

const once = staged(`  - id: once
    on: participant.joined
    once_per: [ session.id, participant.id ]
    send: { to: sales, text: "{{participant.name}}" }
`);

test('a rule fires once for each value of its once-key', () => {
  assert.deepEqual(
    play(once, [joins('0s'), joins('1s'), joins('2s', 'ben'), joins('3s', 'anna', elsewhere)]),
    ['0s once → sales: anna', '1s once: already told', '2s once → sales: ben', '3s once → sales: anna'],
  );
});

test('the once-key does not tell case apart where its field does not', () => {
  assert.deepEqual(play(once, [joins('0s', 'Zoë'), joins('1s', 'ZOE\u0308'), joins('2s', 'zoe')]), [
    '0s once → sales: Zoë',
    '1s once: already told',
    '2s once → sales: zoe',
  ]);
  const lower = joins('1s', 'anna', { session: 's1', room: 'R2' });
  assert.deepEqual(play(once, [joins('0s'), lower]), ['0s once → sales: anna', '1s once → sales: anna']);
});

test('a missing field of the once-key means no message, with that reason', () => {
  const outside = { session: undefined, room: undefined };
  assert.deepEqual(play(once, [joins('0s', 'anna', outside), joins('1s')]), [
    '0s once: key missing',
    '1s once → sales: anna',
  ]);
});

test('two rules with the same once-key do not take it from each other', () => {
  const both =
    staged(`  - { id: one, on: participant.joined, once_per: [ session.id ], send: { to: sales, text: "x" } }
  - { id: two, on: participant.joined, once_per: [ session.id ], send: { to: ops, text: "y" } }
`);
  assert.deepEqual(play(both, [joins('0s'), joins('1s')]).toSorted(), [
    '0s one → sales: x',
    '0s two → ops: y',
    '1s one: already told',
    '1s two: already told',
  ]);
});

const ready = (at: string): Happening => [at, 'recording.ready', { more: { recording: { id: 'r1' } } }];

test('a message that is dead from its beginning keeps its key', () => {
  const configuration = staged(`  - id: file
    on: recording.ready
    once_per: [ session.id ]
    send: { to: sales, text: "{{artifact_link recording}}" }
`);
  const broken = {
    ...configuration,
    artifactLink: () => {
      throw new Error('out of order');
    },
  };
  assert.deepEqual(play(broken, [ready('0s'), ready('1s')]), [
    '0s file → sales dead (template text: out of order): ',
    '1s file: already told',
  ]);
});

const full = staged(`  - id: full
    on: participant.joined
    where: { session.present: { at_least: 3 } }
    once_per: [ session.id ]
    reset_when: { session.present: { at_most: 1 } }
    send: { to: sales, text: "{{session.present}}" }
`);

test('reset_when frees the key: between the two thresholds nothing is repeated', () => {
  const story = [
    joins('1s', 'a'),
    joins('2s', 'b'),
    joins('3s', 'c'),
    leaves('4s', 'c'),
    joins('5s', 'd'),
    leaves('6s', 'd'),
    leaves('7s', 'b'),
    joins('8s', 'e'),
    joins('9s', 'f'),
  ];
  assert.deepEqual(play(full, story), ['3s full → sales: 3', '5s full: already told', '9s full → sales: 3']);
});

test('reset_when is looked at on every event that carries the key’s fields, of that key alone', () => {
  const people = ['a', 'b', 'c'].map((who, index) => joins(`${index + 1}s`, who));
  const withoutKey: Happening = ['5s', 'participant.left', { session: undefined, room: 'R9', who: 'x' }];
  assert.deepEqual(play(full, [...people, withoutKey, joins('6s', 'd')]), [
    '3s full → sales: 3',
    '6s full: already told',
  ]);
  const other = joins('5s', 'x', elsewhere);
  assert.deepEqual(play(full, [...people, other, joins('6s', 'd')]), [
    '3s full → sales: 3',
    '6s full: already told',
  ]);
});

const track = (at: string, kind: string): Happening => [at, 'track.published', { more: { track: { kind } } }];

test('an event that resets and matches at once is told again', () => {
  const rules = staged(`  - id: topic
    on: track.published
    once_per: [ session.id ]
    reset_when: { track.kind: video }
    send: { to: sales, text: "{{track.kind}}" }
`);
  assert.deepEqual(
    play(rules, [track('0s', 'audio'), track('1s', 'audio'), track('2s', 'video'), track('3s', 'audio')]),
    [
      '0s topic → sales: audio',
      '1s topic: already told',
      '2s topic → sales: video',
      '3s topic: already told',
    ],
  );
});

const limited = staged(`  - id: few
    on: participant.joined
    at_most: { n: 2, per: 10m, by: participant.id }
    send: { to: sales, text: "{{participant.name}} +{{held}}" }
`);

test('at_most lets n pass in a window that slides, for each value of by', () => {
  const story = ['0s', '6m', '9m'].map((at) => joins(at));
  assert.deepEqual(play(limited, [...story, joins('9m', 'ben'), joins('10m'), joins('11m'), joins('16m')]), [
    '0s few → sales: anna +0',
    '6m few → sales: anna +0',
    '9m few: limit',
    '9m few → sales: ben +0',
    '10m few → sales: anna +1',
    '11m few: limit',
    '16m few → sales: anna +1',
  ]);
});

test('by does not tell case apart where its field does not', () => {
  const story = [joins('0s', 'Anna'), joins('1s', 'ANNA'), joins('2s', 'anna')];
  assert.equal(play(limited, story).at(-1), '2s few: limit');
});

test('what is held back is counted, and printed once by the next that passes', () => {
  const story = ['0s', '1s', '2s', '3s', '4s', '10m', '601s', '602s', '21m'].map((at) => joins(at));
  assert.deepEqual(
    play(limited, story).filter((line) => line.includes('→')),
    [
      '0s few → sales: anna +0',
      '1s few → sales: anna +0',
      '10m few → sales: anna +3',
      '601s few → sales: anna +0',
      '21m few → sales: anna +1',
    ],
  );
});

test('what a limit holds back takes no once-key', () => {
  const rules = staged(`  - id: few
    on: participant.joined
    once_per: [ participant.id ]
    at_most: { n: 1, per: 1m }
    send: { to: sales, text: "{{participant.name}} +{{held}}" }
`);
  assert.deepEqual(play(rules, [joins('0s'), joins('30s', 'ben'), joins('1m', 'ben'), joins('2m', 'ben')]), [
    '0s few → sales: anna +0',
    '30s few: limit',
    '1m few → sales: ben +1',
    '2m few: already told',
  ]);
});

test('what was told already does not count against the limit', () => {
  const rules = staged(`  - id: few
    on: participant.joined
    once_per: [ participant.id ]
    at_most: { n: 2, per: 1h }
    send: { to: sales, text: "{{participant.name}} +{{held}}" }
`);
  assert.deepEqual(play(rules, [joins('0s'), joins('1s'), joins('2s'), joins('3s', 'ben')]), [
    '0s few → sales: anna +0',
    '1s few: already told',
    '2s few: already told',
    '3s few → sales: ben +0',
  ]);
});

test('the limit of a wait counts from when the wait is over', () => {
  const rules = staged(`  - id: stays
    on: participant.joined
    still_true_after: 5m
    at_most: { n: 1, per: 2m }
    send: { to: sales, text: "{{participant.name}} +{{held}}" }
`);
  assert.deepEqual(
    play(rules, [joins('0s'), joins('1m', 'ben'), joins('2m', 'cleo')]).filter(
      (line) => !line.includes('waits'),
    ),
    ['5m stays → sales: anna +0', '6m stays: limit', '7m stays → sales: cleo +1'],
  );
});
