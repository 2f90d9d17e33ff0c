import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rulebookOf } from './loading.ts';

/** Compiles a `where`, written as in the file, for recording.ready unless said otherwise. */
function where(conditions: string, on = 'recording.ready'): (facts: unknown) => boolean {
  const { rules } = rulebookOf(`version: 1
destinations: { ops: { preview: {} } }
lists: { names: [Ann, bob, "Zoë"], sizes: [1, 60], words: [a, b], mixed: [1, a, true], empty: [] }
rules:
  - id: a
    on: ${on}
    where: ${conditions}
    send: { to: ops, text: hi }
`);
  const [rule] = rules;
  assert.ok(rule);
  return (facts) => rule.where.holds(facts);
}

const room = (id: unknown) => ({ room: { id } });
const sid = (id: unknown) => ({ session: { id } });
const seconds = (value: unknown) => ({ recording: { seconds: value } });
const team = (value: unknown) => ({ room: { metadata: { team: value } } });
const inSession = (more: object) => ({ session: { id: 's' }, ...more });
const recorded = (value: unknown) => ({ session: { recorded: value } });

type Row = readonly [
  condition: string,
  operator: string,
  holding: readonly unknown[],
  failing: readonly unknown[],
];

/** `session.id` and `session.parent` compare exactly, `room.id` without case. */
const rows: readonly Row[] = [
  ['session.id', 'is: a', [sid('a')], [sid('A'), sid('ab'), sid(''), sid(1), sid(true), sid(['a'])]],
  ['session.id', 'not: a', [sid('A'), sid(''), sid(1), sid(['a'])], [sid('a')]],
  ['session.id', 'in: [a, b]', [sid('a'), sid('b')], [sid('c'), sid('A'), sid(['a'])]],
  ['session.id', 'not_in: [a, b]', [sid('c'), sid('A')], [sid('a'), sid('b')]],
  ['session.id', 'in_list: words', [sid('a'), sid('b')], [sid('c'), sid('B')]],
  ['session.id', 'not_in_list: words', [sid('c'), sid('B')], [sid('a'), sid('b')]],
  ['session.id', 'in_list: empty', [], [sid('a'), sid('')]],
  ['session.id', 'not_in_list: empty', [sid('a'), sid('')], []],
  [
    'session.id',
    'contains: ee',
    [sid('meeting'), sid('ee')],
    [sid('mEEting'), sid('e'), sid(33), sid(['ee'])],
  ],
  ['session.id', 'starts_with: me', [sid('meeting'), sid('me')], [sid('Meeting'), sid('some'), sid(0)]],
  ['session.id', 'ends_with: ng', [sid('meeting'), sid('ng')], [sid('meetinG'), sid('ngo'), sid(0)]],
  ['session.id', 'matches: "^m.*g$"', [sid('meeting'), sid('mg')], [sid('Meeting'), sid('meetings'), sid(5)]],
  ['session.id', 'matches: "ee"', [sid('meeting')], [sid('meting')]],
  ['room.id', 'is: Ann', [room('ann'), room('ANN')], [room('anna')]],
  ['room.id', 'not: Ann', [room('anna')], [room('ann'), room('ANN')]],
  ['room.id', 'in: [Ann, bob]', [room('ANN'), room('Bob')], [room('anna')]],
  ['room.id', 'not_in: [Ann, bob]', [room('anna')], [room('ANN'), room('Bob')]],
  ['room.id', 'in_list: names', [room('ANN'), room('zoë'), room('ZOE\u0308'), room('BOB')], [room('zoe')]],
  ['room.id', 'not_in_list: names', [room('zoe')], [room('ANN'), room('ZOE\u0308')]],
  ['room.id', 'contains: NN', [room('anna')], [room('ana')]],
  ['room.id', 'starts_with: AN', [room('anna')], [room('hanna')]],
  ['room.id', 'ends_with: NA', [room('anna')], [room('ann')]],
  ['room.id', 'matches: "^an+a$"', [room('ANNA')], [room('hanna')]],
  ['room.id', 'is: "Zoë"', [room('Zoe\u0308'), room('ZOË')], [room('Zoe')]],
  ['session.id', 'is: "Zoë"', [sid('Zoe\u0308'), sid('Zo\u00eb')], [sid('ZOË'), sid('Zoe')]],
  ['session.id', 'is: "Zoe\\u0308"', [sid('Zo\u00eb'), sid('Zoe\u0308')], [sid('Zoe')]],
  ['session.id', 'contains: "oë"', [sid('Zoe\u0308')], [sid('Zoe')]],
  ['session.id', 'matches: "^Zoë$"', [sid('Zoe\u0308')], [sid('Zoe')]],
  ['session.id', 'matches: "^Zoe\\u0308$"', [sid('Zo\u00eb')], [sid('Zoe')]],
  ['recording.seconds', 'is: 60', [seconds(60)], [seconds(61), seconds('60'), seconds(true)]],
  ['recording.seconds', 'not: 60', [seconds(61), seconds('60')], [seconds(60)]],
  ['recording.seconds', 'in_list: sizes', [seconds(1), seconds(60)], [seconds(2), seconds('1')]],
  ['recording.seconds', 'more_than: 60', [seconds(60.5)], [seconds(60), seconds('61'), seconds(true)]],
  ['recording.seconds', 'at_least: 60', [seconds(60)], [seconds(59.9), seconds('61')]],
  ['recording.seconds', 'less_than: 60', [seconds(59.9)], [seconds(60), seconds('5')]],
  ['recording.seconds', 'at_most: 60', [seconds(60)], [seconds(60.1), seconds('5')]],
  ['session.recorded', 'is: true', [recorded(true)], [recorded(false), recorded('true'), recorded(1)]],
  ['session.recorded', 'not: true', [recorded(false)], [recorded(true)]],
];

const missing = [
  {},
  { session: {}, room: {}, recording: {} },
  { session: null, room: 'x', recording: [] },
  null,
  'x',
];
const nothing = { session: { id: null, recorded: null }, room: { id: null }, recording: { seconds: null } };

for (const [field, operator, holding, failing] of rows) {
  test(`${field}: { ${operator} }`, () => {
    const holds = where(`{ ${field}: { ${operator} } }`);
    const holdsMissing = where(`{ ${field}: { ${operator}, or_missing: true } }`);
    for (const facts of holding) {
      assert.equal(holds(facts), true, JSON.stringify(facts));
      assert.equal(holdsMissing(facts), true, JSON.stringify(facts));
    }
    for (const facts of failing) {
      assert.equal(holds(facts), false, JSON.stringify(facts));
      assert.equal(holdsMissing(facts), false, JSON.stringify(facts));
    }
    for (const facts of [...missing, nothing]) {
      assert.equal(holds(facts), false, `missing in ${JSON.stringify(facts)}`);
      assert.equal(holdsMissing(facts), true, `missing in ${JSON.stringify(facts)}`);
    }
  });
}

test('no where at all, or an empty one, holds for everything', () => {
  assert.equal(where('{}')({}), true);
});

test('a bare value means is, and a list means one of', () => {
  const one = where('{ room.id: Ann }');
  assert.deepEqual([one(room('ann')), one(room('bob')), one({})], [true, false, false]);
  const several = where('{ room.id: [Ann, bob] }');
  assert.deepEqual([several(room('BOB')), several(room('eve')), several({})], [true, false, false]);
  const number = where('{ recording.seconds: 5 }');
  assert.deepEqual([number(seconds(5)), number(seconds('5'))], [true, false]);
});

test('all entries must hold, and all operators of an entry', () => {
  const holds = where(
    '{ room.id: { starts_with: a, ends_with: z, not: abz }, recording.seconds: { more_than: 1, less_than: 9 } }',
  );
  const facts = (id: string, value: number) => ({ ...room(id), ...seconds(value) });
  assert.equal(holds(facts('a-z', 5)), true);
  assert.deepEqual(
    [facts('abz', 5), facts('a-y', 5), facts('b-z', 5), facts('a-z', 1), facts('a-z', 9), room('a-z')].map(
      holds,
    ),
    [false, false, false, false, false, false],
  );
});

test('exists asks for presence alone, and false, 0 and an empty text are present', () => {
  const there = where('{ recording.seconds: { exists: true } }');
  const absent = where('{ recording.seconds: { exists: false } }');
  for (const facts of [seconds(0), seconds(''), seconds(false), seconds([])]) {
    assert.deepEqual([there(facts), absent(facts)], [true, false], JSON.stringify(facts));
  }
  for (const facts of [...missing, nothing]) {
    assert.deepEqual([there(facts), absent(facts)], [false, true], JSON.stringify(facts));
  }
});

test('exists joins other operators: there and more; missing and more is impossible, and refused', () => {
  const there = where('{ recording.seconds: { exists: true, at_least: 5 } }');
  assert.deepEqual([there(seconds(5)), there(seconds(4)), there({})], [true, false, false]);
  assert.throws(() => where('{ recording.seconds: { exists: false, at_least: 5 } }'), /contradiction/);
});

test('or_missing: false is the same as leaving it out', () => {
  const holds = where('{ room.id: { is: a, or_missing: false } }');
  assert.deepEqual([holds(room('a')), holds({})], [true, false]);
});

test('any needs one of its members, and each member all of its entries', () => {
  const holds = where('{ any: [{ room.id: a, session.id: b }, { session.id: c }] }');
  assert.equal(holds({ room: { id: 'a' }, session: { id: 'b' } }), true);
  assert.equal(holds(sid('c')), true);
  assert.equal(holds(room('a')), false);
  assert.equal(holds({}), false);
});

test('none negates the result, so it is true for what is missing', () => {
  const holds = where('{ none: [{ room.id: a }, { session.id: b }] }');
  assert.deepEqual(
    [holds(room('a')), holds(sid('b')), holds(room('c')), holds({})],
    [false, false, true, true],
  );
  const negative = where('{ none: [{ room.id: { not: a } }] }');
  assert.deepEqual([negative(room('a')), negative(room('b')), negative({})], [true, false, true]);
  const turned = where('{ none: [{ room.id: { is: a, or_missing: true } }] }');
  assert.deepEqual([turned(room('a')), turned(room('b')), turned({})], [false, true, false]);
});

test('any and none stand in each other to any depth, beside other entries', () => {
  const holds = where(
    '{ session.id: s, any: [{ room.id: a }, { none: [{ recording.seconds: { less_than: 9 } }, { any: [{ session.recorded: false }] }] }] }',
  );
  assert.equal(holds(inSession({ room: { id: 'a' }, recording: { seconds: 1 } })), true);
  assert.equal(holds(inSession({ recording: { seconds: 9 } })), true);
  assert.equal(holds(inSession({ recording: { seconds: 1 } })), false);
  assert.equal(holds(inSession({})), true);
  assert.equal(holds({ session: { id: 's', recorded: false } }), false);
  assert.equal(holds(room('a')), false);
});

test('free fields keep numbers and texts apart', () => {
  const is = where('{ raw.a.b: 1 }');
  assert.deepEqual(
    [is({ raw: { a: { b: 1 } } }), is({ raw: { a: { b: '1' } } }), is({ raw: { a: 1 } })],
    [true, false, false],
  );
  const listed = where('{ room.metadata.team: { in_list: mixed } }');
  assert.deepEqual(
    [1, 'a', true, '1', 'true', 'A', {}].map((value) => listed(team(value))),
    [true, true, true, false, false, false, false],
  );
  const more = where('{ raw.n: { more_than: 5 } }');
  assert.deepEqual(
    [6, '6', 5, [6]].map((n) => more({ raw: { n } })),
    [true, false, false, false],
  );
});

test('metadata that is no object has no fields', () => {
  const holds = where('{ room.metadata.length: { exists: true } }');
  assert.deepEqual(
    [holds({ room: { metadata: 'abc' } }), holds({ room: { metadata: [1] } })],
    [false, false],
  );
});

test('what every JavaScript object inherits is no field of an event', () => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__']) {
    assert.equal(where(`{ raw.${name}: { exists: true } }`)({ raw: {} }), false, name);
    assert.equal(where(`{ raw.a.${name}.name: { exists: true } }`)({ raw: { a: {} } }), false, name);
    assert.equal(where(`{ raw.${name}: x }`)(JSON.parse(`{"raw":{"${name}":"x"}}`)), true, name);
    assert.equal(where(`{ room.id: ${name} }`)(room(name)), true, name);
    assert.equal(where('{ session.id: { in_list: words } }')(sid(name)), false, name);
  }
});

test('an expression that hangs backtracking engines answers at once', { timeout: 20_000 }, () => {
  const holds = where('{ room.name: { matches: "^(a+)+$" } }');
  assert.equal(holds({ room: { name: `${'a'.repeat(50_000)}!` } }), false);
  assert.equal(holds({ room: { name: 'a'.repeat(50_000) } }), true);
});
