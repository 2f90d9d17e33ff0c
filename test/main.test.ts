import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { openStore } from '#store/index.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { post, until } from '#test/service.ts';
import { signPlugNmeet } from '#test/signing.ts';
import { apiSecret, goodRules, type Program, run, start, workplace } from './main-setup.ts';

const brokenRules = goodRules.replace('to: board', 'to: bord').replace('participant.joined', 'user_joined');
const stack = /\n\s+at |node_modules|\.ts:\d/;

test('check of a good file says so and exits with 0', async () => {
  await using folder = await workplace();
  const { code, out, err } = await run(folder, ['check']);
  assert.deepEqual([code, out, err], [0, 'rules.yaml is fine\n', '']);
});

test('check of a broken file names each mistake with its place, says what was meant, and exits with 1', async () => {
  await using folder = await workplace(brokenRules);
  const { code, out, err } = await run(folder, ['check']);
  assert.deepEqual([code, err], [1, '']);
  assert.match(out, /^rules\.yaml:\d+:\d+ error: .*"user_joined".*participant\.joined/m);
  assert.match(out, /^rules\.yaml:\d+:\d+ error: .*"bord".*board/m);
  assert.match(out, /^rules\.yaml cannot be used: 2 errors, 0 warnings$/m);
});

test('check --format json gives the same findings to a program', async () => {
  await using folder = await workplace(brokenRules);
  const { code, out } = await run(folder, ['check', '--format', 'json']);
  const findings: { file: string; line: number; col: number; severity: string; code: string }[] =
    JSON.parse(out);
  assert.equal(code, 1);
  assert.equal(findings.length, 2);
  for (const each of findings) {
    assert.deepEqual([each.file, each.severity], ['rules.yaml', 'error']);
    assert.ok(each.line > 1 && each.col > 1 && each.code.length > 0);
  }
});

test('check of a file that is not there exits with 1 and says so', async () => {
  await using folder = await workplace();
  const { code, out } = await run(folder, ['check'], { CALLBOARD_RULES: 'missing.yaml' });
  assert.equal(code, 1);
  assert.match(out, /^missing\.yaml:1:1 error: .*does not exist/m);
});

for (const args of [
  ['chekc'],
  ['check', 'rules.yaml'],
  ['check', '--format', 'xml'],
  ['check', '--verbose'],
  ['--port', '80'],
  ['serve', 'now'],
]) {
  test(`callboard ${args.join(' ')} is wrong use: exit code 2, what is wrong, and where help is`, async () => {
    await using folder = await workplace();
    const { code, out, err } = await run(folder, args);
    assert.deepEqual([code, out], [2, '']);
    assert.match(
      err,
      /^error: .*\n(?:\(Did you mean check\?\)\n)?\(callboard --help lists the commands\)\n$/,
    );
  });
}

test('a misspelt command is answered with the one that was meant', async () => {
  await using folder = await workplace();
  const { err } = await run(folder, ['chekc']);
  assert.match(err, /unknown command 'chekc'\n\(Did you mean check\?\)/);
});

test('--help lists the commands and exits with 0', async () => {
  await using folder = await workplace();
  const { code, out } = await run(folder, ['--help']);
  assert.equal(code, 0);
  for (const command of ['serve', 'check']) assert.match(out, new RegExp(`^ {2}${command} `, 'm'));
});

for (const command of ['check', 'serve']) {
  test(`${command} with a broken environment exits with 1 and a readable line for each problem`, async () => {
    await using folder = await workplace();
    const variables = { PORT: 'x', ADMIN_TOKEN: 'hunter22', SLACK_BOT_TOKEN: 'token-hunter22' };
    const { code, out, err } = await run(folder, [command], variables);
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /^PORT: .*\nADMIN_TOKEN: .*\nSLACK_BOT_TOKEN: .*/m);
    assert.doesNotMatch(err, stack);
    assert.doesNotMatch(err, /hunter22/);
  });
}

test('variables come from .env, which the environment overrules', async () => {
  await using folder = await workplace();
  await writeFile(join(folder.path, '.env'), 'CALLBOARD_RULES=missing.yaml\nLOG_LEVEL=loud\n');
  const { err } = await run(folder, ['check'], { CALLBOARD_RULES: '', LOG_LEVEL: '' });
  assert.match(err, /^LOG_LEVEL: /m);
  const { out } = await run(folder, ['check'], { CALLBOARD_RULES: '' });
  assert.match(out, /^missing\.yaml:1:1 error/);
});

test('a .env that cannot be read is told, not passed over', async () => {
  await using folder = await workplace();
  await mkdir(join(folder.path, '.env'));
  const { code, err } = await run(folder, ['check']);
  assert.equal(code, 1);
  assert.match(err, /\.env cannot be read/);
  assert.doesNotMatch(err, stack);
});

test('serve with a broken rules file exits with 1 and the places of the mistakes', async () => {
  await using folder = await workplace(brokenRules);
  const { code, err } = await run(folder, []);
  assert.equal(code, 1);
  assert.match(err, /^rules\.yaml:\d+:\d+ error: .*"bord"/m);
  assert.match(err, /^Callboard was not started\.$/m);
  assert.doesNotMatch(err, stack);
});

test('serve on a port that is taken ends with 1 and says what to do', async () => {
  await using folder = await workplace();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = String(typeof address === 'object' && address ? address.port : 0);
  const { code, err } = await run(folder, ['serve'], { PORT: port });
  taken.close();
  assert.equal(code, 1);
  assert.match(err, /something else listens there; set PORT/);
  assert.doesNotMatch(err, stack);
});

/** Waits until it takes webhooks; tells where. */
async function listening(program: Program): Promise<string> {
  const [, port] = await until('it listens', () => /"port":(\d+).*"listening"/.exec(program.out()));
  return `http://127.0.0.1:${port}`;
}

test('serve on a store that another one uses ends with 1 and says so', async () => {
  await using folder = await workplace();
  const first = start(folder, ['serve']);
  await listening(first);
  const { code, err } = await run(folder, ['serve']);
  first.child.kill('SIGTERM');
  assert.equal((await first.ended).code, 0);
  assert.equal(code, 1);
  assert.match(err, /another Callboard/);
  assert.doesNotMatch(err, stack);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} in the middle of a flood ends it with 0, and everything that was accepted is kept`, async () => {
    await using folder = await workplace();
    const program = start(folder, ['serve']);
    const url = await listening(program);
    const meeting = new PlugNmeetMeeting();
    const statuses: number[] = [];
    const over = new AbortController();
    const send = async (sender: number): Promise<void> => {
      for (let index = 0; !over.signal.aborted; index++) {
        const body = JSON.stringify(meeting.joined(`guest-${sender}-${index}`, `Guest ${sender}-${index}`));
        const headers = signPlugNmeet(body, { key: 'pnm-key', secret: apiSecret, now: new Date() });
        const { status } = await post(`${url}/hooks/meet`, body, headers);
        statuses.push(status);
        if (status === 0) return;
      }
    };
    const senders = Promise.all(Array.from({ length: 8 }, (_, sender) => send(sender)));
    await until('a flood', () => statuses.length > 100);
    const stoppedAt = performance.now();
    program.child.kill(signal);
    const { code, out } = await program.ended;
    const ms = performance.now() - stoppedAt;
    over.abort();
    await senders;
    assert.equal(code, 0);
    assert.match(out, new RegExp(`${signal}: stopping[^]*"stopped"`));
    assert.doesNotMatch(out, /"level":50/);
    assert.ok(ms < 4500, `it took ${ms} ms: senders that keep their connection were not told to go`);
    const accepted = statuses.filter((status) => status === 200).length;
    await using store = await openStore(`sqlite:${join(folder.path, 'callboard.db')}`);
    const { eventsWaiting, deliveries } = await store.counts();
    const kept = eventsWaiting + Object.values(deliveries).reduce((sum, count) => sum + count, 0);
    assert.ok(accepted > 100 && kept >= accepted, `${accepted} accepted, ${kept} kept`);
  });
}

const fake = (version: string) => [
  '--import',
  `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`,
];
const bin = resolve('bin/callboard.js');

for (const version of ['16.20.2', '20.11.0', '23.9.0']) {
  test(`on Node ${version} it says what to do, and loads nothing that this Node could not read`, async () => {
    await using folder = await workplace();
    const { code, out, err } = await run(folder, ['check'], {}, fake(version), bin);
    assert.deepEqual([code, out], [1, '']);
    assert.match(
      err,
      new RegExp(`^Callboard needs Node 24 or newer; this is Node ${version}\\.\nRun "npm ci"`),
    );
    assert.doesNotMatch(err, stack);
  });
}

for (const version of ['24.0.0', '26.1.0']) {
  test(`on Node ${version} it does what it is asked`, async () => {
    await using folder = await workplace();
    const { code, out } = await run(folder, ['check'], {}, fake(version), bin);
    assert.deepEqual([code, out], [0, 'rules.yaml is fine\n']);
  });
}
