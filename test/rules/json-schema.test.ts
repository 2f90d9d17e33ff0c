import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { eventTypes } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import { rulesJsonSchema } from '#rules/json-schema.ts';
import { operators } from '#rules/operators.ts';
import { fences, readPages, wholeRules } from '#test/docs.ts';
import { accepted, broken, whole, wholeRule } from './json-schema-cases.ts';
import { load } from './loading.ts';

const schema = rulesJsonSchema();
const ajv = new Ajv({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictRequired: false,
  keywords: ['enumDescriptions'],
});
const validate = ajv.compile(schema);

/** What the schema says about a file, as `place: words`. */
function objections(text: string): string[] {
  return validate(parse(text))
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

/** What a name of the environment stands for; a secret where nothing else is said. */
const environment: Readonly<Record<string, string>> = {
  EVENT_TYPE: 'participant.left',
  KIND: 'human',
  PLACE: 'sales',
};

/** The errors of the loader for a file in which every name of the environment is set. */
function errorsOf(text: string): { line: number; code: string; message: string }[] {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [
    name,
    environment[name] ?? 'c2VjcmV0',
  ]);
  return load(text, Object.fromEntries(names))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ line, code, message }) => ({ line, code, message }));
}

test('the schema is a valid one of draft-07', () => {
  assert.equal(schema['$schema'], 'http://json-schema.org/draft-07/schema#');
  assert.equal(ajv.validateSchema(schema), true);
});

test('the schema is small enough for an editor', () => {
  const size = JSON.stringify(schema, null, 2).length;
  assert.ok(size > 50_000 && size < 400_000, `${size} characters`);
});

test('every key has words for the reader', () => {
  let seen = 0;
  const silent: string[] = [];
  const look = (node: unknown, path: string): void => {
    if (Array.isArray(node)) node.forEach((each, index) => look(each, `${path}/${index}`));
    if (!isObject(node)) return;
    for (const [keyword, value] of Object.entries(node)) {
      const isCondition =
        ['if', 'then', 'else', 'not'].includes(keyword) || /^without|^keyless/.test(keyword);
      if (isCondition) continue;
      if (keyword === 'properties' && isObject(value)) {
        for (const [key, property] of Object.entries(value)) {
          seen++;
          if (!isObject(property) || typeof property['description'] !== 'string')
            silent.push(`${path} ${key}`);
        }
      }
      look(value, `${path}/${keyword}`);
    }
  };
  look(schema, '');
  assert.ok(seen > 300, `${seen} keys`);
  assert.deepEqual(silent, []);
});

test('rules.yaml fits', () => {
  assert.deepEqual(objections(readFileSync('rules.yaml', 'utf8')), []);
});

test('every example of rules in the documentation fits', () => {
  let seen = 0;
  for (const [path, text] of readPages()) {
    for (const example of fences(text, 'yaml')) {
      seen++;
      assert.deepEqual(objections(wholeRules(example)), [], `${path}:\n${example}`);
    }
  }
  assert.ok(seen > 35, `${seen} examples`);
});

test('a file with every part fits', () => {
  assert.deepEqual(objections(whole), []);
});

test('what the loader takes, the schema takes', () => {
  assert.ok(accepted.length >= 20);
  for (const example of accepted) {
    assert.deepEqual(errorsOf(wholeRule(example)), [], example);
    assert.deepEqual(objections(wholeRule(example)), [], example);
  }
});

test('what the schema refuses, the loader refuses too', () => {
  const cases = Object.entries(broken);
  assert.ok(cases.length >= 60, `${cases.length} cases`);
  for (const [what, text] of cases) {
    assert.notDeepEqual(objections(text), [], what);
    assert.notDeepEqual(errorsOf(text), [], what);
  }
});

type Conditions = Readonly<Record<string, unknown>>;

/** One rule for each `where`: what the schema and the loader refuse of them, by index; `unseen` are codes that count as no error. */
function compare(on: string, wheres: readonly Conditions[], unseen: readonly string[] = []) {
  const send = { to: 'ops', text: 'x' };
  const rules = wheres.map((where, index) => ({ id: `r${index}`, on, where, send }));
  const lists = { vips: ['vip-1'] };
  validate({ version: 1, destinations: { ops: { preview: {} } }, lists, rules });
  const refused = (validate.errors ?? []).map(({ instancePath }) => Number(instancePath.split('/')[2]));
  // One rule a line: a problem's line names the rule.
  const head = `version: 1\ndestinations: { ops: { preview: {} } }\nlists: ${JSON.stringify(lists)}\nrules:\n`;
  const text = head + rules.map((rule) => `  - ${JSON.stringify(rule)}`).join('\n');
  const wrong = errorsOf(text).filter(({ code }) => !unseen.includes(code));
  return { schema: new Set(refused), loader: new Set(wrong.map(({ line }) => line - 5)) };
}

test('a condition on a field is taken exactly where the loader takes it', () => {
  const open = ['participant.metadata.team', 'recording.files.0', 'raw.a', 'nothing.at'];
  const wheres = [...Object.keys(fields), ...open].map((name) => ({ [name]: { exists: true } }));
  let taken = 0;
  for (const type of eventTypes) {
    const { schema, loader } = compare(type, wheres);
    assert.deepEqual(schema, loader, type);
    taken += wheres.length - loader.size;
  }
  assert.ok(taken > 1000, `${taken} taken`);
});

test('an operator takes exactly the values that the loader takes', () => {
  const kinds = [
    'room.id',
    'participant.kind',
    'session.present',
    'session.recorded',
    'session.started_at',
    'room.url',
    'room.metadata',
    'raw.x',
  ];
  const values = ['x', 'human', '', 5, true, [], ['x'], ['human'], [5], ['x', 5], null, { a: 1 }, [null]];
  let refused = 0;
  for (const field of kinds) {
    const operands = [...Object.keys(operators), 'exists', 'or_missing', 'nothing'].flatMap((operator) =>
      values.map((value) => ({ [operator]: value })),
    );
    const wheres = [...values, ...operands].map((operand) => ({ [field]: operand }));
    // The schema knows no names of the file, and does not think.
    for (const part of chunks(wheres, 100)) {
      const { schema, loader } = compare('participant.joined', part, ['unknown-list', 'contradiction']);
      assert.deepEqual(
        schema,
        loader,
        JSON.stringify(part.filter((_, at) => schema.has(at) !== loader.has(at))),
      );
      refused += loader.size;
    }
  }
  assert.ok(refused > 500, `${refused} refused`);
});

/** The loader stops telling after many problems. */
function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return list.length === 0 ? [] : [list.slice(0, size), ...chunks(list.slice(size), size)];
}
