import assert from 'node:assert/strict';
import test from 'node:test';
import { present } from '#domain/session.ts';
import { at, ended, event, fold, joined, left, started } from './setup.ts';

test('people who join are present until they leave', () => {
  const both = fold([started(0), joined(1, 'anna', 'c1'), joined(2, 'ben', 'c2')]);
  assert.equal(present(both), 2);
  assert.deepEqual(both.people, ['anna', 'ben']);
  const one = fold([left(3, 'anna', 'c1')], both);
  assert.deepEqual(
    one.connections.map(({ id }) => id),
    ['ben'],
  );
  assert.equal(one.peak, 2);
  assert.equal(one.people.length, 2);
});

test('machines are connected but not present', () => {
  const kinds = ['recorder', 'stream', 'ingress', 'agent', 'bridge'] as const;
  const session = fold([started(0), ...kinds.map((kind, index) => joined(1, kind, `c${index}`, { kind }))]);
  assert.equal(session.connections.length, 5);
  assert.equal(present(session), 0);
  assert.equal(session.peak, 0);
  assert.deepEqual(session.people, []);
});

test('a machine that comes back is no reconnect', () => {
  const session = fold([
    joined(1, 'bot', 'c1', { kind: 'recorder' }),
    left(2, 'bot', 'c1', { kind: 'recorder' }),
    joined(3, 'bot', 'c2', { kind: 'recorder' }),
  ]);
  assert.equal(session.reconnects, 0);
});

test('somebody on the phone counts as a person', () => {
  const session = fold([joined(1, 'sip_1', 'c1', { kind: 'phone' })]);
  assert.equal(present(session), 1);
  assert.equal(session.peak, 1);
});

test('who joins without a kind is a person', () => {
  assert.equal(fold([joined(1, 'anna', 'c1')]).connections[0]?.kind, 'human');
});

test('a connection remembers the name that came with its join', () => {
  const session = fold([joined(1, 'anna', 'c1', { name: 'Anna' }), joined(1, 'ben', 'c2')]);
  assert.equal(session.connections[0]?.name, 'Anna');
  assert.equal(Object.hasOwn(session.connections[1] ?? {}, 'name'), false);
});

test('the same join again changes nothing', () => {
  const events = [started(0), joined(1, 'anna', 'c1')];
  assert.deepEqual(fold([...events, joined(1, 'anna', 'c1')]), fold(events));
});

test('who comes back on a new connection is a reconnect and not another person', () => {
  const session = fold([joined(1, 'anna', 'c1'), left(2, 'anna', 'c1'), joined(3, 'anna', 'c2')]);
  assert.equal(session.reconnects, 1);
  assert.deepEqual(session.people, ['anna']);
  assert.equal(present(session), 1);
  assert.equal(session.peak, 1);
});

test('the end of the replaced connection leaves the new one alone', () => {
  const session = fold([
    joined(1, 'anna', 'c1'),
    joined(5, 'anna', 'c2'),
    left(6, 'anna', 'c1', { reason: 'DUPLICATE_IDENTITY' }),
  ]);
  assert.deepEqual(
    session.connections.map(({ key }) => key),
    ['c2'],
  );
  assert.equal(present(session), 1);
  assert.equal(session.reconnects, 1);
});

test('a connection that left before its join was told stays gone, but its person was here', () => {
  const session = fold([started(0), left(9, 'anna', 'c1'), joined(1, 'anna', 'c1')]);
  assert.equal(present(session), 0);
  assert.deepEqual(session.people, ['anna']);
  assert.equal(session.peak, 1);
  assert.equal(session.reconnects, 0);
});

test('a machine that left before its join was told counts for nobody', () => {
  const bot = { kind: 'agent' } as const;
  const session = fold([started(0), left(9, 'bot', 'c1', bot), joined(1, 'bot', 'c1', bot)]);
  assert.deepEqual(session.people, []);
  assert.equal(session.peak, 0);
});

test('a join that was never told makes its end harmless', () => {
  const before = fold([started(0), joined(1, 'anna', 'c1')]);
  const session = fold([left(2, 'ben', 'c2')], before);
  assert.equal(present(session), 1);
  assert.deepEqual(session.people, ['anna']);
  assert.deepEqual(session.gone, ['c2']);
});

test('a connection that could not be made is gone for good', () => {
  const session = fold([
    joined(1, 'anna', 'c1'),
    event('participant.failed', 2, { participant: { id: 'anna', sid: 'c1' } }),
    joined(1, 'anna', 'c1'),
  ]);
  assert.equal(present(session), 0);
  assert.deepEqual(session.gone, ['c1']);
});

test('without connection ids a person may leave and come back', () => {
  const away = fold([joined(1, 'anna'), left(2, 'anna')]);
  assert.equal(present(away), 0);
  const back = fold([joined(3, 'anna')], away);
  assert.equal(present(back), 1);
  assert.equal(back.reconnects, 1);
  assert.deepEqual(back.people, ['anna']);
});

test('somebody without an id changes nobody', () => {
  const session = fold([
    joined(1, 'anna', 'c1'),
    event('participant.joined', 2, { participant: { sid: 'c2' } }),
    event('participant.left', 3, { participant: { sid: 'c1' } }),
    event('participant.left', 4),
  ]);
  assert.equal(present(session), 1);
  assert.deepEqual(session.gone, []);
});

test('the peak is the most people at one time, not the number of people', () => {
  const session = fold([
    joined(1, 'anna', 'c1'),
    joined(2, 'ben', 'c2'),
    left(3, 'anna', 'c1'),
    joined(4, 'cleo', 'c3'),
    left(5, 'ben', 'c2'),
  ]);
  assert.equal(session.peak, 2);
  assert.equal(session.people.length, 3);
});

test('the end closes everybody, machines too', () => {
  const session = fold([
    started(0),
    joined(1, 'anna', 'c1'),
    joined(2, 'bot', 'c2', { kind: 'recorder' }),
    ended(60),
  ]);
  assert.deepEqual(session.connections, []);
  assert.equal(present(session), 0);
  assert.deepEqual(session.gone, ['c1', 'c2']);
  assert.equal(session.peak, 1);
});

test('a join told after the end brings nobody in, but counts the person', () => {
  const session = fold([started(0), joined(1, 'anna', 'c1'), ended(60), joined(30, 'ben', 'c2')]);
  assert.equal(session.status, 'ended');
  assert.deepEqual(session.connections, []);
  assert.deepEqual(session.people, ['anna', 'ben']);
});

test('a meeting known only by a late join had one person at least', () => {
  assert.equal(fold([ended(60), joined(30, 'ben', 'c2')]).peak, 1);
});

test('a leave told after the end changes no count', () => {
  const over = fold([started(0), joined(1, 'anna', 'c1'), ended(60)]);
  const session = fold([left(59, 'anna', 'c1')], over);
  assert.deepEqual(session, over);
});

test('the first join makes a meeting live whose start was lost, and is taken for its start', () => {
  const session = fold([joined(7, 'anna', 'c1'), joined(9, 'ben', 'c2')]);
  assert.equal(session.status, 'live');
  assert.equal(session.startedAt, at(7));
});

test('a join that knows the start of the meeting tells it', () => {
  const session = fold([{ ...joined(7, 'anna', 'c1'), session: { started_at: at(2) } }]);
  assert.equal(session.startedAt, at(2));
});
