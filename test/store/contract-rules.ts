import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RulePrint, Store } from '#store/store.ts';
import type { OpenEmpty } from './contract.ts';
import { at, delivery, digest, heldDelivery, noQuery, remember, wait, window } from './samples.ts';

const now = (): Date => at(5);

const rule = (id: string, more: Partial<RulePrint> = {}): RulePrint => ({
  id,
  meaning: `meaning of ${id}`,
  once: `once of ${id}`,
  ...more,
});

/** Gives a rule one of everything: a wait, a digest, a window, a once-key and a held message. */
async function fill(store: Store, name: string, mark = name): Promise<void> {
  await remember(store, {
    memos: [
      wait(name, mark, { facts: { mark } }),
      digest(name, mark),
      window(name, mark, { passed: [7], held: 2 }),
    ],
    taken: [{ rule: name, key: mark }],
  });
  await store.enqueue([heldDelivery(`held ${mark}`, at(60), { rule: name })]);
}

/** What a rule has of the things that were made with this mark. */
async function partsOf(store: Store, name: string, mark = name): Promise<readonly string[]> {
  const { memos, held } = await store.loadMemory({
    ...noQuery,
    memos: [wait(name, mark), digest(name, mark), window(name, mark)],
    once: [{ rule: name, key: mark }],
  });
  const message = await store.findDelivery(`held ${mark}`);
  const isHeld = message?.state === 'held' && message.rule === name;
  assert.ok(memos.every((memo) => memo.rule === name));
  return [...memos.map(({ kind }) => kind), ...held.map(() => 'once'), ...(isHeld ? ['held'] : [])];
}

const everything = ['wait', 'digest', 'window', 'once', 'held'];

export function testRules(open: OpenEmpty): void {
  test('rules that are new, or as they were, end nothing', async () => {
    await using store = await open({ now });
    await fill(store, 'before');
    await fill(store, 'a');
    assert.deepEqual(await store.adoptRules([rule('a')]), []);
    assert.deepEqual(await store.adoptRules([rule('b'), rule('a')]), []);
    assert.deepEqual(await store.adoptRules([rule('a'), rule('b')]), []);
    assert.deepEqual(await partsOf(store, 'a'), everything);
    assert.deepEqual(await partsOf(store, 'before'), everything);
  });

  test('a rule that means something else ends its waits, digests and held messages; its once-keys stay', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a'), rule('b')]);
    await fill(store, 'a');
    await fill(store, 'b');
    await remember(store, { memos: [wait('a', 'another')] });
    const changed = rule('a', { meaning: 'another' });
    assert.deepEqual(await store.adoptRules([changed, rule('b')]), [
      { rule: 'a', reason: 'rule changed', ended: 4 },
    ]);
    assert.deepEqual(await partsOf(store, 'a'), ['once']);
    assert.deepEqual(await partsOf(store, 'b'), everything);
    assert.equal(await store.nextTimerDue(at(0)).then((due) => due?.getTime()), at(60).getTime());
    assert.deepEqual((await store.loadMemory({ ...noQuery, sessions: ['meet/S1'] })).memos.length, 1);
    await fill(store, 'a', 'afresh');
    assert.deepEqual(await store.adoptRules([changed, rule('b')]), []);
    assert.deepEqual(await partsOf(store, 'a', 'afresh'), everything);
  });

  test('held messages of a rule that changed end visibly, and its other messages go on', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a')]);
    await store.enqueue([
      heldDelivery('h1', at(60), { rule: 'a' }),
      heldDelivery('h2', at(90), { rule: 'a' }),
      heldDelivery('other', at(60), { rule: 'b' }),
      delivery('waiting', { rule: 'a' }),
    ]);
    const before = Math.max(...(await store.listDeliveries({ limit: 9 })).map(({ change }) => change));
    const ended = await store.adoptRules([rule('a', { meaning: 'another' })]);
    assert.deepEqual(ended, [{ rule: 'a', reason: 'rule changed', ended: 2 }]);
    const changed = await store.listDeliveries({ changedAfter: before, limit: 9 });
    assert.deepEqual(
      changed.map(({ id, state, reason, settledAt }) => [id, state, reason, settledAt]),
      [
        ['h2', 'suppressed', 'rule changed', at(5)],
        ['h1', 'suppressed', 'rule changed', at(5)],
      ],
    );
    assert.equal((await store.findDelivery('other'))?.state, 'held');
    assert.equal((await store.findDelivery('waiting'))?.state, 'waiting');
    const claimed = await store.claimDeliveries({ now: at(100), limit: 9, leaseMs: 10_000 });
    assert.deepEqual(
      claimed.map(({ id }) => id),
      ['other'],
    );
  });

  test('another once_per frees the keys, and ends nothing', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a'), rule('b')]);
    await fill(store, 'a');
    await fill(store, 'b');
    assert.deepEqual(await store.adoptRules([rule('a', { once: 'another' }), rule('b')]), []);
    assert.deepEqual(await partsOf(store, 'a'), ['wait', 'digest', 'window', 'held']);
    assert.deepEqual(await partsOf(store, 'b'), everything);
  });

  test('a rule that is gone ends what it had begun; when it comes back its once-keys are held on', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a'), rule('b')]);
    await fill(store, 'a');
    assert.deepEqual(await store.adoptRules([rule('b')]), [{ rule: 'a', reason: 'rule removed', ended: 3 }]);
    assert.deepEqual(await partsOf(store, 'a'), ['once']);
    assert.equal((await store.findDelivery('held a'))?.reason, 'rule removed');
    assert.deepEqual(await store.adoptRules([rule('b')]), []);
    await remember(store, { memos: [wait('a', 'a')] });
    assert.deepEqual(await store.adoptRules([rule('a', { meaning: 'another' }), rule('b')]), []);
    assert.deepEqual(await partsOf(store, 'a'), ['wait', 'once']);
  });

  test('a rule that comes back with another once_per begins with free keys', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a')]);
    await fill(store, 'a');
    await store.adoptRules([]);
    await store.adoptRules([rule('a', { once: 'another' })]);
    assert.deepEqual(await partsOf(store, 'a'), []);
  });

  test('a renamed rule keeps all that it remembers, and its held messages', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a'), rule('other')]);
    await fill(store, 'a');
    const renamed = { ...rule('a'), id: 'b', was: 'a' };
    assert.deepEqual(await store.adoptRules([renamed, rule('other')]), []);
    assert.deepEqual(await partsOf(store, 'b', 'a'), everything);
    assert.deepEqual(await partsOf(store, 'a'), []);
    const { memos } = await store.loadMemory({ ...noQuery, sessions: ['meet/S1'] });
    assert.deepEqual(memos, [wait('b', 'a', { facts: { mark: 'a' } })]);
    assert.deepEqual(await store.adoptRules([renamed, rule('other')]), []);
    assert.deepEqual(await partsOf(store, 'b', 'a'), everything);
    assert.deepEqual(await store.adoptRules([{ ...rule('a'), id: 'b' }, rule('other')]), []);
    assert.deepEqual(await partsOf(store, 'b', 'a'), everything);
  });

  test('a rule that is renamed and changed ends under its new name', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a')]);
    await fill(store, 'a');
    const renamed = { ...rule('a'), id: 'b', was: 'a', meaning: 'another', once: 'another' };
    assert.deepEqual(await store.adoptRules([renamed]), [{ rule: 'b', reason: 'rule changed', ended: 3 }]);
    assert.deepEqual(await partsOf(store, 'b', 'a'), []);
    const ended = await store.findDelivery('held a');
    assert.deepEqual([ended?.rule, ended?.state, ended?.reason], ['b', 'suppressed', 'rule changed']);
  });

  test('the name that a rule gave up can be taken by a new one, which remembers nothing', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a')]);
    await fill(store, 'a');
    const renamed = { ...rule('a'), id: 'b', was: 'a' };
    await store.adoptRules([renamed]);
    await store.adoptRules([rule('a', { meaning: 'new' }), renamed]);
    await fill(store, 'a', 'new');
    assert.deepEqual(await store.adoptRules([rule('a', { meaning: 'new' }), renamed]), []);
    assert.deepEqual(await partsOf(store, 'a', 'new'), everything);
    assert.deepEqual(await partsOf(store, 'b', 'a'), everything);
    assert.deepEqual(await partsOf(store, 'b', 'new'), []);
  });

  for (const order of ['as written', 'the other way round'] as const) {
    const ordered = (rules: readonly RulePrint[]) => (order === 'as written' ? rules : rules.toReversed());

    test(`rules that take each other's names in a chain keep what is theirs, ${order}`, async () => {
      await using store = await open({ now });
      await store.adoptRules([rule('a'), rule('b')]);
      await fill(store, 'a');
      await fill(store, 'b');
      const chain = ordered([
        { ...rule('a'), id: 'b', was: 'a' },
        { ...rule('b'), id: 'c', was: 'b' },
      ]);
      for (let time = 0; time < 3; time++) {
        assert.deepEqual(await store.adoptRules(chain), []);
        assert.deepEqual(await partsOf(store, 'b', 'a'), everything);
        assert.deepEqual(await partsOf(store, 'c', 'b'), everything);
        assert.deepEqual(await partsOf(store, 'a'), []);
        assert.deepEqual(await partsOf(store, 'b'), []);
      }
    });

    test(`rules that swap their names keep what is theirs, ${order}`, async () => {
      await using store = await open({ now });
      await store.adoptRules([rule('a'), rule('b')]);
      await fill(store, 'a');
      await fill(store, 'b');
      const swapped = ordered([
        { ...rule('a'), id: 'b', was: 'a' },
        { ...rule('b'), id: 'a', was: 'b' },
      ]);
      for (let time = 0; time < 3; time++) {
        assert.deepEqual(await store.adoptRules(swapped), []);
        assert.deepEqual(await partsOf(store, 'b', 'a'), everything);
        assert.deepEqual(await partsOf(store, 'a', 'b'), everything);
      }
    });
  }

  test('a rule that takes the name of one that is gone ends what that one had begun', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a'), rule('b')]);
    await fill(store, 'a');
    await fill(store, 'b');
    const renamed = { ...rule('a'), id: 'b', was: 'a' };
    assert.deepEqual(await store.adoptRules([renamed]), [{ rule: 'b', reason: 'rule removed', ended: 3 }]);
    assert.deepEqual(await partsOf(store, 'b', 'a'), everything);
    assert.deepEqual(await partsOf(store, 'b'), []);
    assert.equal((await store.findDelivery('held b'))?.reason, 'rule removed');
  });

  test('renaming back and forth carries everything along each time', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a')]);
    await fill(store, 'a');
    const there = { ...rule('a'), id: 'b', was: 'a' };
    const back = { ...rule('a'), was: 'b' };
    for (const renamed of [there, back, there]) {
      assert.deepEqual(await store.adoptRules([renamed]), []);
      assert.deepEqual(await partsOf(store, renamed.id, 'a'), everything);
    }
  });

  test('a renaming that was taken back can be made again', async () => {
    await using store = await open({ now });
    const renamed = { ...rule('a'), id: 'b', was: 'a' };
    await store.adoptRules([rule('a')]);
    await fill(store, 'a');
    await store.adoptRules([renamed]);
    assert.deepEqual(await store.adoptRules([rule('a')]), [{ rule: 'b', reason: 'rule removed', ended: 3 }]);
    await fill(store, 'a', 'afresh');
    assert.deepEqual(await store.adoptRules([renamed]), []);
    assert.deepEqual(await partsOf(store, 'b', 'afresh'), everything);
    assert.deepEqual(await partsOf(store, 'b', 'a'), []);
  });

  test('a name that nobody had is no renaming', async () => {
    await using store = await open({ now });
    await store.adoptRules([rule('a')]);
    await fill(store, 'a');
    assert.deepEqual(await store.adoptRules([rule('a', { was: 'never' })]), []);
    assert.deepEqual(await store.adoptRules([rule('a', { was: 'a' })]), []);
    assert.deepEqual(await partsOf(store, 'a'), everything);
  });
}
