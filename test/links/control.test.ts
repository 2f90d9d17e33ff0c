import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkControl } from '#links/control.ts';
import { LinkTokens } from '#links/token.ts';
import type { Store } from '#store/store.ts';
import { temporaryStore } from '#test/stores.ts';
import { artifact, claimedSequence, settle, step } from '../store/samples.ts';
import { after, day, now, secret } from './setup.ts';

const tokens = new LinkTokens([secret]);
const because = 'shared by mistake';

async function stored(): Promise<{ store: Store; control: LinkControl }> {
  const store = await temporaryStore({ now: () => now });
  const end = { expiresAt: after(day).toISOString() };
  const artifacts = [artifact('a', end), artifact('b', end), artifact('c', { ...end, session: 'meet/S2' })];
  await settle(store, step(await claimedSequence(store, 'linked'), { artifacts }));
  return { store, control: new LinkControl({ store, tokens, now: () => now }) };
}

async function revokedOf(store: Store): Promise<string> {
  const listed = await store.listArtifacts({ since: new Date(0), limit: 9, clicks: 0 });
  const revoked = listed.filter(({ artifact: { revocation } }) => revocation?.because === because);
  return revoked
    .map(({ artifact: { id } }) => id)
    .toSorted()
    .join('');
}

const token = tokens.sign('b', after(day));
const ways: readonly (readonly [string, string])[] = [
  ['its link', `https://callboard.example/a/${token}`],
  ['its link with more around it', ` <https://callboard.example/a/${token}?x=1|Watch> `],
  ['the token of its link', token],
  ['a link that has expired', `https://callboard.example/a/${tokens.sign('b', after(-day))}`],
  ['its id', 'b'],
];

for (const [what, link] of ways) {
  test(`a file is revoked by ${what}, and no other`, async () => {
    const { store, control } = await stored();
    await using _ = store;
    assert.deepEqual(await control.revoke({ target: { link }, because }), { kind: 'done', revoked: 1 });
    assert.equal(await revokedOf(store), 'b');
    assert.deepEqual(await control.revoke({ target: { link }, because }), { kind: 'done', revoked: 0 });
  });
}

test('what is no link of ours revokes nothing', async () => {
  const { store, control } = await stored();
  await using _ = store;
  const foreign = new LinkTokens(['another secret']).sign('b', after(day));
  for (const link of [
    '',
    'x',
    foreign,
    `https://callboard.example/a/${foreign}`,
    tokens.sign('z', after(day)),
    'all',
  ])
    assert.equal((await control.revoke({ target: { link }, because })).kind, 'unknown', link);
  assert.equal(await revokedOf(store), '');
});

test('all files of a session are revoked, or all there are', async () => {
  const { store, control } = await stored();
  await using _ = store;
  assert.deepEqual(await control.revoke({ target: { session: 'meet/S1' }, because }), {
    kind: 'done',
    revoked: 2,
  });
  assert.equal(await revokedOf(store), 'ab');
  assert.deepEqual(await control.revoke({ target: 'all', because }), { kind: 'done', revoked: 1 });
  assert.equal(await revokedOf(store), 'abc');
});

test('a listed file tells its revocation and never where it is', async () => {
  const { store, control } = await stored();
  await using _ = store;
  await control.revoke({ target: { link: 'c' }, because });
  const listed = await control.list({ since: new Date(0), limit: 9 });
  assert.deepEqual(listed.map(({ id }) => id).toSorted(), ['a', 'b', 'c']);
  assert.deepEqual(listed.find(({ id }) => id === 'c')?.revocation, { at: now.toISOString(), because });
  assert.ok(!JSON.stringify(listed).includes('r1'));
  const other = await control.list({ since: new Date(0), session: 'meet/S2', limit: 9 });
  assert.deepEqual(
    other.map(({ id }) => id),
    ['c'],
  );
});
