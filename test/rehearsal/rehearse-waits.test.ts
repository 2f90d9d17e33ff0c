import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Happening, play, staged } from './rehearse-setup.ts';

const alone = staged(`  - id: alone
    on: participant.joined
    where: { session.present: 1 }
    still_true_after: 5m
    send: { to: sales, text: "{{participant.name}} {{session.present}} {{session.peak}}" }
`);

const joins = (at: string, who = 'anna'): Happening => [at, 'participant.joined', { who }];
const leaves = (at: string, who = 'anna'): Happening => [at, 'participant.left', { who }];

test('what stays true that long is told when the time is over', () => {
  assert.deepEqual(play(alone, [joins('0s')]), ['0s alone: waits', '5m alone → sales: anna 1 1']);
});

test('at the end the fields of the event are those that began it, and the session is as it is now', () => {
  const rules = staged(`  - id: busy
    on: participant.joined
    where: { session.present: { at_least: 1 } }
    still_true_after: 5m
    once_per: [ session.id ]
    send: { to: sales, text: "{{participant.name}}, {{session.present}} of {{session.unique}}" }
`);
  const played = play(rules, [joins('0s'), joins('1m', 'ben'), joins('2m', 'cleo'), leaves('3m', 'ben')]);
  assert.equal(played.at(-1), '5m busy → sales: anna, 2 of 3');
});

test('false once cancels for good, even when it is true again at the end', () => {
  const played = play(alone, [joins('0s'), joins('2m', 'ben'), leaves('3m', 'ben')]);
  assert.deepEqual(played, ['0s alone: waits', '2m alone: no longer true']);
});

test('every event of the session is a look again, not only those that the rule is about', () => {
  assert.deepEqual(play(alone, [joins('0s'), leaves('4m')]), ['0s alone: waits', '4m alone: no longer true']);
  assert.deepEqual(play(alone, [joins('0s'), ['4m', 'room.ended']]), [
    '0s alone: waits',
    '4m alone: no longer true',
  ]);
});

test('an event of another session is none of its business', () => {
  const other: Happening = ['2m', 'participant.joined', { who: 'ben', session: 'S2', room: 'R2' }];
  const left: Happening = ['3m', 'participant.left', { who: 'ben', session: 'S2', room: 'R2' }];
  assert.deepEqual(play(alone, [joins('0s'), other, left]), [
    '0s alone: waits',
    '2m alone: waits',
    '3m alone: no longer true',
    '5m alone → sales: anna 1 1',
  ]);
});

test('it is looked at in the end, too: a session that was lost in between says no', () => {
  const next: Happening = ['2m', 'room.started', { session: 'S2' }];
  assert.deepEqual(play(alone, [joins('0s'), next]), ['0s alone: waits', '5m alone: no longer true']);
});

test('an event at the very end of the time still cancels', () => {
  assert.deepEqual(play(alone, [joins('0s'), leaves('5m')]), ['0s alone: waits', '5m alone: no longer true']);
});

test('another match neither restarts nor doubles the wait', () => {
  const rules = staged(`  - id: busy
    on: participant.joined
    where: { session.present: { at_least: 1 } }
    still_true_after: 5m
    once_per: [ session.id ]
    send: { to: sales, text: "{{participant.name}}" }
`);
  assert.deepEqual(play(rules, [joins('0s'), joins('4m', 'ben'), ['6m', 'track.published']]), [
    '0s busy: waits',
    '4m busy: already waiting',
    '5m busy → sales: anna',
  ]);
});

test('after the end of one wait the next match begins another', () => {
  const played = play(alone, [
    joins('0s'),
    leaves('1m'),
    [
      '2m',
      'participant.joined',
      { who: 'anna', more: { participant: { id: 'anna', sid: 'anna-2', name: 'anna' } } },
    ],
  ]);
  assert.deepEqual(played, [
    '0s alone: waits',
    '1m alone: no longer true',
    '2m alone: waits',
    '7m alone → sales: anna 1 1',
  ]);
});

test('without once_per each person of each session is waited for on its own', () => {
  const rules = staged(`  - id: stays
    on: participant.joined
    still_true_after: 1m
    send: { to: sales, text: "{{participant.name}} {{session.id}}" }
`);
  const elsewhere: Happening = ['2s', 'participant.joined', { session: 'S2', room: 'R2' }];
  assert.deepEqual(
    play(rules, [joins('0s'), joins('1s', 'ben'), elsewhere, joins('3s', 'ANNA')]),
    [
      '0s stays: waits',
      '1s stays: waits',
      '2s stays: waits',
      '3s stays: already waiting',
      '60s stays → sales: anna S1',
      '61s stays → sales: ben S1',
      '62s stays → sales: anna S2',
    ].map((line) => line.replace('60s', '1m')),
  );
});

test('a wait whose once-key misses a field does not begin', () => {
  const rules = staged(`  - id: stays
    on: participant.joined
    still_true_after: 1m
    once_per: [ session.id ]
    send: { to: sales, text: "x" }
`);
  const nameless: Happening = ['0s', 'participant.joined', { session: undefined, room: undefined }];
  assert.deepEqual(play(rules, [nameless]), ['0s stays: key missing']);
});

const missing = staged(`  - id: missing
    on: room.ended
    where: { session.recording_pending: true }
    unless_followed_by: { event: [ recording.ready, recording.failed ], same: session.id, within: 30m }
    send: { to: ops, text: "no file of {{session.id}}" }
`);
const recorded: readonly Happening[] = [
  ['0s', 'recording.started', { more: { recording: { id: 'r1' } } }],
  ['10m', 'room.ended'],
];

test('what does not follow is told when the time since the acceptance is over', () => {
  assert.deepEqual(play(missing, recorded), ['10m missing: waits', '40m missing → ops: no file of S1']);
});

test('the time counts from the acceptance, whatever the clock of the sender says', () => {
  const early = { event: { type: 'room.ended', native: 'x', time: '2026-07-06T08:00:00Z' } } as const;
  const [started] = recorded;
  assert.ok(started);
  const played = play(missing, [started, ['10m', 'room.ended', { more: early }]]);
  assert.equal(played.at(-1), '40m missing → ops: no file of S1');
});

test('any of the events that it waits for ends the wait', () => {
  const pulse = staged(`  - id: silent
    on: room.started
    unless_followed_by: { event: [ participant.joined, track.published ], same: session.id, within: 5m }
    send: { to: ops, text: "nobody" }
`);
  const started: Happening = ['0s', 'room.started'];
  assert.deepEqual(play(pulse, [started]), ['0s silent: waits', '5m silent → ops: nobody']);
  for (const type of ['participant.joined', 'track.published'] as const) {
    assert.deepEqual(play(pulse, [started, ['1m', type]]), ['0s silent: waits', '1m silent: followed']);
    assert.deepEqual(play(pulse, [started, ['5m', type]]), ['0s silent: waits', '5m silent: followed']);
    assert.deepEqual(play(pulse, [started, ['301s', type]]), ['0s silent: waits', '5m silent → ops: nobody']);
    const elsewhere = { session: 'S2', room: 'R2' };
    assert.deepEqual(play(pulse, [started, ['1m', type, elsewhere]]), [
      '0s silent: waits',
      '5m silent → ops: nobody',
    ]);
  }
  assert.deepEqual(play(pulse, [started, ['1m', 'participant.left']]).length, 2);
});

test('the wait also ends when the rule’s own where does not hold any more', () => {
  const transcoded: Happening = ['20m', 'recording.ready', { more: { recording: { id: 'r1' } } }];
  assert.deepEqual(play(missing, [...recorded, transcoded]), [
    '10m missing: waits',
    '20m missing: no longer true',
  ]);
  const empty = staged(`  - id: empty
    on: participant.left
    where: { session.present: 0 }
    unless_followed_by: { event: room.ended, same: session.id, within: 5m }
    send: { to: ops, text: "still open" }
`);
  assert.deepEqual(play(empty, [joins('0s'), leaves('1m'), joins('2m', 'ben')]), [
    '1m empty: waits',
    '2m empty: no longer true',
  ]);
});

test('what follows has conditions of its own', () => {
  const rules = staged(`  - id: guide
    on: room.started
    unless_followed_by:
      { event: participant.joined, where: { participant.id: { starts_with: guide } }, same: session.id, within: 5m }
    send: { to: ops, text: "no guide" }
`);
  const started: Happening = ['0s', 'room.started'];
  assert.deepEqual(play(rules, [started, joins('1m', 'anna')]), [
    '0s guide: waits',
    '5m guide → ops: no guide',
  ]);
  assert.deepEqual(play(rules, [started, joins('1m', 'anna'), joins('2m', 'Guide-7')]), [
    '0s guide: waits',
    '2m guide: followed',
  ]);
});

test('a field in same that does not tell case apart is the same in both spellings', () => {
  const rules = staged(`  - id: gone
    on: participant.left
    unless_followed_by: { event: participant.joined, same: [ participant.id, session.id ], within: 2m }
    send: { to: ops, text: "{{participant.id}} left" }
`);
  assert.deepEqual(play(rules, [leaves('0s', 'Zoë'), joins('30s', 'ZOE\u0308')]), [
    '0s gone: waits',
    '30s gone: followed',
  ]);
  assert.deepEqual(play(rules, [leaves('0s', 'Zoë'), joins('30s', 'zoe')]).at(-1), '2m gone → ops: Zoë left');
  const lower: Happening = ['30s', 'participant.joined', { session: 's1', room: 'R2' }];
  assert.equal(play(rules, [leaves('0s'), lower]).at(-1), '2m gone → ops: anna left');
});

const pulse = (at: string): Happening => [at, 'track.published'];

test('the event that ends a wait may begin the next', () => {
  const rules = staged(`  - id: pulse
    on: track.published
    unless_followed_by: { event: track.published, same: session.id, within: 1m }
    send: { to: ops, text: "quiet" }
`);
  assert.deepEqual(play(rules, [pulse('0s'), pulse('50s'), pulse('100s')]), [
    '0s pulse: waits',
    '50s pulse: followed',
    '50s pulse: waits',
    '100s pulse: followed',
    '100s pulse: waits',
    '160s pulse → ops: quiet',
  ]);
});

test('a match without a field of same does not wait, and what misses one ends no wait', () => {
  const rules = staged(`  - id: gone
    on: participant.left
    unless_followed_by: { event: participant.joined, same: session.id, within: 2m }
    send: { to: ops, text: "gone" }
`);
  const outside = { session: undefined, room: undefined };
  assert.deepEqual(play(rules, [['0s', 'participant.left', outside]]), ['0s gone: key missing']);
  assert.deepEqual(play(rules, [leaves('0s'), ['1m', 'participant.joined', outside]]), [
    '0s gone: waits',
    '2m gone → ops: gone',
  ]);
});
