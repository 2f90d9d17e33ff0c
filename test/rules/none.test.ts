import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './loading.ts';

/** The problems of a rule with this `where`, which begins at 8:7: each as its place with its message. */
function problems(where: string): (readonly [string, string])[] {
  const { diagnostics } = load(`version: 1
destinations: { ops: { preview: {} } }
lists: { vips: [a] }
rules:
  - id: a
    on: participant.joined
    where:
      ${where}
    send: { to: ops, text: hi }
`);
  const ofConditions = diagnostics.filter(({ code }) => code !== 'unused');
  return ofConditions.map(({ line, col, severity, code, message }) => [
    `${line}:${col} ${severity} ${code}`,
    message,
  ]);
}

test('a none that is also true for what is missing is told once, at its key, until the rule says what is meant', () => {
  const told: readonly (readonly [string, string])[] = [
    ['none: [{ participant.id: { in_list: vips } }]', 'participant.id'],
    ['none: [{ participant.id: a }, { room.id: [a], participant.id: b }]', 'participant.id or room.id'],
    ['none: [{ any: [{ room.metadata.team: sales }] }]', 'room.metadata.team'],
    ['none: [{ room.id: a, source.type: livekit }]', 'room.id'],
    ['{ none: [{ room.id: a }], room.id: { not: b, or_missing: true } }', 'room.id'],
  ];
  for (const [where, names] of told) {
    const message = `"none" is also true when ${names} is missing: beside the operator write "or_missing: true" to prevent that, or "or_missing: false" to allow it`;
    const place = where.startsWith('{') ? '8:9' : '8:7';
    assert.deepEqual(problems(where), [[`${place} warning none-on-missing`, message]], where);
  }
  for (const where of [
    'none: [{ participant.id: { in_list: vips, or_missing: true } }]',
    'none: [{ participant.id: { in_list: vips, or_missing: false } }]',
    'none: [{ participant.id: { exists: true } }]',
    'none: [{ event.native: x, source.type: livekit }]',
    'none: [{ none: [{ room.id: { is: a, or_missing: true } }] }]',
    '{ room.id: { starts_with: a }, none: [{ room.id: ab }] }',
    'any: [{ room.id: a }]',
  ])
    assert.deepEqual(problems(where), [], where);
  const unknown = problems('none: [{ particpant.id: a }]').map(([place]) => place);
  assert.deepEqual(unknown, ['8:16 error unknown-field']);
});
