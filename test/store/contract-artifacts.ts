import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Artifact, LinkClick } from '#domain/artifact.ts';
import type { Store } from '#store/store.ts';
import type { OpenEmpty } from './contract.ts';
import { artifact, at, claimedSequence, settle, step } from './samples.ts';

const now = (): Date => at(0);
const revocation = { at: at(50).toISOString(), because: 'shared by mistake' };
const everything = { since: new Date(0), limit: 99, clicks: 99 };

function click(artifactId: string, second: number, more: Partial<LinkClick> = {}): LinkClick {
  const userAgent = 'Zoë’s "browser" 🎉';
  return { artifactId, at: at(second).toISOString(), outcome: 'open', userAgent, ...more };
}

/** Keeps files as an event does that links to them. */
async function keep(store: Store, ...artifacts: readonly Artifact[]): Promise<void> {
  const sequence = await claimedSequence(store, 'linked');
  await settle(store, step(sequence, { artifacts }));
}

async function listed(store: Store, filter: Partial<typeof everything & { session: string }> = {}) {
  return (await store.listArtifacts({ ...everything, ...filter })).map((each) => each.artifact.id);
}

const linkedAt = (id: string, second: number, more: Partial<Artifact> = {}) =>
  artifact(id, { createdAt: at(second).toISOString(), ...more });

export function testArtifacts(open: OpenEmpty): void {
  test('files are listed newest first, since a moment, of a session, at most so many', async () => {
    await using store = await open({ now });
    await keep(store, linkedAt('a', 10), linkedAt('b', 30, { session: 'meet/S2' }), linkedAt('c', 20));
    assert.deepEqual(await listed(store), ['b', 'c', 'a']);
    assert.deepEqual(await listed(store, { since: at(20) }), ['b', 'c']);
    assert.deepEqual(await listed(store, { session: 'meet/S1' }), ['c', 'a']);
    assert.deepEqual(await listed(store, { session: 'meet/S1', since: at(11) }), ['c']);
    assert.deepEqual(await listed(store, { limit: 2 }), ['b', 'c']);
    assert.deepEqual(await listed(store, { session: 'meet/S' }), []);
  });

  test('a revoked file says so, also where it is linked to again, and keeps its first reason', async () => {
    await using store = await open({ now });
    await keep(store, artifact('a'), artifact('b'));
    assert.equal(await store.revokeArtifacts({ id: 'a' }, revocation), 1);
    assert.deepEqual((await store.findArtifact('a'))?.revocation, revocation);
    assert.equal(await store.revokeArtifacts({ id: 'a' }, { ...revocation, because: 'again' }), 0);
    const later = artifact('a', { expiresAt: at(9000).toISOString() });
    await keep(store, later);
    assert.deepEqual(await store.findArtifact('a'), { ...later, revocation });
    assert.deepEqual(await store.findArtifact('b'), artifact('b'));
    assert.equal(await store.revokeArtifacts({ id: 'unknown' }, revocation), 0);
  });

  test('the files of a session are revoked together, and no others', async () => {
    await using store = await open({ now });
    await keep(store, artifact('a'), artifact('b', { session: 'meet/S2' }), artifact('c'));
    await store.revokeArtifacts({ id: 'c' }, { ...revocation, because: 'before' });
    assert.equal(await store.revokeArtifacts({ session: 'meet/S1' }, revocation), 1);
    assert.equal((await store.findArtifact('c'))?.revocation?.because, 'before');
    assert.equal(await store.revokeArtifacts({ session: 'meet/S9' }, revocation), 0);
    const revoked = await Promise.all(['a', 'b', 'c'].map((id) => store.findArtifact(id)));
    assert.deepEqual(
      revoked.map((each) => each?.revocation !== undefined),
      [true, false, true],
    );
  });

  test('all files with a link that works are revoked at once', async () => {
    await using store = await open({ now });
    await keep(store, artifact('a'), artifact('b'), artifact('over', { expiresAt: at(50).toISOString() }));
    assert.equal(await store.revokeArtifacts({ id: 'b' }, { ...revocation, because: 'before' }), 1);
    assert.equal(await store.revokeArtifacts('all', revocation), 1);
    assert.equal((await store.findArtifact('a'))?.revocation?.because, revocation.because);
    assert.equal((await store.findArtifact('b'))?.revocation?.because, 'before');
    await keep(store, artifact('c'));
    assert.equal((await store.findArtifact('c'))?.revocation, undefined);
  });

  test('clicks are kept with their file, counted, and listed newest first', async () => {
    await using store = await open({ now });
    await keep(store, artifact('a'), artifact('b'));
    const clicks = [
      click('a', 1, { reader: 'hash-of-somebody' }),
      click('a', 2, { outcome: 'unavailable', reason: 'no answer in time' }),
      click('a', 3, { outcome: 'revoked' }),
    ];
    for (const each of clicks) await store.addLinkClick(each);
    await store.addLinkClick(click('b', 9));
    const [a] = (await store.listArtifacts({ ...everything, clicks: 2 })).filter(
      (each) => each.artifact.id === 'a',
    );
    assert.deepEqual(a, { artifact: artifact('a'), clickCount: 3, clicks: clicks.toReversed().slice(0, 2) });
    await keep(store, linkedAt('a', 8, { expiresAt: at(9000).toISOString() }));
    const [again] = await store.listArtifacts({ ...everything, limit: 1 });
    assert.deepEqual([again?.artifact.id, again?.clickCount, again?.clicks.length], ['a', 3, 3]);
  });

  test('a click on a file that nobody knows is not kept', async () => {
    await using store = await open({ now });
    await store.addLinkClick(click('a', 1));
    await keep(store, artifact('a'));
    assert.deepEqual(await store.listArtifacts(everything), [
      { artifact: artifact('a'), clickCount: 0, clicks: [] },
    ]);
  });

  test('of very many clicks the last ten thousand are kept, and all are counted', async () => {
    await using store = await open({ now });
    await keep(store, artifact('a'));
    const total = 10_003;
    await Promise.all(Array.from({ length: total }, (_, index) => store.addLinkClick(click('a', index))));
    const [found] = await store.listArtifacts({ ...everything, clicks: 20_000 });
    assert.equal(found?.clickCount, total);
    assert.equal(found?.clicks.length, 10_000);
    assert.equal(found?.clicks.at(-1)?.at, at(3).toISOString());
  });

  test('a file is forgotten with its clicks when its last link has ended, a revoked one is not', async () => {
    await using store = await open({ now });
    const ending = Array.from({ length: 250 }, (_, index) => artifact(`old-${index}`));
    await keep(
      store,
      ...ending,
      artifact('revoked'),
      artifact('lasting', { expiresAt: at(9000).toISOString() }),
    );
    await store.addLinkClick(click('old-1', 1));
    await store.revokeArtifacts({ id: 'revoked' }, revocation);
    assert.equal(await store.prune(at(3600)), 0);
    assert.equal(await store.prune(at(3601)), 250);
    assert.equal(await store.findArtifact('old-1'), undefined);
    assert.deepEqual((await listed(store)).toSorted(), ['lasting', 'revoked']);
    await keep(store, artifact('old-1'));
    const [again] = (await store.listArtifacts(everything)).filter((each) => each.artifact.id === 'old-1');
    assert.deepEqual([again?.clickCount, again?.clicks], [0, []]);
  });
}
