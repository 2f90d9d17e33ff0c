import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventTypes } from '#domain/catalogue.ts';
import type { TemplateFile } from '#messages/library.ts';
import { exampleMessages, type Target, targets } from '#rehearsal/render.ts';
import { stage } from '#rehearsal/stage.ts';
import { loadConfiguration, readConfiguration } from '../../src/configuration.ts';

const noon = new Date('2026-07-06T12:00:00Z');

const templates: readonly TemplateFile[] = [
  {
    name: 'listed',
    path: 'listed.hbs',
    text: `---
title: Over
sentence: "{{room.name}} is over"
fields: { Room: "{{room.name}}" }
buttons: [{ text: Open, url: "https://meet.example/" }]
---
See [the list](https://meet.example/list):

- {{room.name}}
- **the end**
`,
  },
];

function load(rules: string, files: readonly TemplateFile[] = []) {
  const text = `version: 1
sources: { meet: { livekit: { keys: { key: "\${SECRET}" } } } }
destinations:
  sales: { slack: { channel: C0SALES01 } }
  brief: { slack: { channel: C0BRIEF01, compact: true } }
  community: { discord: { channel: "112233445566778899" } }
lists: { vips: [ceo-bigco] }
${rules}`;
  const { loaded, diagnostics } = loadConfiguration(
    { rulesFile: 'rules.yaml', rules: text, templates: files, problems: [] },
    () => 'secret-of-the-tests',
  );
  assert.ok(loaded, JSON.stringify(diagnostics));
  return stage(loaded);
}

function picturesOf(rules: string, target: Target, id = 'r') {
  const configuration = load(rules);
  const rule = configuration.rulebook.byId.get(id);
  assert.ok(rule);
  return exampleMessages(rule, configuration, target);
}

const joined = `rules:
  - { id: r, on: participant.joined, where: { participant.id: { in_list: vips } }, send: { to: [sales, brief, community], text: "{{participant.id}} is in {{room.name}}" } }
`;

test('a test of the file in which the rule fires is the example', () => {
  const [picture, ...more] = picturesOf(
    `${joined}tests:
  - name: another
    events: [{ at: 0s, event: room.ended, session.id: S1 }]
    expect: { r: 0 }
  - name: a VIP comes
    events: [{ at: 0s, event: participant.joined, session.id: S1, participant.id: ceo-bigco, room.name: Board }]
    expect: { r: 1 }
`,
    'text',
  );
  assert.equal(more.length, 0);
  assert.equal(picture?.about, 'participant.joined, from the test "a VIP comes"');
  assert.equal(picture?.to, 'sales, brief, community');
  assert.equal(picture?.card(noon).title, 'ceo-bigco is in Board');
});

test('without one the example is made up, with the values that the rule asks for', () => {
  const [picture] = picturesOf(joined, 'text');
  assert.match(picture?.about ?? '', /^participant\.joined, a made-up example/);
  assert.equal(picture?.card(noon).title, 'ceo-bigco is in Weekly planning');
});

test('there is an example for each type of event, and one message for each entry of send', () => {
  const pictures = picturesOf(
    'rules:\n  - { id: r, on: [room.started, room.ended], send: [{ to: sales, text: "one {{event.type}}" }, { to: brief, text: "two {{event.type}}" }] }\n',
    'text',
  );
  assert.deepEqual(
    pictures.map(({ to, card }) => `${to}: ${card(noon).title}`),
    ['sales: one room.started', 'brief: two room.started', 'sales: one room.ended', 'brief: two room.ended'],
  );
});

test('a platform shows what its own destinations get, compact where they want it so', () => {
  const slack = picturesOf(joined, 'slack');
  assert.deepEqual(
    slack.map(({ to, json }) => [to, JSON.stringify(json)]),
    [
      [
        'sales',
        '{"text":"ceo-bigco is in Weekly planning","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"ceo-bigco"},{"type":"text","text":" is in "},{"type":"text","text":"Weekly planning"}]}]}]}',
      ],
      [
        'brief',
        '{"text":"ceo-bigco is in Weekly planning","blocks":[{"type":"section","text":{"type":"plain_text","emoji":false,"text":"ceo-bigco is in Weekly planning"}}]}',
      ],
    ],
  );
  const [discord, ...more] = picturesOf(joined, 'discord');
  assert.equal(more.length, 0);
  assert.equal(discord?.to, 'community');
  assert.deepEqual(discord?.card(noon).sentence, 'ceo-bigco is in Weekly planning');
});

test('each type of event takes its own test', () => {
  const pictures = picturesOf(
    `rules:
  - { id: r, on: [room.started, room.ended], send: { to: sales, text: "{{event.type}} in {{room.name}}" } }
tests:
  - name: both
    events:
      - { at: 0s, event: room.ended, session.id: S0, room.id: R0 }
      - { at: 9s, event: room.started, session.id: S1, room.id: R1 }
    expect: { r: 2 }
`,
    'text',
  );
  assert.deepEqual(
    pictures.map(({ about, card }) => [about, card(noon).title]),
    [
      ['room.started, from the test "both"', 'room.started in R1'],
      ['room.ended, from the test "both"', 'room.ended in R0'],
    ],
  );
});

test('a drawing shows what a reader sees: names as they are, lists, links and mentions', () => {
  const name = 'R&D *now* <b> [x](y) `z` _u_ <@U1>';
  const configuration = load(
    `rules:
  - { id: r, on: room.ended, send: { to: [sales, community], template: listed, mention: { slack: [U012ABCDE], discord: ["role:112233445566778899"] } } }
tests:
  - name: one
    events: [{ at: 0s, event: room.ended, session.id: S1, room.name: ${JSON.stringify(name)} }]
    expect: { r: 1 }
`,
    templates,
  );
  const rule = configuration.rulebook.byId.get('r');
  assert.ok(rule);
  const [slack, discord] = (['slack', 'discord'] as const).map((target) => {
    const [picture] = exampleMessages(rule, configuration, target);
    return picture?.card(noon);
  });
  assert.equal(slack?.sentence, `@U012ABCDE ${name} is over`);
  assert.equal(discord?.sentence, `@112233445566778899 ${name} is over`);
  for (const card of [slack, discord]) {
    assert.equal(card?.title, 'Over');
    assert.deepEqual(
      card?.body.filter((line) => !line.startsWith('@')),
      ['See the list:', `• ${name}`, '• the end'],
    );
    assert.deepEqual(card?.facts, [`Room: ${name}`]);
    assert.deepEqual(card?.buttons, [{ label: 'Open', url: 'https://meet.example/' }]);
  }
});

test('a platform that no destination of the rule is on shows what it would get', () => {
  const rules = 'rules:\n  - { id: r, on: room.ended, send: { to: sales, text: over } }\n';
  assert.deepEqual(
    picturesOf(rules, 'discord').map(({ to, card }) => [to, card(noon).sentence]),
    [['sales', 'over']],
  );
});

test('a rule in the shadow shows its message and why it is not sent', () => {
  const [picture] = picturesOf(
    'rules:\n  - { id: r, enabled: shadow, on: room.ended, send: { to: sales, text: over } }\n',
    'slack',
  );
  assert.deepEqual([picture?.fate, picture?.card(noon).sentence], ['suppressed: shadow', 'over']);
});

test('a digest and a limit have what their words may name', () => {
  const [digest] = picturesOf(
    'rules:\n  - { id: r, on: participant.joined, digest: { every: 1h }, send: { to: sales, text: "{{count}}: {{#each items}}{{participant.name}}, {{/each}}" } }\n',
    'text',
  );
  assert.match(digest?.card(noon).title ?? '', /^2: Maria Santos, Maria Santos/);
  const [limited] = picturesOf(
    'rules:\n  - { id: r, on: participant.joined, at_most: { n: 1, per: 1h }, send: { to: sales, text: "{{held}} more" } }\n',
    'text',
  );
  assert.equal(limited?.card(noon).title, '0 more');
});

/** Only Discord shows a time in a sentence in each reader's zone. */
function withoutTimes(sentence: string): string {
  return sentence.replaceAll(/\d\d:\d\d( [A-Z]+)?/g, 'TIME');
}

test('both drawings of every rule that comes with the program read alike', () => {
  const { checked } = readConfiguration({
    rulesFile: 'rules.yaml',
    templatesFolder: 'templates',
    lookup: () => undefined,
  });
  assert.ok(checked);
  const bare = stage({ ...checked, rulebook: { ...checked.rulebook, tests: [] } });
  let seen = 0;
  for (const configuration of [stage(checked), bare]) {
    for (const rule of configuration.rulebook.rules) {
      const cards = targets.map((target) =>
        exampleMessages(rule, configuration, target).map(({ card }) => card(noon)),
      );
      const [slack, discord] = cards;
      assert.equal(slack?.length, rule.on.length * rule.sends.length, rule.id);
      slack?.forEach((card, index) => {
        const other = discord?.[index];
        assert.equal(withoutTimes(card.sentence), withoutTimes(other?.sentence ?? ''), rule.id);
        assert.deepEqual(
          card.buttons.map(({ label }) => label),
          other?.buttons.map(({ label }) => label),
        );
        assert.equal(card.facts.length, other?.facts.length);
        assert.doesNotMatch(JSON.stringify([card, other]), /undefined|<t:|<!date|\\\\|\*\*|&lt;/);
        seen++;
      });
    }
  }
  assert.ok(seen > 30, `${seen} messages`);
});

test('every type of event has an example that words its own fields', () => {
  let seen = 0;
  for (const type of eventTypes) {
    const [picture] = picturesOf(
      `rules:\n  - { id: r, on: ${type}, send: { to: sales, text: "{{event.type}} in {{room.name}} at {{session.id}}" } }\n`,
      'text',
    );
    assert.equal(picture?.card(noon).title, `${type} in Weekly planning at S1`);
    seen++;
  }
  assert.ok(seen > 40);
});
