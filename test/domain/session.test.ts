import assert from 'node:assert/strict';
import test from 'node:test';
import { age, factsOf, lose, newSession, present, sessionKey } from '#domain/session.ts';
import { isObject, readPath } from '#domain/value.ts';
import { at, ended, event, fold, joined, left, recording, started } from './setup.ts';

const minute = 60;
const hour = 3600;
const clock = (seconds: number) => new Date(at(seconds));

test('a session is told apart by its source and its id', () => {
  assert.equal(sessionKey(newSession('meet', 'S1', at(0))), 'meet/S1');
});

test('a live room that is empty and silent for ten minutes is lost', () => {
  const session = fold([started(0), joined(1, 'anna', 'c1'), left(2, 'anna', 'c1')]);
  assert.equal(age(session, clock(2 + 10 * minute - 1)), session);
  assert.equal(age(session, clock(2 + 10 * minute)).status, 'lost');
});

test('machines alone do not keep a room alive', () => {
  const session = fold([started(0), joined(1, 'bot', 'c1', { kind: 'recorder' })]);
  const lost = age(session, clock(1 + 10 * minute));
  assert.equal(lost.status, 'lost');
  assert.deepEqual(lost.connections, []);
});

test('a room with people is lost after twelve hours of silence', () => {
  const session = fold([started(0), joined(0, 'anna', 'c1')]);
  assert.equal(age(session, clock(12 * hour - 1)), session);
  const lost = age(session, clock(12 * hour));
  assert.equal(lost.status, 'lost');
  assert.equal(present(lost), 0);
});

test('a created room waits twelve hours for its start', () => {
  const session = fold([event('room.created', 0)]);
  assert.equal(age(session, clock(11 * hour)), session);
  assert.equal(age(session, clock(12 * hour)).status, 'lost');
});

test('an ended meeting is closed a day after its end, however much was heard since', () => {
  const session = fold([started(0), ended(60), recording('ready', 20 * hour, 'r1')]);
  assert.equal(age(session, clock(60 + 24 * hour - 1)), session);
  assert.equal(age(session, clock(60 + 24 * hour)).status, 'closed');
});

test('a lost meeting is closed a day after it was last heard of', () => {
  const session = lose(fold([started(0), joined(100, 'anna', 'c1')]));
  assert.equal(age(session, clock(24 * hour)), session);
  assert.equal(age(session, clock(100 + 24 * hour)).status, 'closed');
});

test('a closed meeting does not change with time', () => {
  const session = age(fold([started(0), ended(60)]), clock(48 * hour));
  assert.equal(session.status, 'closed');
  assert.equal(age(session, clock(1000 * hour)), session);
});

test('facts are the event, completed by what the session remembers', () => {
  const session = fold([
    { ...started(0), room: { id: 'r1', name: 'Weekly sync' } },
    joined(1, 'anna', 'c1', { name: 'Anna' }),
    joined(2, 'bot', 'c2', { kind: 'recorder' }),
    recording('started', 3, 'rec'),
  ]);
  const news = event('track.published', 4, {
    participant: { id: 'anna', sid: 'c1' },
    track: { id: 't1', kind: 'audio' },
  });
  assert.deepEqual(factsOf(news, { session, roomUrl: 'https://meet.example/r1' }), {
    event: { type: 'track.published', native: 'track.published', time: at(4) },
    source: { name: 'meet', type: 'plugnmeet' },
    raw: {},
    room: { id: 'r1', name: 'Weekly sync', url: 'https://meet.example/r1' },
    session: {
      id: 'S1',
      status: 'live',
      started_at: at(0),
      present: 1,
      peak: 1,
      unique: 1,
      reconnects: 0,
      recorded: true,
      recording_pending: true,
    },
    participant: { id: 'anna', sid: 'c1', name: 'Anna', kind: 'human' },
    track: { id: 't1', kind: 'audio' },
  });
});

test('facts of an ended meeting tell its end and its length', () => {
  const news = ended(90);
  const facts = factsOf(news, { session: fold([started(0), joined(1, 'anna', 'c1'), news]) });
  assert.equal(readPath(facts, ['session', 'status']), 'ended');
  assert.equal(readPath(facts, ['session', 'ended_at']), at(90));
  assert.equal(readPath(facts, ['session', 'seconds']), 90);
  assert.equal(readPath(facts, ['session', 'unique']), 1);
  assert.equal(readPath(facts, ['session', 'recorded']), false);
  assert.equal(readPath(facts, ['session', 'recording_pending']), false);
});

test('without a title the room is called by its id', () => {
  const news = { ...started(0), room: { id: 'r1' } };
  assert.equal(readPath(factsOf(news, { session: fold([news]) }), ['room', 'name']), 'r1');
});

test('the name told with the event comes before the one remembered', () => {
  const session = fold([joined(1, 'anna', 'c1', { name: 'Anna' })]);
  const news = event('track.published', 2, { participant: { id: 'anna', sid: 'c1', name: 'Anna B' } });
  assert.equal(readPath(factsOf(news, { session }), ['participant', 'name']), 'Anna B');
});

test('the kind remembered from the join comes before a guess on a track', () => {
  const session = fold([joined(1, 'x', 'c1', { kind: 'agent' })]);
  const news = event('track.published', 2, { participant: { id: 'x', sid: 'c1', kind: 'human' } });
  assert.equal(readPath(factsOf(news, { session }), ['participant', 'kind']), 'agent');
});

test('somebody who is found by the id, where connections have none, has their name too', () => {
  const session = fold([joined(1, 'anna', undefined, { name: 'Anna' })]);
  const news = event('recording.started', 2, { participant: { id: 'anna' } });
  assert.equal(readPath(factsOf(news, { session }), ['participant', 'name']), 'Anna');
});

test('the end of an HLS stream tells the address where it can be seen again', () => {
  const session = fold([event('hls.ready', 1, { hls: { url: 'https://cdn.example/live.m3u8' } })]);
  const facts = factsOf(event('hls.stopped', 60, { hls: { id: 'h1' } }), { session });
  assert.deepEqual(facts['hls'], { id: 'h1', url: 'https://cdn.example/live.m3u8' });
});

test('an event without a session has no session fields, and nothing in it is undefined', () => {
  const facts = factsOf(event('resource.acquired', 1, { resource: { id: 'x' } }), {});
  assert.equal(Object.hasOwn(facts, 'session'), false);
  assert.equal(Object.hasOwn(facts, 'participant'), false);
  assert.deepEqual(JSON.parse(JSON.stringify(facts)), facts);
  assert.ok(isObject(facts['room']));
  assert.deepEqual(facts['room'], {});
});
