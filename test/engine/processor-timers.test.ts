import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joins, Pipeline } from './processor-setup.ts';
import { at, configuration, event } from './setup.ts';

const stays = configuration(
  `  - { id: stays, on: participant.joined, where: { session.present: { at_least: 1 } }, still_true_after: 5m,
      send: { to: sales, text: "{{participant.name}} {{#if late}}late by {{late}}{{/if}}" } }
`,
);
const leaves = (who: string, session = 'S1') => event('participant.left', 0, { session, room: session, who });

test('a timer fires when its time has come, and once', async () => {
  await using pipeline = await Pipeline.open(stays);
  pipeline.processor.start();
  await pipeline.append(joins('anna'));
  await pipeline.steps(1);
  pipeline.setClock(299);
  await pipeline.settled();
  assert.deepEqual(await pipeline.messages(), []);
  pipeline.setClock(300);
  await pipeline.steps(2);
  pipeline.setClock(1000);
  await pipeline.settled();
  assert.deepEqual(await pipeline.messages(), ['stays: anna']);
  assert.deepEqual(pipeline.told, [
    { who: 'anna', rules: ['stays: waits'] },
    { who: undefined, rules: ['stays: fires'] },
  ]);
});

test('a message says how late it is from a minute on', async () => {
  for (const [seconds, words] of [
    [359, 'stays: anna'],
    [360, 'stays: anna'],
    [361, 'stays: anna late by 61'],
  ] as const) {
    await using pipeline = await Pipeline.open(stays);
    pipeline.processor.start();
    await pipeline.append(joins('anna'));
    await pipeline.steps(1);
    pipeline.setClock(seconds);
    await pipeline.steps(2);
    assert.deepEqual(await pipeline.messages(), [words]);
  }
});

test('600 timers that are due at the same moment all fire, each once', { timeout: 30_000 }, async () => {
  await using pipeline = await Pipeline.open(stays);
  const people = Array.from({ length: 600 }, (_, index) => `p${index}`);
  const events = people.map((who) => ({ event: joins(who), keys: [] }));
  await pipeline.store.append({ source: 'meet', native: 'x', receivedAt: at(0), keys: [], events });
  pipeline.processor.start();
  await pipeline.steps(600);
  pipeline.setClock(300);
  await pipeline.steps(1200);
  await pipeline.settled();
  const messages = await pipeline.messages();
  assert.deepEqual(messages.toSorted(), people.map((who) => `stays: ${who}`).toSorted());
});

test('a timer waits for the events that came before it, however they are put back', async () => {
  let isBroken = true;
  const { matcher } = stays.rulebook;
  const match: typeof matcher.match = (type, facts) => {
    if (isBroken && JSON.stringify(facts).includes('"broken')) throw new Error('this event is broken');
    return matcher.match(type, facts);
  };
  await using pipeline = await Pipeline.open({
    ...stays,
    rulebook: { ...stays.rulebook, matcher: { match } },
  });
  pipeline.processor.start();
  await pipeline.append(joins('anna'));
  await pipeline.steps(1);
  pipeline.setClock(290);
  await pipeline.append(joins('broken', 'S2'));
  await pipeline.settled();
  await pipeline.keep(leaves('anna'));
  isBroken = false;
  pipeline.setClock(310);
  await pipeline.steps(3);
  await pipeline.settled();
  assert.deepEqual(pipeline.told.slice(1), [
    { who: 'broken', rules: ['stays: waits'] },
    { who: 'anna', rules: ['stays: no longer true'] },
  ]);
});

test('events and timers that come late together are taken in the order of their times', async () => {
  await using pipeline = await Pipeline.open(stays);
  pipeline.processor.start();
  await pipeline.append(joins('anna'), joins('ben', 'S2'));
  await pipeline.steps(2);
  pipeline.setClock(200);
  await pipeline.settled();
  for (const [seconds, given] of [
    [300, leaves('anna')],
    [301, leaves('ben', 'S2')],
  ] as const) {
    const events = [{ event: given, keys: [] }];
    await pipeline.store.append({ source: 'meet', native: 'x', receivedAt: at(seconds), keys: [], events });
  }
  pipeline.setClock(400);
  await pipeline.steps(5);
  assert.deepEqual(pipeline.told.slice(2), [
    { who: 'anna', rules: ['stays: no longer true'] },
    { who: undefined, rules: ['stays: fires'] },
    { who: 'ben', rules: [] },
  ]);
});

test('a clock that jumps ahead fires every timer once, and one that jumps back none again', async () => {
  await using pipeline = await Pipeline.open(stays);
  pipeline.processor.start();
  await pipeline.append(joins('anna'));
  await pipeline.steps(1);
  pipeline.setClock(10_000);
  await pipeline.steps(2);
  await pipeline.append(joins('ben', 'S2'));
  await pipeline.steps(3);
  pipeline.setClock(100);
  await pipeline.append(joins('cleo', 'S3'));
  await pipeline.steps(4);
  pipeline.setClock(399);
  await pipeline.settled();
  assert.equal(pipeline.told.length, 4);
  pipeline.setClock(400);
  await pipeline.steps(5);
  pipeline.setClock(10_299);
  await pipeline.settled();
  assert.equal(pipeline.told.length, 5);
  pipeline.setClock(10_300);
  await pipeline.steps(6);
  pipeline.setClock(50_000);
  await pipeline.settled();
  assert.deepEqual(await pipeline.messages(), ['stays: anna late by 9,700', 'stays: cleo', 'stays: ben']);
});

test('a clock that is set back before the start’s grace is over delays no timer longer than that', async () => {
  await using pipeline = await Pipeline.open(stays, { seconds: 5000 });
  pipeline.processor.start();
  pipeline.setClock(0);
  await pipeline.append(joins('anna'));
  await pipeline.steps(1);
  pipeline.setClock(300);
  await pipeline.steps(2);
  assert.deepEqual(await pipeline.messages(), ['stays: anna']);
});
