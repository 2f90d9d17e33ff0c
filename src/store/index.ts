import { resolve } from 'node:path';
import { OperatorError } from '#runtime/operator-error.ts';
import type { StoreLog } from './sqlite/channel.ts';
import { openSqlite } from './sqlite/engine.ts';
import { inMemory } from './sqlite/open.ts';
import type { Store } from './store.ts';

export type StoreOptions = {
  /** Told when the store is lost and found again. */
  readonly logger?: StoreLog | undefined;
  /** The clock that dates deliveries; the system's where missing. */
  readonly now?: (() => Date) | undefined;
};

/**
 * Opens the store behind `sqlite:PATH` (relative to the working directory) or `sqlite::memory:`. Rejects with StoreUnavailable when it
 * cannot be opened now, with OperatorError for an address that names no store of ours.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  const colon = url.indexOf(':');
  const scheme = url.slice(0, Math.max(colon, 0)).toLowerCase();
  const rest = url.slice(colon + 1);
  // The address may hold a password: no message repeats it.
  switch (scheme) {
    case 'sqlite':
      if (rest === '') throw new OperatorError('DATABASE_URL names no file: write sqlite:PATH.');
      return openSqlite({ ...options, location: rest === inMemory ? inMemory : resolve(rest) });
    case 'postgres':
    case 'postgresql':
      throw new OperatorError('Postgres is not supported yet: set DATABASE_URL to sqlite:PATH.');
    default:
      throw new OperatorError('DATABASE_URL is not an address of a store: write sqlite:PATH.');
  }
}
