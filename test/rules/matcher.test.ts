import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { EventType } from '#domain/catalogue.ts';
import type { Matcher, Rule } from '#rules/rulebook.ts';
import { load, rulebookOf } from './loading.ts';

/** What the evaluator below and the loader are both given. */
type RuleText = {
  readonly id: string;
  readonly on: readonly EventType[];
  readonly where: Readonly<Record<string, unknown>>;
};

const caseless = new Set(['room.id', 'room.name', 'participant.id', 'participant.name']);

/** Tries one condition after the other, as the documentation tells it. Knows nothing of how the program does it. */
class Reference {
  readonly #lists: Readonly<Record<string, readonly unknown[]>>;

  constructor(lists: Readonly<Record<string, readonly unknown[]>>) {
    this.#lists = lists;
  }

  fires(rule: RuleText, type: EventType, facts: unknown): boolean {
    return rule.on.includes(type) && this.#holds(rule.where, facts);
  }

  #holds(where: unknown, facts: unknown): boolean {
    return entriesOf(where).every(([key, operand]) => {
      if (key === 'any') return itemsOf(operand).some((member) => this.#holds(member, facts));
      if (key === 'none') return itemsOf(operand).every((member) => !this.#holds(member, facts));
      return this.#field(key, operand, facts);
    });
  }

  #field(path: string, operand: unknown, facts: unknown): boolean {
    let value: unknown = facts;
    for (const step of path.split('.')) value = new Map(entriesOf(value)).get(step);
    if (Array.isArray(operand)) return this.#field(path, { in: operand }, facts);
    if (typeof operand !== 'object') return this.#field(path, { is: operand }, facts);
    const parts = new Map(entriesOf(operand));
    if (parts.has('exists') && parts.get('exists') !== (value !== undefined)) return false;
    const operators = [...parts].filter(([name]) => name !== 'exists' && name !== 'or_missing');
    if (value === undefined) return parts.get('or_missing') === true || operators.length === 0;
    const same = (one: unknown, other: unknown) => {
      if (typeof one !== 'string' || typeof other !== 'string') return one === other;
      const [left, right] = [one.normalize('NFC'), other.normalize('NFC')];
      return caseless.has(path) ? left.toLowerCase() === right.toLowerCase() : left === right;
    };
    const within = (list: unknown) => itemsOf(list).some((each) => same(each, value));
    return operators.every(([name, wanted]) => {
      if (name === 'is') return same(wanted, value);
      if (name === 'not') return !same(wanted, value);
      if (name === 'in') return within(wanted);
      if (name === 'not_in') return !within(wanted);
      if (name === 'in_list') return within(this.#lists[String(wanted)]);
      if (name === 'not_in_list') return !within(this.#lists[String(wanted)]);
      if (name === 'at_least') return typeof value === 'number' && value >= Number(wanted);
      throw new Error(`the reference does not know ${name}`);
    });
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const listNames = ['toString', 'constructor', 'guests', 'hosts'];
const texts = ['a', 'A', 'é', 'e\u0301', 'É', 'ß', '__proto__', 'constructor', 'toString', 'true', '1', ''];
const types: readonly EventType[] = ['participant.joined', 'participant.left', 'room.ended'];

const text = fc.constantFrom(...texts);
const anything = fc.oneof(text, fc.constantFrom(0, 1, 2), fc.boolean());
const textFields = fc.constantFrom('room.id', 'room.name', 'session.id', 'room.parent_id', 'source.name');
const freeFields = fc.constantFrom('raw.a', 'raw.__proto__', 'room.metadata.constructor', 'raw.a.b');

const operators = (value: fc.Arbitrary<string | number | boolean>) =>
  fc.oneof(
    value,
    fc.array(value, { minLength: 1, maxLength: 3 }),
    fc.record(
      {
        is: value,
        not: value,
        in: fc.array(value, { minLength: 1, maxLength: 3 }),
        not_in: fc.array(value, { minLength: 1, maxLength: 3 }),
        in_list: fc.constantFrom(...listNames),
        not_in_list: fc.constantFrom(...listNames),
        or_missing: fc.boolean(),
        exists: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  );

const condition = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(textFields, operators(text)) },
  { weight: 1, arbitrary: fc.tuple(freeFields, operators(anything)) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant('session.present'),
      fc.record({ at_least: fc.nat(3), is: fc.nat(3), or_missing: fc.boolean() }, { requiredKeys: [] }),
    ),
  },
);

const usable = (operand: unknown) =>
  typeof operand !== 'object' ||
  Array.isArray(operand) ||
  entriesOf(operand).some(([name]) => name !== 'or_missing');

const conditions = fc
  .array(
    condition.filter(([, operand]) => usable(operand)),
    { maxLength: 3 },
  )
  .map((entries) => Object.fromEntries(entries));

const members = fc.array(conditions, { minLength: 1, maxLength: 2 });
const whereTexts = fc
  .tuple(conditions, fc.option(members), fc.option(members))
  .map(([own, any, none]) => ({ ...own, ...(any && { any }), ...(none && { none }) }));

const ruleTexts = fc
  .array(fc.record({ on: fc.uniqueArray(fc.constantFrom(...types), { minLength: 1 }), where: whereTexts }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((rules) =>
    rules.map(
      (rule, index): RuleText => ({ ...rule, id: `${['constructor', 'toString', 'r'][index % 3]}-${index}` }),
    ),
  );

const facts = fc
  .record(
    {
      id: text,
      name: text,
      parent_id: text,
      session: text,
      source: text,
      present: fc.oneof(fc.nat(3), text),
      a: fc.oneof(anything, fc.record({ b: anything })),
      proto: anything,
      metadata: anything,
    },
    { requiredKeys: [] },
  )
  .map(({ id, name, parent_id, session, source, present, a, proto, metadata }): unknown =>
    // As stored events come: through JSON, where "__proto__" is a key like any other.
    JSON.parse(
      JSON.stringify({
        room: { id, name, parent_id, metadata: { constructor: metadata } },
        session: { id: session, present },
        source: { name: source },
        raw: { a, PROTO: proto },
      }).replace('"PROTO"', '"__proto__"'),
    ),
  );

/** Those of the rules that the loader takes: what contradicts itself is refused. */
function sound(
  rules: readonly RuleText[],
  lists: Readonly<Record<string, readonly string[]>>,
): { readonly rules: readonly RuleText[]; readonly matcher: Matcher } {
  const before = ['version: 1', 'destinations: { ops: { preview: {} } }', `lists: ${JSON.stringify(lists)}`];
  const each = rules.map((rule) => `  ${JSON.stringify({ ...rule, send: { to: 'ops', text: 'hi' } })},`);
  const { rulebook, diagnostics } = load([...before, 'rules: [', ...each, ']'].join('\n'));
  if (rulebook !== undefined) return { rules, matcher: rulebook.matcher };
  const refused = new Set(
    diagnostics.flatMap(({ severity, line }) => (severity === 'error' ? [line - before.length - 2] : [])),
  );
  const kept = rules.filter((_, index) => !refused.has(index));
  assert.ok(kept.length < rules.length, JSON.stringify(diagnostics));
  return sound(kept, lists);
}

test('the index finds the same rules as trying every rule, and each once', () => {
  let matches = 0;
  fc.assert(
    fc.property(
      ruleTexts,
      fc.array(text, { maxLength: 4 }),
      fc.array(text, { maxLength: 2 }),
      fc.array(fc.tuple(fc.constantFrom(...types), facts), { minLength: 1, maxLength: 8 }),
      (given, guests, hosts, events) => {
        const lists = { guests, hosts, toString: texts.slice(0, 2), constructor: texts.slice(6) };
        const { rules, matcher } = sound(given, lists);
        const reference = new Reference(lists);
        for (const [type, event] of events) {
          const expected = rules.filter((rule) => reference.fires(rule, type, event)).map(({ id }) => id);
          assert.deepEqual(idsOf(matcher.match(type, event)), expected.toSorted());
          matches += expected.length;
        }
      },
    ),
    { numRuns: 400 },
  );
  assert.ok(matches > 500, `${matches} matches`);
});

function idsOf(rules: readonly Rule[]): string[] {
  return rules.map(({ id }) => id).toSorted();
}

function matcherOf(rules: string) {
  return rulebookOf(`version: 1
destinations: { ops: { preview: {} } }
lists: { vips: [ann, bob, ann], guests: [bob, eve], empty: [] }
rules:
${rules
  .trim()
  .split('\n')
  .map((rule) => `  - { ${rule.trim()}, send: { to: ops, text: hi } }`)
  .join('\n')}
`).matcher;
}

test('a value that stands in several lists, or twice in one, finds each rule once', () => {
  const matcher = matcherOf(`
    id: a, on: participant.joined, where: { participant.id: { in_list: vips } }
    id: b, on: participant.joined, where: { participant.id: { in_list: guests } }
    id: c, on: participant.joined, where: { participant.id: { in_list: vips, in: [bob, Bob, BOB] } }
    id: d, on: participant.joined, where: { participant.id: [bob, BOB, bob] }
    id: e, on: participant.joined, where: { participant.id: { in_list: empty } }
    id: f, on: [participant.joined, room.ended], where: { participant.id: { is: Bob, or_missing: true } }
  `);
  const joined = (id: string) => idsOf(matcher.match('participant.joined', { participant: { id } }));
  assert.deepEqual(joined('BOB'), ['a', 'b', 'c', 'd', 'f']);
  assert.deepEqual(joined('ann'), ['a']);
  assert.deepEqual(joined('eve'), ['b']);
  assert.deepEqual(joined('zed'), []);
});

test('rules without a value to look them up by are always tried', () => {
  const matcher = matcherOf(`
    id: a, on: room.ended
    id: b, on: room.ended, where: { room.id: { not: x } }
    id: c, on: room.ended, where: { room.id: { is: x, or_missing: true } }
    id: d, on: room.ended, where: { any: [{ room.id: x }, { session.id: s }] }
  `);
  assert.deepEqual(idsOf(matcher.match('room.ended', { room: { id: 'x' } })), ['a', 'c', 'd']);
  assert.deepEqual(idsOf(matcher.match('room.ended', { session: { id: 's' } })), ['a', 'c', 'd']);
  assert.deepEqual(idsOf(matcher.match('room.ended', { room: { id: 'y' } })), ['a', 'b']);
});

test('an event that no rule is about matches nothing', () => {
  const matcher = matcherOf('id: a, on: room.ended');
  assert.deepEqual(matcher.match('room.started', { room: { id: 'x' } }), []);
  assert.deepEqual(matcher.match('other', null), []);
});
