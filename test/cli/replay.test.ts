import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEnvironment } from '#runtime/environment.ts';
import { OperatorError } from '#runtime/operator-error.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { Service, serviceVariables, testSources, until } from '#test/service.ts';
import { replay } from '../../src/history-commands.ts';

const rules = `version: 1
${testSources}
destinations: { board: { preview: {} }, second: { preview: {} }, sandbox: { preview: {} }, silent: { slack: { channel: C0SILENT1 } } }
quiet_hours: { always: { from: "00:00", to: "23:59", then: hold } }
rules:
  - id: joined
    on: participant.joined
    once_per: [ participant.id ]
    send: { to: [ board, second ], text: "{{participant.name}} joined", mention: { slack: [ U0ADMIN01 ] } }
  - { id: begun, on: room.started, send: { to: board, template: meeting-started, quiet_hours: always } }
  - { id: later, on: participant.joined, still_true_after: 1h, send: { to: board, text: "still here" } }
  - { id: shadow, on: participant.joined, enabled: shadow, send: { to: board, text: "x" } }
`;

type Item = {
  readonly id: string;
  readonly destination: string;
  readonly rule: string;
  readonly state: string;
  readonly createdAt: string;
  readonly slack: { readonly text: string };
  readonly discord: object;
};

async function shown(service: Service): Promise<readonly Item[]> {
  const response = await fetch(`${service.url}/preview/messages?after=0`);
  const { items } = (await response.json()) as { items: readonly Item[] };
  return items.toReversed();
}

async function replayed(service: Service, count: number): Promise<readonly Item[]> {
  return until(`${count} copies`, async () => {
    const copies = (await shown(service)).filter(({ destination }) => destination === 'sandbox');
    return (
      copies.length >= count && copies.every(({ state }) => state === 'sent' || state === 'held') && copies
    );
  });
}

type Flags = Parameters<typeof replay>[1];

async function run(service: Service, flags: Partial<Flags> = {}) {
  const port = { PORT: new URL(service.url).port };
  const variables = serviceVariables(service.folder, join(service.folder, 'rules.yaml'), port);
  let [out, err] = ['', ''];
  const terminal = {
    environment: () => readEnvironment(variables, false),
    print: (text: string) => {
      out += text;
    },
    complain: (text: string) => {
      err += text;
    },
  };
  const code = await replay(terminal, { since: '1h', to: 'sandbox', rule: [], format: 'text', ...flags });
  return { code, out, err };
}

/** A service that has told of one meeting: it began, Anna and Ben came. */
async function met(): Promise<Service> {
  const service = await Service.start({ rules });
  const meeting = new PlugNmeetMeeting();
  await service.plugNmeet(meeting.started());
  await service.plugNmeet(meeting.joined('anna', 'Anna'));
  await service.plugNmeet(meeting.joined('ben', 'Ben'));
  await until(
    'the messages',
    async () =>
      (await shown(service)).filter(({ rule, state }) => rule === 'joined' && state === 'sent').length === 4,
  );
  return service;
}

test('what was told is told again to another destination, in order, marked, and each once', async () => {
  await using service = await met();
  const { code, out, err } = await run(service);
  assert.deepEqual([code, err], [0, '']);
  assert.equal(out, '3 events: 3 messages are on their way to sandbox\n  begun: 1\n  joined: 2\n');
  const copies = await replayed(service, 3);
  assert.deepEqual(
    copies.map(({ rule, state }) => [rule, state]),
    [
      ['begun', 'sent'],
      ['joined', 'sent'],
      ['joined', 'sent'],
    ],
  );
  const [begun, anna, ben] = copies;
  for (const copy of copies) {
    assert.match(copy.slack.text, /^Replay of /);
    assert.match(JSON.stringify(copy.discord), /Replay of /);
    assert.ok(!JSON.stringify(copy.slack).includes('U0ADMIN01'), 'nobody is mentioned again');
  }
  assert.match(JSON.stringify(begun?.slack), /\*Replay of\*/);
  assert.match(anna?.slack.text ?? '', /: Anna joined$/);
  assert.match(ben?.slack.text ?? '', /: Ben joined$/);
});

test('a replay touches no once-key and no wait of the real thing, and can be made twice', async () => {
  await using service = await met();
  await run(service);
  await replayed(service, 3);
  await run(service);
  const copies = await replayed(service, 6);
  assert.equal(new Set(copies.map(({ id }) => id)).size, 6);
  await service.plugNmeet(new PlugNmeetMeeting().joined('anna', 'Anna'));
  await service.plugNmeet(new PlugNmeetMeeting().joined('cleo', 'Cleo'));
  const joins = await until('the next guest', async () => {
    const items = (await shown(service)).filter(
      ({ rule, destination }) => rule === 'joined' && destination === 'board',
    );
    return items.some(({ slack }) => slack.text.includes('Cleo')) && items;
  });
  assert.deepEqual(
    joins.map(({ slack }) => /(\w+) joined/.exec(slack.text)?.[1]),
    ['Anna', 'Ben', 'Cleo'],
  );
});

test('only the rules that are named, only from an event on', async () => {
  await using service = await met();
  const named = await run(service, { rule: ['begun'] });
  assert.equal(named.out, '3 events: 1 message is on its way to sandbox\n  begun: 1\n');
  const after = await run(service, { since: '3..', dryRun: true });
  assert.equal(after.out, '1 event: 1 message would go to sandbox\n  joined: 1\n');
  const beyond = await run(service, { since: '999..', dryRun: true });
  assert.equal(beyond.out, '0 events: 0 messages would go to sandbox\n');
});

test('a dry run sends nothing', async () => {
  await using service = await met();
  const before = await shown(service);
  const { code, out } = await run(service, { dryRun: true, format: 'json' });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out), {
    events: 3,
    messages: 3,
    rules: { begun: 1, joined: 2 },
    unworded: 0,
  });
  assert.deepEqual(await shown(service), before);
});

test('with a rate the first goes at once and the others in their turn', async () => {
  await using service = await met();
  await run(service, { rate: '1/m' });
  const copies = await replayed(service, 3);
  assert.deepEqual(
    copies.map(({ state }) => state),
    ['sent', 'held', 'held'],
  );
});

test('a destination or rule that is not there is refused with what was meant', async () => {
  await using service = await met();
  const place = await run(service, { to: 'sandbx' });
  assert.deepEqual(place, {
    code: 1,
    out: '',
    err: 'there is no destination "sandbx"; did you mean "sandbox"?\n',
  });
  const rule = await run(service, { rule: ['join'] });
  assert.match(rule.err, /^there is no rule "join"; did you mean "joined"\?\n$/);
  const closed = await run(service, { to: 'silent' });
  assert.deepEqual([closed.code, closed.out], [1, '']);
  assert.match(closed.err, /^nothing can be sent to silent: /);
});

test('a span or rate that is none is wrong use', async () => {
  await using service = await met();
  for (const since of ['yesterday', '12', '..12', '1.5h', '0s']) {
    const { code, err } = await run(service, { since });
    assert.equal(code, 2);
    assert.ok(err.startsWith(`--since ${since}: `), err);
  }
  for (const rate of ['1', '0/s', '1/h', 'fast', '-1/s']) {
    const { code, err } = await run(service, { rate });
    assert.equal(code, 2);
    assert.ok(err.startsWith(`--rate ${rate}: `), err);
  }
});

test('without the service nothing is sent, and it says what to start', async () => {
  const service = await met();
  await service[Symbol.asyncDispose]();
  await assert.rejects(run(service), (error) => {
    assert.ok(error instanceof OperatorError);
    assert.match(error.message, /only the running service can send again.*npx callboard serve/);
    return true;
  });
});
