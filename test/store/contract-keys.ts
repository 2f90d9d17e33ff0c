import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreUnavailable } from '#store/store.ts';
import type { OpenEmpty } from './contract.ts';
import { at, dayMs, key, webhook } from './samples.ts';

const now = (): Date => at(0);

export function testKeys(open: OpenEmpty): void {
  test('a key is taken by one, until it ends', async () => {
    await using store = await open({ now });
    const answers = await Promise.all(Array.from({ length: 5 }, () => store.claimKey('k', at(10), at(0))));
    assert.deepEqual(
      answers.filter((isMine) => isMine),
      [true],
    );
    assert.equal(await store.claimKey('other', at(10), at(0)), true);
    assert.equal(await store.claimKey('k', at(20), at(9)), false);
    assert.equal(await store.claimKey('k', at(20), at(10)), true);
    assert.equal(await store.claimKey('k', at(30), at(19)), false);
  });

  test('a secret is made once, and everybody gets the same', async () => {
    await using store = await open({ now });
    const made: string[] = [];
    const make = (): string => {
      made.push(`secret ${made.length}`);
      return `secret ${made.length - 1}`;
    };
    const first = await store.secret('links', make);
    assert.equal(first, 'secret 0');
    assert.equal(await store.secret('links', make), first);
    assert.equal(made.length, 1);
    assert.equal(await store.secret('names', make), 'secret 1');
    const together = await Promise.all(Array.from({ length: 4 }, () => store.secret('together', make)));
    assert.equal(new Set(together).size, 1);
  });

  test('pruning forgets what ended, and nothing else', async () => {
    await using store = await open({ now });
    const count = 5_000;
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        store.append(webhook('e', { keys: [key(`w${index}`, 'x', 1000)] })),
      ),
    );
    await store.append(webhook('e', { keys: [key('lasting', undefined, dayMs)] }));
    await store.claimKey('short', at(1), at(0));
    await store.claimKey('long', at(3600), at(0));
    assert.equal(await store.prune(at(1)), 0);
    assert.equal(await store.prune(at(2)), count + 1);
    assert.equal(await store.prune(at(2)), 0);
    const receive = (text: string, value?: string) =>
      store.append(webhook('e', { keys: [key(text, value)] }));
    assert.equal((await receive('w1', 'x')).kind, 'stored');
    assert.equal((await receive('lasting')).kind, 'duplicate');
    assert.equal(await store.claimKey('short', at(1), at(0)), true);
    assert.equal(await store.claimKey('long', at(1), at(0)), false);
  });

  test('a closed store refuses every call with StoreUnavailable, and keeps what it was told before', async () => {
    const store = await open({ now });
    const last = store.append(webhook('e'));
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    assert.deepEqual(await last, { kind: 'stored' });
    await assert.rejects(store.append(webhook('e')), StoreUnavailable);
    await assert.rejects(store.counts(), StoreUnavailable);
    await assert.rejects(
      store.secret('links', () => 'x'),
      StoreUnavailable,
    );
  });
}
