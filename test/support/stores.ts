import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type StoreOptions } from '#store/index.ts';
import type { Store } from '#store/store.ts';

/** A folder of its own that is deleted in the end. */
export type TemporaryFolder = AsyncDisposable & { readonly path: string };

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'callboard-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** An open, empty store on a file of its own; disposing closes it and deletes the file. */
export async function temporaryStore(options?: StoreOptions): Promise<Store> {
  const folder = await temporaryFolder();
  const store = await openStore(`sqlite:${join(folder.path, 'callboard.db')}`, options);
  const close = store[Symbol.asyncDispose].bind(store);
  return Object.assign(store, {
    async [Symbol.asyncDispose](): Promise<void> {
      await close();
      await folder[Symbol.asyncDispose]();
    },
  });
}
