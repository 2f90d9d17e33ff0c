import assert from 'node:assert/strict';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { Service, testSources, until } from '#test/service.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { temporaryFolder } from '#test/stores.ts';
import { readTexts } from '../../src/configuration.ts';

const withText = (text: string, more = '') => `version: 1
${testSources}
destinations: { board: { preview: {} } }
rules:
  - { id: joined, on: participant.joined, send: { to: board, text: "${text}" } }
${more}`;

/** The same with a place for notices. */
const withNotices = (text: string) =>
  withText(text)
    .replace('rules:', 'notices: ops\nrules:')
    .replace('{ board:', '{ ops: { slack: { channel: C0OPS0001 } }, board:');

/** The sentences of all messages, oldest first. */
async function told(service: Service): Promise<readonly string[]> {
  const response = await fetch(`${service.url}/preview/messages?after=0`);
  const { items } = (await response.json()) as { items: { slack: { text: string } }[] };
  return items.map(({ slack }) => slack.text).toReversed();
}

async function reload(service: Service): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${service.url}/admin/reload`, { method: 'POST' });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

const write = (service: Service, text: string) => writeFile(join(service.folder, 'rules.yaml'), text);

test('an edit of the file is taken while the service runs', async () => {
  await using service = await Service.start({ rules: withText('one') });
  await service.plugNmeet(new PlugNmeetMeeting().joined('anna'));
  await until('the first', async () => (await told(service)).length === 1);
  const next = join(service.folder, 'next.yaml');
  await writeFile(next, withText('two'));
  await rename(next, join(service.folder, 'rules.yaml'));
  await until('the edit', () => service.logs.some((line) => line.includes('the rules were reloaded')));
  await service.plugNmeet(new PlugNmeetMeeting().joined('ben'));
  await until('the second', async () => (await told(service)).length === 2);
  assert.deepEqual(await told(service), ['one', 'two']);
});

test('a broken edit changes nothing, is told once, and the notice is edited when the file is fixed', async () => {
  await using slack = await SlackStandIn.start();
  slack.addChannel('C0OPS0001');
  await using service = await Service.start({
    rules: withNotices('one'),
    variables: { SLACK_BOT_TOKEN: slack.token, SLACK_API_URL: slack.url },
  });
  const notices = () => slack.visible('C0OPS0001').map(({ text }) => text);
  const metric = async () =>
    /^callboard_rules_valid (\d)/m.exec(await (await fetch(`${service.url}/metrics`)).text())?.[1];
  const reasons = async () => JSON.stringify(await (await fetch(`${service.url}/readyz`)).json());
  assert.equal(await metric(), '1');

  await write(service, withNotices('two').replace('send:', 'sned:'));
  const refused = await reload(service);
  assert.equal(refused.status, 422);
  assert.match(JSON.stringify(refused.json), /did you mean \\"send\\"/);
  await service.plugNmeet(new PlugNmeetMeeting().joined('anna'));
  await until('a message', async () => (await told(service)).length === 1);
  assert.deepEqual(await told(service), ['one']);
  assert.equal(await metric(), '0');
  assert.match(await reasons(), /older rules run: .*rules\.yaml:\d+:\d+ unknown key/);
  await until('the notice', () => notices().length === 1);
  assert.match(notices()[0] ?? '', /The rules file is broken, the rules before go on: .*sned/);

  await write(service, withNotices('two').replace('joined, on', 'joined, onn'));
  assert.equal((await reload(service)).status, 422);
  await until('the other mistake in the same notice', () => notices()[0]?.includes('onn') === true);

  await write(service, withNotices('three'));
  assert.equal((await reload(service)).status, 200);
  await until('the end of it', () => notices()[0]?.includes('fixed and in use again') === true);
  assert.equal(notices().length, 1);
  assert.equal(await metric(), '1');
  assert.doesNotMatch(await reasons(), /older rules/);
});

test('started with a broken file, the last rules that worked run, loudly', async () => {
  await using folder = await temporaryFolder();
  const first = await Service.start({ rules: withText('good'), folder: folder.path });
  await first.stop();
  await using second = await Service.start({
    rules: withText('bad').replace('send:', 'sned:'),
    folder: folder.path,
  });
  assert.ok(second.logs.some((line) => line.includes('the last ones that worked run instead')));
  await second.plugNmeet(new PlugNmeetMeeting().joined('anna'));
  await until('a message', async () => (await told(second)).includes('good'));
  assert.ok((await told(second)).includes('good'));
  await write(second, withText('better'));
  assert.equal((await reload(second)).status, 200);
});

test('nothing that stands in place of the file stops the rules that run', async () => {
  await using service = await Service.start({ rules: withText('good') });
  const path = join(service.folder, 'rules.yaml');
  const good = withText('good');
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghij'
    .split('')
    .map(
      (name, index) =>
        `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghij'.charAt(index)}`).join(', ')}]`,
    )
    .join('\n')}\n`;
  const files: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['a bomb of aliases', bomb, /too many values/],
    ['10 MB', `# ${'x'.repeat(10_000_000)}\n${good}`, /larger than 5 MB/],
    ['an anchor that holds itself', 'version: 1\nrules: &r [ *r ]\n', /contains itself/],
    ['tabs', good.replace('  - {', '\t- {'), /tab/],
    ['half of it', good.slice(0, Math.floor(good.length * 0.7)), /error|missing|closed/],
    ['nothing', '', /empty/],
    ['zero bytes', Buffer.alloc(4096), /control character/],
    ['UTF-16', Buffer.from(good, 'utf16le'), /control character|UTF-8/],
    ['bytes that are no text', Buffer.from([0x76, 0xff, 0xfe, 0x31]), /UTF-8/],
  ];
  for (const [name, content, expected] of files) {
    await writeFile(path, content);
    const { status, json } = await reload(service);
    assert.equal(status, 422, name);
    assert.match(JSON.stringify(json), expected, name);
  }
  await rm(path);
  assert.match(JSON.stringify((await reload(service)).json), /does not exist/);
  await mkdir(path);
  assert.match(JSON.stringify((await reload(service)).json), /it is a folder/);
  await rm(path, { recursive: true });
  for (const taken of [`\ufeff${good}`, good.replaceAll('\n', '\r\n')]) {
    await writeFile(path, taken);
    assert.equal((await reload(service)).status, 200);
  }
  await service.plugNmeet(new PlugNmeetMeeting().joined('anna'));
  await until('a message', async () => (await told(service)).includes('good'));
});

test('a file that may not be read is named with the reason', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'rules.yaml');
  await writeFile(path, withText('good'));
  await chmod(path, 0);
  // Nothing is forbidden to root, so for a moment it is somebody else.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.('nobody');
  try {
    const { problems } = readTexts({ rulesFile: path, templatesFolder: 'templates' });
    assert.ok(problems.some(({ message }) => message === 'the file cannot be read: no permission'));
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

test('reloading asks for the admin token where there is one', async () => {
  await using service = await Service.start({
    rules: withText('one'),
    variables: { ADMIN_TOKEN: 'token-of-the-tests' },
  });
  assert.equal((await fetch(`${service.url}/admin/reload`, { method: 'POST' })).status, 401);
  const headers = { authorization: 'Bearer token-of-the-tests' };
  assert.equal((await fetch(`${service.url}/admin/reload`, { method: 'POST', headers })).status, 200);
});
