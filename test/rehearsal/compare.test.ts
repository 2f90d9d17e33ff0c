import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from '#engine/run.ts';
import { type Comparison, compare } from '#rehearsal/compare.ts';
import { formatComparison, isDifferent } from '#rehearsal/comparison-report.ts';
import type { StoredEvent } from '#store/store.ts';
import { at, configuration, event } from '../engine/setup.ts';

type Kind = Parameters<typeof event>[0];

/** Stored events of one meeting: type, second and who. */
function stored(...events: readonly (readonly [Kind, number, string?])[]): StoredEvent[] {
  return events.map(([type, seconds, who], index) => ({
    sequence: index + 1,
    receivedAt: at(seconds),
    isRepeat: false,
    event: event(type, seconds, who === undefined ? {} : { who }),
  }));
}

function compared(
  before: string | Configuration,
  after: string | Configuration,
  events: readonly StoredEvent[],
  { since = at(0), until = at(86_400), isSame = true } = {},
): Promise<Comparison> {
  const [one, other] = [before, after].map((each) => (typeof each === 'string' ? configuration(each) : each));
  assert.ok(one && other);
  return compare(one, other, [events], { since, until, isSameTemplate: () => isSame });
}

const rule = (text: string) => `  - { ${text} }\n`;
const joined = rule(
  'id: joined, on: participant.joined, send: { to: sales, text: "{{participant.name}} is here" }',
);
/** Waits, and then says that somebody is alone. */
const alone = (wait: string) =>
  rule(`id: alone, on: participant.joined, still_true_after: ${wait}, send: { to: ops, text: "x" }`);
const joins = stored(['participant.joined', 1, 'anna'], ['participant.joined', 2, 'ben']);

test('the same rules say the same, and no rule is listed', async () => {
  const result = await compared(joined, joined, joins);
  assert.deepEqual(result, {
    events: 2,
    rules: [],
    total: { before: 2, after: 2, added: 0, removed: 0, changed: 0 },
  });
  assert.equal(isDifferent(result), false);
});

test('a rule that is new adds its messages, one that is gone removes them', async () => {
  const left = joined.replace('id: joined', 'id: second');
  const { rules, total } = await compared(joined, left, joins);
  const found = rules.map(({ rule: id, status, added, removed }) => [id, status, added.count, removed.count]);
  assert.deepEqual(found, [
    ['joined', 'gone', 0, 2],
    ['second', 'new', 2, 0],
  ]);
  assert.deepEqual(total, { before: 2, after: 2, added: 2, removed: 2, changed: 0 });
});

test('a renamed rule is compared with its old self', async () => {
  const renamed = joined.replace('id: joined', 'id: arrived, was: joined');
  assert.equal(isDifferent(await compared(joined, renamed, joins)), false);
  const { rules } = await compared(joined, renamed.replace('is here', 'has come'), joins);
  const [found] = rules;
  assert.deepEqual([rules.length, found?.rule, found?.was, found?.changed], [1, 'arrived', 'joined', 2]);
});

test('other words are shown side by side, three examples at most', async () => {
  const many = stored(...Array.from({ length: 5 }, (_, n) => ['participant.joined', n, `p${n}`] as const));
  const { rules } = await compared(joined, joined.replace('is here', 'has come'), many);
  const words = rules[0]?.changes.words;
  assert.equal(words?.count, 5);
  assert.equal(words.examples.length, 3);
  const [first] = words.examples;
  assert.deepEqual(first, {
    room: 'R1',
    before: { at: at(0).toISOString(), to: 'sales', line: 'p0 is here' },
    after: { at: at(0).toISOString(), to: 'sales', line: 'p0 has come' },
  });
});

test('words that come out the same for these events are no difference', async () => {
  const text = '{{participant.name}} is here{{#if (gt session.present 9)}} in a crowd{{/if}}';
  const crowd = joined.replace('{{participant.name}} is here', text);
  assert.equal(isDifferent(await compared(joined, crowd, joins)), false);
});

test('a template whose file changed is worded anew: the same words are no difference', async () => {
  assert.equal(isDifferent(await compared(joined, joined, joins, { isSame: false })), false);
});

test('another destination is a change, whether it has another name or is another place', async () => {
  const moved = await compared(joined, joined.replace('to: sales', 'to: ops'), joins);
  const example = moved.rules[0]?.changes.destination?.examples[0];
  assert.deepEqual([example?.before?.to, example?.after?.to, moved.total.changed], ['sales', 'ops', 2]);
  const before = configuration(joined);
  const destinations = before.rulebook.destinations.map((each) =>
    each.name === 'sales' ? { ...each, settings: { channel: 'C1' } } : each,
  );
  const elsewhere = { ...before, rulebook: { ...before.rulebook, destinations } };
  const { rules } = await compared(before, elsewhere, joins);
  assert.equal(rules[0]?.changes.destination?.count, 2);
});

test('a second destination adds a message and leaves the first alone', async () => {
  const { total } = await compared(joined, joined.replace('to: sales', 'to: [ ops, sales ]'), joins);
  assert.deepEqual(total, { before: 2, after: 4, added: 2, removed: 0, changed: 0 });
});

test('a longer wait is another time of the same message', async () => {
  const { rules, total } = await compared(alone('5m'), alone('10m'), joins.slice(0, 1));
  const example = rules[0]?.changes.time?.examples[0];
  assert.deepEqual(total, { before: 1, after: 1, added: 0, removed: 0, changed: 1 });
  assert.deepEqual([example?.before?.at, example?.after?.at], [at(301).toISOString(), at(601).toISOString()]);
});

test('a wait that is added is another time too, and one that nobody waits for to the end removes the message', async () => {
  const waits = joined.replace('send:', 'still_true_after: 5m, where: { session.present: 1 }, send:');
  const plain = joined.replace('send:', 'where: { session.present: 1 }, send:');
  const kept = await compared(plain, waits, joins.slice(0, 1));
  assert.deepEqual([kept.rules[0]?.changes.time?.count, kept.total.changed], [1, 1]);
  const { total } = await compared(plain, waits, joins);
  assert.deepEqual(total, { before: 1, after: 0, added: 0, removed: 1, changed: 0 });
});

test('a timer that is due after the end has not fired', async () => {
  const waits = joined.replace('send:', 'still_true_after: 5m, send:');
  const { total } = await compared(waits, waits, joins, { until: at(120) });
  assert.equal(total.before, 0);
});

test('quiet hours that hold a message change it, and those that drop it remove it', async () => {
  const withQuiet = (then: 'hold' | 'drop') => {
    const text = `quiet_hours:\n  day: { from: "00:00", to: "23:59", then: ${then} }\n`;
    return configuration(`${joined.replace('send: {', 'send: { quiet_hours: day,')}${text}`);
  };
  const held = await compared(joined, withQuiet('hold'), joins);
  const example = held.rules[0]?.changes['quiet hours']?.examples[0];
  assert.equal(example?.before?.heldUntil, undefined);
  assert.equal(example?.after?.heldUntil, '2026-07-05T23:59:00.000Z');
  const dropped = await compared(joined, withQuiet('drop'), joins);
  assert.deepEqual([dropped.total.removed, dropped.total.changed], [2, 0]);
});

test('a shadow rule says nothing', async () => {
  const shadow = joined.replace('on:', 'enabled: shadow, on:');
  assert.equal((await compared(joined, shadow, joins)).total.removed, 2);
});

test('a message that cannot be worded any more is removed', async () => {
  const before = configuration(joined);
  const broken = configuration(joined.replace('is here', 'has come'));
  const library = Object.assign(Object.create(broken.library), { words: () => undefined });
  const { total } = await compared(before, { ...broken, library }, joins);
  assert.deepEqual(total, { before: 2, after: 0, added: 0, removed: 2, changed: 0 });
});

test('what came before the time asked for is not compared, yet who was there is known', async () => {
  const second = joined.replace(
    'on: participant.joined',
    'on: participant.joined, where: { session.present: 2 }',
  );
  const { events, total } = await compared(joined, second, joins, { since: at(2) });
  assert.deepEqual([events, total], [1, { before: 1, after: 1, added: 0, removed: 0, changed: 0 }]);
});

test('pages are taken one at a time, and each is told', async () => {
  const given = configuration(joined);
  const told: number[] = [];
  let taken = 0;
  function* pages() {
    for (const each of joins) {
      assert.equal(told.length, taken);
      taken += 1;
      yield [each];
    }
  }
  const options = { since: at(0), until: at(60), isSameTemplate: () => true };
  await compare(given, given, pages(), { ...options, onPage: (last) => told.push(last.sequence) });
  assert.deepEqual(told, [1, 2]);
});

test('the report counts, shows both sides and ends with the total', async () => {
  const after = `${joined.replace('is here', 'has come')}${rule('id: start, on: room.started, send: { to: ops, text: "begins" }')}`;
  const events = stored(['room.started', 0], ['participant.joined', 1, 'anna']);
  const result = await compared(joined, after, events);
  const text = formatComparison(result, { timezone: 'UTC', since: at(0), until: at(3600) });
  assert.equal(
    text,
    [
      'joined: 1 message',
      '  ~ 1 with another text',
      '    - 05 Jul 08:00:01 · to sales · anna is here · R1',
      '    + 05 Jul 08:00:01 · to sales · anna has come · R1',
      '',
      'start: new, 1 message',
      '  + 1 added',
      '      05 Jul 08:00:00 · to ops · begins · R1',
      '',
      '2 events of the last 1h: 1 added, 0 removed, 1 changed; 1 message before, 2 after.',
      '',
    ].join('\n'),
  );
});
