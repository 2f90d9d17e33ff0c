import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { eventTypes } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import { rulesJsonSchema } from '#rules/json-schema.ts';
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
function errorsOf(text: string): { line: number; message: string }[] {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [
    name,
    environment[name] ?? 'c2VjcmV0',
  ]);
  return load(text, Object.fromEntries(names))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ line, message }) => ({ line, message }));
}

test('the schema is a valid one of draft-07', () => {
  assert.equal(schema['$schema'], 'http://json-schema.org/draft-07/schema#');
  assert.equal(ajv.validateSchema(schema), true);
});

test('the file that editors read is the schema', () => {
  const written: unknown = JSON.parse(readFileSync('rules.schema.json', 'utf8'));
  assert.deepEqual(written, JSON.parse(JSON.stringify(schema)), 'run npm run docs');
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
  assert.ok(seen > 50, `${seen} examples`);
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

test('a condition on a field is taken exactly where the loader takes it', () => {
  const open = ['participant.metadata.team', 'recording.files.0', 'raw.a', 'nothing.at'];
  const names = [...Object.keys(fields), ...open];
  let taken = 0;
  for (const type of eventTypes) {
    const rules = names.map((name, index) => ({
      id: `r${index}`,
      on: type,
      where: { [name]: { exists: true } },
      send: { to: 'ops', text: 'x' },
    }));
    const file = { version: 1, destinations: { ops: { preview: {} } }, rules };
    validate(file);
    const refused = new Set((validate.errors ?? []).map(({ instancePath }) => instancePath.split('/')[2]));
    // One rule a line: a problem's line names the rule.
    const text = `version: 1\ndestinations: { ops: { preview: {} } }\nrules:\n${rules.map((rule) => `  - ${JSON.stringify(rule)}`).join('\n')}`;
    const wrong = new Set(errorsOf(text).map(({ line }) => String(line - 4)));
    assert.deepEqual([...refused].toSorted(), [...wrong].toSorted(), type);
    taken += names.length - wrong.size;
  }
  assert.ok(taken > 1000, `${taken} taken`);
});
