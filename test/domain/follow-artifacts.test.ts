import assert from 'node:assert/strict';
import test from 'node:test';
import type { MeetingEvent } from '#domain/event.ts';
import { isRecordingPending } from '#domain/session.ts';
import { at, ended, event, fold, recording, started } from './setup.ts';

/** Ids and states of the artifacts after these events; `-` where there is no id. */
function states(events: readonly MeetingEvent[]): readonly string[] {
  return fold(events).artifacts.map(({ id, state }) => `${id ?? '-'} ${state}`);
}

test('a recording runs, waits for its file and is ready', () => {
  const news = ['starting', 'started', 'stopping', 'stopped', 'transcoded', 'ready'] as const;
  const seen = news.map((_, index) =>
    states(news.slice(0, index + 1).map((each, second) => recording(each, second, 'r1'))),
  );
  assert.deepEqual(seen, [
    ['r1 running'],
    ['r1 running'],
    ['r1 waiting'],
    ['r1 waiting'],
    ['r1 waiting'],
    ['r1 ready'],
  ]);
});

test('an artifact tells since when it is in its state', () => {
  const session = fold([recording('started', 1, 'r1'), recording('stopped', 50, 'r1')]);
  assert.equal(session.artifacts[0]?.since, at(50));
});

test('a recording is pending until its file or its failure has come', () => {
  assert.equal(isRecordingPending(fold([started(0)])), false);
  assert.equal(isRecordingPending(fold([recording('started', 1, 'r1')])), true);
  assert.equal(isRecordingPending(fold([recording('stopped', 1, 'r1')])), true);
  assert.equal(isRecordingPending(fold([recording('ready', 1, 'r1')])), false);
  assert.equal(isRecordingPending(fold([recording('failed', 1, 'r1')])), false);
});

test('of two recordings each has its own state', () => {
  const events = [recording('started', 1, 'r1'), recording('started', 2, 'r2'), recording('ready', 60, 'r2')];
  assert.deepEqual(states(events), ['r1 running', 'r2 ready']);
  assert.equal(isRecordingPending(fold(events)), true);
});

test('a file that is ready before its recording started is not waited for', () => {
  const events = [
    recording('ready', 60, 'r1'),
    recording('started', 1, 'r1'),
    recording('stopped', 50, 'r1'),
  ];
  assert.deepEqual(states(events), ['r1 ready']);
});

test('a recording that failed may be ready in the end, and not the other way round', () => {
  assert.deepEqual(states([recording('failed', 50, 'r1'), recording('ready', 60, 'r1')]), ['r1 ready']);
  assert.deepEqual(states([recording('ready', 60, 'r1'), recording('failed', 50, 'r1')]), ['r1 ready']);
});

test('a recording that fails three times and then succeeds is one recording', () => {
  const failures = [10, 20, 30].map((second) => recording('failed', second, 'r1'));
  assert.deepEqual(states([recording('started', 1, 'r1'), ...failures, recording('ready', 40, 'r1')]), [
    'r1 ready',
  ]);
});

test('a recording that never started can fail', () => {
  assert.deepEqual(states([recording('failed', 5, 'r1')]), ['r1 failed']);
});

test('a file that gives a nameless recording its id is the end of that recording', () => {
  assert.deepEqual(states([recording('started', 1), recording('ready', 60, 'file-1')]), ['file-1 ready']);
});

test('an end without an id belongs to the recording that runs', () => {
  assert.deepEqual(states([recording('started', 1, 'r1'), recording('stopped', 60)]), ['r1 waiting']);
});

test('a recording without any id ends without one', () => {
  const events = [recording('started', 1), recording('stopped', 50), recording('ready', 60)];
  assert.deepEqual(states(events), ['- ready']);
});

test('after one recording without an id is ready another can begin', () => {
  const events = [recording('started', 1), recording('ready', 60), recording('started', 70)];
  assert.deepEqual(states(events), ['- ready', '- running']);
});

test('a start that names a recording continues the one that was starting without a name', () => {
  assert.deepEqual(states([recording('starting', 1), recording('started', 2, 'r1')]), ['r1 running']);
});

test('of two recordings that start with names only one continues the nameless', () => {
  const events = [
    recording('starting', 1),
    recording('started', 2, 'r1'),
    recording('started', 3, 'r2'),
    recording('ready', 60, 'r1'),
  ];
  assert.deepEqual(states(events), ['r1 ready', 'r2 running']);
});

test('a recording that runs at the end of the meeting waits for its file from then on', () => {
  assert.deepEqual(states([started(0), recording('started', 1, 'r1'), ended(60)]), ['r1 waiting']);
});

test('the end of the meeting leaves files and failures alone', () => {
  const events = [recording('ready', 1, 'r1'), recording('failed', 2, 'r2'), ended(60)];
  assert.deepEqual(states(events), ['r1 ready', 'r2 failed']);
});

test('a recording whose start is told after the end of the meeting waits for its file', () => {
  assert.deepEqual(states([started(0), ended(60), recording('started', 1, 'r1')]), ['r1 waiting']);
});

test('files that come after the end are attached', () => {
  const events = [
    started(0),
    recording('started', 1, 'r1'),
    ended(60),
    recording('ready', 300, 'r1'),
    event('artifact.ready', 400, { artifact: { id: 'a1', kind: 'summary' } }),
  ];
  assert.deepEqual(states(events), ['r1 ready', 'a1 ready']);
});

test('a transcript runs, waits, and is ready as an artifact', () => {
  const transcript = { id: 't1' };
  const events = [
    event('transcript.started', 1, { transcript }),
    event('transcript.stopped', 50, { transcript }),
    event('artifact.ready', 60, { artifact: { id: 't1', kind: 'transcript' } }),
  ];
  assert.deepEqual(states(events.slice(0, 1)), ['t1 running']);
  assert.deepEqual(states(events.slice(0, 2)), ['t1 waiting']);
  assert.deepEqual(states(events), ['t1 ready']);
});

test('a transcript can fail', () => {
  const events = [event('transcript.started', 1, { transcript: {} }), event('transcript.failed', 5)];
  assert.deepEqual(states(events), ['- failed']);
});

test('a transcript that waits is no recording that is pending', () => {
  assert.equal(isRecordingPending(fold([event('transcript.stopped', 1, { transcript: {} })])), false);
});

test('artifacts of different kinds with one id are different artifacts', () => {
  const session = fold([
    event('artifact.ready', 1, { artifact: { id: 'x', kind: 'summary' } }),
    event('artifact.ready', 2, { artifact: { id: 'x', kind: 'analytics' } }),
    event('artifact.ready', 3, { artifact: { id: 'x' } }),
    event('analytics.ready', 4, { artifact: { id: 'x', kind: 'analytics' } }),
  ]);
  assert.deepEqual(
    session.artifacts.map(({ kind }) => kind),
    ['summary', 'analytics', 'other'],
  );
});

test('a stream leaves nothing behind', () => {
  assert.deepEqual(states([event('stream.started', 1, { stream: { id: 's1' } })]), []);
});
