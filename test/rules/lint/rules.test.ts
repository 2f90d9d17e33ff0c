import { test } from 'node:test';
import { checkMarks } from './marks.ts';

const file = (rules: string) => `version: 1
sources: { own: { standard_webhooks: { secrets: ["\${SECRET}"] } } }
destinations:
  ops: { slack: { channel: C0OPS0001 } }
  fun: { discord: { channel: "112233445566778899" } }
  look: { preview: {} }
notices: ops
lists: { vips: [ada] }
cards: # ! no-effect-yet: cards
  meeting: { per: session.id, to: [ops, fun, look], template: ended, where: { room.id: { not_in_list: vips } } }
${rules}`;

test('a mention on a platform where the message does not go is told', () => {
  checkMarks(
    file(`rules:
  - id: a
    on: room.ended
    send:
      - { to: ops, text: a, mention: { slack: [U0BOSS001], discord: ["112233445566778899"] } } # ! mention-elsewhere: discord
      - { to: [fun], text: b, mention: { slack: [U0BOSS001] } } # ! mention-elsewhere: slack
      - { to: [fun, ops], text: c, mention: { slack: [U0BOSS001], discord: ["112233445566778899"] } }
      - { to: [look], text: d, mention: { slack: [U0BOSS001] } }
`),
  );
});

test('also_in_channel without a thread is told', () => {
  checkMarks(
    file(`rules:
  - id: a
    on: room.ended
    send:
      - { to: ops, text: a, also_in_channel: true } # ! no-effect-yet: also ! needs-thread: also
      - { to: ops, text: b, also_in_channel: true, thread: meeting } # ! no-effect-yet: also ! no-effect-yet: thread
`),
  );
});

const rule = (id: string, where: string, reset: string) => `
  - id: ${id}
    on: participant.joined
    where: ${where}
    once_per: [session.id]
    reset_when: ${reset}
    send: { to: ops, text: ${id} }`;

test('a key that is freed by what claims it is told', () => {
  const freed = '{ session.present: { at_least: 3 } } # ! reset-at-once: reset_when';
  checkMarks(file(`rules:${rule('a', '{ session.present: { at_least: 5 } }', freed)}\n`));
  checkMarks(
    file(`rules:${rule('b', '{ session.present: { at_least: 5 } }', '{ session.present: { less_than: 3 } }')}
${rule('c', '{ session.present: { at_least: 5, or_missing: true } }', '{ session.present: { at_least: 3 } }')}
${rule('d', '{ participant.id: { in_list: vips } }', '{ participant.id: { starts_with: b } }')}
`),
  );
});

test('a wait that its own event ends is told', () => {
  checkMarks(
    file(`rules:
  - id: a
    on: [room.started, room.ended]
    where: { room.id: { starts_with: a } }
    unless_followed_by: { event: [room.started, recording.ready], same: room.id, within: 5m } # ! followed-by-itself: room.started
    send: { to: ops, text: a }
  - id: b
    on: room.started
    where: { room.id: a }
    unless_followed_by: { event: room.started, where: { room.id: b }, same: source.name, within: 5m }
    send: { to: ops, text: b }
`),
  );
});

test('conditions inside of a wait and a reset are looked at as well', () => {
  checkMarks(
    file(`rules:
  - id: a
    on: room.started
    once_per: [room.id]
    reset_when: { session.present: { more_than: 5, less_than: 3 } } # ! contradiction: 3 }
    unless_followed_by: { event: room.ended, where: { room.id: { is: a, not: a } }, same: room.id, within: 5m } # ! contradiction: a } }
    send: { to: ops, text: a }
`),
  );
});

test('a wait that is longer than anything is kept is an error', () => {
  checkMarks(
    file(`retention: 2d
rules:
  - id: a
    on: room.started
    still_true_after: 49h # ! longer-than-retention: 49h
    send: { to: ops, text: a }
  - id: b
    on: room.started
    unless_followed_by: { event: room.ended, same: room.id, within: 3d } # ! longer-than-retention: 3d
    send: { to: ops, text: b }
  - id: c
    on: room.started
    still_true_after: 2d
    send: { to: ops, text: c }
`),
  );
});

test('two rules that tell the same are told, however they are written', () => {
  checkMarks(
    file(`rules:
  - id: a
    on: [room.started, room.ended]
    where: { room.id: a, session.present: { at_least: 1, at_most: 3 } }
    send: { to: ops, text: a }
  - id: b # ! duplicate-rule: b
    on: [room.ended, room.started]
    where: { session.present: { at_most: 3, at_least: 1 }, room.id: a }
    once_per: [room.id]
    send: { text: a, to: ops }
  - id: c
    on: [room.started, room.ended]
    where: { room.id: a, session.present: { at_least: 1, at_most: 3 } }
    still_true_after: 5m
    send: { to: ops, text: a }
`),
  );
});

test('a test without an event of the rule that it expects something of is told', () => {
  checkMarks(
    file(`rules:
  - { id: a, on: room.ended, send: { to: ops, text: a } }
  - { id: b, on: [room.started, room.created], send: { to: ops, text: b } }
tests:
  - name: one
    events: [{ at: 0s, event: room.created, session.id: S1 }]
    expect:
      a: 1 # ! test-without-event: a
      b: { times: 1 }
  - name: other
    events: [{ at: 0s, event: room.created, session.id: S1 }]
    expect: { a: 0, b: 1 }
`),
  );
});
