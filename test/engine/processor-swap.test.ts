import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Store, StoreUnavailable } from '#store/store.ts';
import { joins, Pipeline } from './processor-setup.ts';
import { configuration } from './setup.ts';

/** Two rules that wait, the second for as long as given. */
const waiting = (after = '5m', words = 'x', id = 'second') =>
  configuration(`  - { id: first, on: participant.joined, still_true_after: 5m, send: { to: sales, text: "${words}" } }
  - { id: ${id}, on: participant.joined, still_true_after: ${after}, send: { to: ops, text: "${words}" } }
`);

const original = waiting();

/** A pipeline that has taken its first rules over, as at every start. */
async function started(rules = original, wrap?: (store: Store) => Store): Promise<Pipeline> {
  const pipeline = await Pipeline.open(rules, { wrap });
  pipeline.processor.start();
  await pipeline.processor.swap(rules);
  return pipeline;
}

test('other rules in the middle end the timers of a rule that changed, visibly, and lose none of the others', async () => {
  await using pipeline = await started();
  await pipeline.append(joins('anna'), joins('ben'));
  await pipeline.steps(2);
  const ended = await pipeline.processor.swap(waiting('6m'));
  assert.deepEqual(ended, [{ rule: 'second', reason: 'rule changed', ended: 2 }]);
  await pipeline.append(joins('cleo'));
  await pipeline.steps(3);
  pipeline.setClock(1000);
  await pipeline.steps(7);
  await pipeline.settled();
  assert.deepEqual(await pipeline.messages(), ['first: x', 'first: x', 'first: x', 'second: x']);
});

test('a rule that is only reworded keeps its timers, and they speak in the new words', async () => {
  await using pipeline = await started();
  await pipeline.append(joins('anna'));
  await pipeline.steps(1);
  assert.deepEqual(await pipeline.processor.swap(waiting('5m', 'y')), []);
  pipeline.setClock(300);
  await pipeline.steps(3);
  assert.deepEqual((await pipeline.messages()).toSorted(), ['first: y', 'second: y']);
});

test('a rule that is gone or switched off ends its timers, and they do not come back with it', async () => {
  await using pipeline = await started();
  await pipeline.append(joins('anna'));
  await pipeline.steps(1);
  const without = configuration(
    `  - { id: first, on: participant.joined, still_true_after: 5m, send: { to: sales, text: x } }
  - { id: second, enabled: false, on: participant.joined, still_true_after: 5m, send: { to: ops, text: x } }
`,
  );
  const ended = await pipeline.processor.swap(without);
  assert.deepEqual(
    ended.map(({ rule, ended: count }) => [rule, count]),
    [['second', 1]],
  );
  await pipeline.processor.swap(original);
  pipeline.setClock(300);
  await pipeline.steps(2);
  await pipeline.settled();
  assert.deepEqual(await pipeline.messages(), ['first: x']);
});

const renamed = (id: string) =>
  configuration(`  - { ${id}, on: participant.joined, still_true_after: 5m, once_per: [ participant.id ],
    at_most: { n: 1, per: 1h }, send: { to: sales, text: "{{participant.name}} +{{held}}" } }
`);

test('a renamed rule takes its timers, once-keys and limits along', async () => {
  await using pipeline = await started(renamed('id: old'));
  await pipeline.append(joins('anna'), joins('ben'));
  await pipeline.steps(2);
  pipeline.setClock(300);
  await pipeline.steps(4);
  await pipeline.append(joins('ben', 'S2'), joins('anna', 'S2'));
  await pipeline.steps(6);
  assert.deepEqual(await pipeline.processor.swap(renamed('id: new, was: old')), []);
  pipeline.setClock(600);
  await pipeline.steps(8);
  pipeline.setClock(4000);
  await pipeline.append(joins('cleo'));
  await pipeline.steps(9);
  pipeline.setClock(4300);
  await pipeline.steps(10);
  assert.deepEqual(
    pipeline.told.slice(2).flatMap(({ rules: each }) => each),
    [
      'old: fires',
      'old: limit',
      'old: waits',
      'old: waits',
      'new: limit',
      'new: already told',
      'new: waits',
      'new: fires',
    ],
  );
  assert.deepEqual(await pipeline.messages(), ['old: anna +0', 'new: cleo +2']);
});

const keyed = (where: string, key: string) =>
  configuration(`  - { id: once, on: participant.joined, where: ${where}, once_per: ${key}, send: { to: sales, text: "{{participant.name}}" } }
`);

test('a changed condition announces no old news again, a changed once-key does', async () => {
  await using pipeline = await started(keyed('{}', '[ participant.id ]'));
  await pipeline.append(joins('anna'));
  await pipeline.steps(1);
  await pipeline.processor.swap(keyed('{ session.present: { at_least: 1 } }', '[ participant.id ]'));
  await pipeline.append(joins('anna', 'S2'));
  await pipeline.steps(2);
  await pipeline.processor.swap(keyed('{ session.present: { at_least: 1 } }', '[ participant.id, room.id ]'));
  await pipeline.append(joins('anna', 'S3'), joins('anna', 'S3'));
  await pipeline.steps(4);
  assert.deepEqual(
    pipeline.told.flatMap(({ rules: each }) => each),
    ['once: fires', 'once: already told', 'once: fires', 'once: already told'],
  );
});

test('a held message ends when its rule means something else, and stays when its rule is reworded', async () => {
  const quiet = 'quiet_hours: { always: { from: "00:00", to: "24:00", then: hold, default: true } }\n';
  const rules = (text: string, where = '') =>
    configuration(
      `  - { id: night, on: participant.joined, ${where}send: { to: sales, text: "${text}" } }\n`,
      {},
      quiet,
    );
  await using pipeline = await started(rules('x'));
  await pipeline.append(joins('anna'));
  await pipeline.steps(1);
  const held = ['night: x (held: quiet hours: always)'];
  assert.deepEqual(await pipeline.messages(), held);
  assert.deepEqual(await pipeline.processor.swap(rules('y')), []);
  assert.deepEqual(await pipeline.messages(), held);
  const ended = await pipeline.processor.swap(rules('y', 'where: { session.present: 7 }, '));
  assert.deepEqual(ended, [{ rule: 'night', reason: 'rule changed', ended: 1 }]);
  assert.deepEqual(await pipeline.messages(), ['night: x (suppressed: rule changed)']);
});

test('a swap that the store cannot note is refused, and the rules that were there go on', async () => {
  let isAway = false;
  const wrap = (store: Store) => {
    const adopt = store.adoptRules.bind(store);
    return Object.assign(store, {
      adoptRules: (prints: Parameters<typeof adopt>[0]) =>
        isAway ? Promise.reject(new StoreUnavailable('the disk is full')) : adopt(prints),
    });
  };
  await using pipeline = await started(original, wrap);
  isAway = true;
  await assert.rejects(pipeline.processor.swap(waiting('1m')), StoreUnavailable);
  assert.equal(pipeline.processor.configuration, original);
  await pipeline.append(joins('anna'));
  await pipeline.steps(1);
  pipeline.setClock(300);
  await pipeline.steps(3);
  assert.equal((await pipeline.messages()).length, 2);
});

test('of two swaps at once the newer one is taken, and one that the end of the program overtakes is refused', async () => {
  await using pipeline = await started();
  const older = pipeline.processor.swap(waiting('1m'));
  const newest = waiting('2m');
  const newer = pipeline.processor.swap(newest);
  await assert.rejects(older, /newer rules/);
  await newer;
  assert.equal(pipeline.processor.configuration, newest);
  await pipeline.processor.stop();
});
