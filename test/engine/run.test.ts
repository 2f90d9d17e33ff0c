import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainText } from '#domain/message.ts';
import { newSession, type Session } from '#domain/session.ts';
import { type Configuration, Run, wordStep } from '#engine/run.ts';
import { SessionBatch } from '#engine/session-batch.ts';
import { createMatcher } from '#rules/matcher.ts';
import { Memory } from '#rules/memory.ts';
import type { ClaimedEvent, Step } from '#store/store.ts';
import { at, claimed, configuration, event, everyJoin } from './setup.ts';

const configured = configuration(everyJoin);
const live: Session = { ...newSession('meet', 'S1', at(0).toISOString()), status: 'live', roomId: 'R1' };

/** What one event alone comes to, in words. */
function processEvent(given: ClaimedEvent, sessions: SessionBatch, using: Configuration): Step {
  const { rulebook } = using;
  const decided = new Run({ rulebook, memory: new Memory(), sessions, now: at(0) }).event(given);
  const [only, ...more] = decided.map((each) => wordStep(each, using));
  assert.ok(only && more.length === 0);
  return only;
}

const statuses = ({ sessions }: Step) => sessions.map(({ id, status }) => `${id} ${status}`);

test('an event that fires a rule gives its session, the worded message and where it goes', () => {
  const processed = processEvent(claimed(7, event('participant.joined', 0)), new SessionBatch(), configured);
  assert.deepEqual(statuses(processed), ['S1 live']);
  const [delivery] = processed.deliveries;
  assert.deepEqual(
    [
      delivery?.rule,
      delivery?.eventSequence,
      delivery?.session,
      delivery?.destination,
      delivery?.lane,
      delivery?.state,
    ],
    ['joined', 7, 'meet/S1', 'sales', 'lane:sales', 'waiting'],
  );
  assert.equal(plainText(delivery?.message.sentence ?? []), 'anna');
  assert.deepEqual(processed.log, [{ rule: 'joined', at: at(0).toISOString(), fired: [delivery?.id] }]);
});

test('a repeat completes the session and fires nothing', () => {
  const repeat = claimed(7, event('participant.joined', 0), { isRepeat: true });
  const processed = processEvent(repeat, new SessionBatch(), configured);
  assert.deepEqual([processed.deliveries, processed.log], [[], []]);
  assert.deepEqual(processed.sessions[0]?.people, ['anna']);
});

test('events of one batch see what the earlier ones did to their session', () => {
  const counting = configuration(
    '  - { id: joined, on: participant.joined, send: { to: sales, text: "{{session.present}}" } }\n',
  );
  const batch = new SessionBatch();
  const texts = ['anna', 'ben', 'cleo'].map((who, index) => {
    const processed = processEvent(
      claimed(index, event('participant.joined', index, { who })),
      batch,
      counting,
    );
    return plainText(processed.deliveries[0]?.message.sentence ?? []);
  });
  assert.deepEqual(texts, ['1', '2', '3']);
});

test('what the batch knows is newer than what was claimed with the event', () => {
  const batch = new SessionBatch();
  const stale = { session: live, openSession: live };
  processEvent(claimed(1, event('participant.joined', 0, { who: 'anna' }), stale), batch, configured);
  const second = processEvent(
    claimed(2, event('participant.joined', 1, { who: 'ben' }), stale),
    batch,
    configured,
  );
  assert.deepEqual(second.sessions[0]?.people, ['anna', 'ben']);
});

for (const type of ['room.created', 'room.started', 'participant.joined'] as const) {
  test(`${type} of a new session in the same room loses the one whose end never came`, () => {
    const next = claimed(1, event(type, 60, { session: 'S2' }), { openSession: live });
    const processed = processEvent(next, new SessionBatch(), configured);
    assert.deepEqual(statuses(processed), [type === 'room.created' ? 'S2 created' : 'S2 live', 'S1 lost']);
    assert.deepEqual(processed.sessions[1]?.connections, []);
  });
}

test('an event that begins nothing loses no other session', () => {
  const next = claimed(1, event('recording.ready', 60, { session: 'S0' }), { openSession: live });
  const processed = processEvent(next, new SessionBatch(), configured);
  assert.deepEqual(statuses(processed), ['S0 created']);
});

test('a new session in another room loses nobody', () => {
  const batch = new SessionBatch();
  processEvent(claimed(1, event('room.started', 0)), batch, configured);
  const other = processEvent(
    claimed(2, event('room.started', 1, { session: 'S2', room: 'R2' })),
    batch,
    configured,
  );
  assert.deepEqual(statuses(other), ['S2 live']);
});

test('a session that ended is not lost when the next one begins in the same batch', () => {
  const batch = new SessionBatch();
  const stale = { session: live, openSession: live };
  const ended = processEvent(claimed(1, event('room.ended', 50), stale), batch, configured);
  assert.deepEqual(statuses(ended), ['S1 ended']);
  const next = claimed(2, event('room.started', 60, { session: 'S2' }), { openSession: live });
  assert.deepEqual(statuses(processEvent(next, batch, configured)), ['S2 live']);
});

test('in one batch, too, the last session of a room is the open one', () => {
  const batch = new SessionBatch();
  processEvent(claimed(1, event('room.started', 0)), batch, configured);
  const second = processEvent(claimed(2, event('room.started', 60, { session: 'S2' })), batch, configured);
  assert.deepEqual(statuses(second), ['S2 live', 'S1 lost']);
  const nameless = claimed(3, event('participant.joined', 61, { session: undefined }));
  assert.deepEqual(statuses(processEvent(nameless, batch, configured)), ['S2 live']);
});

test('of two open sessions in a room the newer one is meant, whichever was heard of last, in one batch as in several', () => {
  const nameless = event('participant.joined', 70, { session: undefined, who: 'ben' });
  const newer: Session = { ...newSession('meet', 'S2', at(60).toISOString()), status: 'live', roomId: 'R1' };
  const late = event('participant.joined', 65);
  const batch = new SessionBatch();
  processEvent(claimed(1, event('room.started', 0)), batch, configured);
  processEvent(claimed(2, event('room.started', 60, { session: 'S2' })), batch, configured);
  assert.deepEqual(statuses(processEvent(claimed(3, late), batch, configured)), ['S1 live']);
  assert.deepEqual(statuses(processEvent(claimed(4, nameless), batch, configured)), ['S2 live']);
  const other = new SessionBatch();
  const lost: Session = { ...live, status: 'lost' };
  processEvent(claimed(3, late, { session: lost, openSession: newer }), other, configured);
  const last = claimed(4, nameless, { openSession: newer });
  assert.deepEqual(statuses(processEvent(last, other, configured)), ['S2 live']);
});

test('an event without a session id joins the open session of its room, whatever the case of the room’s id', () => {
  for (const room of ['R1', 'r1']) {
    const given = event('participant.joined', 60, { session: undefined, room });
    const processed = processEvent(claimed(1, given, { openSession: live }), new SessionBatch(), configured);
    assert.deepEqual(statuses(processed), ['S1 live']);
    assert.equal(processed.deliveries[0]?.session, 'meet/S1');
    const batch = new SessionBatch();
    processEvent(claimed(1, event('room.started', 0)), batch, configured);
    assert.deepEqual(statuses(processEvent(claimed(2, given), batch, configured)), ['S1 live']);
  }
});

test('after the end of the session in the same batch, an event without a session id joins nothing', () => {
  const batch = new SessionBatch();
  processEvent(claimed(1, event('room.ended', 50), { session: live, openSession: live }), batch, configured);
  const late = claimed(2, event('participant.joined', 51, { session: undefined }), { openSession: live });
  assert.deepEqual(statuses(processEvent(late, batch, configured)), []);
});

test('an event without any session fires its rules all the same', () => {
  const given = event('participant.joined', 0, { session: undefined, room: undefined });
  const processed = processEvent(claimed(1, given), new SessionBatch(), configured);
  assert.deepEqual(processed.sessions, []);
  assert.deepEqual(
    processed.deliveries.map(({ session, state }) => [session, state]),
    [['', 'waiting']],
  );
});

test('a session that was silent for 12 hours is given up before its next event, and lives again by it', () => {
  const silent = { ...live, connections: [{ key: 'zoe-1', id: 'zoe', kind: 'human' as const }] };
  const late = claimed(1, event('participant.joined', 13 * 3600), { session: silent });
  const processed = processEvent(late, new SessionBatch(), configured);
  assert.deepEqual(statuses(processed), ['S1 live']);
  assert.deepEqual(
    processed.sessions[0]?.connections.map(({ id }) => id),
    ['anna'],
  );
});

test('a message to a closed destination is suppressed with the reason, and keeps its words for the preview', () => {
  const rules = configuration(
    '  - { id: both, on: participant.joined, send: { to: [ closed, sales ], text: "{{participant.name}} is here" } }\n',
  );
  const processed = processEvent(claimed(1, event('participant.joined', 0)), new SessionBatch(), rules);
  const [closed, open] = processed.deliveries;
  assert.ok(closed?.state === 'suppressed');
  assert.deepEqual([closed.reason, closed.lane], ['no credentials', 'closed:closed']);
  assert.equal(plainText(closed.message.sentence), 'anna is here');
  assert.equal(open?.state, 'waiting');
});

test('a template that throws makes its own message dead with the reason while the others go out', () => {
  const rules = configuration(
    `  - id: file
    on: recording.ready
    send:
      - { to: [ sales, ops ], text: "{{artifact_link recording}}" }
      - { to: sales, text: "a file" }
  - { id: other, on: recording.ready, send: { to: ops, text: "another rule" } }
`,
    {
      artifactLink: () => {
        throw new RangeError('out of range');
      },
    },
  );
  const given = event('recording.ready', 0, { more: { recording: { id: 'r1' } } });
  const processed = processEvent(claimed(1, given), new SessionBatch(), rules);
  const ended = processed.deliveries.map((each) => [
    each.rule,
    each.destination,
    each.state,
    'reason' in each ? each.reason : undefined,
  ]);
  assert.deepEqual(ended, [
    ['file', 'sales', 'dead', 'template text: out of range'],
    ['file', 'ops', 'dead', 'template text: out of range'],
    ['file', 'sales', 'waiting', undefined],
    ['other', 'ops', 'waiting', undefined],
  ]);
  assert.deepEqual(statuses(processed), ['S1 created']);
});

test('the files that a message links to are kept with it', () => {
  const artifact = {
    id: 'file-1',
    source: 'meet',
    kind: 'recording' as const,
    reference: { kind: 'recording' as const, recordId: 'r1' },
    session: 'meet/S1',
    createdAt: at(0).toISOString(),
    expiresAt: at(60).toISOString(),
  };
  const rules = configuration(
    '  - { id: file, on: recording.ready, send: { to: sales, text: "Watch {{artifact_link recording}}" } }\n',
    { artifactLink: () => ({ url: 'https://callboard.example/a/x', artifact }) },
  );
  const given = event('recording.ready', 0, { more: { recording: { id: 'r1' } } });
  const processed = processEvent(claimed(1, given), new SessionBatch(), rules);
  assert.deepEqual(processed.artifacts, [artifact]);
});

const fanOut = configuration(`  - id: one
    on: participant.joined
    send:
      - { to: [ sales, ops ], text: "a" }
      - { to: sales, text: "b" }
  - { id: two, on: participant.joined, send: { to: sales, text: "c" } }
`);

test('the same decision has the same ids, and each of its messages another', () => {
  const given = event('participant.joined', 0);
  const ids = (sequence: number) =>
    processEvent(claimed(sequence, given), new SessionBatch(), fanOut).deliveries.map(({ id }) => id);
  const first = ids(1);
  assert.equal(first.length, 4);
  for (const id of first)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(ids(1), first);
  assert.equal(new Set([...first, ...ids(2)]).size, 8);
});

test('what a rule says does not change the id of its message, so a reworded retry is no second message', () => {
  const given = claimed(1, event('participant.joined', 0));
  const reworded = configuration(everyJoin.replace('{{participant.name}}', 'somebody'));
  const id = (using: typeof configured) => processEvent(given, new SessionBatch(), using).deliveries[0]?.id;
  assert.equal(id(reworded), id(configured));
});

const once = configuration(
  `  - { id: once, on: participant.joined, once_per: [ session.id, participant.id ], send: { to: sales, text: "x" } }
`,
);

test('a rule that fires takes the key of what it is said once per', () => {
  const keys = ['anna', 'anna', 'ben'].map((who, sequence) => {
    const given = claimed(sequence, event('participant.joined', 0, { who }));
    return processEvent(given, new SessionBatch(), once).memory.taken[0]?.key;
  });
  assert.ok(keys[0]);
  assert.equal(keys[1], keys[0]);
  assert.notEqual(keys[2], keys[0]);
});

test('a rule whose once-key has a missing field says nothing, and the log says why', () => {
  const given = claimed(1, event('participant.joined', 0, { session: undefined, room: undefined }));
  const { deliveries, log, memory } = processEvent(given, new SessionBatch(), once);
  const reason = 'once_per: session.id is missing';
  assert.deepEqual(log, [{ rule: 'once', at: at(0).toISOString(), silent: 'key missing', reason }]);
  assert.deepEqual([deliveries, memory.taken], [[], []]);
});

test('the address of the room is that of its source, with the id encoded', () => {
  const rules = configuration(
    '  - { id: joined, on: participant.joined, send: { to: sales, text: "{{link room.url \\"Join\\"}}" } }\n',
  );
  const given = claimed(1, event('participant.joined', 0, { room: 'a/b c?d' }));
  const [piece] = processEvent(given, new SessionBatch(), rules).deliveries[0]?.message.sentence ?? [];
  assert.equal(piece?.kind === 'link' && piece.url, 'https://meet.example/a%2Fb%20c%3Fd');
});

test('a timer that cannot be decided ends with its reason, and those behind it fire', () => {
  const { rulebook } =
    configuration(`  - { id: broken, on: room.started, still_true_after: 1m, send: { to: sales, text: a } }
  - { id: sound, on: room.started, still_true_after: 2m, send: { to: sales, text: b } }
`);
  const [broken, ...others] = rulebook.rules;
  assert.ok(broken);
  let asked = 0;
  const where = {
    ...broken.where,
    holds: () => {
      if (asked++ > 0) throw new Error('nobody knows');
      return true;
    },
  };
  const rules = [{ ...broken, where }, ...others];
  const memory = new Memory();
  const run = new Run({
    rulebook: {
      ...rulebook,
      rules,
      byId: new Map(rules.map((rule) => [rule.id, rule])),
      matcher: createMatcher(rules),
    },
    memory,
    sessions: new SessionBatch(),
    now: at(0),
  });
  run.event(claimed(1, event('room.started', 0)));
  const decided = run.timers(at(600)).flatMap(({ decisions }) => decisions);
  assert.deepEqual(
    decided.map((each) => [each.rule.id, each.kind === 'silent' ? each.reason : each.kind]),
    [
      ['broken', 'it could not be decided: nobody knows'],
      ['sound', 'fires'],
    ],
  );
  assert.equal(memory.nextDue(at(6000)), undefined);
});

test('a rule may say how long links to files work', () => {
  const asked: unknown[] = [];
  const using = configuration(
    `  - id: ready
    on: recording.ready
    send:
      - { to: sales, text: "{{artifact_link recording}}", link_expiry: 7d }
      - { to: ops, text: "{{artifact_link recording}}" }
`,
    {
      artifactLink: (_facts, _target, options) => {
        asked.push(options);
        return undefined;
      },
    },
  );
  const given = event('recording.ready', 0, { more: { recording: { id: 'R1' } } });
  processEvent(claimed(1, given), new SessionBatch(), using);
  assert.deepEqual(asked, [{ expiresMs: 7 * 86_400_000 }, { expiresMs: undefined }]);
});
