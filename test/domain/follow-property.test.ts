import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { MeetingEvent } from '#domain/event.ts';
import { follow } from '#domain/follow.ts';
import { isPerson, present, type Session, sessionSeconds } from '#domain/session.ts';
import { disorder, meetings, mishaps } from './meetings.ts';
import { at, fold } from './setup.ts';

const ranks = { running: 0, waiting: 1, failed: 2, ready: 3 };

/** What holds for every session, whatever order, repetition or loss of events made it. */
function assertValid(session: Session, told: readonly MeetingEvent[]): void {
  const people = session.connections.filter(({ kind }) => isPerson(kind));
  assert.equal(present(session), people.length);
  assert.ok(session.peak >= present(session), 'the peak is at least who is present');

  const keys = session.connections.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length, 'no connection is there twice');
  assert.equal(new Set(session.gone).size, session.gone.length, 'no connection has gone twice');
  assert.equal(new Set(session.people).size, session.people.length, 'nobody is counted twice');

  const joins = told.filter(
    ({ event, participant }) => event.type === 'participant.joined' && isPerson(participant?.kind ?? 'human'),
  );
  const connections = new Set(joins.map(({ participant }) => participant?.sid ?? participant?.id));
  const persons = new Set(joins.map(({ participant }) => participant?.id));
  assert.ok(session.peak <= connections.size, 'the peak is at most the connections that were told');
  assert.equal(session.people.length, persons.size, 'everybody whose join was told has been here');
  assert.ok(session.reconnects <= joins.length, 'a reconnect needs a join');
  assert.equal(session.peak > 0, persons.size > 0, 'somebody makes a peak, machines make none');

  const hasEnded = told.some(({ event }) => event.type === 'room.ended');
  assert.equal(session.status === 'ended', hasEnded, 'an end is final');
  assert.equal(session.endedAt !== undefined, hasEnded);
  if (hasEnded) {
    assert.deepEqual(session.connections, [], 'nobody is in a meeting that has ended');
    assert.ok(
      session.artifacts.every(({ state }) => state !== 'running'),
      'nothing runs after the end',
    );
  }
  assert.ok((sessionSeconds(session) ?? 0) >= 0, 'no meeting has a negative length');
  const isLive = told.some(({ event }) => event.type === 'room.started');
  if (isLive) assert.notEqual(session.startedAt, undefined);
}

/** No artifact is lost, changes its kind or its id, or falls back to an earlier state. */
function assertForward(before: Session | undefined, after: Session): void {
  for (const [index, was] of (before?.artifacts ?? []).entries()) {
    const is = after.artifacts[index];
    assert.ok(is !== undefined, 'an artifact was forgotten');
    assert.equal(is.kind, was.kind);
    if (was.id !== undefined) assert.equal(is.id, was.id);
    assert.ok(ranks[is.state] >= ranks[was.state], `${was.state} became ${is.state}`);
  }
  assert.ok(after.peak >= (before?.peak ?? 0));
  assert.ok(after.heardAt >= (before?.heardAt ?? ''));
}

function readyIds(session: Session): readonly string[] {
  return session.artifacts
    .filter(({ state }) => state === 'ready')
    .map(({ kind, id }) => `${kind} ${id}`)
    .sort();
}

function furthest(session: Session): readonly string[] {
  return session.artifacts.map(({ kind, id, state }) => `${kind} ${id} ${state}`).sort();
}

for (const hasIds of [true, false]) {
  const platform = hasIds ? 'a platform with ids' : 'a platform without ids';

  test(`any order, loss and repetition of the events of ${platform} leaves a valid session`, () => {
    const histories = meetings(hasIds).chain(mishaps);
    fc.assert(
      fc.property(histories, (events) => {
        let session: Session | undefined;
        for (const [index, event] of events.entries()) {
          const after = follow(session, event, 'S1', at(index));
          assertForward(session, after);
          assertValid(after, events.slice(0, index + 1));
          session = after;
        }
      }),
      { numRuns: 400 },
    );
  });

  test(`when nothing is lost, the order of the events of ${platform} changes no lasting fact`, () => {
    const histories = meetings(hasIds).chain((events) => fc.tuple(fc.constant(events), disorder(events)));
    fc.assert(
      fc.property(histories, ([events, shuffled]) => {
        const [straight, crooked] = [fold(events), fold(shuffled)];
        assert.deepEqual(crooked.people.toSorted(), straight.people.toSorted());
        assert.equal(crooked.status, straight.status);
        assert.equal(crooked.startedAt, straight.startedAt);
        if (hasIds) assert.deepEqual(readyIds(crooked), readyIds(straight));
      }),
      { numRuns: 300 },
    );
  });
}

test('with ids, nobody whose end was told is left in the room', () => {
  const histories = meetings(true)
    .map((events) => events.filter(({ event }) => event.type !== 'room.ended'))
    .chain(disorder);
  fc.assert(
    fc.property(histories, (events) => assert.deepEqual(fold(events).connections, [])),
    { numRuns: 200 },
  );
});

test('with ids, the artifacts are as far as the furthest news of each, in any order', () => {
  const histories = meetings(true).chain((events) => fc.tuple(fc.constant(events), disorder(events)));
  fc.assert(
    fc.property(histories, ([events, shuffled]) => {
      assert.deepEqual(furthest(fold(shuffled)), furthest(fold(events)));
    }),
    { numRuns: 300 },
  );
});

test('with ids, the same events told all over again change nothing', () => {
  const histories = meetings(true).chain(mishaps);
  fc.assert(
    fc.property(histories, (events) => {
      const once = fold(events);
      assert.deepEqual(fold(events, once), once);
    }),
    { numRuns: 300 },
  );
});

test('the meetings made for these tests are worth testing with', () => {
  const seen = fc.sample(meetings(true), { numRuns: 100, seed: 7 });
  const some = (holds: (session: Session) => boolean) => seen.filter((events) => holds(fold(events))).length;
  assert.ok(some(({ reconnects }) => reconnects > 0) > 10);
  assert.ok(some(({ peak }) => peak > 1) > 10);
  assert.ok(some(({ artifacts }) => artifacts.some(({ state }) => state === 'waiting')) > 5);
  assert.ok(some((session) => readyIds(session).length > 1) > 10);
  assert.ok(some(({ status }) => status === 'live') > 10);
  assert.ok(some(({ status }) => status === 'ended') > 10);
});
