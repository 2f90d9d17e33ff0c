import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { compileExpression } from '#rules/expression.ts';

const on: readonly EventType[] = ['recording.ready'];

const facts = { session: { id: 'S1', present: 3, recorded: true }, recording: { seconds: 330, files: [1] } };

function message(text: string): string {
  return compileExpression(text, on).problems[0]?.message ?? '';
}

function read(text: string): readonly string[] {
  return compileExpression(text, on).fields;
}

function problemsOf(text: string, types = on) {
  return compileExpression(text, types).problems.map(
    ({ code, offset, severity }) => `${severity} ${code} at ${offset}`,
  );
}

const errors: readonly (readonly [text: string, code: string, offset: number])[] = [
  ['', 'bad-expression', 0],
  ['  ', 'bad-expression', 0],
  ['session.present >', 'bad-expression', 17],
  ['session.recorded and true', 'bad-expression', 17],
  ['session.present = 3', 'bad-expression', 16],
  ['(session.recorded', 'bad-expression', 17],
  ['session.id == "abc', 'bad-expression', 14],
  ['session.recorded; true', 'bad-expression', 16],
  ['return == 1', 'bad-expression', 0],
  ['session.id == null', 'bad-expression', 14],
  ['session.id == b"abc"', 'bad-expression', 14],
  ['session.present == 3u', 'bad-expression', 19],
  ['session.present == 99999999999999999999', 'bad-expression', 19],
  ['room.metadata == {"a": 1}', 'bad-expression', 17],
  ['session.id.contain("x")', 'bad-expression', 11],
  ['constructor("return 1")', 'bad-expression', 0],
  ['session.id.constructor("x")', 'bad-expression', 11],
  ['session.id.contains()', 'bad-expression', 11],
  ['has()', 'bad-expression', 0],
  ['has(session)', 'bad-expression', 4],
  ['has(1 + 2)', 'bad-expression', 4],
  ['session.id.matches("(a)\\\\1")', 'bad-expression', 19],
  ['session.id.matches(room.metadata.pattern)', 'bad-expression', 19],
  ['recording.files.exists(true)', 'bad-expression', 16],
  ['recording.files.exists(1, true)', 'bad-expression', 23],
  ['cel.bind(x, 1, x == 1)', 'unknown-field', 0],
  ['session.recorded && room.nam == "x"', 'unknown-field', 20],
  ['rom.name == "x"', 'unknown-field', 0],
  ['nobody', 'unknown-field', 0],
  ['session.id.length > 1', 'unknown-field', 0],
  ['has(room.nam)', 'unknown-field', 4],
  ['__proto__ == 1', 'bad-expression', 0],
  ['constructor.name == "x"', 'unknown-field', 0],
  ['room.constructor == "x"', 'unknown-field', 0],
  ['true || track.id == "x"', 'field-never-there', 8],
  ['has(track.id)', 'field-never-there', 4],
  ['session.present', 'wrong-type', 0],
  ['  "a"', 'wrong-type', 2],
  ['room == "x"', 'wrong-type', 0],
  ['recording.files.url == "x"', 'wrong-type', 0],
  ['true && session.present > "3"', 'wrong-type', 8],
  ['session.id == 3', 'wrong-type', 0],
  ['session.id in session.id', 'wrong-type', 0],
  ['session.id in [1]', 'wrong-type', 0],
  ['session.id in [session.id, 1]', 'wrong-type', 27],
  ['session.id - "a" == "b"', 'wrong-type', 0],
  ['session.recorded < true', 'wrong-type', 0],
  ['session.recorded && session.present', 'wrong-type', 20],
  ['!session.id', 'wrong-type', 1],
  ['-session.id == 1', 'wrong-type', 0],
  ['session.recorded ? 1 == 1 : 2', 'wrong-type', 19],
  ['session.present ? true : false', 'wrong-type', 0],
  ['session.present.contains("3")', 'wrong-type', 0],
  ['session.id.contains(3)', 'wrong-type', 20],
  ['recording.files["a"] == 1', 'wrong-type', 0],
  ['session.id[0] == "S"', 'wrong-type', 0],
  ['session.id.exists(each, true)', 'wrong-type', 11],
  ['recording.files.exists(each, 1)', 'wrong-type', 29],
  ['event.time > "yesterday"', 'wrong-type', 0],
  ['event.time > "2026-02-31T00:00:00Z"', 'wrong-type', 0],
  ['event.time > session.id', 'wrong-type', 0],
  ['event.time - session.started_at > 300', 'wrong-type', 0],
  ['timestamp("x") > event.time', 'wrong-type', 10],
  ['duration("5 minutes") > duration("1m")', 'wrong-type', 9],
  ['event.time.getHours("Mars") == 1', 'wrong-type', 20],
  ['event.time.getHours(session.id) == 1', 'wrong-type', 20],
];

test('a mistake is found at load, at its place', () => {
  for (const [text, code, offset] of errors) {
    const { holds, problems } = compileExpression(text, on);
    const [first] = problems;
    assert.deepEqual([first?.code, first?.offset, first?.severity], [code, offset, 'error'], text);
    assert.equal(holds(facts), false, text);
  }
});

test('all mistakes are told at once, in their order', () => {
  assert.deepEqual(problemsOf('track.id == 1 && room.nam == "x" && session.id == 3'), [
    'error field-never-there at 0',
    'error unknown-field at 17',
    'error wrong-type at 36',
  ]);
});

test('a message names the nearest field, function or sign', () => {
  assert.match(message('room.nam == "x"'), /did you mean "room.name"\?/);
  assert.match(message('session.id.contain("x")'), /did you mean "contains"\?/);
  assert.match(message('session.recorded or true'), /write \|\|/);
  assert.match(message('track.id == "x"'), /recording.ready never has track.id/);
  assert.match(message('event.time - session.started_at > 300'), /duration\("5m"\)/);
});

test('a field that only some of the events have is a warning, unless has() asks for it', () => {
  const types: readonly EventType[] = ['recording.ready', 'room.ended'];
  assert.deepEqual(problemsOf('true || recording.seconds > 3 || recording.seconds < 1', types), [
    'warning field-sometimes at 8',
  ]);
  assert.deepEqual(problemsOf('has(recording.seconds)', types), []);
  assert.deepEqual(problemsOf('has(recording.seconds) && recording.seconds > 3', types), []);
  assert.deepEqual(problemsOf('has(participant.metadata) && participant.metadata.a == 1', types), []);
  assert.deepEqual(problemsOf('has(recording.url) && recording.seconds > 3', types), [
    'warning field-sometimes at 22',
  ]);
  assert.equal(compileExpression('recording.seconds > 3', types).holds(facts), true);
});

test('an expression tells which fields it reads', () => {
  assert.deepEqual(
    read(
      'has(recording.url) && room["metadata"].team.name == raw.a["b"] && room.id == "x" && room.id != "y"',
    ),
    ['recording.url', 'room.metadata.team.name', 'raw.a.b', 'room.id'],
  );
  assert.deepEqual(read('recording.files[0].url == "x" && raw.a["b.c"] == 1'), ['recording.files', 'raw.a']);
  assert.deepEqual(read('[1].exists(room, room == 1)'), []);
});

test('every field of the catalogue can be asked for by an expression of its kind', () => {
  const samples = {
    text: '"x"',
    address: '"x"',
    number: '1',
    boolean: 'true',
    date: '"2026-07-05T00:00:00Z"',
  };
  let seen = 0;
  for (const [name, { kind }] of Object.entries(fields)) {
    const right = kind === 'object' ? '1' : kind === 'list' ? '[1]' : samples[kind];
    const { problems } = compileExpression(`${name} == ${right}`, []);
    assert.deepEqual(problems, [], name);
    seen += 1;
  }
  assert.ok(seen > 50);
});
