import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { differences } from '../demo/outcome.ts';
import type { PreviewItem } from '../demo/preview-item.ts';
import { rulesForDemo } from '../demo/rules.ts';
import type { Step } from '../demo/step.ts';

const entry = fileURLToPath(new URL('../demo/demo.ts', import.meta.url));

/** Everything that a real installation may have set, and more that would bend a Node program. */
const hostile = {
  PORT: '1',
  HOST: '203.0.113.1',
  CALLBOARD_RULES: '/nowhere/rules.yaml',
  CALLBOARD_TEMPLATES: '/nowhere',
  DATABASE_URL: 'postgres://nowhere.invalid/callboard',
  PUBLIC_URL: 'https://callboard.invalid',
  ADMIN_TOKEN: '0123456789abcdef0123',
  SLACK_BOT_TOKEN: 'xoxb-fake',
  SLACK_APP_TOKEN: 'xapp-fake',
  DISCORD_BOT_TOKEN: 'fake',
  DISCORD_APPLICATION_ID: '112233445566778899',
  PLUGNMEET_API_SECRET: 'fake',
  LOG_LEVEL: 'trace',
  FORCE_COLOR: '1',
  DEBUG: '*',
  NODE_USE_ENV_PROXY: '1',
  HTTP_PROXY: 'http://127.0.0.1:9',
};

type Demo = {
  readonly child: ChildProcess;
  /** Both streams so far. */
  readonly output: () => string;
  /** Resolves to the exit code. */
  readonly exit: Promise<number | null>;
  /** What is left in the folder for temporary files. */
  readonly leftovers: () => readonly string[];
};

/** Starts the demo in a folder of its own whose `.env` is as hostile as the environment. */
function startDemo(context: TestContext, ...options: readonly string[]): Demo {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-demo-test-'));
  const temporary = mkdtempSync(join(folder, 'tmp-'));
  const lines = Object.entries(hostile).map(([name, value]) => `${name}=${value}`);
  writeFileSync(join(folder, '.env'), lines.join('\n'));
  const child = spawn(process.execPath, [entry, ...options], {
    cwd: folder,
    env: { ...process.env, ...hostile, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exit = once(child, 'close').then(() => child.exitCode);
  context.after(async () => {
    child.kill('SIGKILL');
    await exit;
    rmSync(folder, { recursive: true });
  });
  return { child, output: () => output, exit, leftovers: () => readdirSync(temporary) };
}

async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = performance.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(performance.now() < end, 'waited too long');
    await sleep(50);
  }
}

test('the demo tells exactly what its meetings are worth, whatever the environment says', async (t) => {
  const demo = startDemo(t, '--once');
  assert.equal(await demo.exit, 0, demo.output());
  const output = demo.output();
  for (const line of [
    /LiveKit +egress_started +200 duplicate/,
    /plugNmeet +recording_proceeded +401 refused .*forged/,
    /to sales · ⭐ VIP/,
    /Ada Lovelace joined Weekly sync\. 3 people are in\./,
    /<!channel> @everyone \[free\]\(https:\/\/evi… joined/,
    /Weekly sync has ended after 42 min\. 3 people took part\./,
    /to archive, community · 🎬 Ready/,
    /to ops · 🔴 Missing/,
    /\[ Open recording \]/,
    /^Webhooks +41: 39 stored, 1 duplicate, 1 refused$/m,
    /^Messages +25: archive 14, community 6, ops 3, sales 2$/m,
    /^Links +7 .*all of them open$/m,
  ]) {
    assert.match(output, line);
  }
  assert.equal(output.match(/Ada Lovelace joined/g)?.length, 1);
  assert.doesNotMatch(output, /\u001b|warning:|error:|missing:|not expected:/);
  const longest = Math.max(...output.split('\n').map((line) => Array.from(line).length));
  assert.ok(longest > 40 && longest <= 100, `${longest} columns`);
  assert.deepEqual(demo.leftovers(), []);
});

const messages = z.object({ items: z.array(z.object({ slack: z.unknown() })) });

test('a link of a message leads to its file, and an interrupt ends the demo and what it made', async (t) => {
  const demo = startDemo(t);
  const preview = await until(() => /http:\/\/localhost:\d+\/preview/.exec(demo.output())?.[0]);
  assert.equal(demo.leftovers().length, 1);
  const link = await until(async () => {
    const { items } = messages.parse(await (await fetch(`${preview}/messages`)).json());
    return /http:\/\/localhost:\d+\/a\/[\w.-]+/.exec(JSON.stringify(items))?.[0];
  });
  const answer = await fetch(link, { redirect: 'manual' });
  assert.equal(answer.status, 302);
  const file = await fetch(answer.headers.get('location') ?? '');
  assert.equal(file.status, 200);

  demo.child.kill('SIGINT');
  assert.equal(await demo.exit, 0, demo.output());
  assert.deepEqual(demo.leftovers(), []);
});

test('an option that does not exist is answered with those that do', async (t) => {
  const demo = startDemo(t, '--twice');
  assert.equal(await demo.exit, 2);
  assert.match(demo.output(), /npm run demo -- --once/);
});

const rulesFile = z.looseObject({
  timezone: z.string(),
  sources: z.record(z.string(), z.record(z.string(), z.looseObject({ room_url: z.string().optional() }))),
  destinations: z.record(z.string(), z.unknown()),
  rules: z.array(z.looseObject({ send: z.looseObject({}) })),
});

test('the shipped rules stay as they are but for destinations, join addresses, time zone, quiet hours and tests', () => {
  const shipped = readFileSync(new URL('../rules.yaml', import.meta.url), 'utf8');
  const before = rulesFile.parse(parse(shipped));
  const rooms = 'http://127.0.0.1:1/rooms';
  const after = rulesFile.parse(parse(rulesForDemo(shipped, { rooms, timezone: 'Asia/Tokyo' })));
  for (const each of Object.values(after.sources).flatMap((source) => Object.values(source))) {
    assert.equal(each.room_url, `${rooms}/{{room.id}}`);
    delete each.room_url;
  }
  const names = Object.keys(before.destinations);
  assert.ok(names.length > 0);
  const destinations = Object.fromEntries(names.map((name) => [name, { preview: {} }]));
  const { tests, quiet_hours: quiet, ...kept } = before;
  assert.ok(Array.isArray(tests) && tests.length > 0 && quiet !== undefined);
  const rules = kept.rules.map((rule) => {
    const { quiet_hours: _silence, ...send } = rule.send;
    return { ...rule, send };
  });
  assert.deepEqual(after, { ...kept, timezone: 'Asia/Tokyo', destinations, rules });
});

test('rules that are no YAML are an error with a place', () => {
  assert.throws(() => rulesForDemo('rules: [', { rooms: '', timezone: 'UTC' }), /rules\.yaml: .*line 1/);
});

const step: Step = {
  at: new Date(),
  platform: 'LiveKit',
  source: 'live',
  native: 'room_started',
  headers: {},
  body: '',
  note: '',
  answer: 'stored',
  tells: ['started → archive', 'started → ops'],
};

function message(destination: string, state: string): PreviewItem {
  const slack = { text: '', blocks: [] };
  return { change: 1, id: destination, rule: 'started', destination, state, reason: 'why', slack };
}

test('a message that is missing, too many or not sent is named', () => {
  const played = {
    replies: [{ step, reply: { status: 503, text: 'try again', ms: 1 } }],
    messages: [message('archive', 'sent'), message('archive', 'sent'), message('ops', 'dead')],
  };
  assert.deepEqual(differences([step], played, { events: 1, links: 1, deadLinks: ['http://x/a/1'] }), [
    'missing: started → ops',
    'not expected: started → archive',
    'not expected: started → ops (dead: why)',
    'LiveKit room_started: answered 503 try again, not stored',
    'leads to no file: http://x/a/1',
  ]);
});
