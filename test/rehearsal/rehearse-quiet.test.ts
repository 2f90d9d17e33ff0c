import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Happening, play, staged } from './rehearse-setup.ts';

const windows = `timezone: Europe/Berlin
quiet_hours:
  nights: { from: "22:00", to: "07:00", days: [ mon, tue, wed, thu, fri ], then: hold }
  lunch: { from: "12:00", to: "13:00", then: drop }
`;

/** A rule with this \`send\`, in Berlin with two windows. */
function rule(send: string, stages = ''): string {
  return `  - id: joined
    on: participant.joined
${stages}    send: ${send}
`;
}

const joins = (at: string, who = 'anna'): Happening => [at, 'participant.joined', { who }];

function played(rules: string, story: readonly Happening[], head = windows): readonly string[] {
  return play(staged(rules, head), story, { isAbsolute: true });
}

test('in a window that holds, a message waits for its end; outside it goes at once', () => {
  const rules = rule('{ to: sales, text: x, quiet_hours: nights }');
  const lines = (at: string) => played(rules, [joins(at)]);
  assert.deepEqual(lines('2026-07-06T19:59:59Z'), ['2026-07-06T19:59:59Z joined → sales: x']);
  for (const at of ['2026-07-06T20:00:00Z', '2026-07-07T03:00:00Z', '2026-07-07T04:59:59Z']) {
    assert.deepEqual(lines(at), [`${at} joined → sales at 2026-07-07T05:00:00Z: x`]);
  }
  assert.deepEqual(lines('2026-07-07T05:00:00Z'), ['2026-07-07T05:00:00Z joined → sales: x']);
});

test('days are those on which a window begins', () => {
  const rules = rule('{ to: sales, text: x, quiet_hours: nights }');
  const saturdayMorning = '2026-07-11T04:00:00Z';
  const saturdayNight = '2026-07-11T21:00:00Z';
  const mondayMorning = '2026-07-13T04:00:00Z';
  assert.deepEqual(
    played(rules, [joins(saturdayMorning), joins(saturdayNight, 'ben'), joins(mondayMorning, 'cleo')]),
    [
      `${saturdayMorning} joined → sales at 2026-07-11T05:00:00Z: x`,
      `${saturdayNight} joined → sales: x`,
      `${mondayMorning} joined → sales: x`,
    ],
  );
});

test('in a window that drops, nothing is sent, and no once-key is taken', () => {
  const rules = rule('{ to: sales, text: x, quiet_hours: lunch }', '    once_per: [ session.id ]\n');
  assert.deepEqual(played(rules, [joins('2026-07-06T10:30:00Z'), joins('2026-07-06T11:00:00Z', 'ben')]), [
    '2026-07-06T10:30:00Z joined: quiet hours',
    '2026-07-06T11:00:00Z joined → sales: x',
  ]);
});

test('what is dropped does not count against the limit either', () => {
  const rules = rule(
    '{ to: sales, text: "+{{held}}", quiet_hours: lunch }',
    '    at_most: { n: 1, per: 1h }\n',
  );
  assert.deepEqual(played(rules, [joins('2026-07-06T10:59:00Z'), joins('2026-07-06T11:00:00Z', 'ben')]), [
    '2026-07-06T10:59:00Z joined: quiet hours',
    '2026-07-06T11:00:00Z joined → sales: +0',
  ]);
});

test('a held message takes its once-key: it will be told', () => {
  const rules = rule('{ to: sales, text: x, quiet_hours: nights }', '    once_per: [ session.id ]\n');
  assert.deepEqual(played(rules, [joins('2026-07-06T21:00:00Z'), joins('2026-07-07T06:00:00Z', 'ben')]), [
    '2026-07-06T21:00:00Z joined → sales at 2026-07-07T05:00:00Z: x',
    '2026-07-07T06:00:00Z joined: already told',
  ]);
});

test('{ use, then } takes a window and does otherwise in it', () => {
  const story = [joins('2026-07-06T10:30:00Z'), joins('2026-07-06T21:00:00Z', 'ben')];
  assert.deepEqual(played(rule('{ to: sales, text: x, quiet_hours: { use: lunch, then: hold } }'), story), [
    '2026-07-06T10:30:00Z joined → sales at 2026-07-06T11:00:00Z: x',
    '2026-07-06T21:00:00Z joined → sales: x',
  ]);
  assert.deepEqual(played(rule('{ to: sales, text: x, quiet_hours: { use: nights, then: drop } }'), story), [
    '2026-07-06T10:30:00Z joined → sales: x',
    '2026-07-06T21:00:00Z joined: quiet hours',
  ]);
});

const always = `timezone: Europe/Berlin
quiet_hours:
  nights: { from: "22:00", to: "07:00", days: [ mon, tue, wed, thu, fri ], then: hold, default: true }
  weekend: { from: "00:00", to: "24:00", days: [ sat, sun ], then: hold, default: true }
  lunch: { from: "12:00", to: "13:00", then: drop }
`;

test('a default window applies where a send names none, and ignore knows no window', () => {
  const at = '2026-07-06T21:00:00Z';
  const line = (send: string) => played(rule(send), [joins(at)], always);
  assert.deepEqual(line('{ to: sales, text: x }'), [`${at} joined → sales at 2026-07-07T05:00:00Z: x`]);
  assert.deepEqual(line('{ to: sales, text: x, quiet_hours: ignore }'), [`${at} joined → sales: x`]);
  assert.deepEqual(line('{ to: sales, text: x, quiet_hours: lunch }'), [`${at} joined → sales: x`]);
});

test('where one default window ends inside of another, the message waits for that one too', () => {
  const friday = '2026-07-10T21:00:00Z';
  assert.deepEqual(played(rule('{ to: sales, text: x }'), [joins(friday)], always), [
    `${friday} joined → sales at 2026-07-12T22:00:00Z: x`,
  ]);
});

test('of several default windows one that drops wins', () => {
  const head = `timezone: Europe/Berlin
quiet_hours:
  nights: { from: "22:00", to: "07:00", then: hold, default: true }
  backup: { from: "02:00", to: "03:00", then: drop, default: true }
`;
  const rules = rule('{ to: sales, text: x }');
  assert.deepEqual(
    played(rules, [joins('2026-07-06T23:00:00Z'), joins('2026-07-07T00:30:00Z', 'ben')], head),
    [
      '2026-07-06T23:00:00Z joined → sales at 2026-07-07T05:00:00Z: x',
      '2026-07-07T00:30:00Z joined: quiet hours',
    ],
  );
});

test('a window that never ends holds a message for eight days', () => {
  const head = 'quiet_hours: { ever: { from: "00:00", to: "24:00", then: hold, default: true } }\n';
  assert.deepEqual(played(rule('{ to: sales, text: x }'), [joins('2026-07-06T10:00:00Z')], head), [
    '2026-07-06T10:00:00Z joined → sales at 2026-07-14T10:00:00Z: x',
  ]);
});

test('each entry of send has hours of its own', () => {
  const rules = rule(
    `
      - { to: sales, text: a, quiet_hours: nights }
      - { to: ops, text: b, quiet_hours: ignore }
      - { to: ops, text: c, quiet_hours: { use: nights, then: drop } }
`,
    '    once_per: [ session.id ]\n',
  );
  assert.deepEqual(played(rules, [joins('2026-07-06T21:00:00Z'), joins('2026-07-07T06:00:00Z', 'ben')]), [
    '2026-07-06T21:00:00Z joined → sales at 2026-07-07T05:00:00Z: a',
    '2026-07-06T21:00:00Z joined → ops: b',
    '2026-07-06T21:00:00Z joined → ops suppressed (quiet hours: nights): c',
    '2026-07-07T06:00:00Z joined: already told',
  ]);
});

test('a window may have a zone of its own', () => {
  const head = `timezone: Europe/Berlin
quiet_hours: { tokyo: { from: "22:00", to: "07:00", timezone: Asia/Tokyo, then: hold, default: true } }
`;
  assert.deepEqual(played(rule('{ to: sales, text: x }'), [joins('2026-07-06T13:00:00Z')], head), [
    '2026-07-06T13:00:00Z joined → sales at 2026-07-06T22:00:00Z: x',
  ]);
});

test('the night of a change of clocks ends when clocks show its end', () => {
  const head = `timezone: Europe/Berlin
quiet_hours: { nights: { from: "22:00", to: "07:00", then: hold, default: true } }
`;
  const held = (at: string) => played(rule('{ to: sales, text: x }'), [joins(at)], head).at(-1);
  assert.equal(
    held('2026-03-28T22:00:00Z'),
    '2026-03-28T22:00:00Z joined → sales at 2026-03-29T05:00:00Z: x',
  );
  assert.equal(
    held('2026-10-24T22:00:00Z'),
    '2026-10-24T22:00:00Z joined → sales at 2026-10-25T06:00:00Z: x',
  );
});

test('a window that ends in a skipped hour ends at the jump, and one in a doubled hour counts once', () => {
  const head = `timezone: Europe/Berlin
quiet_hours: { early: { from: "01:00", to: "02:30", then: hold, default: true } }
`;
  const line = (at: string) => played(rule('{ to: sales, text: x }'), [joins(at)], head).at(-1);
  assert.equal(
    line('2026-03-29T00:30:00Z'),
    '2026-03-29T00:30:00Z joined → sales at 2026-03-29T01:00:00Z: x',
  );
  assert.equal(
    line('2026-10-25T00:15:00Z'),
    '2026-10-25T00:15:00Z joined → sales at 2026-10-25T00:30:00Z: x',
  );
  assert.equal(line('2026-10-25T01:15:00Z'), '2026-10-25T01:15:00Z joined → sales: x');
});

test('a wait that is over in the quiet hours is held, and one that began in them goes out after', () => {
  const rules = rule('{ to: sales, text: x, quiet_hours: nights }', '    still_true_after: 2h\n');
  const spoken = (at: string) => played(rules, [joins(at)]).at(-1);
  assert.equal(
    spoken('2026-07-06T19:00:00Z'),
    '2026-07-06T21:00:00Z joined → sales at 2026-07-07T05:00:00Z: x',
  );
  assert.equal(spoken('2026-07-07T04:00:00Z'), '2026-07-07T06:00:00Z joined → sales: x');
});

test('a digest looks at the hours when it is full, not when it collects', () => {
  const names = '{{count}}:{{#each items}} {{participant.name}}{{/each}}';
  const rules = rule(`{ to: sales, text: "${names}", quiet_hours: nights }`, '    digest: { every: 2h }\n');
  assert.deepEqual(
    played(rules, [joins('2026-07-06T19:00:00Z'), joins('2026-07-06T20:30:00Z', 'ben')]).at(-1),
    '2026-07-06T21:00:00Z joined → sales at 2026-07-07T05:00:00Z: 2: anna ben',
  );
  assert.equal(
    played(rules, [joins('2026-07-07T04:00:00Z')]).at(-1),
    '2026-07-07T06:00:00Z joined → sales: 1: anna',
  );
  const dropped = rule(
    `{ to: sales, text: "${names}", quiet_hours: lunch }`,
    '    digest: { at: "12:30" }\n',
  );
  assert.equal(
    played(dropped, [joins('2026-07-06T07:00:00Z')]).at(-1),
    '2026-07-06T10:30:00Z joined → sales suppressed (quiet hours: lunch): 1: anna',
  );
});
