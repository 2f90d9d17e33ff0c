import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '#cli/check.ts';

type Finding = { readonly severity: 'error' | 'warning'; readonly line: number };

const finding = (severity: 'error' | 'warning', line: number): Finding => ({ severity, line });

function run(
  findings: readonly Finding[],
  { format = 'text', isStrict = false }: { format?: string; isStrict?: boolean } = {},
): { code: number; text: string } {
  let text = '';
  const code = check({
    rulesFile: 'rules.yaml',
    read: () => findings,
    report: (found, as) => found.map(({ line, severity }) => `${as} ${line} ${severity}\n`).join(''),
    format,
    isStrict,
    write: (more) => {
      text += more;
    },
  });
  return { code, text };
}

test('a file without findings is fine', () => {
  assert.deepEqual(run([]), { code: 0, text: 'rules.yaml is fine\n' });
});

test('warnings are told, and the file can be used', () => {
  assert.deepEqual(run([finding('warning', 3)]), {
    code: 0,
    text: 'text 3 warning\nrules.yaml can be used, with 1 warning\n',
  });
});

test('with an error the answer is no, and the last line counts what was found', () => {
  assert.deepEqual(run([finding('error', 3), finding('warning', 4), finding('error', 9)]), {
    code: 1,
    text: 'text 3 error\ntext 4 warning\ntext 9 error\nrules.yaml cannot be used: 2 errors, 1 warning\n',
  });
});

test('strictly, a warning is printed and counted as an error, where it stood', () => {
  assert.deepEqual(
    run([finding('warning', 3), finding('error', 4), finding('warning', 9)], { isStrict: true }),
    {
      code: 1,
      text: 'text 3 error\ntext 4 error\ntext 9 error\nrules.yaml cannot be used: 3 errors, 0 warnings\n',
    },
  );
  assert.deepEqual(run([finding('warning', 3)], { isStrict: true, format: 'json' }), {
    code: 1,
    text: 'json 3 error\n',
  });
});

test('strictly, a file without findings is still fine', () => {
  assert.deepEqual(run([], { isStrict: true }), { code: 0, text: 'rules.yaml is fine\n' });
});

test('a format for programs has the findings and nothing else, with the same exit codes', () => {
  for (const format of ['json', 'github', 'sarif']) {
    assert.deepEqual(run([], { format }), { code: 0, text: '' });
    assert.deepEqual(run([finding('warning', 3)], { format }), { code: 0, text: `${format} 3 warning\n` });
    assert.deepEqual(run([finding('error', 3)], { format }), { code: 1, text: `${format} 3 error\n` });
  }
});
