import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperatorError } from '#runtime/operator-error.ts';
import { StoreUnavailable } from '#store/store.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { PlugNmeetStandIn } from '#test/plugnmeet.ts';
import { Service, secrets, testSources, until } from '#test/service.ts';
import { temporaryFolder } from '#test/stores.ts';

const rules = `version: 1
${testSources}
destinations: { board: { preview: {} } }
rules:
  - id: joined
    on: participant.joined
    once_per: [ participant.id ]
    send: { to: board, text: "{{participant.name}} joined" }
  - { id: file, on: recording.ready, send: { to: board, text: "{{artifact_link recording}}" } }
`;

const adminToken = 'admin-token-of-the-tests';
const operator = { headers: { authorization: `Bearer ${adminToken}` } };

type Item = { readonly destination: string; readonly state: string; readonly slack: object };

async function shown(service: Service, headers: RequestInit = {}): Promise<readonly Item[]> {
  const response = await fetch(`${service.url}/preview/messages?after=0`, headers);
  const { items } = (await response.json()) as { items: readonly Item[] };
  return items;
}

test('a broken rules file keeps it from starting, with every mistake and its place', async () => {
  const broken = rules.replaceAll('to: board', 'to: bord');
  await assert.rejects(Service.start({ rules: broken }), (error) => {
    assert.ok(error instanceof OperatorError);
    assert.equal(error.message.match(/rules\.yaml:\d+:\d+ error: .*"bord"/g)?.length, 2);
    return true;
  });
});

test('a second one on the same store is refused, and the store is free again after the first has stopped', async () => {
  await using folder = await temporaryFolder();
  await using first = await Service.start({ rules, folder: folder.path });
  await assert.rejects(Service.start({ rules, folder: folder.path }), StoreUnavailable);
  await first.stop();
  await using second = await Service.start({ rules, folder: folder.path });
  assert.equal((await fetch(`${second.url}/healthz`)).status, 200);
});

test('after it has stopped nothing is taken any more', async () => {
  const service = await Service.start({ rules });
  await service[Symbol.asyncDispose]();
  assert.equal((await service.plugNmeet(new PlugNmeetMeeting().started())).status, 0);
});

test('a link that was made before a restart opens after it, without any configured secret', async () => {
  await using folder = await temporaryFolder();
  await using meetings = await PlugNmeetStandIn.start({ key: 'pnm-key', secret: secrets.plugnmeet });
  meetings.addRecording('record-1');
  const options = { rules, folder: folder.path, variables: { PLUGNMEET_URL: meetings.url } };
  const before = await Service.start(options);
  await before.plugNmeet(new PlugNmeetMeeting().recordingReady('record-1'));
  const [item] = await until('the message', async () => {
    const items = await shown(before);
    return items.length > 0 && items;
  });
  await before.stop();
  const path = /\/a\/[\w.-]+/.exec(JSON.stringify(item?.slack))?.[0];
  assert.ok(path);
  await using after = await Service.start(options);
  const { status } = await fetch(`${after.url}${path}`, { redirect: 'manual' });
  assert.equal(status, 302);
});

test('a meeting, its once-keys and its messages outlive a restart', async () => {
  await using folder = await temporaryFolder();
  const meeting = new PlugNmeetMeeting();
  const before = await Service.start({ rules, folder: folder.path });
  await before.plugNmeet(meeting.joined('anna', 'Anna', 'one'));
  await until('the message', async () => (await shown(before)).length === 1);
  await before.stop();
  await using after = await Service.start({ rules, folder: folder.path });
  await after.plugNmeet(meeting.joined('anna', 'Anna', 'two'));
  await after.plugNmeet(meeting.joined('ben', 'Ben', 'three'));
  await until('the other message', async () => (await shown(after)).length === 2);
});

test('a destination without credentials is a worry that operators see, and no reason to be not ready', async () => {
  await using service = await Service.start({
    rules: rules.replace('board: { preview: {} }', 'board: { slack: { channel: C0SALES01 } }'),
    variables: { ADMIN_TOKEN: adminToken },
  });
  const anybody = await fetch(`${service.url}/readyz`);
  assert.deepEqual([anybody.status, await anybody.json()], [200, { ready: true }]);
  const us = await fetch(`${service.url}/readyz`, operator);
  assert.deepEqual(await us.json(), { ready: true, reasons: ['destination board: no credentials'] });
});

test('what it did is counted: webhooks, events, firings that were not held back, and deliveries', async () => {
  await using service = await Service.start({ rules });
  const meeting = new PlugNmeetMeeting();
  await service.plugNmeet(meeting.joined('anna', 'Anna', 'one'));
  await service.plugNmeet(meeting.joined('anna', 'Anna', 'two'));
  const text = await until('both events', async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    const isDone = metrics.includes('callboard_events_total{type="participant.joined"} 2');
    return isDone && metrics.includes('callboard_deliveries{state="sent"} 1') && metrics;
  });
  for (const line of [
    'callboard_webhooks_total{source="meet",result="stored"} 2',
    'callboard_rule_firings_total{rule="joined"} 1',
    'callboard_delivery_tries_total{destination="board",result="sent"} 1',
    'callboard_events_pending{state="waiting"} 0',
    'callboard_events_pending{state="failed"} 0',
  ]) {
    assert.ok(text.includes(line), line);
  }
});
