import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { type SimulateOptions, simulate } from '#cli/simulate.ts';
import { Hooks } from '#receiver/hooks.ts';
import { createHookMetrics } from '#receiver/metrics.ts';
import type { Asked } from '#simulation/plan.ts';
import { openSource } from '#sources/configured.ts';
import { plainTools } from '#test/vectors.ts';
import { site, testLogger } from '../receiver/setup.ts';
import { plan, sources } from '../simulation/setup.ts';

type Ran = {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly waits: readonly number[];
};

async function run(asked: Partial<Asked>, changed: Partial<SimulateOptions> = {}): Promise<Ran> {
  let [out, err] = ['', ''];
  const waits: number[] = [];
  const code = await simulate({
    plan: () => plan(asked, { now: () => new Date() }),
    isPrint: false,
    fetch: globalThis.fetch,
    sleep: async (ms) => waits.push(ms),
    write: (text) => {
      out += text;
    },
    complain: (text) => {
      err += text;
    },
    ...changed,
  });
  return { code, out, err, waits };
}

/** The receiver of the service with the real sources, on loopback; `names` it received are in order. */
async function receiver(configured = sources) {
  const { logger } = await testLogger();
  const opened = new Map(configured.map((each) => [each.name, openSource(each, plainTools)]));
  const names: string[] = [];
  const hooks = new Hooks({
    source: (name) => opened.get(name),
    accept: async (request, source) => {
      const verification = await source.verify(request, new Date());
      if (verification.kind !== 'authentic') return verification;
      const reading = source.read(verification.request, new Date());
      if (reading.kind === 'events') names.push(reading.native);
      return reading.kind === 'events' ? { kind: 'stored' } : reading;
    },
    publicUrl: 'https://callboard.example',
    logger,
    metrics: createHookMetrics(new Registry()),
  });
  const { port, [Symbol.asyncDispose]: close } = await site({ hooks: hooks.handle });
  return {
    url: (name: string) => `http://127.0.0.1:${port}/hooks/${name}`,
    names,
    [Symbol.asyncDispose]: close,
  };
}

for (const { name } of sources) {
  test(`a whole meeting of ${name} is taken by a real receiver`, async () => {
    await using service = await receiver();
    const { code, out, err, waits } = await run({
      source: name,
      url: service.url(name),
      isMeeting: true,
      pace: '5',
    });
    assert.deepEqual([code, err], [0, '']);
    const lines = out.trimEnd().split('\n');
    assert.ok(lines.length > 10, out);
    assert.equal(service.names.length, lines.length);
    for (const [index, line] of lines.entries())
      assert.match(line, new RegExp(`^${service.names[index]} → [a-z._]+: 200 stored$`));
    assert.deepEqual(
      waits,
      Array.from({ length: lines.length - 1 }, () => 5),
    );
  });
}

test('one event is told in one line, by its own name and by ours', async () => {
  await using service = await receiver();
  const asked = { source: 'meet', event: 'participant_joined', set: ['participant.name=Guest One'] };
  const { code, out, err } = await run({ ...asked, url: service.url('meet') });
  assert.deepEqual([code, out, err], [0, 'participant_joined → participant.joined: 200 stored\n', '']);
});

test('a service with another secret refuses, and what to look at is said', async () => {
  const settings = { url: 'https://meet.example.com', keys: { 'pnm-key': 'another secret' } };
  await using service = await receiver(
    sources.map((each) => (each.name === 'meet' ? { ...each, settings } : each)),
  );
  const { code, out, err } = await run({ source: 'meet', event: 'room_started', url: service.url('meet') });
  assert.deepEqual([code, out], [1, 'room_started → room.started: 401 not signed by the sender\n']);
  assert.match(err, /another secret: was it started with this rules\.yaml and \.env\?\n$/);
});

test('an address where no such source is gives its answer and exit code 1, for every event of a meeting', async () => {
  await using service = await receiver();
  const { code, out } = await run({ source: 'live', isMeeting: true, url: service.url('nobody') });
  const lines = out.trimEnd().split('\n');
  assert.equal(code, 1);
  assert.ok(lines.length > 10 && lines.every((line) => line.endsWith(': 404 no such source')), out);
});

test('a redirect is not followed: the senders would lose the body too', async () => {
  await using elsewhere = await site({
    hooks: (_request, response) => response.redirect(301, '/healthz'),
  });
  const url = `http://127.0.0.1:${elsewhere.port}/hooks/live`;
  const { code, out } = await run({ source: 'live', event: 'room_started', url });
  assert.equal(code, 1);
  assert.match(out, /: 301 /);
});

test('when nothing listens, one line says so and what to start, and no further event is tried', async () => {
  const closed = await receiver();
  const url = closed.url('live');
  await closed[Symbol.asyncDispose]();
  const { code, out, err } = await run({ source: 'live', isMeeting: true, url });
  assert.deepEqual([code, out], [1, '']);
  assert.equal(
    err,
    `Nothing listens at ${new URL(url).origin}: is the service running? Start it with: npx callboard serve\n`,
  );
});

test('an answer of another program cannot draw on the terminal', async () => {
  await using other = await site({
    hooks: (_request, response) => void response.status(200).send(`\u001b[2J\nfine${'!'.repeat(500)}`),
  });
  const url = `http://127.0.0.1:${other.port}/hooks/live`;
  const { out } = await run({ source: 'live', event: 'room_started', url });
  assert.equal(out.trimEnd().split('\n').length, 1);
  assert.ok(!out.includes('\u001b') && out.length < 300, out);
});

test('printing shows the request without its token, and sends nothing', async () => {
  const asked = { source: 'meet', event: 'room_started' };
  const { code, out, err } = await run(asked, { isPrint: true, fetch: plainTools.fetch });
  assert.deepEqual([code, err], [0, '']);
  const [first, ...lines] = out.split('\n');
  assert.equal(first, 'POST http://localhost:3000/hooks/meet');
  assert.match(lines.join('\n'), /^authorization: eyJhbG… \(\d+ characters\)$/m);
  const body = lines[lines.indexOf('') + 1];
  assert.equal(JSON.parse(body ?? '').event, 'room_started');
});

test('a meeting is printed at once, whatever the pace', async () => {
  const { out, waits } = await run({ source: 'live', isMeeting: true, pace: '300' }, { isPrint: true });
  assert.ok(out.split('\n').filter((line) => line.startsWith('POST ')).length > 10);
  assert.deepEqual(waits, []);
});

test('what the service could not take is not sent', async () => {
  const refused = { kind: 'refused', native: 'room_started', reason: 'it would not be read' } as const;
  const webhooks = [{ waitMs: 0, rehearse: async () => refused }];
  const { code, out, err } = await run(
    {},
    { plan: () => ({ kind: 'webhooks', url: 'http://127.0.0.1:9/', notes: [], webhooks }) },
  );
  assert.deepEqual([code, out, err], [1, '', 'room_started was not sent: it would not be read\n']);
});

test('wrong use is exit code 2 with the reason alone', async () => {
  const { code, out, err } = await run({ source: 'meet', event: 'participant_join' });
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /did you mean "participant_joined"\?/);
});

test('the list goes to the output, and a note to the errors', async () => {
  const list = await run({ source: 'livekit', isList: true });
  assert.equal(list.code, 0);
  assert.match(list.out, /^ {2}egress_ended\.failed +recording\.failed$/m);
  const noted = await run(
    { source: 'meet', event: 'participant_joined', set: ['participant.id=vip'] },
    { isPrint: true },
  );
  assert.match(noted.err, /^note: .*participant\.id here\n$/);
});
