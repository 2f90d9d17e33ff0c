import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '#domain/memory.ts';
import { decideTimer } from '#rules/decide.ts';
import { Memory } from '#rules/memory.ts';
import { rulebookOf } from './loading.ts';

function prints(rule: string) {
  const { rules } = rulebookOf(`version: 1
destinations: { ops: { preview: {} }, sales: { preview: {} } }
rules:
  - ${rule}
`);
  const [only] = rules;
  assert.ok(only);
  return only.prints();
}

const usual =
  '{ id: a, on: room.ended, where: { room.id: x, session.peak: { at_least: 2, less_than: 9 } }, still_true_after: 5m, once_per: [session.id], send: { to: ops, text: hi } }';

test('other words and other ways to write the same leave what a rule means', () => {
  for (const same of [
    usual.replace('text: hi', 'text: ho'),
    usual.replace('to: ops', 'to: sales'),
    usual.replace('5m', '300s'),
    usual.replace('room.id: x', 'room.id: { is: x }'),
    usual.replace('on: room.ended', 'on: [room.ended]'),
    usual.replace('at_least: 2, less_than: 9', 'less_than: 9, at_least: 2'),
  ]) {
    assert.deepEqual(prints(same), prints(usual), same);
  }
});

test('another condition, time or event is another meaning; only once_per stands for the keys', () => {
  for (const other of [
    usual.replace('room.id: x', 'room.id: y'),
    usual.replace('5m', '6m'),
    usual.replace('on: room.ended', 'on: room.started'),
    usual.replace('id: a,', 'id: a, enabled: shadow,'),
    usual.replace('still_true_after: 5m', 'at_most: { n: 1, per: 5m }'),
  ]) {
    assert.notEqual(prints(other).meaning, prints(usual).meaning, other);
    assert.equal(prints(other).once, prints(usual).once, other);
  }
  const keyed = prints(usual.replace('[session.id]', '[session.id, room.id]'));
  assert.equal(keyed.meaning, prints(usual).meaning);
  assert.notEqual(keyed.once, prints(usual).once);
});

test('two digests that are due at the same moment are two messages, and tell how late they are', () => {
  const rulebook = rulebookOf(`version: 1
destinations: { ops: { preview: {} } }
rules:
  - { id: a, on: room.ended, digest: { at: "17:00" }, send: { to: ops, text: "{{count}} {{late}}" } }
`);
  const dueAt = new Date('2026-07-01T17:00:00Z');
  const now = new Date('2026-07-01T18:00:00Z');
  const digest = (first: number): Digest => ({
    kind: 'digest',
    rule: 'a',
    key: '[]',
    dueAt,
    first,
    sequence: first,
    items: [{}],
    count: 1,
    held: 0,
    session: '',
  });
  const decided = [1, 2].map((first) =>
    decideTimer(rulebook, digest(first), now, new Memory(), () => undefined),
  );
  const [one, other] = decided.map((each) => (each?.kind === 'fires' ? each : assert.fail()));
  assert.notEqual(one?.occurrence, other?.occurrence);
  assert.equal(one?.facts['late'], 3600);
});
