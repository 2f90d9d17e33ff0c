import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress } from '#cli/progress.ts';

/** A bar and what it wrote; `pass` lets time go by. */
function bar(isTerminal: boolean) {
  const written: string[] = [];
  let now = 1000;
  const progress = createProgress({
    write: (text) => void written.push(text),
    isTerminal,
    clock: () => now,
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { written, progress, pass };
}

test('the bar draws over itself and is gone at the end', () => {
  const { written, progress, pass } = bar(true);
  progress.show(0, '0 events');
  pass(100);
  progress.show(0.5, '50 events');
  progress.end();
  assert.deepEqual(written, [
    `\r\u001b[K[${' '.repeat(24)}] 0 events`,
    `\r\u001b[K[${'#'.repeat(12)}${' '.repeat(12)}] 50 events`,
    '\r\u001b[K',
  ]);
});

test('it is drawn ten times a second at most', () => {
  const { written, progress, pass } = bar(true);
  for (let shown = 0; shown < 1000; shown++) {
    progress.show(shown / 1000, 'busy');
    pass(1);
  }
  assert.equal(written.length, 10);
});

test('a part beyond both ends stays in the bar', () => {
  const { written, progress, pass } = bar(true);
  progress.show(-1, '');
  pass(1000);
  progress.show(7, '');
  assert.ok(written[0]?.includes(`[${' '.repeat(24)}]`) && written[1]?.includes(`[${'#'.repeat(24)}]`));
});

test('where no terminal is, nothing is written', () => {
  const { written, progress } = bar(false);
  progress.show(0.5, 'busy');
  progress.end();
  assert.deepEqual(written, []);
});

test('a bar that was never drawn takes nothing away', () => {
  const { written, progress } = bar(true);
  progress.end();
  assert.deepEqual(written, []);
});
