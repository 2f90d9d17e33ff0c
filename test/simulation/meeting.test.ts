import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSource } from '#sources/configured.ts';
import { accept, plainTools, rawRequest } from '#test/vectors.ts';
import { now, plan, sources, webhooks } from './setup.ts';

/** Reads a whole meeting as the service would. */
async function meetingOf(name: string, set: readonly string[] = []) {
  const entry = sources.find((each) => each.name === name);
  assert.ok(entry);
  const source = openSource(entry, plainTools);
  const sent = await webhooks({ source: name, isMeeting: true, set });
  const readings = [];
  for (const { headers, body } of sent) readings.push(await accept(source, rawRequest(headers, body), now));
  return { sent, readings, events: readings.flatMap(({ events }) => events) };
}

const told: Readonly<Record<string, readonly string[]>> = {
  meet: ['room.created', 'recording.transcoded', 'artifact.ready', 'usage.reported'],
  live: ['recording.stopping', 'track.published'],
  vsdk: ['recording.starting', 'transcript.started', 'artifact.ready'],
  crm: ['room.created', 'artifact.ready'],
};

for (const [name, more] of Object.entries(told)) {
  test(`a whole meeting of ${name} is one session, from its start to its files`, async () => {
    const { events } = await meetingOf(name);
    const types = events.map(({ event }) => event.event.type);
    const always = [
      'room.started',
      'participant.joined',
      'participant.left',
      'room.ended',
      'recording.ready',
    ];
    for (const type of [...always, ...more])
      assert.ok(
        types.some((each) => each === type),
        type,
      );
    assert.ok(!types.includes('other'));
    assert.equal(new Set(events.map(({ event }) => event.session?.id)).size, 1);
    assert.equal(new Set(events.map(({ event }) => event.room?.id)).size, 1);
    assert.ok(types.indexOf('room.started') < types.indexOf('participant.joined'));
    assert.ok(types.indexOf('room.ended') < types.lastIndexOf('recording.ready'));
  });

  test(`in a whole meeting of ${name} two people come, and the one who reconnects leaves for good too`, async () => {
    const { events } = await meetingOf(name);
    const moves = events
      .filter(({ event }) => event.participant?.kind !== 'recorder')
      .filter(
        ({ event }) => event.event.type === 'participant.joined' || event.event.type === 'participant.left',
      )
      .map(({ event }) => `${event.participant?.id} ${event.event.type.slice('participant.'.length)}`);
    assert.deepEqual(moves, [
      'maria joined',
      'guest-1 joined',
      'guest-1 left',
      'guest-1 joined',
      'guest-1 left',
      'maria left',
    ]);
  });

  test(`no webhook in a whole meeting of ${name} is taken for a repeat of another`, async () => {
    const { readings } = await meetingOf(name);
    const keys = readings.flatMap((reading) =>
      reading.keys.filter(({ value }) => value === undefined).map(({ key }) => key),
    );
    assert.equal(new Set(keys).size, keys.length);
  });
}

test('the recording of a meeting keeps its id from its start to its file', async () => {
  for (const name of ['meet', 'live', 'vsdk', 'crm']) {
    const { events } = await meetingOf(name);
    const ids = events.flatMap(({ event }) => (event.recording === undefined ? [] : [event.recording.id]));
    assert.ok(ids.length >= 2, name);
    assert.equal(new Set(ids).size, 1, name);
  }
});

test('a meeting told in seconds ends now, and each event has the time it would have had', async () => {
  const { events } = await meetingOf('meet');
  const times = events.map(({ event }) => Date.parse(event.event.time));
  assert.deepEqual(
    times,
    times.toSorted((one, other) => one - other),
  );
  assert.ok(Math.max(...times) <= now.getTime());
  assert.ok(now.getTime() - Math.min(...times) > 20 * 60_000);
});

test('at its own pace a meeting begins now, and waits between events as meetings do', () => {
  const planned = plan({ source: 'live', isMeeting: true, pace: 'realistic' });
  assert.equal(planned.kind, 'webhooks');
  const waits = planned.webhooks.map(({ waitMs }) => waitMs);
  assert.equal(waits[0], 0);
  assert.ok(waits.reduce((sum, each) => sum + each, 0) > 20 * 60_000);
});

test('a pace is the pause before every webhook but the first', () => {
  const planned = plan({ source: 'live', isMeeting: true, pace: '70' });
  assert.equal(planned.kind, 'webhooks');
  const [first, ...others] = planned.webhooks.map(({ waitMs }) => waitMs);
  assert.equal(first, 0);
  assert.ok(others.length > 5 && others.every((each) => each === 70));
});

const guests: Readonly<Record<string, string>> = {
  meet: 'participant.identity=vip-user-789',
  live: 'participant.identity=vip-user-789',
  vsdk: 'data.participantId=vip-user-789',
  crm: 'call.who.id=vip-user-789',
};

for (const [name, set] of Object.entries(guests)) {
  test(`the guest of a meeting of ${name} can be anybody, and the host stays who he is`, async () => {
    const { events } = await meetingOf(name, [set]);
    const joined = events
      .filter(
        ({ event }) => event.event.type === 'participant.joined' && event.participant?.kind !== 'recorder',
      )
      .map(({ event }) => event.participant?.id);
    assert.deepEqual(joined, ['maria', 'vip-user-789', 'vip-user-789']);
  });
}

test('what several events of a meeting have is set in all of them', async () => {
  const { events } = await meetingOf('meet', ['room.room_id=boardroom', 'room.metadata.room_title=Board']);
  assert.deepEqual([...new Set(events.map(({ event }) => event.room?.id))], ['boardroom']);
  const titles = events.flatMap(({ event }) => (event.room?.name === undefined ? [] : [event.room.name]));
  assert.ok(titles.length > 3);
  assert.deepEqual([...new Set(titles)], ['Board']);
});
