import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFailure, disagreementText, type TestResult } from '#rehearsal/rule-tests.ts';
import { loadConfiguration } from '../../src/configuration.ts';

const head = `version: 1
timezone: UTC
sources: { meet: { livekit: { keys: { key: "\${SECRET}" } } } }
destinations: { ops: { preview: {} }, sales: { preview: {} } }
quiet_hours: { nights: { from: "22:00", to: "07:00", then: hold } }
rules:
  - { id: joined, on: participant.joined, once_per: [session.id], send: { to: ops, text: "{{participant.name}} is in" } }
  - { id: ended, on: room.ended, send: { to: [ops, sales], text: over, quiet_hours: nights } }
tests:
`;

function read(tests: string) {
  const rules = `${head}${tests}`;
  return loadConfiguration(
    { rulesFile: 'rules.yaml', rules, templates: [], problems: [] },
    () => 'secret-of-the-tests',
  );
}

/** The results of tests with these parts of the line behind their name. */
function resultsOf(...tests: readonly string[]): readonly TestResult[] {
  const { checked, diagnostics } = read(
    tests.map((rest, index) => `  - { name: test ${index}, ${rest} }\n`).join(''),
  );
  assert.ok(checked, JSON.stringify(diagnostics));
  return checked.tests;
}

const joined = 'events: [{ at: 0s, event: participant.joined, session.id: S1, participant.id: anna }]';
const texts = (results: readonly TestResult[]) =>
  results.map(({ disagreements }) => disagreements.map(disagreementText).join('\n'));

test('what holds has no disagreement, and each result names the rules that it asks about', () => {
  const results = resultsOf(
    `${joined}, expect: { joined: { times: 1, to: [ops], contains: anna }, ended: 0 }`,
  );
  assert.deepEqual(
    results.map(({ name, rules, disagreements }) => ({ name, rules, disagreements })),
    [{ name: 'test 0', rules: ['joined', 'ended'], disagreements: [] }],
  );
});

test('each part of an expectation can fail, and says what came instead', () => {
  const sent = 'sent at 0s to ops: "anna is in"';
  assert.deepEqual(
    texts(
      resultsOf(
        `${joined}, expect: { joined: 2 }`,
        `${joined}, expect: { joined: 0 }`,
        `${joined}, expect: { joined: { to: [sales] } }`,
        `${joined}, expect: { joined: { to: [ops, sales] } }`,
        `${joined}, expect: { joined: { contains: [anna, ben] } }`,
        `${joined}, expect: { joined: { because: told already } }`,
        `${joined}, expect: { ended: 1 }`,
      ),
    ),
    [
      `joined: expected sent 2 times, but ${sent}`,
      `joined: expected not sent, but ${sent}`,
      `joined: expected sent, to sales, and nowhere else, but ${sent}`,
      `joined: expected sent, to ops, to sales, and nowhere else, but ${sent}`,
      `joined: expected sent, contains "anna", contains "ben", but ${sent}`,
      `joined: expected not sent because told already, but ${sent}`,
      'ended: expected sent once, but its conditions never held',
    ],
  );
});

test('a message that quiet hours hold counts when they end within the test', () => {
  const night = 'start: "2026-07-06T23:00:00Z", events: [{ at: 0s, event: room.ended, session.id: S1 }]';
  const [open, short, long] = texts(
    resultsOf(
      `${night}, expect: { ended: 1 }`,
      `${night}, until: 1h, expect: { ended: 1 }`,
      `${night}, until: 8h, expect: { ended: 1 }`,
    ),
  );
  assert.deepEqual([open, long], ['', '']);
  assert.match(short ?? '', /^ended: expected sent once, but 0s: held \(quiet hours: nights\)/);
});

test('a failure is told with its place, and what was expected above what came', () => {
  const [result] = resultsOf(`${joined}, expect: { joined: 2, ended: 1 }`);
  assert.ok(result);
  const line = `  - { name: test 0, ${joined}, expect: { joined: 2, ended: 1 } }`;
  const place = (key: string) => `rules.yaml:${head.split('\n').length}:${line.indexOf(`${key}: `) + 1}`;
  assert.deepEqual(describeFailure(result).split('\n'), [
    `${place('joined')} error: the test "test 0" does not hold for joined [test-failed]`,
    '  expected  sent 2 times',
    '  actual    sent at 0s to ops: "anna is in"',
    `${place('ended')} error: the test "test 0" does not hold for ended [test-failed]`,
    '  expected  sent once',
    '  actual    its conditions never held',
  ]);
});

test('a file whose tests fail is not loaded, but can be looked at; one with another error cannot', () => {
  const failing = read(`  - { name: fails, ${joined}, expect: { joined: 2 } }\n`);
  assert.equal(failing.loaded, undefined);
  assert.equal(failing.checked?.rulebook.rules.length, 2);
  const fine = read(`  - { name: holds, ${joined}, expect: { joined: 1 } }\n`);
  assert.equal(fine.loaded?.rulebook, fine.checked?.rulebook);
  assert.ok(fine.loaded);
  const broken = read(`  - { name: broken, ${joined}, expect: { joyned: 1 } }\n`);
  assert.deepEqual([broken.loaded, broken.checked], [undefined, undefined]);
});
