import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CheckOptions, check } from '#cli/check.ts';

type Finding = ReturnType<CheckOptions['read']>[number];

const finding = (severity: 'error' | 'warning', line: number): Finding => ({
  file: 'rules.yaml',
  line,
  col: 5,
  severity,
  code: 'unknown-key',
  message: `there is no key "${severity}"`,
});

function run(findings: readonly Finding[], format: 'text' | 'json' = 'text'): { code: number; text: string } {
  let text = '';
  const code = check({
    rulesFile: 'rules.yaml',
    read: () => findings,
    describe: ({ file, line, col, severity, message }) => `${file}:${line}:${col} ${severity}: ${message}`,
    format,
    write: (more) => {
      text += more;
    },
  });
  return { code, text };
}

test('a file without findings is fine', () => {
  assert.deepEqual(run([]), { code: 0, text: 'rules.yaml is fine\n' });
});

test('warnings are told, one line each, and the file can be used', () => {
  const { code, text } = run([finding('warning', 3)]);
  assert.equal(code, 0);
  assert.equal(
    text,
    'rules.yaml:3:5 warning: there is no key "warning"\nrules.yaml can be used, with 1 warning\n',
  );
});

test('with an error the answer is no, and the last line counts what was found', () => {
  const { code, text } = run([finding('error', 3), finding('warning', 4), finding('error', 9)]);
  assert.equal(code, 1);
  const lines = text.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    ['rules.yaml:3:5', 'rules.yaml:4:5', 'rules.yaml:9:5', 'rules.yaml'],
  );
  assert.equal(lines[3], 'rules.yaml cannot be used: 2 errors, 1 warning');
});

test('as JSON it is the list of findings and nothing else, with the same exit codes', () => {
  for (const findings of [[], [finding('warning', 3)], [finding('error', 3), finding('warning', 4)]]) {
    const { code, text } = run(findings, 'json');
    assert.deepEqual(JSON.parse(text), findings);
    assert.equal(code, findings.some(({ severity }) => severity === 'error') ? 1 : 0);
  }
});
