import assert from 'node:assert/strict';
import { test } from 'node:test';
import { test as run, type TestOptions } from '#cli/test.ts';

type Results = Exclude<ReturnType<TestOptions['run']>, { message: string }>;

const place = { file: 'rules.yaml', line: 7, col: 3 };
const failure = (rule: string) => ({ place, rule, expected: 'sent', actual: 'nothing' });
const holds = { name: 'holds', place, rules: ['a'], disagreements: [] };
const fails = { name: 'fails', place, rules: ['a', 'b'], disagreements: [failure('b')] };

function told(results: ReturnType<TestOptions['run']>, more: Partial<TestOptions> = {}) {
  let text = '';
  let complaint = '';
  const code = run({
    rulesFile: 'rules.yaml',
    run: () => results,
    describe: ({ disagreements }) => disagreements.map(({ rule }) => `${rule}\n  expected …`).join('\n'),
    rules: [],
    format: 'text',
    paint: (_style, painted) => painted,
    write: (each) => {
      text += each;
    },
    complain: (each) => {
      complaint += each;
    },
    ...more,
  });
  return { code, text, complaint };
}

test('every test has a line with a mark, a failing one what it says, and the last line counts', () => {
  assert.deepEqual(told([holds, fails]), {
    code: 1,
    text: '✓ holds\n✗ fails\n  b\n    expected …\n\n1 of 2 tests in rules.yaml does not hold.\n',
    complaint: '',
  });
});

test('tests that all hold are fine, and so is a file without any', () => {
  assert.deepEqual(told([holds, holds]), {
    code: 0,
    text: '✓ holds\n✓ holds\n\nAll 2 tests in rules.yaml hold.\n',
    complaint: '',
  });
  assert.equal(told([holds]).text, '✓ holds\n\nThe only test in rules.yaml holds.\n');
  assert.deepEqual(told([]), { code: 0, text: 'There are no tests in rules.yaml.\n', complaint: '' });
});

test('asked about some rules, only tests and failures that are about them count', () => {
  assert.deepEqual(told([holds, fails], { rules: ['a'] }), {
    code: 0,
    text: '✓ holds\n✓ fails\n\nAll 2 tests in rules.yaml about a hold.\n',
    complaint: '',
  });
  const { code, text } = told([holds, fails], { rules: ['b'] });
  assert.deepEqual(
    [code, text],
    [1, '✗ fails\n  b\n    expected …\n\n1 of 1 tests in rules.yaml about b does not hold.\n'],
  );
  assert.equal(told([holds], { rules: ['c'] }).text, 'There are no tests in rules.yaml about c.\n');
});

test('for programs there is one JSON text, with the same exit codes', () => {
  const results: Results = [holds, fails];
  const { code, text } = told(results, { format: 'json' });
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(text), {
    tests: [
      { ...holds, holds: true },
      { ...fails, holds: false },
    ],
    passed: 1,
    failed: 1,
  });
  assert.equal(told([holds], { format: 'json' }).code, 0);
});

test('a file that cannot be used is said on the side, with the exit code that goes with it', () => {
  assert.deepEqual(told({ message: 'rules.yaml:1:1 error: no', exitCode: 1 }), {
    code: 1,
    text: '',
    complaint: 'rules.yaml:1:1 error: no\n',
  });
  assert.equal(told({ message: 'no such rule', exitCode: 2 }, { format: 'json' }).code, 2);
});
