import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject } from '#domain/value.ts';
import { rehearse } from '#rehearsal/rehearse.ts';
import { accepted, type Happening, play, staged } from './rehearse-setup.ts';

const joins = (at: string, who = 'anna', session = 'S1'): Happening => [
  at,
  'participant.joined',
  { who, session, room: session },
];
const names = '{{count}}:{{#each items}} {{participant.name}}{{/each}}';

const every = staged(`  - id: arrivals
    on: participant.joined
    digest: { every: 10m, by: session.id }
    send: { to: sales, text: "${names}" }
`);

test('a digest collects from the first event on, in order, and says it all at once', () => {
  const story = [joins('0s'), joins('9m', 'ben'), joins('10m', 'cleo'), joins('601s', 'dora')];
  assert.deepEqual(play(every, story), [
    '0s arrivals: collected',
    '9m arrivals: collected',
    '10m arrivals: collected',
    '10m arrivals → sales: 3: anna ben cleo',
    '601s arrivals: collected',
    '1201s arrivals → sales: 1: dora',
  ]);
});

test('by gives each value a digest of its own, with a time of its own', () => {
  const story = [joins('0s'), joins('1m', 'ben', 'S2'), joins('2m', 'cleo'), joins('3m', 'dora', 'S2')];
  assert.deepEqual(play(every, story).slice(4), [
    '10m arrivals → sales: 2: anna cleo',
    '11m arrivals → sales: 2: ben dora',
  ]);
});

test('a digest keeps the first 50 and counts them all', () => {
  const story = Array.from({ length: 60 }, (_, index) => joins(`${index + 1}s`, `p${index}`));
  const scenes = [...rehearse(every, accepted(story))];
  const [firing] = scenes.flatMap(({ decisions }) => decisions.filter(({ kind }) => kind === 'fires'));
  assert.ok(firing?.kind === 'fires');
  const { items, count } = firing.facts;
  assert.ok(Array.isArray(items));
  const people = items.map(
    (item) => isObject(item) && isObject(item['participant']) && item['participant']['id'],
  );
  assert.deepEqual([people.length, people[0], people[49], count], [50, 'p0', 'p49', 60]);
});

test('an item is the event with its session as it was then, and without the sender’s payload', () => {
  const scenes = [...rehearse(every, accepted([joins('0s'), joins('1s', 'ben')]))];
  const [firing] = scenes.flatMap(({ decisions }) => decisions.filter(({ kind }) => kind === 'fires'));
  assert.ok(firing?.kind === 'fires' && Array.isArray(firing.facts['items']));
  const items = firing.facts['items'].filter(isObject);
  assert.deepEqual(
    items.map(({ session, raw }) => [isObject(session) && session['present'], raw]),
    [
      [1, undefined],
      [2, undefined],
    ],
  );
});

test('the message belongs to the session that all its items share, and to none where they share none', () => {
  const all =
    staged(`  - { id: arrivals, on: participant.joined, digest: { every: 10m }, send: { to: sales, text: "${names}" } }
`);
  const sessionOf = (story: readonly Happening[]) =>
    [...rehearse(all, accepted(story))].flatMap(({ deliveries }) => deliveries.map(({ session }) => session));
  assert.deepEqual(sessionOf([joins('0s'), joins('1s', 'ben')]), ['meet/S1']);
  assert.deepEqual(sessionOf([joins('0s'), joins('1s', 'ben', 'S2'), joins('2s', 'cleo')]), ['']);
});

test('what its stages before hold back is no item', () => {
  const rules = staged(`  - id: arrivals
    on: participant.joined
    once_per: [ participant.id ]
    at_most: { n: 2, per: 1h }
    digest: { every: 10m }
    send: { to: sales, text: "${names}" }
`);
  assert.deepEqual(play(rules, [joins('0s'), joins('1s'), joins('2s', 'ben'), joins('3s', 'cleo')]), [
    '0s arrivals: collected',
    '1s arrivals: already told',
    '2s arrivals: collected',
    '3s arrivals: limit',
    '10m arrivals → sales: 2: anna ben',
  ]);
});

test('a wait is collected when it is over', () => {
  const rules = staged(`  - id: stays
    on: participant.joined
    still_true_after: 5m
    digest: { every: 10m }
    send: { to: sales, text: "${names}" }
`);
  assert.deepEqual(play(rules, [joins('0s'), joins('12m', 'ben')]), [
    '0s stays: waits',
    '5m stays: collected',
    '12m stays: waits',
    '15m stays → sales: 1: anna',
    '17m stays: collected',
    '27m stays → sales: 1: ben',
  ]);
});

test('a wait that is over at the very moment a digest is due is still in time for it', () => {
  const rules = staged(`  - id: stays
    on: participant.joined
    still_true_after: 5m
    digest: { every: 5m }
    send: { to: sales, text: "${names}" }
`);
  assert.deepEqual(play(rules, [joins('0s'), joins('5m', 'ben')]).slice(-2), [
    '10m stays: collected',
    '10m stays → sales: 2: anna ben',
  ]);
});

/** A daily digest in Berlin, with moments in UTC. */
function daily(at: string, story: readonly Happening[]): readonly string[] {
  const rules = staged(
    `  - { id: daily, on: participant.joined, digest: { at: "${at}" }, send: { to: sales, text: "${names}" } }
`,
    'timezone: Europe/Berlin',
  );
  return play(rules, story, { isAbsolute: true }).filter((line) => line.includes('→'));
}

test('a digest at a time of day comes at the next one, and what falls on it belongs to the day after', () => {
  assert.deepEqual(
    daily('17:00', [
      joins('2026-07-06T14:59:59Z'),
      joins('2026-07-06T15:00:00Z', 'ben'),
      joins('2026-07-06T15:00:01Z', 'cleo'),
    ]),
    [
      // Still before the timer of that very moment: an event at the due moment counts as in time.
      '2026-07-06T15:00:00Z daily → sales: 2: anna ben',
      '2026-07-07T15:00:00Z daily → sales: 1: cleo',
    ],
  );
  assert.deepEqual(daily('17:00', [joins('2026-07-06T15:00:00Z')]), [
    '2026-07-07T15:00:00Z daily → sales: 1: anna',
  ]);
});

test('when clocks go forward the day of a digest has 23 hours, and 25 when they go back', () => {
  assert.deepEqual(daily('17:00', [joins('2026-03-28T16:30:00Z'), joins('2026-03-29T15:00:01Z', 'ben')]), [
    '2026-03-29T15:00:00Z daily → sales: 1: anna',
    '2026-03-30T15:00:00Z daily → sales: 1: ben',
  ]);
  assert.deepEqual(daily('17:00', [joins('2026-10-24T15:30:00Z')]), [
    '2026-10-25T16:00:00Z daily → sales: 1: anna',
  ]);
});

test('a time of day that is skipped comes at the jump, and one that is doubled comes once', () => {
  assert.deepEqual(daily('02:30', [joins('2026-03-28T22:00:00Z'), joins('2026-03-29T01:00:01Z', 'ben')]), [
    '2026-03-29T01:00:00Z daily → sales: 1: anna',
    '2026-03-30T00:30:00Z daily → sales: 1: ben',
  ]);
  assert.deepEqual(daily('02:30', [joins('2026-10-24T22:00:00Z'), joins('2026-10-25T00:45:00Z', 'ben')]), [
    '2026-10-25T00:30:00Z daily → sales: 1: anna',
    '2026-10-26T01:30:00Z daily → sales: 1: ben',
  ]);
});

test('months end and leap days come as the calendar says', () => {
  assert.deepEqual(daily('09:00', [joins('2028-02-28T09:00:00Z'), joins('2028-02-29T09:00:00Z', 'ben')]), [
    '2028-02-29T08:00:00Z daily → sales: 1: anna',
    '2028-03-01T08:00:00Z daily → sales: 1: ben',
  ]);
  assert.deepEqual(daily('09:00', [joins('2027-02-28T09:00:00Z')]), [
    '2027-03-01T08:00:00Z daily → sales: 1: anna',
  ]);
  assert.deepEqual(daily('00:00', [joins('2026-12-31T22:59:59Z'), joins('2026-12-31T23:00:01Z', 'ben')]), [
    '2026-12-31T23:00:00Z daily → sales: 1: anna',
    '2027-01-01T23:00:00Z daily → sales: 1: ben',
  ]);
});

const started = (at: string): Happening => [at, 'room.started'];

test('a wait of days counts hours, not days of the calendar', () => {
  const rules = staged(
    `  - { id: stays, on: room.started, still_true_after: 1d, send: { to: sales, text: "x" } }
`,
    'timezone: Europe/Berlin',
  );
  const due = (at: string) => play(rules, [started(at)], { isAbsolute: true }).at(-1);
  assert.equal(due('2026-03-28T12:00:00Z'), '2026-03-29T12:00:00Z stays → sales: x');
  assert.equal(due('2026-10-24T12:00:00Z'), '2026-10-25T12:00:00Z stays → sales: x');
  assert.equal(due('2028-02-28T12:00:00Z'), '2028-02-29T12:00:00Z stays → sales: x');
});
