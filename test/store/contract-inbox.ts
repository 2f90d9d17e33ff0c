import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenEmpty } from './contract.ts';
import { at, claimIds, dayMs, key, meetingEvent, session, settle, step, webhook } from './samples.ts';

const now = (): Date => at(0);

export function testInbox(open: OpenEmpty): void {
  test('an event comes back as it was stored', async () => {
    await using store = await open({ now });
    const stored = webhook('e1', { session: 'S1', room: 'Sales', receivedAt: at(7) });
    assert.deepEqual(await store.append(stored), { kind: 'stored' });
    const [claimed, ...rest] = await store.claimEvents({ now: at(8), limit: 10, leaseMs: 1000 });
    assert.equal(rest.length, 0);
    assert.ok(claimed);
    assert.deepEqual(claimed.event, stored.events[0]?.event);
    assert.deepEqual(claimed.receivedAt, at(7));
    assert.equal(claimed.isRepeat, false);
    assert.equal(claimed.failures, 0);
    assert.equal('session' in claimed || 'openSession' in claimed, false);
  });

  test('all events of a webhook are stored, in their order', async () => {
    await using store = await open({ now });
    const events = ['a', 'b', 'c'].map((id) => ({ event: meetingEvent(id), keys: [] }));
    await store.append({ ...webhook('-'), events });
    assert.deepEqual(await claimIds(store), ['a', 'b', 'c']);
  });

  test('events are given out in the order of acceptance, with rising sequences', async () => {
    await using store = await open({ now });
    const ids = Array.from({ length: 50 }, (_, index) => `e${index}`);
    await Promise.all(ids.map((id, index) => store.append(webhook(id, { session: `S${index % 3}` }))));
    const claimed = await store.claimEvents({ now: at(0), limit: 100, leaseMs: 1000 });
    assert.deepEqual(
      claimed.map(({ event }) => event.event.id),
      ids,
    );
    const sequences = claimed.map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences,
      [...new Set(sequences)].sort((one, other) => one - other),
    );
  });

  test('no more events are given out than asked for', async () => {
    await using store = await open({ now });
    for (const id of ['a', 'b', 'c']) await store.append(webhook(id));
    assert.deepEqual(await claimIds(store, at(0), 2), ['a', 'b']);
    assert.deepEqual(await claimIds(store, at(0), 2), ['c']);
  });

  test('a webhook that says nothing in our words is kept, and nothing waits for it', async () => {
    await using store = await open({ now });
    const silent = { ...webhook('-', { keys: [key('w1')] }), events: [] };
    assert.deepEqual(await store.append(silent), { kind: 'stored' });
    assert.deepEqual(await store.append(silent), { kind: 'duplicate' });
    assert.deepEqual(await claimIds(store), []);
    assert.equal((await store.counts()).eventsWaiting, 0);
  });

  test('a webhook with a known key is a duplicate, and nothing of it is stored', async () => {
    await using store = await open({ now });
    await store.append(webhook('first', { keys: [key('w1')] }));
    const again = webhook('again', { keys: [key('w0'), key('w1')], meanings: [key('m1')] });
    assert.deepEqual(await store.append(again), { kind: 'duplicate' });
    const other = webhook('other', { keys: [key('w0')], meanings: [key('m1')] });
    assert.deepEqual(await store.append(other), { kind: 'stored' });
    const claimed = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 1000 });
    assert.deepEqual(
      claimed.map(({ event, isRepeat }) => [event.event.id, isRepeat]),
      [
        ['first', false],
        ['other', false],
      ],
    );
  });

  test('of equal webhooks that arrive together one is stored', async () => {
    await using store = await open({ now });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => store.append(webhook('e', { keys: [key('w1')] }))),
    );
    assert.equal(answers.filter(({ kind }) => kind === 'stored').length, 1);
    assert.deepEqual(await claimIds(store), ['e']);
  });

  test('a key is known for as long as it is kept', async () => {
    await using store = await open({ now });
    const receive = (seconds: number) =>
      store.append(webhook(`e${seconds}`, { keys: [key('w1', undefined, 10_000)], receivedAt: at(seconds) }));
    assert.equal((await receive(0)).kind, 'stored');
    assert.equal((await receive(10)).kind, 'duplicate');
    assert.equal((await receive(11)).kind, 'stored');
    assert.equal((await receive(21)).kind, 'duplicate');
  });

  test('keys of two sources have nothing to do with each other', async () => {
    await using store = await open({ now });
    await store.append(webhook('e', { keys: [key('w1')] }));
    const other = webhook('e', { source: 'live', keys: [key('w1')] });
    assert.equal((await store.append(other)).kind, 'stored');
  });

  test('the key of a delivery says nothing about the meaning of an event', async () => {
    await using store = await open({ now });
    await store.append(webhook('e', { keys: [key('same')], meanings: [key('same')] }));
    const [claimed] = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 1000 });
    assert.equal(claimed?.isRepeat, false);
  });

  test('the same news under another id is stored as a repeat', async () => {
    await using store = await open({ now });
    await store.append(webhook('e1', { keys: [key('w1')], meanings: [key('m1'), key('m1')] }));
    const again = webhook('e2', { keys: [key('w2')], meanings: [key('m0'), key('m1')] });
    assert.equal((await store.append(again)).kind, 'stored');
    const claimed = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 1000 });
    assert.deepEqual(
      claimed.map(({ isRepeat }) => isRepeat),
      [false, true],
    );
  });

  test('a key whose value alternates lets a genuine return pass', async () => {
    await using store = await open({ now });
    const values = ['joined', 'joined', 'left', 'left', 'joined', undefined, undefined, 'joined'];
    for (const [index, value] of values.entries()) {
      await store.append(webhook(`e${index}`, { meanings: [key('person', value)] }));
    }
    const claimed = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 1000 });
    assert.deepEqual(
      claimed.map(({ isRepeat }) => isRepeat),
      [false, true, false, true, false, false, true, false],
    );
  });

  test('an event is not given out twice while its lease lasts, and then counted as a failure', async () => {
    await using store = await open({ now });
    await store.append(webhook('e'));
    const claim = (seconds: number) => store.claimEvents({ now: at(seconds), limit: 9, leaseMs: 10_000 });
    assert.equal((await claim(0))[0]?.failures, 0);
    assert.deepEqual(await claim(9), []);
    assert.equal((await claim(10))[0]?.failures, 1);
  });

  test('a leased event holds the later ones of its session, and no others', async () => {
    await using store = await open({ now });
    await store.append(webhook('a1', { session: 'A', room: 'x' }));
    assert.deepEqual(await claimIds(store), ['a1']);
    await store.append(webhook('a2', { session: 'A', room: 'y' }));
    await store.append(webhook('b1', { session: 'B', room: 'x' }));
    await store.append(webhook('a3', { source: 'live', session: 'A' }));
    await store.append(webhook('free'));
    assert.deepEqual(await claimIds(store), ['b1', 'a3', 'free']);
  });

  test('events without a session are held by their room, whatever its case', async () => {
    await using store = await open({ now });
    await store.append(webhook('r1', { room: 'Sales' }));
    assert.deepEqual(await claimIds(store), ['r1']);
    await store.append(webhook('r2', { room: 'SALES' }));
    await store.append(webhook('q1', { room: 'Support' }));
    assert.deepEqual(await claimIds(store), ['q1']);
  });

  test('events without session and room hold nobody', async () => {
    await using store = await open({ now });
    await store.append(webhook('a'));
    assert.deepEqual(await claimIds(store), ['a']);
    await store.append(webhook('b'));
    assert.deepEqual(await claimIds(store), ['b']);
  });

  test('an event that waits for another try holds its session until it is done', async () => {
    await using store = await open({ now });
    await store.append(webhook('a1', { session: 'A' }));
    await store.append(webhook('a2', { session: 'A' }));
    const [first, second] = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 10_000 });
    assert.ok(first && second);
    await store.failEvent(first.sequence, 'no luck', at(30));
    await store.failEvent(second.sequence, 'no luck', at(5));
    assert.deepEqual(await claimIds(store, at(29)), []);
    const again = await store.claimEvents({ now: at(30), limit: 9, leaseMs: 10_000 });
    assert.deepEqual(
      again.map(({ event, failures }) => [event.event.id, failures]),
      [
        ['a1', 1],
        ['a2', 1],
      ],
    );
  });

  test('an event that is set aside is counted, and its session goes on', async () => {
    await using store = await open({ now });
    await store.append(webhook('a1', { session: 'A' }));
    const [first] = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 10_000 });
    assert.ok(first);
    await store.append(webhook('a2', { session: 'A' }));
    await store.failEvent(first.sequence, 'broken', 'never');
    assert.deepEqual(await claimIds(store), ['a2']);
    const { eventsWaiting, eventsFailed } = await store.counts();
    assert.deepEqual({ eventsWaiting, eventsFailed }, { eventsWaiting: 1, eventsFailed: 1 });
    assert.deepEqual(await claimIds(store, at(dayMs / 1000)), ['a2']);
  });

  test('released events come back as if never claimed', async () => {
    await using store = await open({ now });
    await store.append(webhook('a'));
    const [claimed] = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 10_000 });
    assert.ok(claimed);
    await store.releaseEvents([claimed.sequence]);
    await store.releaseEvents([claimed.sequence]);
    const [again] = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 10_000 });
    assert.deepEqual(again, claimed);
  });

  test('an event comes with the session it names and with the newest open one of its room', async () => {
    await using store = await open({ now });
    const old = session('S1', { status: 'live', roomId: 'Sales' });
    const open2 = session('S2', { status: 'created', roomId: 'SALES', title: 'Sales call' });
    const ended = session('S3', { status: 'ended', roomId: 'sales' });
    await store.saveSessions([old, open2, ended]);
    await store.saveSessions([{ ...old, peak: 4 }]);
    await store.append(webhook('a', { session: 'S1', room: 'sales' }));
    await store.append(webhook('b', { room: 'sales' }));
    await store.append(webhook('c', { session: 'S3' }));
    await store.append(webhook('d', { source: 'live', session: 'S1', room: 'sales' }));
    await store.append(webhook('e', { session: 'S9', room: 'empty' }));
    const claimed = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 10_000 });
    assert.deepEqual(
      claimed.map((each) => [each.event.event.id, each.session, each.openSession]),
      [
        ['a', { ...old, peak: 4 }, open2],
        ['b', undefined, open2],
        ['c', ended, undefined],
        ['d', undefined, undefined],
        ['e', undefined, undefined],
      ],
    );
  });

  test('finished events are gone from those that wait', async () => {
    await using store = await open({ now });
    await store.append(webhook('a', { session: 'A' }));
    const [claimed] = await store.claimEvents({ now: at(0), limit: 9, leaseMs: 10_000 });
    assert.ok(claimed);
    assert.equal((await store.counts()).eventsWaiting, 1);
    assert.equal(await settle(store, step(claimed.sequence)), true);
    assert.equal((await store.counts()).eventsWaiting, 0);
    await store.failEvent(claimed.sequence, 'too late', 'never');
    assert.equal((await store.counts()).eventsFailed, 0);
    assert.deepEqual(await claimIds(store, at(3600)), []);
  });
}
