import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askForTests, askWhatIsSent, askWhy, type Past } from '#rehearsal/questions.ts';
import { loadConfiguration } from '../../src/configuration.ts';
import { accepted, joinsOf } from './explain-setup.ts';

const rulesFile = 'rules.yaml';
const text = `version: 1
sources: { meet: { livekit: { keys: { key: "\${SECRET}" } } } }
destinations: { ops: { preview: {} } }
rules:
  - { id: joined, on: participant.joined, once_per: [session.id], send: { to: ops, text: "{{participant.name}} is in" } }
  - { id: ended, on: room.ended, send: { to: ops, text: over } }
tests:
  - name: told once
    events: [{ at: 0s, event: participant.joined, session.id: S1, participant.id: anna }]
    expect: { joined: 2 }
`;

function rulesOf(rules: string) {
  const read = loadConfiguration(
    { rulesFile, rules, templates: [], problems: [] },
    () => 'secret-of-the-tests',
  );
  return { rulesFile, ...read };
}
const rules = rulesOf(text);

const noPast = async (): Promise<Past> => assert.fail('nobody asked for the past');
const files: Readonly<Record<string, string>> = {
  'one.json':
    '{ "event": { "type": "participant.joined" }, "session": { "id": "S1" }, "participant": { "id": "anna" } }',
  'two.yaml': `events:
  - { at: 0s, event: participant.joined, session.id: S1, participant.id: anna }
  - { at: 9s, event: participant.joined, session.id: S1, participant.id: ben }`,
  'ended.json': '[{ "at": "0s", "event": "room.ended" }]',
  'wrong.json': '[{ "at": "0s", "event": "room.endet" }]',
};
function readFile(path: string): string {
  const content = files[path];
  if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return content;
}
const tools = { readFile, openPast: noPast };

async function verdictsOf(event: string) {
  const answer = await askWhy({ event }, rules, tools);
  assert.equal(answer.kind, 'answer');
  return answer.explanation.rules.map(({ rule, verdict }) => `${rule} ${verdict}`);
}

test('the last event of a file is explained after those before it, although a test of the rules fails', async () => {
  assert.equal(rules.loaded, undefined);
  assert.deepEqual(await verdictsOf('one.json'), ['joined fires']);
  assert.deepEqual(await verdictsOf('two.yaml'), ['joined already told']);
});

async function wrong(event: string, rule?: string) {
  const answer = await askWhy({ event, rule }, rules, tools);
  assert.equal(answer.kind, 'none');
  return [answer.exitCode, answer.message];
}

test('a file that is not there, one with a mistake, and a rule that is not there are told', async () => {
  assert.deepEqual(await wrong('no.json'), [
    2,
    'no.json cannot be read: it does not exist. Give a file, or the number of an accepted event.',
  ]);
  assert.deepEqual(await wrong('wrong.json'), [
    1,
    'wrong.json:1:25 error: there is no event "room.endet"; did you mean "room.ended"? [unknown-event]',
  ]);
  assert.deepEqual(await wrong('one.json', 'joyned'), [
    2,
    'There is no rule "joyned" that is switched on; did you mean "joined"?',
  ]);
});

test('rules with an error answer nothing but their errors', async () => {
  const broken = rulesOf(text.replace('once_per', 'onse_per'));
  const answers = [
    await askWhy({ event: 'one.json' }, broken, tools),
    askWhatIsSent({ rule: 'joined', target: 'text' }, broken, tools),
    askForTests(broken, []),
  ];
  for (const answer of answers) {
    assert.ok('message' in answer);
    assert.match(answer.message, /^rules\.yaml:5:\d+ error: .*\nrules\.yaml cannot be used$/s);
    assert.equal(answer.exitCode, 1);
  }
});

const history = accepted(joinsOf(0, 60, 3600));

/** Accepted events as a store keeps them; `pages` notes what was asked for. */
function past(log: Awaited<ReturnType<Past['decisions']>>, pages: object[] = []): Past {
  return {
    find: async (sequence) => history.find((each) => each.sequence === sequence),
    list: async (filter) => {
      pages.push(filter);
      const { after, since, limit } = filter;
      return history.filter((each) => each.sequence > after && each.receivedAt >= since).slice(0, limit);
    },
    decisions: async () => log,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const at = history[1]?.receivedAt.toISOString() ?? '';
const told = { rule: 'joined', at, silent: 'already told', reason: 'in the words of then' };

test('an accepted event is explained by those before it, as far as rules can remember', async () => {
  const pages: { since?: Date }[] = [];
  const answer = await askWhy({ event: '2' }, rules, { readFile, openPast: async () => past([told], pages) });
  assert.equal(answer.kind, 'answer');
  const { explanation, kept } = answer;
  assert.deepEqual(
    [explanation.sequence, explanation.earlier, explanation.rules.map(({ verdict }) => verdict)],
    [2, 1, ['already told']],
  );
  assert.deepEqual(kept, { log: [told], isSame: true });
  assert.deepEqual(
    pages.map(({ since }) => since?.toISOString()),
    [new Date(Date.parse(at) - 30 * 86_400_000).toISOString()],
  );
});

async function isSame(log: Parameters<typeof past>[0], rule?: string) {
  const answer = await askWhy({ event: '2', rule }, rules, { readFile, openPast: async () => past(log) });
  assert.equal(answer.kind, 'answer');
  return answer.kept?.isSame;
}

test('a log that says something else is told, and what a timer added to it later is not', async () => {
  assert.equal(await isSame([told, { ...told, at: '2030-01-01T00:00:00.000Z', silent: 'limit' }]), true);
  assert.equal(await isSame([{ ...told, silent: 'limit' }]), false);
  assert.equal(await isSame([]), false);
  assert.equal(await isSame([told, { rule: 'gone', at, silent: 'limit' }]), false);
  assert.equal(await isSame([told, { rule: 'gone', at, silent: 'limit' }], 'joined'), true);
});

test('an event that is not there any more has no explanation', async () => {
  const answer = await askWhy({ event: '77' }, rules, { readFile, openPast: async () => past([]) });
  assert.deepEqual(answer, {
    kind: 'none',
    message: 'There is no event 77: it never was accepted, or it is older than the retention.',
    exitCode: 1,
  });
});

test('what a rule sends at the last event of a file, or that it sends nothing', () => {
  const pictures = askWhatIsSent({ rule: 'joined', target: 'text', event: 'one.json' }, rules, tools);
  assert.equal(pictures.kind, 'answer');
  assert.deepEqual(
    pictures.pictures.map(({ about, to, card }) => [about, to, card(new Date(0)).title]),
    [['participant.joined', 'ops', 'anna is in']],
  );
  const none = askWhatIsSent({ rule: 'joined', target: 'text', event: 'ended.json' }, rules, tools);
  assert.equal(none.kind, 'none');
  assert.match(none.message, /^joined sends nothing .*explain --event ended\.json --rule joined$/);
});

test('the results of all tests are there, also of those that fail', () => {
  const results = askForTests(rules, ['joined']);
  assert.ok(!('message' in results));
  assert.deepEqual(
    results.map(({ name, rules: about, disagreements }) => [name, about, disagreements.length]),
    [['told once', ['joined'], 1]],
  );
  const unknown = askForTests(rules, ['endet']);
  assert.ok('message' in unknown);
  assert.deepEqual(
    [unknown.message, unknown.exitCode],
    ['There is no rule "endet" that is switched on; did you mean "ended"?', 2],
  );
});
