import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMarks, diagnose, ruleWith } from './marks.ts';

test('an expression that matches every text is told', () => {
  checkMarks(
    ruleWith(`
      room.id: { matches: "" } # ! always-holds: ""
      room.name: { matches: "^.*" } # ! always-holds: "^.*"
      participant.id: { matches: "(demo)?" } # ! always-holds: "(demo)?"
      participant.sid: { matches: "a|", or_missing: true } # ! always-holds: "a|"`),
  );
});

test('an expression that leaves something out is fine', () => {
  checkMarks(
    ruleWith(`
      room.id: { matches: "^demo-.*$" }
      room.name: { matches: "." }
      participant.id: { matches: "^(a|b)+$" }
      event.native: { matches: "demo" }`),
  );
});

test('texts of spaces only, and spaces around a value, are told', () => {
  checkMarks(
    ruleWith(`
      room.name: { contains: "  ", starts_with: " " } # ! blank-text: "  " ! blank-text: " " }
      room.id: [" r1", r2] # ! stray-spaces: " r1"
      participant.id: { not: "ada " } # ! stray-spaces: "ada "`),
  );
  const [found] = diagnose(ruleWith('      room.id: " r1"'));
  assert.deepEqual(found?.fix, { description: 'write "r1"', replacement: '"r1"' });
});

test('a value that is given twice is told, also when only its case differs', () => {
  checkMarks(
    ruleWith(`
      room.id: { in: [r1, R1] } # ! duplicate-value: R1
      event.native: { not_in: [a, A, a] } # ! duplicate-value: a] }`),
  );
});

const file = (field: string, list: string) => `version: 1
destinations: { ops: { preview: {} } }
lists: { vips: ${list}
rules:
  - { id: a, on: participant.joined, where: { ${field}: { in_list: vips } }, send: { to: ops, template: ended } }
`;

test('a list is compared as the fields that ask for it', () => {
  checkMarks(file('event.native', '[Ada, ada, x] }'));
  checkMarks(file('event.native', '[Ada, ada, Ada, x] } # ! duplicate-value: Ada, x'));
  checkMarks(file('participant.id', '[Ada, ada, " bob"] } # ! duplicate-value: ada ! stray-spaces: " bob"'));
});

test('an empty list is told where it is asked for', () => {
  checkMarks(
    ruleWith(`
      room.id: { in_list: nobody } # ! empty-list: nobody
      participant.id: { not_in_list: nobody } # ! empty-list: nobody`).replace(
      'vips: [ada, bob]',
      'vips: [ada], nobody: []',
    ),
  );
});

test('a name that guests type is no proof of who they are', () => {
  checkMarks(
    ruleWith(`
      participant.name: { in_list: vips } # ! name-can-be-faked: participant.name
      none: [{ participant.name: Boss }] # ! name-can-be-faked: participant.name`),
  );
  checkMarks(ruleWith('      participant.name: { not: Boss, starts_with: Guest }'));
});

test('a type of event that does not exist is told, and so is an excluded value that never occurs', () => {
  checkMarks(
    ruleWith(`
      event.type: { not: room.endet } # ! impossible-value: room.endet
      participant.kind: { not_in: [recorder, robot] } # ! impossible-value: robot`),
  );
});
