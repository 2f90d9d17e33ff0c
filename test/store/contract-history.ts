import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenEmpty } from './contract.ts';
import {
  at,
  claimedSequence,
  key,
  meetingEvent,
  noChanges,
  settle,
  step,
  timerStep,
  webhook,
} from './samples.ts';

const now = (): Date => at(0);

const note = (rule: string, text: string) => ({ rule, at: at(0).toISOString(), silent: text });

export function testHistory(open: OpenEmpty): void {
  test('an event is found as it was accepted, before and after it is finished', async () => {
    await using store = await open({ now });
    const sent = webhook('e1', { session: 'S1', receivedAt: at(7), meanings: [key('m1')] });
    await store.append(sent);
    await store.append(webhook('e2', { meanings: [key('m1')] }));
    const [first, second] = await store.claimEvents({ now: at(8), limit: 9, leaseMs: 1000 });
    assert.ok(first && second);
    const { sequence } = first;
    const accepted = { sequence, receivedAt: at(7), event: sent.events[0]?.event, isRepeat: false };
    assert.deepEqual(await store.findEvent(sequence), accepted);
    await settle(store, step(sequence));
    assert.deepEqual(await store.findEvent(sequence), accepted);
    assert.equal((await store.findEvent(second.sequence))?.isRepeat, true);
    assert.equal(await store.findEvent(second.sequence + 1), undefined);
    assert.equal(await store.findEvent(0), undefined);
  });

  test('events are listed in order, after a sequence and since a moment, page by page', async () => {
    await using store = await open({ now });
    const seconds = Array.from({ length: 50 }, (_, index) => index * 100);
    for (const second of seconds) {
      await store.append(webhook(`e${second}`, { receivedAt: at(second) }));
      await store.append({ ...webhook('-', { receivedAt: at(second) }), events: [] });
    }
    const list = async (after: number, since: number, limit = 99) =>
      store.listEvents({ after, since: at(since), limit });
    const idsOf = (listed: Awaited<ReturnType<typeof list>>) => listed.map(({ event }) => event.event.id);
    const ids = (from: number) => seconds.filter((second) => second >= from).map((second) => `e${second}`);
    assert.deepEqual(idsOf(await list(0, -1)), ids(0));
    for (const since of [0, 1, 100, 2350, 4899, 4900]) {
      assert.deepEqual(idsOf(await list(0, since)), ids(since), `since ${since}`);
    }
    assert.deepEqual(await list(0, 4901), []);
    const pages: (string | undefined)[][] = [];
    for (let after = 0; ; ) {
      const page = await list(after, 1000, 7);
      if (page.length === 0) break;
      pages.push(idsOf(page));
      after = page.at(-1)?.sequence ?? Number.POSITIVE_INFINITY;
    }
    assert.deepEqual(pages.flat(), ids(1000));
    assert.equal(pages.length, Math.ceil(ids(1000).length / 7));
    assert.deepEqual(await list(1_000_000, 0), []);
  });

  test('events are listed with those that were accepted while the clock had been set back', async () => {
    await using store = await open({ now });
    for (const second of [0, 200, 190, 195, 300, 310]) {
      await store.append(webhook(`e${second}`, { receivedAt: at(second) }));
    }
    const listed = await store.listEvents({ after: 0, since: at(200), limit: 9 });
    assert.deepEqual(
      listed.map(({ event }) => event.event.id),
      ['e200', 'e300', 'e310'],
    );
  });

  test('an inbox without events lists none', async () => {
    await using store = await open({ now });
    assert.deepEqual(await store.listEvents({ after: 0, since: at(0), limit: 9 }), []);
    await store.append({ ...webhook('-'), events: [] });
    assert.deepEqual(await store.listEvents({ after: 0, since: at(0), limit: 9 }), []);
  });

  test('what became of rules at an event is kept in order, with that of its timers later', async () => {
    await using store = await open({ now });
    const first = await claimedSequence(store, 'e1');
    const second = await claimedSequence(store, 'e2');
    await settle(store, step(first, { log: [note('b', 'waits'), note('a', 'Zoë "🎉"')] }));
    await settle(store, step(second, { log: [note('c', 'waits')] }));
    await settle(store, timerStep(first, { log: [note('b', 'no longer true')] }));
    await settle(store, timerStep(first, { log: [note('a', 'followed')] }));
    assert.deepEqual(await store.listDecisions(first), [
      note('b', 'waits'),
      note('a', 'Zoë "🎉"'),
      note('b', 'no longer true'),
      note('a', 'followed'),
    ]);
    assert.deepEqual(await store.listDecisions(second), [note('c', 'waits')]);
  });

  test('where no rule had a say there is nothing to tell', async () => {
    await using store = await open({ now });
    const sequence = await claimedSequence(store, 'e1');
    await settle(store, step(sequence, { memory: noChanges, log: [] }));
    assert.deepEqual(await store.listDecisions(sequence), []);
    assert.deepEqual(await store.listDecisions(99), []);
  });

  test('an event of several in one webhook is found by its own sequence', async () => {
    await using store = await open({ now });
    const events = ['a', 'b'].map((id) => ({ event: meetingEvent(id), keys: [] }));
    await store.append({ ...webhook('-'), events });
    const listed = await store.listEvents({ after: 0, since: at(0), limit: 9 });
    const found = await Promise.all(listed.map(({ sequence }) => store.findEvent(sequence)));
    assert.deepEqual(found, listed);
    assert.deepEqual(
      found.map((each) => each?.event.event.id),
      ['a', 'b'],
    );
  });

  test('a document is kept under its name, and replaced as a whole', async () => {
    await using store = await open({ now });
    assert.equal(await store.findDocument('rules'), undefined);
    await store.saveDocument('rules', 'version: 1 # Zoë "🎉"\n');
    await store.saveDocument('other', '');
    assert.equal(await store.findDocument('rules'), 'version: 1 # Zoë "🎉"\n');
    assert.equal(await store.findDocument('other'), '');
    await store.saveDocument('rules', 'version: 2\n');
    assert.equal(await store.findDocument('rules'), 'version: 2\n');
    assert.equal(await store.findDocument('Rules'), undefined);
  });
}
