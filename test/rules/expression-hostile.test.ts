import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { EventType } from '#domain/catalogue.ts';
import { compileExpression } from '#rules/expression.ts';

const on: readonly EventType[] = ['recording.ready'];

const facts = {
  event: { type: 'recording.ready', time: '2026-07-05T15:55:35.047Z' },
  room: { id: 'Room-7', name: 'Daily', metadata: { a: 1, b: ['x'] } },
  session: { id: 'S1', present: 3 },
  participant: { name: 'Ann' },
  recording: { files: [{ seconds: 30 }, { seconds: 300 }] },
  raw: { a: [1, 2, 'x'] },
};

function deep(open: string, close: string, times: number): string {
  return `${open.repeat(times)}true${close.repeat(times)}`;
}

test('what is too long, too deep or too often repeated is refused', () => {
  for (const text of [
    `session.id == "${'x'.repeat(2_000)}"`,
    deep('(', ')', 500),
    deep('!', '', 1_500),
    deep('[', ']', 500),
    Array.from({ length: 400 }, () => 'true').join('||'),
    `raw${'.a'.repeat(500)} == 1`,
    `raw.l.all(a, a.all(b, b.all(c, c == 1)))`,
    `raw.l.map(a, a.map(b, b.map(c, c))) == []`,
    `session.present in [${'1,'.repeat(300)}]`,
  ]) {
    const { holds, problems } = compileExpression(text, on);
    assert.equal(problems[0]?.code, 'bad-expression', text.slice(0, 40));
    assert.equal(holds(facts), false);
  }
  const terms = Array.from({ length: 80 }, (_, index) => `session.id=="${index}"`).join('||');
  assert.deepEqual(compileExpression(terms, on).problems, []);
});

test('nested loops over long lists end, and do not hold', { timeout: 20_000 }, () => {
  const list = Array.from({ length: 100_000 }, (_, index) => index);
  const text = 'x'.repeat(1_000_000);
  for (const expression of [
    'raw.list.all(a, raw.list.all(b, a + b >= 0))',
    '!raw.list.exists(a, raw.list.exists(b, a == b + 0.5))',
    'raw.list.all(a, !(-1 in raw.list))',
    'raw.list.all(a, raw.list == raw.list)',
    'raw.list.all(a, raw.text.matches("x$"))',
    'raw.list.all(a, (raw.text + raw.text).contains("x"))',
  ]) {
    assert.equal(compileExpression(expression, on).holds({ raw: { list, text } }), false, expression);
  }
  assert.equal(compileExpression('raw.list[99999] == 99999', on).holds({ raw: { list } }), true);
});

test('a regular expression that hangs backtracking engines answers at once', { timeout: 20_000 }, () => {
  const { holds } = compileExpression('session.id.matches("^(a+)+$")', on);
  assert.equal(holds({ session: { id: `${'a'.repeat(50_000)}!` } }), false);
  assert.equal(holds({ session: { id: 'a'.repeat(50_000) } }), true);
});

test('facts of any form are only a reason not to hold', () => {
  const { holds } = compileExpression('session.present == 3 && room.metadata.a.b == raw.a', on);
  let nested: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) nested = [nested];
  const poisoned: unknown = JSON.parse('{"room":{"__proto__":{"metadata":1},"constructor":{"name":"x"}}}');
  const odd = [undefined, null, 0, '', [], 'x', { session: null }, { session: [] }, poisoned];
  for (const facts of odd) assert.equal(holds(facts), false);
  const same = compileExpression('raw.a == raw.b', on);
  assert.equal(same.holds({ raw: { a: nested, b: [nested] } }), false);
});

const words = [
  'session.present session.id participant.name event.time recording.files raw raw.a room.metadata track.id room',
  'x true null 1 0.5 "a" "2026-07-05T00:00:00Z" == != < >= && || ! - + / % in ? : ( ) [ ] . ,',
  'has( size( timestamp( duration("1m") .exists(x, .map(x, .matches("a+") .size() .getHours() ["a"] .a',
  '.constructor __proto__ { } \\ \n // b"a" r\' 3u',
];
const word = fc.constantFrom(...words.flatMap((line) => line.split(' ')));

/** Expressions that the grammar accepts. */
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('session.present', 'session.id', 'participant.name', 'event.time', 'recording.files'),
    fc.constantFrom(
      'raw.a',
      'room.metadata.b',
      'x',
      'true',
      '1',
      '0',
      '"A"',
      '[]',
      'duration("1m")',
      'has(raw.a)',
    ),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('==', '!=', '<', '&&', '||', '+', '-', '*', '/', '%', 'in'),
        tie('expression'),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('exists', 'all', 'exists_one', 'filter', 'map'),
        tie('expression'),
      )
      .map(([list, loop, body]) => `${list}.${loop}(x, ${body})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('contains', 'startsWith', 'matches', 'size', 'getHours'),
        tie('expression'),
      )
      .map(([text, method, part]) => `${text}.${method}(${part})`),
    fc
      .tuple(fc.constantFrom('!', '-', 'size', 'int', 'string', 'timestamp', 'has'), tie('expression'))
      .map(([name, part]) => `${name}(${part})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([asked, yes, no]) => `(${asked} ? ${yes} : ${no})`),
    fc.tuple(tie('expression'), tie('expression')).map(([list, index]) => `${list}[${index}]`),
    fc.array(tie('expression'), { maxLength: 3 }).map((parts) => `[${parts.join(', ')}]`),
  ),
}));

const anyFacts = fc.oneof(
  fc.constant<unknown>(facts),
  fc.anything(),
  fc.record(
    {
      session: fc.record({ present: fc.anything(), id: fc.anything() }),
      participant: fc.record({ name: fc.anything() }),
      event: fc.record({ time: fc.oneof(fc.anything(), fc.string()) }),
      recording: fc.record({ files: fc.array(fc.anything()) }),
      room: fc.record({ metadata: fc.dictionary(fc.string(), fc.anything()) }),
      raw: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.jsonValue()),
    },
    { requiredKeys: [] },
  ),
);

test('neither compiling nor asking ever throws', () => {
  let compiled = 0;
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    fc.array(word, { maxLength: 12 }).map((words) => words.join('')),
    { arbitrary: expression, weight: 4 },
  );
  fc.assert(
    fc.property(text, anyFacts, (text, facts) => {
      const { holds, problems } = compileExpression(text, on);
      const held = holds(facts);
      assert.equal(typeof held, 'boolean');
      for (const { offset } of problems) assert.ok(offset >= 0 && offset <= text.length);
      if (problems.some(({ severity }) => severity === 'error')) assert.equal(held, false);
      else compiled += 1;
    }),
    { numRuns: 3_000 },
  );
  assert.ok(compiled > 50);
});
