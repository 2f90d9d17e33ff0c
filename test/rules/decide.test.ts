import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Decision, decide } from '#rules/decide.ts';
import { rulebookOf } from './loading.ts';

const rulebook = rulebookOf(`version: 1
destinations: { ops: { preview: {} } }
rules:
  - { id: always, on: room.ended, send: { to: ops, text: hi } }
  - { id: joined, on: participant.joined, once_per: [session.id, participant.id], send: { to: ops, text: hi } }
  - { id: counted, on: room.started, once_per: [room.name, raw.n], send: { to: ops, text: hi } }
  - { id: big, on: room.started, where: { session.present: { at_least: 5 } }, once_per: [session.id], send: { to: ops, text: hi } }
`);

const joined = (session: string, participant: string): Decision[] => [
  ...decide(rulebook, 'participant.joined', { session: { id: session }, participant: { id: participant } }),
];

function keyOf(decisions: readonly Decision[]): string | undefined {
  const [decision] = decisions;
  assert.equal(decisions.length, 1);
  assert.equal(decision?.kind, 'fires');
  return decision.onceKey;
}

test('a rule without once_per fires every time, without a key', () => {
  const decisions = decide(rulebook, 'room.ended', {});
  assert.equal(keyOf(decisions), undefined);
  assert.equal(decisions[0]?.rule.id, 'always');
});

test('only rules whose conditions hold say anything', () => {
  assert.deepEqual(decide(rulebook, 'room.created', {}), []);
  const ids = (present: number) =>
    decide(rulebook, 'room.started', {
      session: { id: 'S', present },
      room: { name: 'x' },
      raw: { n: 1 },
    }).map(({ rule }) => rule.id);
  assert.deepEqual([ids(4), ids(5).toSorted()], [['counted'], ['big', 'counted']]);
});

test('the key holds the rule and the values of its fields', () => {
  assert.equal(keyOf(joined('S1', 'ann')), '["joined","S1","ann"]');
});

test('a field that does not tell case apart makes one key for both spellings, another field two', () => {
  assert.equal(keyOf(joined('S1', 'ANN')), keyOf(joined('S1', 'ann')));
  assert.equal(keyOf(joined('S1', 'Zoe\u0308')), keyOf(joined('S1', 'zoë')));
  assert.equal(keyOf(joined('Zoe\u0308', 'ann')), keyOf(joined('Zoë', 'ann')));
  assert.notEqual(keyOf(joined('S1', 'ann')), keyOf(joined('s1', 'ann')));
});

test('values that look alike when put together make different keys', () => {
  assert.notEqual(keyOf(joined('a', 'b,c')), keyOf(joined('a,b', 'c')));
  assert.notEqual(keyOf(joined('a"', '"b')), keyOf(joined('a', '""b')));
  const counted = (n: number | string) =>
    keyOf(decide(rulebook, 'room.started', { room: { name: 'x' }, raw: { n } }));
  assert.notEqual(counted(1), counted('1'));
});

test('a field that is missing means silence, with the reason', () => {
  const decisions = decide(rulebook, 'participant.joined', { session: { id: 'S1' }, participant: {} });
  assert.deepEqual(
    decisions.map(({ kind, rule, ...more }) => ({ kind, rule: rule.id, ...more })),
    [{ kind: 'silent', rule: 'joined', reason: 'once_per: participant.id is missing' }],
  );
});

test('false, 0 and an empty text are values', () => {
  for (const n of [0, false, '']) {
    const decisions = decide(rulebook, 'room.started', { room: { name: 'x' }, raw: { n } });
    assert.equal(keyOf(decisions), JSON.stringify(['counted', 'x', n]));
  }
});
