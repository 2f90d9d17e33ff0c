import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { PermissionFlagsBits } from 'discord-api-types/v10';
import { Registry } from 'prom-client';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { commands } from '#chatops/commands.ts';
import { eventTypes } from '#domain/catalogue.ts';
import { states } from '#domain/message.ts';
import { helpers } from '#messages/helpers.ts';
import { createHookMetrics } from '#receiver/metrics.ts';
import { formatDiagnostic } from '#rules/diagnostic.ts';
import { operators } from '#rules/operators.ts';
import { readEnvironment } from '#runtime/environment.ts';
import {
  codes,
  fences,
  headings,
  readPages,
  relativeLinks,
  table,
  typeWith,
  wholeRules,
} from '#test/docs.ts';
import { temporaryFolder } from '#test/stores.ts';
import { eventsPage, schemaFile } from '../docs/generate.ts';
import { keyExamples, withTables } from '../docs/rules-tables.ts';
import { readConfiguration } from '../src/configuration.ts';
import { createMetrics } from '../src/metrics.ts';

const pages = readPages();
const page = (path: string): string => pages.get(path) ?? assert.fail(`there is no ${path}`);
const operating = page('docs/operating.md');
const rulesPage = page('docs/rules.md');
const templatesPage = page('docs/templates.md');
/** What stands in backquotes in one column of a table. */
const column = (text: string, head: string, index = 0): string[] =>
  table(text, head).flatMap((row) => codes(row[index] ?? '').slice(0, 1));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** Every name is set: to an address, a key or a secret, by its look. */
function setToSomething(name: string): string {
  if (name.endsWith('PUBLIC_KEY')) return pem;
  return name.endsWith('URL') ? 'http://127.0.0.1:9' : 'c2VjcmV0LW9mLXRlc3Rz';
}

const keys = { '${API_KEY}': '${API_SECRET}' };
/** One source of every platform: together they tell every event. */
const sources = {
  meet: { plugnmeet: { url: '${MEET_URL}', keys, room_url: 'https://meet.example.com/{{room.id}}' } },
  live: { livekit: { keys } },
  vsdk: { videosdk: {} },
  other: { standard_webhooks: { secrets: ['${SECRET}'] } },
};

/** A whole rules file around an example, with sources that can tell what it asks for. */
function framed(example: string): string {
  const parsed: unknown = parse(example);
  if (Array.isArray(parsed)) return wholeRules(stringify({ sources, rules: parsed }));
  return wholeRules(stringify({ sources, ...z.record(z.string(), z.unknown()).parse(parsed) }));
}

/** What is said about the frame of an example, not about the example. */
const ofTheFrame = ['unused', 'field-not-given', 'no-effect-yet'];

/** What the production loader says about a rules file and its tests, with the shipped templates and more of one's own. */
async function problemsOf(
  rules: string,
  moreTemplates: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  await using folder = await temporaryFolder();
  const more = Object.entries(moreTemplates);
  const templatesFolder = more.length === 0 ? 'templates' : join(folder.path, 'templates');
  if (more.length > 0) await cp('templates', templatesFolder, { recursive: true });
  for (const [name, text] of more) {
    await writeFile(join(templatesFolder, `${name}.hbs`), text);
  }
  const rulesFile = join(folder.path, 'rules.yaml');
  await writeFile(rulesFile, rules);
  const { diagnostics } = readConfiguration({ rulesFile, templatesFolder, lookup: setToSomething });
  return diagnostics.filter(({ code }) => !ofTheFrame.includes(code)).map(formatDiagnostic);
}

test('docs/events.md is what the code says', () => {
  assert.equal(page('docs/events.md'), eventsPage(), 'run npm run docs');
});

test('rules.schema.json is what the code says', () => {
  assert.equal(readFileSync('rules.schema.json', 'utf8'), schemaFile(), 'run npm run docs');
});

test('the tables of docs/rules.md are what the code says', () => {
  assert.equal(rulesPage, withTables(rulesPage), 'run npm run docs');
});

test('the example of every key loads', async () => {
  const examples = keyExamples(parse);
  assert.ok(examples.length > 80, `${examples.length} examples`);
  for (const [written, file] of examples) {
    assert.ok(rulesPage.includes(`\`${written}\``), written);
    assert.deepEqual(await problemsOf(framed(stringify(file))), [], written);
  }
});

test('the table of variables has every variable that is read, and no other', () => {
  const asked = new Set<string>();
  const variables = new Proxy<Record<string, string | undefined>>(
    {},
    { get: (_, name) => void asked.add(String(name)) },
  );
  readEnvironment(variables, false);
  const names = [...new Set([...asked].map((name) => name.replace(/_FILE$/, '')))];
  assert.ok(names.length > 10);
  assert.deepEqual(column(operating, 'variable').sort(), names.sort());
});

test('the table of variables tells the defaults', () => {
  const { port, host, rulesFile, templatesFolder, databaseUrl, logLevel } = readEnvironment({}, false);
  const told = new Map(table(operating, 'variable').map(([name = '', , value = '']) => [name, value]));
  const defaults = {
    PORT: port,
    HOST: host,
    CALLBOARD_RULES: rulesFile,
    CALLBOARD_TEMPLATES: templatesFolder,
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: logLevel,
  };
  for (const [name, value] of Object.entries(defaults)) assert.equal(told.get(`\`${name}\``), `\`${value}\``);
});

test('the table of metrics has every metric of ours with its labels', async () => {
  const { registry } = createMetrics(() => Promise.reject(new Error('not asked')));
  const receiver = new Registry();
  createHookMetrics(receiver);
  const listed = [...registry.getMetricsAsArray(), ...receiver.getMetricsAsArray()];
  const labelled = z.object({ name: z.string(), labelNames: z.array(z.string()) });
  const ours = listed
    .map((metric) => labelled.parse(metric))
    .filter(({ name }) => name.startsWith('callboard_'))
    .map(({ name, labelNames }) => [name, ...labelNames].join(' '));
  assert.ok(ours.length >= 7);
  const told = table(operating, 'metric').map((row) => codes(row.slice(0, 2).join(' ')).join(' '));
  assert.deepEqual(told.sort(), ours.sort());
});

test('the table of helpers has every helper, and its examples compile', async () => {
  assert.deepEqual(column(templatesPage, 'helper').sort(), Object.keys(helpers).sort());
  for (const example of column(templatesPage, 'helper', 2)) {
    const isBlock = example.startsWith('{{#if');
    const text = isBlock ? `${example}yes{{/if}}` : example;
    const rule = { id: 'example', on: eventTypes, send: { to: 'ops', text } };
    assert.deepEqual(await problemsOf(framed(JSON.stringify([rule]))), [], example);
  }
});

test('the table of states has every state', () => {
  assert.deepEqual(column(templatesPage, 'state').sort(), [...states].sort());
});

test('the table of operators has every operator, and its examples load', async () => {
  const known = [...Object.keys(operators), 'exists', 'or_missing'];
  assert.deepEqual(column(rulesPage, 'operator').sort(), known.sort());
  for (const [operator = '', , example = ''] of table(rulesPage, 'operator')) {
    const [written = ''] = codes(example);
    assert.ok(written.includes(`${codes(operator)[0]}:`), written);
    const [field = ''] = written.split(':');
    const rule = `- { id: example, on: ${typeWith(field)}, where: { ${written} }, send: { to: ops, text: x } }`;
    assert.deepEqual(await problemsOf(framed(rule)), [], written);
  }
});

for (const [path, text] of pages) {
  const examples = fences(text, 'yaml');
  if (examples.length === 0) continue;
  test(`every example of rules in ${path} loads without a remark`, async () => {
    for (const example of examples) {
      assert.deepEqual(await problemsOf(framed(example)), [], example);
    }
  });
}

test('there are examples of rules', () => {
  const count = [...pages.values()].reduce((sum, text) => sum + fences(text, 'yaml').length, 0);
  assert.ok(count >= 35, `${count} examples`);
});

test('an example that does not load is found', async () => {
  const problems = await problemsOf(framed('- { id: x, on: room.started, sent: { to: ops, text: x } }'));
  assert.match(problems.join('\n'), /unknown key "sent"/);
});

test('an example whose test fails is found', async () => {
  const example = `
rules: [{ id: x, on: room.started, send: { to: ops, text: x } }]
tests: [{ name: wrong, events: [{ event: room.started, session.id: S1 }], expect: { x: 2 } }]
`;
  assert.match((await problemsOf(framed(example))).join('\n'), /expected sent 2 times/);
});

test('every case of the cookbook has its wish, a rule and a test that shows it', () => {
  const [, ...cases] = page('docs/cookbook.md').split(/^## /m);
  assert.ok(cases.length >= 15, `${cases.length} cases`);
  for (const text of cases) {
    const [heading = ''] = text.split('\n');
    assert.match(text, /^> \S.*[.]$/m, heading);
    const [example, ...more] = fences(text, 'yaml').map((each): unknown => parse(each));
    const { tests } = z.looseObject({ tests: z.array(z.unknown()).min(1) }).parse(example);
    assert.ok(tests.length > 0 && more.length === 0, heading);
  }
});

test('every example of a template loads', async () => {
  const examples = fences(templatesPage, 'hbs');
  assert.ok(examples.length >= 2);
  for (const example of examples) {
    const rule = { id: 'example', on: eventTypes, send: { to: 'ops', template: 'example' } };
    const problems = await problemsOf(framed(JSON.stringify([rule])), { example });
    assert.deepEqual(problems, [], example);
  }
});

test('every link to a file of the project leads somewhere', () => {
  let seen = 0;
  for (const [path, text] of pages) {
    for (const { file, heading } of relativeLinks(path, text)) {
      seen++;
      assert.ok(existsSync(file), `${path}: ${file}`);
      if (heading !== undefined) {
        assert.ok(headings(page(file)).includes(heading), `${path}: ${file}#${heading}`);
      }
    }
  }
  assert.ok(seen > 20, `${seen} links`);
});

test('every script that is mentioned exists, and the README tells every script', () => {
  const mentioned = new Set<string>();
  for (const [path, text] of pages) {
    for (const [, run, short] of text.matchAll(/npm (?:run ([\w:-]+)|(test|start)\b)/g)) {
      const name = run ?? short ?? '';
      mentioned.add(name);
      assert.ok(Object.hasOwn(scripts, name), `${path}: npm run ${name}`);
    }
  }
  assert.ok(mentioned.size > 5);
  const told = column(page('README.md'), 'script').map((code) => code.replace(/^npm (run )?/, ''));
  assert.deepEqual(
    told.sort(),
    Object.keys(scripts)
      .filter((name) => !name.startsWith('pre'))
      .sort(),
  );
});

const requiredScopes = [
  'channels:history',
  'channels:read',
  'chat:write',
  'commands',
  'groups:history',
  'groups:read',
];
const manifestSchema = z.object({
  features: z.object({
    slash_commands: z.array(
      z.object({ command: z.string(), usage_hint: z.string(), url: z.string().optional() }),
    ),
  }),
  oauth_config: z.object({
    scopes: z.object({ bot: z.array(z.string()), bot_optional: z.array(z.string()) }),
  }),
  settings: z.object({
    interactivity: z.object({ is_enabled: z.literal(true), request_url: z.string().optional() }),
    socket_mode_enabled: z.boolean(),
  }),
});
const manifest = (way: 'http' | 'socket') =>
  manifestSchema.parse(parse(readFileSync(`docs/slack-manifest-${way}.yaml`, 'utf8')));

for (const way of ['http', 'socket'] as const) {
  test(`the ${way} manifest asks for the scopes that the page explains, and offers the commands there are`, () => {
    const { features, oauth_config: oauth, settings } = manifest(way);
    assert.deepEqual(oauth.scopes.bot.toSorted(), requiredScopes);
    const told = table(operating, 'scope').flatMap(([scope = '']) => codes(scope));
    assert.deepEqual(told.sort(), [...oauth.scopes.bot, ...oauth.scopes.bot_optional].sort());
    const [command] = features.slash_commands;
    assert.equal(command?.command, '/meet');
    assert.equal(command.usage_hint, commands.map(({ name }) => name).join(' | '));
    assert.equal(settings.socket_mode_enabled, way === 'socket');
  });
}

const addresses = (way: 'http' | 'socket') => {
  const { features, settings } = manifest(way);
  return [features.slash_commands[0]?.url, settings.interactivity.request_url];
};

test('only the HTTP manifest has addresses, those of our routes', () => {
  assert.deepEqual(addresses('socket'), [undefined, undefined]);
  const host = 'https://callboard.example.com';
  assert.deepEqual(addresses('http'), [`${host}/slack/commands`, `${host}/slack/interactions`]);
});

test('the invitation to Discord asks for the permissions that the page names', () => {
  const { ViewChannel, SendMessages, SendMessagesInThreads, CreatePublicThreads, EmbedLinks } =
    PermissionFlagsBits;
  const wanted =
    ViewChannel |
    SendMessages |
    SendMessagesInThreads |
    CreatePublicThreads |
    EmbedLinks |
    PermissionFlagsBits.ReadMessageHistory;
  assert.ok(operating.includes(`&permissions=${wanted}`), String(wanted));
});

test('docs/decisions.md gives a reason for every package', () => {
  const manifestOf = z.object({
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
  });
  const { dependencies, devDependencies } = manifestOf.parse(
    JSON.parse(readFileSync('package.json', 'utf8')),
  );
  const told = new Set(codes(page('docs/decisions.md')));
  const without = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !told.has(name));
  assert.deepEqual(without, []);
});
