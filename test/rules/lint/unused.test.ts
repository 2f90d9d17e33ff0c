import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMarks, diagnose } from './marks.ts';

const file = `version: 1
destinations:
  ops: { preview: {} }
  spare: { preview: {} }
  card: { preview: {} }
  worries: { preview: {} }
  lonely: { preview: {} } # ! unused: lonely
notices: worries
lists:
  vips: [ada]
  rooms: [r1]
  nobody: [x] # ! unused: nobody
quiet_hours:
  nights: { from: "22:00", to: "07:00", then: hold, default: true }
  lunch: { from: "12:00", to: "13:00", then: drop }
  siesta: { from: "14:00", to: "15:00", then: hold }
  never: { from: "16:00", to: "17:00", then: hold } # ! unused: never
cards: # ! no-effect-yet: cards
  meeting: { per: session.id, to: [card], template: ended }
rules:
  - id: a
    on: room.ended
    where: { any: [{ room.id: { in_list: rooms } }] }
    send:
      - { to: [ops], text: over, quiet_hours: lunch, fallback: spare }
      - { to: [ops], text: over, quiet_hours: { use: siesta, then: drop } }
  - id: b
    enabled: false
    on: participant.joined
    where: { participant.id: { not_in_list: vips } }
    send: { to: ops, text: here }
`;

test('lists, destinations and quiet hours that nothing uses are told; a switched-off rule counts as use', () => {
  checkMarks(file);
});

test('a template that nothing uses is told in its own file', () => {
  const withoutCard = file.replace(/^cards:.*\n.*\n/m, '').replace(/^ {2}card:.*\n/m, '');
  const told = diagnose(withoutCard).filter((each) => each.file === 'ended.hbs');
  assert.deepEqual(
    told.map(({ line, col, code, severity }) => [line, col, code, severity]),
    [[1, 1, 'unused', 'warning']],
  );
});

test('while something is wrong, nothing is called unused: a mistyped name is not used', () => {
  const found = diagnose(file.replace('in_list: rooms', 'in_list: roms'));
  assert.deepEqual(
    found.filter(({ code }) => code !== 'no-effect-yet').map(({ code }) => code),
    ['unknown-list'],
  );
});
