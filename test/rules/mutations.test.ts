import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mutantsOf } from '#test/mutants.ts';
import { loadConfiguration, readTexts } from '../../src/configuration.ts';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const values: Readonly<Record<string, string>> = {
  PLUGNMEET_URL: 'https://meet.example.com',
  VIDEOSDK_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};
const lookup = (name: string) => values[name] ?? 'a-value-for-the-tests';
const texts = readTexts({ rulesFile: 'rules.yaml', templatesFolder: 'templates' });

/** Error and warning lines of the shipped rules with this text. */
function findings(rules: string): readonly string[] {
  return loadConfiguration({ ...texts, rules }, lookup).diagnostics.map(
    ({ code, message }) => `${code}: ${message}`,
  );
}

/** Changes that no message can show, each with the reason. */
const harmless: readonly (readonly [RegExp, string])[] = [
  [/\.priority (dropped|became)/, 'order among messages that wait, which a test of what is sent cannot see'],
  [/\.fallback (dropped|became)/, 'where a message goes that could not be delivered'],
  [/\.text became/, 'other words'],
  [/^rules\.15\.send\.to became/, 'the rule is in the shadow and goes nowhere'],
];

test('every change of one key in the shipped rules is noticed by their own tests or by the linter', () => {
  const original = readFileSync('rules.yaml', 'utf8');
  const usual = new Set(findings(original));
  assert.deepEqual([...usual], [], 'the shipped rules have nothing to say against them');
  const mutants = mutantsOf(original);
  assert.ok(mutants.length > 150, `${mutants.length} mutants`);
  const survivors = mutants.filter(({ text, change }) => {
    if (harmless.some(([pattern]) => pattern.test(change))) return false;
    return findings(text).every((each) => usual.has(each));
  });
  assert.deepEqual(
    survivors.map(({ change }) => change),
    [],
  );
});
