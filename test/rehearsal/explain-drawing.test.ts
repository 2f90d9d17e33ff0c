import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain } from '#rehearsal/explain.ts';
import { drawExplanation } from '#rehearsal/explanation-drawing.ts';
import type { Explained } from '#rehearsal/questions.ts';
import { accepted, joinsOf, staged } from './explain-setup.ts';

function drawn(explained: Omit<Explained, 'kind'>): readonly string[] {
  const lines: string[] = [];
  const screen = {
    columns: 100,
    print: (line: string) => void lines.push(line),
    paint: (_style: string, text: string) => text,
    link: (text: string) => text,
  };
  drawExplanation(screen, { kind: 'answer', ...explained });
  return lines;
}

const configuration = staged(
  `  - id: grouped
    on: participant.joined
    where: { any: [{ participant.id: ben }, { room.id: R1, room.name: { exists: false } }], participant.name: guest0 }
    send: { to: ops, text: hi }
  - { id: alone, on: participant.joined, where: { session.present: 1 }, still_true_after: 5m, send: { to: ops, text: alone } }
  - { id: told, on: participant.joined, send: { to: [ops, sales], text: "{{participant.name}} is in" } }
  - { id: shadowed, enabled: shadow, on: participant.joined, send: { to: ops, text: hi } }
  - { id: elsewhere, on: room.ended, send: { to: ops, text: hi } }`,
  'timezone: UTC',
);

test('an explanation is drawn with a mark for everything that was asked', () => {
  assert.deepEqual(drawn({ explanation: explain(configuration, accepted(joinsOf(0))) }), [
    'participant.joined · room R1 · session S1 · participant guest0',
    'event 1, Mon 6 Jul 2026, 10:00:00 in UTC, the first event',
    '',
    '✗ grouped sends nothing: not all of its conditions hold',
    '    ✗ at least one of these must hold:',
    '      ✗ participant.id: ben              it is "guest0"',
    '      ✗ all of these together:',
    '        ✓ room.id: R1                    it is "R1"',
    '        ✗ room.name: { exists: false }   it is "R1"',
    '    ✓ participant.name: guest0           it is "guest0"',
    '',
    '… alone waits',
    '    ✓ session.present: 1   it is 1',
    '    … still_true_after: 5m, as long as the conditions hold: waits until Mon 6 Jul 2026, 10:05:00',
    '    If nothing else happens, Mon 6 Jul 2026, 10:05:00: it sends',
    '      → ops: alone',
    '',
    '✓ told sends',
    '    → ops: guest0 is in',
    '    → sales: guest0 is in',
    '',
    '✓ shadowed would send, but is in the shadow',
    '    → ops, not sent (shadow): hi',
    '',
    '1 rule does not look at participant.joined: elsewhere',
  ]);
});

test('a rule that was asked for and looks at other events says at which', () => {
  const explanation = explain(configuration, accepted(joinsOf(0, 1)), { rule: 'elsewhere' });
  assert.deepEqual(drawn({ explanation }).slice(1), [
    'event 2, Mon 6 Jul 2026, 10:00:01 in UTC, after 1 earlier event',
    '',
    '✗ elsewhere does not look at participant.joined, only at room.ended',
  ]);
});

test('what a guest typed reaches the terminal as text only', () => {
  const story = accepted([['0s', 'participant.joined', { who: '\u001b[2J\u009b31m\nanna' }]]);
  const lines = drawn({ explanation: explain(configuration, story) });
  assert.ok(lines.some((line) => line.includes('anna is in')));
  for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
});

test('what was decided then stands below, with a warning where it differs', () => {
  const explanation = explain(configuration, accepted(joinsOf(0)), { rule: 'told' });
  const log = [
    { rule: 'told', at: '2026-07-06T10:00:00.000Z', fired: ['one', 'two'] },
    { rule: 'told', at: '2026-07-06T10:05:00.000Z', silent: 'limit', reason: 'too many' },
  ];
  const same = drawn({ explanation, kept: { log, isSame: true } });
  assert.deepEqual(same.slice(-3), [
    'What was decided when it came:',
    '  told: fired, 2 messages at 2026-07-06T10:00:00.000Z',
    '  told: limit (too many) at 2026-07-06T10:05:00.000Z',
  ]);
  const other = drawn({ explanation, kept: { log: [], isSame: false } });
  assert.deepEqual(other.slice(-2), [
    '  nothing',
    'This differs from the explanation above. The rules may have changed since, or events before it are not kept any more.',
  ]);
});
