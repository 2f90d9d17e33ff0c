import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain } from '#cli/explain.ts';

type Explained = { readonly kind: 'answer'; readonly explanation: string };
type NoAnswer = { readonly kind: 'none'; readonly message: string; readonly exitCode: 1 | 2 };

async function run(answer: Explained | NoAnswer, format: 'text' | 'json' = 'text') {
  let [text, complaint] = ['', ''];
  const code = await explain<Explained>({
    ask: async () => answer,
    draw: ({ explanation }) => {
      text += `drawn: ${explanation}`;
    },
    format,
    write: (each) => {
      text += each;
    },
    complain: (each) => {
      complaint += each;
    },
  });
  return { code, text, complaint };
}

const answer = { kind: 'answer', explanation: 'because' } as const;

test('an explanation is drawn for people, and written as JSON for programs', async () => {
  assert.deepEqual(await run(answer), { code: 0, text: 'drawn: because', complaint: '' });
  assert.deepEqual(await run(answer, 'json'), {
    code: 0,
    text: '{\n  "explanation": "because"\n}\n',
    complaint: '',
  });
});

test('a question without an answer says why on the side, with the exit code that goes with it', async () => {
  for (const exitCode of [1, 2] as const) {
    for (const format of ['text', 'json'] as const) {
      const none = await run({ kind: 'none', message: 'no such event', exitCode }, format);
      assert.deepEqual(none, { code: exitCode, text: '', complaint: 'no such event\n' });
    }
  }
});
