import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadEventFile } from '#rules/event-file.ts';
import { rulebookOf } from './loading.ts';

const { sources } = rulebookOf(
  'version: 1\nsources: { meet: { livekit: { keys: { key: "${SECRET}" } } }, other: { livekit: { keys: { key: "${SECRET}" } } } }\n',
  { SECRET: 'secret-of-the-tests' },
);
const load = (text: string) => loadEventFile(text, 'event.json', sources);
const problems = (text: string) =>
  load(text).diagnostics.map(({ line, col, code }) => `${line}:${col} ${code}`);

test('one event is read as it is stored, with its own source, time and payload', () => {
  const { written, diagnostics } = load(`{
  "event": { "type": "participant.joined", "native": "participant_joined", "time": "2026-07-05T08:00:00.000Z" },
  "source": { "name": "gone", "type": "plugnmeet" },
  "room": { "id": "R1" },
  "participant": { "id": "anna", "attributes": { "role": "host" } },
  "raw": { "a.b": 1 }
}`);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(written, {
    start: new Date('2026-07-05T08:00:00.000Z'),
    source: { name: 'gone', type: 'plugnmeet' },
    events: [
      {
        atMs: 0,
        type: 'participant.joined',
        facts: {
          event: { native: 'participant_joined', time: '2026-07-05T08:00:00.000Z' },
          room: { id: 'R1' },
          participant: { id: 'anna', attributes: { role: 'host' } },
          raw: { 'a.b': 1 },
        },
      },
    ],
  });
});

test('one event is read as tests write it, and so is a list of them, in the order of their time', () => {
  const one = load('{ "event": "room.ended", "room.id": "R1" }').written;
  assert.deepEqual(one?.events, [{ atMs: 0, type: 'room.ended', facts: { room: { id: 'R1' } } }]);
  assert.deepEqual(one?.source, { name: 'meet', type: 'livekit' });
  const list = load('[{ "at": "9s", "event": "room.ended" },\n\t{ "at": "1s", "event": "room.started" }]');
  assert.deepEqual(
    list.written?.events.map(({ atMs, type }) => `${atMs} ${type}`),
    ['1000 room.started', '9000 room.ended'],
  );
});

test('a whole test is read, its start and source with it', () => {
  const { written } = load(`start: "2026-07-01T22:30:00+02:00"
source: other
name: anything
expect: { what: 1 }
events: [{ at: 0s, event: room.ended, room.name: "\${HOME}" }]`);
  assert.deepEqual(written, {
    start: new Date('2026-07-01T20:30:00Z'),
    source: { name: 'other', type: 'livekit' },
    events: [{ atMs: 0, type: 'room.ended', facts: { room: { name: '${HOME}' } } }],
  });
});

test('mistakes are found at their place, in all forms', () => {
  assert.deepEqual(problems('{ "event": { "type": "room.endet" },\n "room": { "idd": 1 } }'), [
    '1:22 unknown-event',
  ]);
  assert.deepEqual(
    problems(
      '{ "event": { "type": "room.ended" },\n "room": { "idd": "R1" },\n "session": { "present": 3 } }',
    ),
    ['2:12 unknown-field', '3:15 counted-field'],
  );
  assert.deepEqual(problems('{ "event": { "native": "x" } }'), ['1:1 missing-key']);
  assert.deepEqual(problems('[{ "at": "0s", "event": "room.ended", "room.name": 3 }]'), ['1:52 wrong-type']);
  assert.deepEqual(problems('source: meat\nevents: [{ at: 0s, event: room.ended }]\nuntill: 5m'), [
    '1:9 unknown-source',
    '3:1 unknown-key',
  ]);
});

test('what holds no event is refused', () => {
  assert.deepEqual(problems('[]'), ['1:1 no-event']);
  assert.deepEqual(problems('hello'), ['1:1 wrong-type']);
  assert.deepEqual(problems(''), ['1:1 empty']);
  assert.deepEqual(problems('{ "event": '), ['1:12 yaml']);
  assert.equal(load('[]').written, undefined);
});
