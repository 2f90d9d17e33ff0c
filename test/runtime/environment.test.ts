import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEnvironment, withDotEnv } from '#runtime/environment.ts';
import { OperatorError } from '#runtime/operator-error.ts';
import { temporaryFolder } from '#test/stores.ts';

const read = (variables: Record<string, string | undefined>, isTerminal = false) =>
  readEnvironment(variables, isTerminal);

/** The lines of the error, without its heading. */
function problems(variables: Record<string, string>): readonly string[] {
  try {
    read(variables);
  } catch (error) {
    assert.ok(error instanceof OperatorError, String(error));
    const [heading, ...lines] = error.message.split('\n');
    assert.equal(heading, 'The environment cannot be used:');
    return lines;
  }
  return [];
}

const hex = 'ab'.repeat(32);

test('without any variable the defaults hold', () => {
  const { lookup, ...rest } = read({});
  assert.deepEqual(rest, {
    port: 3000,
    host: '0.0.0.0',
    rulesFile: './rules.yaml',
    templatesFolder: './templates',
    databaseUrl: 'sqlite:./data/callboard.db',
    publicUrl: 'http://localhost:3000',
    linkSecrets: [],
    adminToken: undefined,
    slack: {
      botToken: undefined,
      signingSecret: undefined,
      appToken: undefined,
      apiUrl: 'https://slack.com/api/',
      isOverridden: false,
    },
    discord: {
      botToken: undefined,
      applicationId: undefined,
      publicKey: undefined,
      apiUrl: 'https://discord.com/api',
      isOverridden: false,
    },
    logLevel: 'info',
    logFormat: 'json',
    secrets: [],
  });
  assert.equal(lookup('ANYTHING'), undefined);
});

const good: readonly (readonly [string, readonly string[]])[] = [
  ['PORT', ['0', '1', '8080', '65535']],
  ['PUBLIC_URL', ['http://localhost:3000', 'https://callboard.example/base']],
  [
    'LINK_SECRET',
    ['one-secret-of-enough-length', 'one-secret-of-enough-length, two-secret-of-enough-length'],
  ],
  ['ADMIN_TOKEN', ['0123456789abcdef']],
  ['SLACK_BOT_TOKEN', ['xoxb-1-2-abc', 'xoxe.xoxb-1-abc']],
  ['SLACK_APP_TOKEN', ['xapp-1-A-2-abc']],
  ['SLACK_API_URL', ['http://127.0.0.1:4000/api']],
  ['DISCORD_APPLICATION_ID', ['12345678901234567', '12345678901234567890']],
  ['DISCORD_PUBLIC_KEY', [hex, hex.toUpperCase()]],
  ['DISCORD_API_URL', ['https://proxy.example/api']],
  ['LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']],
  ['LOG_FORMAT', ['json', 'pretty']],
];

const bad: readonly (readonly [string, readonly string[]])[] = [
  ['PORT', ['x', '-1', '65536', '80.5', '3000;', 'NaN']],
  ['PUBLIC_URL', ['callboard.example', 'ftp://callboard.example', 'javascript:alert(1)', 'http://']],
  ['LINK_SECRET', [',', 'short', 'one-secret-of-enough-length,', 'one-secret-of-enough-length,short']],
  ['ADMIN_TOKEN', ['short', '0123456789abcde']],
  ['SLACK_BOT_TOKEN', ['bot-token-0123456789', ' xoxb-1']],
  ['SLACK_APP_TOKEN', ['xoxb-1-2-abc']],
  ['SLACK_API_URL', ['slack.com/api']],
  ['DISCORD_APPLICATION_ID', ['123', 'abcdefghijklmnopqr', '123456789012345678901']],
  ['DISCORD_PUBLIC_KEY', ['ab', `${hex}ab`, 'zz'.repeat(32)]],
  ['DISCORD_API_URL', ['/api']],
  ['LOG_LEVEL', ['loud', 'INFO']],
  ['LOG_FORMAT', ['xml']],
];

for (const [name, values] of good) {
  test(`${name} takes ${values.length === 1 ? 'what it is for' : `each of ${values.length} good values`}`, () => {
    for (const value of values) assert.deepEqual(problems({ [name]: value }), [], value);
  });
}

for (const [name, values] of bad) {
  test(`${name} refuses a value that cannot work, in one readable line`, () => {
    for (const value of values) {
      const lines = problems({ [name]: value });
      assert.equal(lines.length, 1, `${value}: ${lines.join(' | ')}`);
      assert.match(lines[0] ?? '', new RegExp(`^${name}: .{10,}`), value);
    }
  });
}

test('all problems are told at once, and none of them repeats a value', async () => {
  await using folder = await temporaryFolder();
  const missing = join(folder.path, 'missing');
  const values = {
    PORT: 'port-value-1',
    ADMIN_TOKEN: 'tok-value-2',
    SLACK_BOT_TOKEN: 'bot-value-3',
    SLACK_APP_TOKEN: 'app-value-4',
    LINK_SECRET: 'link-value-5',
    PUBLIC_URL: 'url-value-6',
    LOG_LEVEL: 'level-value-7',
  };
  const lines = problems({
    ...values,
    DISCORD_BOT_TOKEN_FILE: missing,
    SLACK_SIGNING_SECRET_FILE: folder.path,
  });
  assert.equal(lines.length, Object.keys(values).length + 2, lines.join('\n'));
  for (const name of [...Object.keys(values), 'DISCORD_BOT_TOKEN_FILE', 'SLACK_SIGNING_SECRET_FILE']) {
    assert.equal(lines.filter((line) => line.startsWith(`${name}:`)).length, 1, name);
  }
  assert.doesNotMatch(lines.join('\n'), /value-\d/);
});

test('an empty variable counts as unset', () => {
  const names = [
    ...new Set([...good, ...bad].map(([name]) => name)),
    'HOST',
    'CALLBOARD_RULES',
    'DATABASE_URL',
  ];
  const emptied = read({ ...Object.fromEntries(names.map((name) => [name, ''])), PORT_FILE: '' });
  const { lookup: _one, ...expected } = read({});
  const { lookup: _other, ...seen } = emptied;
  assert.deepEqual(seen, expected);
  assert.equal(emptied.lookup('HOST'), undefined);
});

test('addresses work with and without slashes at their end', () => {
  for (const end of ['', '/', '///']) {
    const { slack, discord, publicUrl } = read({
      SLACK_API_URL: `http://127.0.0.1:1/api${end}`,
      DISCORD_API_URL: `http://127.0.0.1:2/api${end}`,
      PUBLIC_URL: `https://callboard.example/base${end}`,
    });
    assert.deepEqual(
      [slack.apiUrl, discord.apiUrl, publicUrl],
      ['http://127.0.0.1:1/api/', 'http://127.0.0.1:2/api', 'https://callboard.example/base'],
    );
    assert.deepEqual([slack.isOverridden, discord.isOverridden], [true, true]);
  }
});

test('readers reach us at the port we listen on, where nothing else is said', () => {
  assert.equal(read({ PORT: '8080' }).publicUrl, 'http://localhost:8080');
});

test('several link secrets keep their order, and every secret is named for hiding', () => {
  const variables = {
    LINK_SECRET: 'first-secret-of-links, second-secret-of-links',
    ADMIN_TOKEN: 'admin-token-of-the-tests',
    SLACK_BOT_TOKEN: 'xoxb-bot-token',
    SLACK_SIGNING_SECRET: 'signing-secret-1',
    SLACK_APP_TOKEN: 'xapp-app-token',
    DISCORD_BOT_TOKEN: 'discord-bot-token',
  };
  const { linkSecrets, secrets } = read(variables);
  assert.deepEqual(linkSecrets, ['first-secret-of-links', 'second-secret-of-links']);
  const { LINK_SECRET: _, ...single } = variables;
  assert.deepEqual([...secrets].sort(), [...linkSecrets, ...Object.values(single)].sort());
});

test('logs are pretty on a terminal unless something else is asked for', () => {
  assert.equal(read({}, true).logFormat, 'pretty');
  assert.equal(read({ LOG_FORMAT: 'json' }, true).logFormat, 'json');
  assert.equal(read({ LOG_FORMAT: 'pretty' }, false).logFormat, 'pretty');
});

test('NAME_FILE names a file that holds the value; NAME itself wins', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'token');
  await writeFile(file, '\n  token-from-a-file-0123456789 \r\n');
  const fromFile = read({ ADMIN_TOKEN_FILE: file, MY_SECRET_FILE: file });
  assert.equal(fromFile.adminToken, 'token-from-a-file-0123456789');
  assert.ok(fromFile.secrets.includes('token-from-a-file-0123456789'));
  assert.equal(fromFile.lookup('MY_SECRET'), 'token-from-a-file-0123456789');
  const direct = 'token-of-the-variable-itself';
  assert.equal(read({ ADMIN_TOKEN: direct, ADMIN_TOKEN_FILE: file }).adminToken, direct);
  await writeFile(file, ' \n');
  assert.equal(read({ ADMIN_TOKEN_FILE: file }).adminToken, undefined);
});

test('a name that every object has is just unset', () => {
  const { lookup } = read({});
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    assert.equal(lookup(name), undefined, name);
  }
});

test('a .env file fills what the environment leaves unset or empty', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, '.env');
  await writeFile(file, '# a comment\nPORT=1111\nHOST="127.0.0.1"\nLOG_LEVEL=debug\n');
  const merged = withDotEnv({ PORT: '2222', HOST: '', OTHER: undefined }, file);
  assert.deepEqual(merged, { PORT: '2222', HOST: '127.0.0.1', LOG_LEVEL: 'debug' });
});

test('NAME_FILE of the environment wins over NAME of the .env file', async () => {
  await using folder = await temporaryFolder();
  const [file, secret] = [join(folder.path, '.env'), join(folder.path, 'secret')];
  await writeFile(file, 'ADMIN_TOKEN=token-of-the-env-file-123\n');
  await writeFile(secret, 'token-of-the-secret-file-456');
  const { adminToken } = read(withDotEnv({ ADMIN_TOKEN_FILE: secret }, file));
  assert.equal(adminToken, 'token-of-the-secret-file-456');
});

test('without a .env file the environment stays as it is', async () => {
  await using folder = await temporaryFolder();
  const variables = { PORT: '2222' };
  assert.equal(withDotEnv(variables, join(folder.path, '.env')), variables);
});

test('a .env file that is there and cannot be read is an error, not silence', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, '.env');
  await mkdir(file);
  assert.throws(() => withDotEnv({}, file), OperatorError);
});
