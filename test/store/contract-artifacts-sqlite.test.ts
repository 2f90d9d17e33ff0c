import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '#store/index.ts';
import { connect, prepare } from '#store/sqlite/database.ts';
import { migrate } from '#store/sqlite/migrations.ts';
import { temporaryFolder } from '#test/stores.ts';
import { artifact, at } from './samples.ts';

test('files that were linked to before clicks were kept can be listed, revoked and clicked', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'callboard.db');
  const options = { now: () => at(0) };
  const linked = artifact('a', { createdAt: at(10).toISOString() });
  const database = connect(path, 500);
  migrate(database, 1);
  prepare(database, 'INSERT INTO artifacts (id, expires_at, body) VALUES (?, ?, ?)').run(
    linked.id,
    linked.expiresAt,
    JSON.stringify(linked),
  );
  database.close();
  await using store = await openStore(`sqlite:${path}`, options);
  assert.deepEqual(await store.findArtifact('a'), linked);
  const click = { artifactId: 'a', at: at(20).toISOString(), outcome: 'open', userAgent: 'x' } as const;
  await store.addLinkClick(click);
  const filter = { since: at(10), session: 'meet/S1', limit: 9, clicks: 9 };
  assert.deepEqual(await store.listArtifacts(filter), [{ artifact: linked, clickCount: 1, clicks: [click] }]);
  const revocation = { at: at(30).toISOString(), because: 'why' };
  assert.equal(await store.revokeArtifacts({ session: 'meet/S1' }, revocation), 1);
});
