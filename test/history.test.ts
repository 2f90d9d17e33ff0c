import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { readEnvironment } from '#runtime/environment.ts';
import { OperatorError } from '#runtime/operator-error.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { Service, serviceVariables, testSources, until } from '#test/service.ts';
import { temporaryFolder } from '#test/stores.ts';
import { eventPages, openHistory } from '../src/history.ts';

const rules = `version: 1
${testSources}
destinations: { board: { preview: {} } }
rules:
  - { id: joined, on: participant.joined, send: { to: board, text: "{{participant.name}} joined" } }
`;

/** The history that a command finds in this folder, with the service at `port`. */
function open(folder: string, port: string, more: Readonly<Record<string, string>> = {}) {
  const variables = serviceVariables(folder, join(folder, 'rules.yaml'), { PORT: port, ...more });
  return openHistory(readEnvironment(variables, false), globalThis.fetch);
}

/** A port where nothing listens. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return String(typeof address === 'object' && address ? address.port : 0);
}

const portOf = (service: Service) => new URL(service.url).port;
const filter = { after: 0, since: new Date(0), limit: 100 };

async function meet(service: Service): Promise<void> {
  const meeting = new PlugNmeetMeeting();
  await service.plugNmeet(meeting.started());
  await service.plugNmeet(meeting.joined('anna', 'Anna'));
  await service.plugNmeet(meeting.joined('ben', 'Ben'));
}

const isOperatorError = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof OperatorError, String(error));
  assert.match(error.message, message);
  return true;
};

for (const token of [undefined, 'admin-token-of-the-tests']) {
  test(`a running service ${token === undefined ? 'without' : 'with'} a token is asked; without one, its file says the same`, async () => {
    await using folder = await temporaryFolder();
    const variables: Readonly<Record<string, string>> = token === undefined ? {} : { ADMIN_TOKEN: token };
    const service = await Service.start({ rules, folder: folder.path, variables });
    await meet(service);
    await using asked = await open(folder.path, portOf(service), variables);
    const events = await until('both joins', async () => {
      const listed = await asked.list(filter);
      return listed.length === 3 && listed;
    });
    assert.deepEqual(
      events.map(({ event }) => event.event.type),
      ['room.started', 'participant.joined', 'participant.joined'],
    );
    const [first, , last] = events;
    assert.ok(first && last);
    const decisions = await until('its decision', async () => {
      const told = await asked.decisions(last.sequence);
      return told.length > 0 && told;
    });
    assert.equal(decisions[0]?.['rule'], 'joined');
    assert.deepEqual(await asked.find(last.sequence), last);
    assert.equal(await asked.find(999), undefined);
    await service.stop();
    await using read = await open(folder.path, portOf(service), variables);
    assert.deepEqual(await read.list(filter), events);
    assert.deepEqual(await read.find(last.sequence), last);
    assert.equal(await read.find(999), undefined);
    assert.deepEqual(await read.decisions(last.sequence), decisions);
    assert.deepEqual(await read.list({ ...filter, after: first.sequence, limit: 1 }), [events[1]]);
    assert.deepEqual(await read.list({ ...filter, since: new Date(Date.now() + 60_000) }), []);
  });
}

test('pages bring every event once', async () => {
  await using folder = await temporaryFolder();
  await using service = await Service.start({ rules, folder: folder.path });
  await meet(service);
  await using history = await open(folder.path, portOf(service));
  for (const size of [1, 2, 3, 100]) {
    const seen: number[] = [];
    for await (const page of eventPages((filter) => history.list(filter), new Date(0), size)) {
      assert.ok(page.length > 0 && page.length <= size);
      seen.push(...page.map(({ sequence }) => sequence));
    }
    assert.deepEqual([seen.length, new Set(seen).size], [3, 3]);
  }
});

test('a service that starts while the file is read finds it free', async () => {
  await using folder = await temporaryFolder();
  await using first = await Service.start({ rules, folder: folder.path });
  await first.stop();
  await using history = await open(folder.path, await freePort());
  await history.list(filter);
  await using second = await Service.start({ rules, folder: folder.path });
  assert.equal((await fetch(`${second.url}/healthz`)).status, 200);
});

test('a file in use by a service at another port is said to be', async () => {
  await using folder = await temporaryFolder();
  await using service = await Service.start({ rules, folder: folder.path });
  assert.ok(service.url);
  await assert.rejects(open(folder.path, await freePort()), isOperatorError(/a service uses it .* Set PORT/));
});

test('without a service and a file it says so, and makes no file', async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(
    open(folder.path, await freePort()),
    isOperatorError(/there is no file .*callboard\.db/),
  );
  assert.deepEqual(await readdir(folder.path), []);
});

test("a file that is empty, another program's, newer or no database is refused with the reason", async () => {
  await using folder = await temporaryFolder();
  const port = await freePort();
  const file = join(folder.path, 'callboard.db');
  const refused = (reason: RegExp) => assert.rejects(open(folder.path, port), isOperatorError(reason));
  const written = (sql: string) => {
    using database = new DatabaseSync(file);
    database.exec(sql);
  };
  await writeFile(file, '');
  await refused(/it is empty, or an older Callboard wrote it/);
  written('CREATE TABLE theirs (x)');
  await refused(/belongs to another program/);
  written('PRAGMA application_id = 0x43627244; PRAGMA user_version = 9999');
  await refused(/a newer Callboard wrote it/);
  await writeFile(file, 'no database at all, only a text that is longer than nothing'.repeat(20));
  await refused(/not a SQLite database/);
});

test('a store that is no file cannot be read', async () => {
  await using folder = await temporaryFolder();
  const port = await freePort();
  const url = 'postgres://user:secret@db.example/callboard';
  await assert.rejects(open(folder.path, port, { DATABASE_URL: url }), (error) => {
    assert.ok(error instanceof OperatorError && !error.message.includes('secret'));
    return true;
  });
  await assert.rejects(
    open(folder.path, port, { DATABASE_URL: 'sqlite::memory:' }),
    isOperatorError(/names no file/),
  );
});

test('something else that listens there is not taken for the service', async () => {
  await using folder = await temporaryFolder();
  const other = createServer((_request, response) => void response.end('hello')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = String(typeof address === 'object' && address ? address.port : 0);
  await assert.rejects(open(folder.path, port), isOperatorError(/Something else than Callboard listens at/));
  other.close();
});

test('a token that is missing or another one is said to be', async () => {
  await using folder = await temporaryFolder();
  const token = { ADMIN_TOKEN: 'admin-token-of-the-tests' };
  await using service = await Service.start({ rules, folder: folder.path, variables: token });
  await using without = await open(folder.path, portOf(service));
  await assert.rejects(without.list(filter), isOperatorError(/set ADMIN_TOKEN/));
  await using wrong = await open(folder.path, portOf(service), { ADMIN_TOKEN: 'another-token-of-others' });
  await assert.rejects(wrong.list(filter), isOperatorError(/another ADMIN_TOKEN/));
});
