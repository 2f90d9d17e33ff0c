import { test } from 'node:test';
import { checkMarks, ruleWith } from './marks.ts';

test('operators of one field that exclude each other are told', () => {
  checkMarks(
    ruleWith(`
      session.present: { more_than: 2, less_than: 3 } # ! contradiction: 3 }
      session.peak: { at_least: 3, is: 2 } # ! contradiction: 2 }
      session.seconds: { more_than: 5, at_most: 5 } # ! contradiction: 5 }
      session.unique: { less_than: 0 } # ! contradiction: 0
      room.id: { is: Demo, not: demo } # ! contradiction: demo
      room.name: { in: [ada, bob], starts_with: c } # ! contradiction: c }
      participant.id: { in_list: vips, not_in: [Ada, Bob] } # ! contradiction: [Ada
      participant.kind: { not_in: [human, phone, recorder, stream, ingress, agent, bridge] } # ! contradiction: [human
      session.recorded: { not_in: [true, false] } # ! contradiction: [true
      participant.sid: { exists: false, is: a } # ! contradiction: false
      session.reconnects: { exists: true, or_missing: true, at_least: 1 } # ! contradiction: true, at`),
  );
});

test('operators that leave something over are fine', () => {
  checkMarks(
    ruleWith(`
      session.present: { more_than: 2, less_than: 4, not: 9 }
      session.seconds: { more_than: 2, less_than: 3 }
      session.peak: { at_least: 5, at_most: 5, is: 5 }
      room.id: { in: [demo-1, test-1], starts_with: demo, not: demo-2 }
      participant.id: { in_list: vips, not: ada }
      room.name: { matches: "^(demo|test)", contains: e }
      participant.kind: { not: recorder }
      room.is_breakout: { is: true, or_missing: true }`),
  );
});

test('a condition that always holds is told', () => {
  checkMarks(
    ruleWith(`
      session.present: { at_least: 0 } # ! always-holds: 0
      session.seconds: { more_than: -1, or_missing: true } # ! always-holds: -1
      session.recorded: [true, false] # ! always-holds: [true
      session.status: [created, live, ended, lost, closed] # ! always-holds: [created
      room.metadata.size: { at_least: 0, or_missing: true }`),
  );
});

test('a member of any that cannot hold, or always does, is told', () => {
  checkMarks(
    ruleWith(`
      session.present: { at_least: 3 }
      room.id: [r1, r2]
      any:
        - { session.present: { less_than: 2 } } # ! contradiction: 2 }
        - { session.present: { at_least: 1 } } # ! always-holds: { session
        - { room.id: r3 } # ! contradiction: r3
        - { room.id: { starts_with: r } } # ! always-holds: { room
        - { session.recorded: true, expr: session.present > 1 }`),
  );
});

test('an any of which no member can hold is an error of its own', () => {
  checkMarks(
    ruleWith(`
      room.id: r1
      any: [{ room.id: r2 }, { room.id: r3 }] # ! contradiction: any ! contradiction: r2 ! contradiction: r3`),
  );
});

test('a none that excludes what the rule asks for is told', () => {
  checkMarks(
    ruleWith(`
      room.id: r1
      session.present: { at_least: 3 }
      none:
        - { room.id: { in: [r1, r2] } } # ! contradiction: { room
        - { session.present: { at_least: 2 }, room.id: r1 } # ! contradiction: { session
        - { room.id: r1, session.present: { at_least: 9 } }
        - { session.present: { more_than: 5, less_than: 3 } } # ! contradiction: 3 }`),
  );
});

test('what surrounds an inner group counts inside of it', () => {
  checkMarks(
    ruleWith(`
      room.id: r1
      any:
        - any: [{ room.id: r2 }, { session.present: 1 }] # ! contradiction: r2
          session.recorded: true
        - none: [{ room.id: { is: r1, or_missing: false } }] # ! contradiction: { room`),
  );
});

test('an empty member is told: it holds for everything', () => {
  checkMarks(
    ruleWith(`
      any: [{}, { room.id: r1 }] # ! always-holds: {}, {
      none: [{}] # ! contradiction: {}`),
  );
});

test('what is wrong in itself brings no second report', () => {
  checkMarks(
    ruleWith(`
      participant.kind: { is: robot, not: human } # ! impossible-value: robot
      session.status: { not: alive } # ! impossible-value: alive
      room.id: { in_list: vipz, not: a } # ! unknown-list: vipz
      session.present: { at_least: "3", at_most: 2 } # ! wrong-operand: "3"
      room.nmae: { is: a, not: a } # ! unknown-field: room.nmae`),
  );
});
