import assert from 'node:assert/strict';
import test from 'node:test';
import { follow } from '#domain/follow.ts';
import { age, lose, sessionSeconds } from '#domain/session.ts';
import { at, ended, event, fold, joined, started } from './setup.ts';

test('the first event of any kind begins a session', () => {
  const session = follow(undefined, event('other', 5), 'S7', at(6));
  assert.deepEqual(session, {
    source: 'meet',
    id: 'S7',
    status: 'created',
    heardAt: at(6),
    connections: [],
    gone: [],
    people: [],
    peak: 0,
    reconnects: 0,
    artifacts: [],
  });
});

test('folding leaves the session it began with as it was', () => {
  const before = fold([started(0), joined(1, 'anna', 'c1')]);
  const copy = structuredClone(before);
  fold([joined(2, 'ben', 'c2'), ended(60)], before);
  assert.deepEqual(before, copy);
});

test('a created room is not live before it starts', () => {
  const created = fold([event('room.created', 0)]);
  assert.equal(created.status, 'created');
  assert.equal(created.startedAt, undefined);
  assert.equal(fold([started(5)], created).status, 'live');
});

test('a meeting has its length once it has ended', () => {
  const live = fold([started(0)]);
  assert.equal(sessionSeconds(live), undefined);
  const over = fold([ended(90)], live);
  assert.equal(over.status, 'ended');
  assert.equal(sessionSeconds(over), 90);
});

test('times that the platform tells win over those of the events', () => {
  const session = fold([
    { ...started(5), session: { started_at: at(3) } },
    { ...ended(95), session: { ended_at: at(93) } },
  ]);
  assert.equal(session.startedAt, at(3));
  assert.equal(session.endedAt, at(93));
});

test('the start of the meeting replaces what a join took for it', () => {
  const join = { ...joined(7, 'anna', 'c1'), session: { started_at: at(-3600) } };
  assert.equal(fold([join, started(5)]).startedAt, at(5));
  assert.equal(fold([started(5), join]).startedAt, at(5));
});

test('an end that knows the start gives a meeting its length whose start was lost', () => {
  const session = fold([{ ...ended(90), session: { started_at: at(30), ended_at: at(90) } }]);
  assert.equal(sessionSeconds(session), 60);
});

test('of two ends the first counts', () => {
  const session = fold([started(0), ended(60), ended(70)]);
  assert.equal(session.endedAt, at(60));
  assert.equal(session.status, 'ended');
});

test('a second end fills in the start that the first did not know', () => {
  const session = fold([ended(60), { ...ended(70), session: { started_at: at(0) } }]);
  assert.equal(session.startedAt, at(0));
  assert.equal(session.endedAt, at(60));
});

test('a start told after the end revives nothing, but gives the length', () => {
  const session = fold([ended(60), started(0)]);
  assert.equal(session.status, 'ended');
  assert.equal(sessionSeconds(session), 60);
});

test('clocks that contradict each other give no length', () => {
  assert.equal(sessionSeconds(fold([started(60), ended(0)])), undefined);
});

test('an end given up as lost may still be told', () => {
  const lost = lose(fold([started(0), joined(1, 'anna', 'c1')]));
  const session = fold([ended(60)], lost);
  assert.equal(session.status, 'ended');
  assert.equal(session.endedAt, at(60));
});

test('a lost meeting that somebody joins is live again', () => {
  const session = fold([joined(90, 'ben', 'c2')], lose(fold([started(0)])));
  assert.equal(session.status, 'live');
});

test('an end told after a lost meeting was closed is filled in', () => {
  const closed = { ...lose(fold([started(0)])), status: 'closed' as const };
  const session = fold([ended(60)], closed);
  assert.equal(session.status, 'closed');
  assert.equal(session.endedAt, at(60));
});

test('a closed meeting stays closed whatever comes', () => {
  const over = fold([started(0), ended(60)]);
  const closed = age(over, new Date(Date.parse(at(60)) + 24 * 3_600_000));
  assert.equal(closed.status, 'closed');
  const session = fold([started(0), joined(1, 'anna', 'c1'), ended(70)], closed);
  assert.equal(session.status, 'closed');
  assert.deepEqual(session.connections, []);
});

test('a title is remembered when later events tell none', () => {
  const session = fold([
    { ...started(0), room: { id: 'r1', name: 'Weekly sync' } },
    { ...joined(1, 'anna', 'c1'), room: { id: 'r1', name: 'r1' } },
    { ...ended(60), room: { id: 'r1' } },
  ]);
  assert.equal(session.title, 'Weekly sync');
  assert.equal(session.roomId, 'r1');
});

test('a title that comes late replaces the id that stood for it', () => {
  const early = fold([{ ...started(0), room: { id: 'r1', name: 'r1' } }]);
  assert.equal(early.title, 'r1');
  const late = fold([{ ...joined(1, 'anna', 'c1'), room: { id: 'r1', name: 'Weekly sync' } }], early);
  assert.equal(late.title, 'Weekly sync');
});

test('a title that is changed during the meeting is followed', () => {
  const session = fold([
    { ...started(0), room: { id: 'r1', name: 'Weekly sync' } },
    { ...joined(1, 'anna', 'c1'), room: { id: 'r1', name: 'Monthly sync' } },
  ]);
  assert.equal(session.title, 'Monthly sync');
});

test('an event without a room keeps room and title', () => {
  const before = fold([{ ...started(0), room: { id: 'r1', name: 'Weekly sync' } }]);
  const session = fold([event('artifact.ready', 90, { artifact: { id: 'a1', kind: 'summary' } })], before);
  assert.equal(session.title, 'Weekly sync');
  assert.equal(session.roomId, 'r1');
});

test('the last address of the HLS stream is kept', () => {
  const session = fold([
    event('hls.started', 1, { hls: { url: 'https://cdn.example/early.m3u8' } }),
    event('hls.ready', 2, { hls: { url: 'https://cdn.example/live.m3u8' } }),
    event('hls.stopped', 60, { hls: {} }),
  ]);
  assert.equal(session.hlsUrl, 'https://cdn.example/live.m3u8');
});

test('when a session was last heard of never goes back', () => {
  const session = follow(undefined, started(0), 'S1', at(100));
  assert.equal(follow(session, joined(1, 'anna', 'c1'), 'S1', at(50)).heardAt, at(100));
  assert.equal(follow(session, joined(1, 'anna', 'c1'), 'S1', at(150)).heardAt, at(150));
});
