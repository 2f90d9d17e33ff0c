import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '#cli/serve.ts';

test('what the operator can mend is told in their words, and the exit code says no', async () => {
  let text = '';
  const code = await serve({
    start: () => Promise.reject(new RangeError('PORT: a port number is needed')),
    write: (more) => {
      text += more;
    },
    isReadable: (error) => error instanceof RangeError,
  });
  assert.deepEqual([code, text], [1, 'PORT: a port number is needed\nCallboard was not started.\n']);
});

test('a mistake of ours is not dressed up as theirs', async () => {
  const mistake = new TypeError('x is not a function');
  const started = serve({
    start: () => Promise.reject(mistake),
    write: () => assert.fail('nothing to tell'),
    isReadable: () => false,
  });
  await assert.rejects(started, mistake);
});
