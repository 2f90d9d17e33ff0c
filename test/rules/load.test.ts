import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatDiagnostic } from '#rules/diagnostic.ts';
import { loadRules } from '#rules/load.ts';
import { load, problemsOf, rulebookOf } from './loading.ts';

const good = readFileSync(new URL('good.yaml', import.meta.url), 'utf8');
const broken = readFileSync(new URL('broken.yaml', import.meta.url), 'utf8');

const environment = {
  MEET_URL: 'https://meet.example.com',
  MEET_KEY: 'key',
  MEET_SECRET: 'meet-secret',
  LIVE_KEY: 'live',
  LIVE_SECRET: 'live-secret',
  OWN_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  SLACK_HOOK: 'https://hooks.slack.com/services/T0/B0/x',
};

test('a good file loads without a word', () => {
  const { rulebook, diagnostics } = load(good, environment);
  assert.deepEqual(diagnostics, []);
  assert.ok(rulebook);
  assert.equal(rulebook.timezone, 'Europe/Berlin');
  assert.equal(rulebook.command, '/meetings');
  assert.equal(rulebook.notices, 'ops');
  assert.deepEqual(
    rulebook.sources.map(({ name, type, roomUrl, unset }) => [name, type.type, roomUrl, unset]),
    [
      ['meet', 'plugnmeet', 'https://join.example/{{room.id}}', []],
      ['live', 'livekit', undefined, []],
      ['vsdk', 'videosdk', undefined, []],
      ['own', 'standard_webhooks', undefined, []],
    ],
  );
  assert.deepEqual(
    rulebook.destinations.map(({ name, type, settings }) => [name, type.type, settings]),
    [
      ['sales', 'slack', { channel: 'C0SALES01', on_unknown: 'at_most_once', compact: true }],
      ['ops', 'slack', { webhook: environment.SLACK_HOOK }],
      ['community', 'discord', { channel: '112233445566778899' }],
      ['look', 'preview', {}],
    ],
  );
  assert.deepEqual(rulebook.sources[0]?.settings, {
    url: 'https://meet.example.com',
    keys: { key: 'meet-secret' },
    room_url: 'https://join.example/{{room.id}}',
  });
});

test('rules keep their sends in order, and one that is switched off is left out', () => {
  const { rules } = rulebookOf(good, environment);
  assert.deepEqual(
    rules.map(({ id, on, oncePer, sends }) => ({
      id,
      on,
      oncePer,
      sends: sends.map(({ index, to, template, text }) => ({ index, to, words: template ?? text })),
    })),
    [
      {
        id: 'vip-joined',
        on: ['participant.joined'],
        oncePer: ['session.id', 'participant.id'],
        sends: [{ index: 0, to: ['sales'], words: 'vip-joined' }],
      },
      {
        id: 'every-operator',
        on: ['recording.ready', 'recording.failed'],
        oncePer: undefined,
        sends: [
          { index: 0, to: ['sales', 'community'], words: '{{room.name}} is there' },
          { index: 1, to: ['look'], words: 'recording-ready' },
        ],
      },
    ],
  );
});

test('secrets from the environment are known, so that nothing shows them', () => {
  const { secrets } = rulebookOf(good, environment);
  assert.deepEqual(
    secrets.toSorted(),
    [environment.SLACK_HOOK, 'live-secret', 'meet-secret', environment.OWN_SECRET].toSorted(),
  );
});

test('a file with the version alone is enough, and has defaults for the rest', () => {
  const { timezone, command, notices, rules, sources, destinations } = rulebookOf('version: 1\n');
  assert.deepEqual(
    { timezone, command, notices, rules, sources, destinations },
    { timezone: 'UTC', command: '/meet', notices: undefined, rules: [], sources: [], destinations: [] },
  );
});

test('every mistake of a broken file is told at once, each at its own place', () => {
  const expected = broken.split('\n').flatMap((line, index) => {
    const marks = / #! (.+)$/.exec(line)?.[1] ?? '';
    return [...marks.matchAll(/(\d+) ([a-z-]+)/g)].map(([, col, code]) => `${index + 1}:${col} ${code}`);
  });
  assert.ok(expected.length > 90);
  const { rulebook, diagnostics } = load(broken, { SET: 'https://hooks.slack.com/services/T0/B0/x' });
  const own = diagnostics.filter(({ file }) => file === 'rules.yaml');
  assert.deepEqual(
    own.map(({ line, col, code }) => `${line}:${col} ${code}`).toSorted(byPlace),
    expected.toSorted(byPlace),
  );
  assert.equal(rulebook, undefined);
});

test('problems come in the order of the file', () => {
  const { diagnostics } = load(broken);
  const places = diagnostics
    .filter(({ file }) => file === 'rules.yaml')
    .map(({ line, col }) => line * 1000 + col);
  assert.ok(places.length > 90);
  assert.deepEqual(
    places,
    places.toSorted((one, other) => one - other),
  );
});

test('a template that reads what the event never has is told at its place in the template', () => {
  const { rulebook, diagnostics } = load(`version: 1
destinations: { ops: { preview: {} } }
rules:
  - { id: a, on: room.ended, send: { to: ops, template: vip-joined } }
  - { id: b, on: [room.ended, participant.left], send: { to: ops, template: vip-joined } }
`);
  assert.equal(rulebook, undefined);
  assert.deepEqual(diagnostics.map(formatDiagnostic), [
    'vip-joined.hbs:2:11 error: room.ended never has participant.name (used by the rule at line 4) [field-never-there]',
  ]);
});

test('messages say what is wrong and what to do', () => {
  const { diagnostics } = load(broken);
  const said = diagnostics.map(({ message }) => message);
  const expected = [
    'unknown key "destination"; did you mean "destinations"?',
    'unknown key "colour"; known here: keys, rewrite, s3, room_url',
    '"admins" has no effect in this version yet',
    '"thread" has no effect in this version yet: the message is sent without it',
    '"enabled" is true, false or shadow',
    'a duration is needed here, with its unit: 30s, 5m, 2h or 1d',
    '"livekti" is not one of the platforms plugnmeet, livekit, videosdk, standard_webhooks; did you mean "livekit"?',
    'put the channel id in quotes: as a number it loses digits',
    "give a channel id like C0123456789, found in the channel's details; a #name does not work",
    'a value is missing here; one that begins with "#" must stand in quotes',
    'this is a secret: put it into the environment (or .env) and write ${NAME} here',
    'there is no event "room_finished"; here it is called "room.ended"',
    'there is no event "user_joined"; here it is called "participant.joined"',
    'there is no event "egress_updated"; it is told as events that begin with recording., stream. or hls.',
    'there is no event "room.endet"; did you mean "room.ended"?',
    'there is no destination "opps"; did you mean "ops"?',
    'there is no template "vip-jioned"; did you mean "vip-joined"?',
    'there is no list "vpis"; did you mean "vips"?',
    'there is no field "particpant.id"; did you mean "participant.id"?',
    '"contain" is not an operator; did you mean "contains"?',
    '"contains" does not work on room.is_breakout, which is true or false',
    '"humen" never occurs in participant.kind, which is one of human, phone, recorder, stream, ingress, agent, bridge; did you mean "human"?',
    'the field is a text: put the value in quotes',
    'look-ahead and look-behind, like (?=…), are not available: they can take endless time',
    'back-references, like \\1, are not available: they can take endless time',
    'give a template or a text, not both',
    'a template or a text is missing here: which words are sent?',
    'participant.joined and room.ended never have usage.cost',
    'room.ended never has participant.kind: this condition never holds there',
    '${UNSET_1} and ${UNSET_2} are not set in the environment (or .env): POST /hooks/unset answers 503 until then',
    '${UNSET_3} is not set in the environment (or .env): its messages are not sent until then and show in the preview',
    '${UNSET_5} is not set in the environment (or .env)',
  ];
  assert.deepEqual(
    expected.filter((message) => !said.includes(message)),
    [],
  );
});

test('a name of the environment that is not set is a warning in sources and destinations, and an error elsewhere', () => {
  const text = `version: 1
sources: { live: { livekit: { keys: { "\${A}": "\${B}" } } } }
destinations: { ops: { slack: { webhook: "\${C}" } } }
notices: ops
`;
  const { rulebook, diagnostics } = load(text);
  assert.deepEqual(
    diagnostics.map(({ line, severity, code }) => [line, severity, code]),
    [
      [2, 'warning', 'not-set'],
      [3, 'warning', 'not-set'],
    ],
  );
  assert.deepEqual(rulebook?.sources[0]?.unset, ['A', 'B']);
  assert.deepEqual(rulebook?.destinations[0]?.unset, ['C']);
  assert.deepEqual(problemsOf(`${text}lists: { a: ["\${D}"] }\n`), [
    '2:12 not-set',
    '3:17 not-set',
    '5:14 not-set',
  ]);
});

test('a name of the environment whose file cannot be read is an error at its place', () => {
  const { diagnostics } = loadRules({
    text: 'version: 1\nlists: { a: [b, "${C}"] }\n',
    file: 'rules.yaml',
    environment: () => {
      throw new Error('C_FILE: the file /run/c cannot be read');
    },
    templates: { names: [], describe: () => undefined, checkText: () => ({ uses: [], problems: [] }) },
  });
  const [first] = diagnostics.map(formatDiagnostic);
  assert.equal(first, 'rules.yaml:2:17 error: C_FILE: the file /run/c cannot be read [not-set]');
});

test('a value from the environment is data: it is not read as YAML, nor replaced again', () => {
  const value = 'x", other: "y\n- ${OTHER}';
  const { rules } = rulebookOf(
    `version: 1
destinations: { ops: { preview: {} } }
lists: { names: ["\${NAME}"] }
rules: [{ id: a, on: room.ended, where: { room.id: { in_list: names } }, send: { to: ops, text: hi } }]
`,
    { NAME: value, OTHER: 'z' },
  );
  assert.equal(rules[0]?.where.holds({ room: { id: value } }), true);
});

test('two keys that the environment makes the same are told', () => {
  const text = 'version: 1\nlists:\n  "${A}": [a]\n  same: [b]\n';
  assert.deepEqual(problemsOf(text, { A: 'same' }), ['4:3 duplicate-key']);
});

const lengthRule = (condition: string) => `version: 1
destinations: { ops: { preview: {} } }
rules: [{ id: a, on: [room.ended, recording.ready], where: { recording.seconds: ${condition} }, send: { to: ops, text: hi } }]
`;

test('a condition that says what a missing field means needs no warning about it', () => {
  assert.deepEqual(problemsOf(lengthRule('60')), ['3:62 field-sometimes']);
  assert.deepEqual(problemsOf(lengthRule('{ at_least: 60, or_missing: true }')), []);
  assert.deepEqual(problemsOf(lengthRule('{ exists: false }')), []);
});

test('words that objects inherit in JavaScript are unknown words like any other', () => {
  for (const word of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    const text = `version: 1
destinations: { ops: { preview: {} } }
${word}: 1
rules:
  - id: a
    on: ${word}
    ${word}: 1
    where: { ${word}: 1, room.id: { ${word}: 1, in_list: ${word} } }
    send: { to: ${word}, template: ${word}, ${word}: 1 }
`;
    const expected = ['unknown-key', 'unknown-event', 'unknown-key', 'unknown-field', 'unknown-operator'];
    assert.deepEqual(
      load(text).diagnostics.map(({ code }) => code),
      [...expected, 'unknown-list', 'unknown-destination', 'unknown-template', 'unknown-key'],
    );
  }
});

test('more problems than anybody reads end with their number', () => {
  const { diagnostics } = load(`version: 1\nrules:\n${'  - 1\n'.repeat(10_000)}`);
  assert.equal(diagnostics.length, 501);
  assert.deepEqual(diagnostics.at(-1), {
    file: 'rules.yaml',
    line: 503,
    col: 5,
    severity: 'error',
    code: 'and-more',
    message: 'and 9500 more from here on',
  });
});

/** As the loader sorts: by line, then column. */
function byPlace(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
