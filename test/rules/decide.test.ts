import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventType } from '#domain/catalogue.ts';
import type { JsonObject } from '#domain/value.ts';
import { type Decision, decideEvent } from '#rules/decide.ts';
import { Memory } from '#rules/memory.ts';
import { rulebookOf } from './loading.ts';

const rulebook = rulebookOf(`version: 1
destinations: { ops: { preview: {} } }
rules:
  - { id: always, on: room.ended, send: { to: ops, text: hi } }
  - { id: joined, on: participant.joined, once_per: [session.id, participant.id], send: { to: ops, text: hi } }
  - { id: counted, on: room.started, once_per: [room.name, raw.n], send: { to: ops, text: hi } }
  - { id: big, on: room.started, where: { session.present: { at_least: 5 } }, once_per: [session.id], send: { to: ops, text: hi } }
`);

const now = new Date('2026-07-06T10:00:00Z');

function decide(type: EventType, facts: JsonObject, memory = new Memory()): readonly Decision[] {
  const occurrence = { facts, sequence: 7, session: '', at: now, now };
  return decideEvent(rulebook, type, occurrence, memory, () => undefined);
}

/** The one key that is taken when the one rule fires; undefined where it takes none. */
function keyOf(type: EventType, facts: JsonObject): string | undefined {
  const memory = new Memory();
  const decisions = decide(type, facts, memory);
  assert.deepEqual(
    decisions.map(({ kind }) => kind),
    ['fires'],
  );
  const { taken } = memory.takeChanges();
  assert.ok(taken.length < 2);
  assert.ok(taken.every(({ rule }) => rule === decisions[0]?.rule.id));
  return taken[0]?.key;
}

const joined = (session: string, participant: string) =>
  keyOf('participant.joined', { session: { id: session }, participant: { id: participant } });
const counted = (n: number | string | boolean) =>
  keyOf('room.started', { room: { name: 'x' }, session: { id: 'S', present: 1 }, raw: { n } });

test('a rule without once_per fires every time, without a key', () => {
  assert.equal(keyOf('room.ended', {}), undefined);
  assert.equal(decide('room.ended', {})[0]?.rule.id, 'always');
});

test('only rules whose conditions hold say anything', () => {
  assert.deepEqual(decide('room.created', {}), []);
  const ids = (present: number) =>
    decide('room.started', { session: { id: 'S', present }, room: { name: 'x' }, raw: { n: 1 } }).map(
      ({ rule }) => rule.id,
    );
  assert.deepEqual([ids(4), ids(5).toSorted()], [['counted'], ['big', 'counted']]);
});

test('a firing carries the facts, the event that caused it, and when it goes out', () => {
  const facts = { session: { id: 'S1' }, participant: { id: 'ann' } };
  const [firing] = decide('participant.joined', facts);
  assert.ok(firing?.kind === 'fires');
  assert.deepEqual([firing.facts, firing.sequence, firing.occurrence], [facts, 7, 'event:7']);
  assert.deepEqual(
    firing.sends.map(({ send, release }) => [send.to, release]),
    [[['ops'], { kind: 'now' }]],
  );
});

test('the key holds the values of its fields, and belongs to the rule', () => {
  assert.equal(joined('S1', 'ann'), '["S1","ann"]');
});

test('a field that does not tell case apart makes one key for both spellings, another field two', () => {
  assert.equal(joined('S1', 'ANN'), joined('S1', 'ann'));
  assert.equal(joined('S1', 'Zoe\u0308'), joined('S1', 'zoë'));
  assert.equal(joined('Zoe\u0308', 'ann'), joined('Zoë', 'ann'));
  assert.notEqual(joined('S1', 'ann'), joined('s1', 'ann'));
});

test('values that look alike when put together make different keys', () => {
  assert.notEqual(joined('a', 'b,c'), joined('a,b', 'c'));
  assert.notEqual(joined('a"', '"b'), joined('a', '""b'));
  assert.notEqual(counted(1), counted('1'));
});

test('a field that is missing means silence, with the reason, and takes no key', () => {
  const memory = new Memory();
  const decisions = decide('participant.joined', { session: { id: 'S1' }, participant: {} }, memory);
  assert.deepEqual(
    decisions.map(({ rule, ...more }) => ({ ...more, rule: rule.id })),
    [
      {
        kind: 'silent',
        rule: 'joined',
        why: 'key missing',
        reason: 'once_per: participant.id is missing',
        sequence: 7,
      },
    ],
  );
  assert.deepEqual(memory.takeChanges().taken, []);
});

test('false, 0 and an empty text are values', () => {
  for (const n of [0, false, '']) assert.equal(counted(n), JSON.stringify(['x', n]));
});

test('a key that is held silences the rule, and is kept on', () => {
  const memory = new Memory();
  const facts = { session: { id: 'S1' }, participant: { id: 'ann' } };
  decide('participant.joined', facts, memory);
  const { taken } = memory.takeChanges();
  const [second] = decide('participant.joined', facts, memory);
  assert.ok(second?.kind === 'silent');
  assert.equal(second.why, 'already told');
  const changes = memory.takeChanges();
  assert.deepEqual([changes.used, changes.taken], [taken, []]);
});

test('what is not at hand is said to be missed, and asked for once', () => {
  const nothing = { sessions: [], memos: [], once: [] };
  const memory = new Memory({ looked: nothing, memos: [], held: [] });
  const facts = { session: { id: 'S1' }, participant: { id: 'ann' } };
  decide('participant.joined', facts, memory);
  const missed = memory.missed;
  assert.deepEqual(missed?.once, [{ rule: 'joined', key: '["S1","ann"]' }]);
  const complete = new Memory({ looked: missed, memos: [], held: [] });
  assert.equal(decide('participant.joined', facts, complete)[0]?.kind, 'fires');
  assert.equal(complete.missed, undefined);
  const held = new Memory({ looked: missed, memos: [], held: missed.once });
  assert.equal(decide('participant.joined', facts, held)[0]?.kind, 'silent');
});
