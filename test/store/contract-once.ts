import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OnceKey } from '#domain/memory.ts';
import type { Store } from '#store/store.ts';
import type { OpenEmpty } from './contract.ts';
import { at, noChanges, noQuery, remember, timerStep } from './samples.ts';

const once = (key: string, rule = 'vip'): OnceKey => ({ rule, key });

async function heldOf(store: Store, keys: readonly OnceKey[]): Promise<readonly OnceKey[]> {
  const { held } = await store.loadMemory({ ...noQuery, once: keys });
  return held;
}

export function testOnceKeys(open: OpenEmpty): void {
  test('a once-key that is taken is held, by its rule alone', async () => {
    await using store = await open({ now: () => at(0) });
    await remember(store, { taken: [once('a'), once('b', 'other')] });
    const asked = [once('b'), once('a'), once('a', 'other'), once('b', 'other'), once('')];
    assert.deepEqual(await heldOf(store, asked), [once('a'), once('b', 'other')]);
  });

  test('a once-key is held until the time it was taken for has passed', async () => {
    let seconds = 0;
    await using store = await open({ now: () => at(seconds) });
    await remember(store, { taken: [once('a')] }, at(10));
    seconds = 10;
    assert.deepEqual(await heldOf(store, [once('a')]), [once('a')]);
    seconds = 11;
    assert.deepEqual(await heldOf(store, [once('a')]), []);
    await remember(store, { taken: [once('a')] }, at(21));
    assert.deepEqual(await heldOf(store, [once('a')]), [once('a')]);
  });

  test('a once-key that is used is held on, and never for a shorter time', async () => {
    let seconds = 0;
    await using store = await open({ now: () => at(seconds) });
    await remember(store, { taken: [once('used'), once('unused')] }, at(10));
    await remember(store, { used: [once('used')] }, at(20));
    await remember(store, { used: [once('used')] }, at(15));
    seconds = 20;
    assert.deepEqual(await heldOf(store, [once('used'), once('unused')]), [once('used')]);
    seconds = 21;
    assert.deepEqual(await heldOf(store, [once('used')]), []);
  });

  test('a once-key that is freed is free at once, and no other', async () => {
    await using store = await open({ now: () => at(0) });
    await remember(store, { taken: [once('a'), once('b'), once('a', 'other')] });
    await remember(store, { freed: [once('a'), once('never taken')] });
    const asked = [once('a'), once('b'), once('a', 'other'), once('never taken')];
    assert.deepEqual(await heldOf(store, asked), [once('b'), once('a', 'other')]);
  });

  test('within a step a key that is used and freed is free, one that is freed and taken is held', async () => {
    await using store = await open({ now: () => at(0) });
    await remember(store, { taken: [once('a'), once('b')] });
    await remember(store, {
      used: [once('a'), once('b')],
      freed: [once('a'), once('b')],
      taken: [once('b')],
    });
    assert.deepEqual(await heldOf(store, [once('a'), once('b')]), [once('b')]);
  });

  test('the steps of a call change once-keys in their order', async () => {
    await using store = await open({ now: () => at(0) });
    const take = timerStep(1, { memory: { ...noChanges, taken: [once('a')] } });
    const free = timerStep(2, { memory: { ...noChanges, freed: [once('a')] } });
    await store.settle([take, free], at(10));
    assert.deepEqual(await heldOf(store, [once('a')]), []);
    await store.settle([free, take], at(10));
    assert.deepEqual(await heldOf(store, [once('a')]), [once('a')]);
  });

  test('pruning forgets the once-keys that ended, and no others', async () => {
    let seconds = 0;
    await using store = await open({ now: () => at(seconds) });
    const many = Array.from({ length: 4_500 }, (_, index) => once(`k${index}`, `r${index % 3}`));
    const lasting = [once('first', 'a'), once('k1', 'r2'), once('last', 'z')];
    await remember(store, { taken: many }, at(10));
    await remember(store, { taken: lasting }, at(20));
    assert.equal(await store.prune(at(10)), 0);
    assert.equal(await store.prune(at(11)), many.length);
    assert.equal(await store.prune(at(11)), 0);
    assert.deepEqual(await heldOf(store, [...many, ...lasting]), lasting);
    seconds = 21;
    assert.equal(await store.prune(at(21)), lasting.length);
  });
}
