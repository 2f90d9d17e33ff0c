import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RenderOptions, render } from '#cli/render.ts';

type Picture = { readonly about: string; readonly json: unknown };

function run(answer: ReturnType<RenderOptions<Picture>['ask']>, isJson = false) {
  let [text, complaint] = ['', ''];
  const code = render<Picture>({
    ask: () => answer,
    draw: ({ json }) => {
      text += `drawn: ${JSON.stringify(json)}\n`;
    },
    isJson,
    write: (each) => {
      text += each;
    },
    complain: (each) => {
      complaint += each;
    },
  });
  return { code, text, complaint };
}

const answer = {
  kind: 'answer',
  pictures: [
    { about: 'room.started', json: 1 },
    { about: 'room.started', json: 2 },
    { about: 'room.ended', json: 3 },
  ],
} as const;

test('messages of one event are drawn below one line', () => {
  assert.deepEqual(run(answer), {
    code: 0,
    text: 'room.started\ndrawn: 1\ndrawn: 2\n\nroom.ended\ndrawn: 3\n',
    complaint: '',
  });
});

test('as JSON there is exactly what the platform gets, one text after another', () => {
  assert.deepEqual(run({ kind: 'answer', pictures: [{ about: 'x', json: { text: 'hi' } }] }, true), {
    code: 0,
    text: '{\n  "text": "hi"\n}\n',
    complaint: '',
  });
  assert.equal(run(answer, true).text, '1\n2\n3\n');
});

test('without a message the answer is no, and says why on the side', () => {
  assert.deepEqual(run({ kind: 'none', message: 'it sends nothing', exitCode: 1 }), {
    code: 1,
    text: '',
    complaint: 'it sends nothing\n',
  });
  assert.equal(run({ kind: 'none', message: 'no such rule', exitCode: 2 }, true).code, 2);
});
