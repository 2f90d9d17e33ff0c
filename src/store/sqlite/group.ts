import { type Database, prepare, troubleOf } from './database.ts';
import type { Operations, Request } from './operations.ts';

/** What one operation of a group came to. `unavailable`: nothing of the whole group was written, it may work later. */
export type Answer =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed' | 'unavailable'; readonly reason: string };

/**
 * Makes the function that runs calls as one transaction, in order. An operation that fails is undone alone. Throws, with nothing written,
 * when the file must be opened again.
 */
export function prepareGroup(
  database: Database,
  operations: Operations,
): (requests: readonly Request[]) => readonly Answer[] {
  const begin = prepare(database, 'BEGIN');
  const commit = prepare(database, 'COMMIT');
  const mark = prepare(database, 'SAVEPOINT operation');
  const keep = prepare(database, 'RELEASE operation');
  const undo = prepare(database, 'ROLLBACK TO operation');

  const run = ([name, ...input]: Request): Answer => {
    mark.run();
    try {
      // The type of a request ties the input to the name; the compiler cannot follow that through a lookup.
      const operation = operations[name] as (...input: readonly unknown[]) => unknown;
      const value = operation(...input);
      keep.run();
      return { kind: 'done', value };
    } catch (error) {
      if (troubleOf(error) !== 'other') throw error;
      undo.run();
      keep.run();
      return { kind: 'failed', reason: reasonOf(error) };
    }
  };

  return (requests) => {
    try {
      begin.run();
      const answers = requests.map(run);
      commit.run();
      return answers;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      const trouble = troubleOf(error);
      if (trouble !== 'full' && trouble !== 'locked') throw error;
      const reason = trouble === 'full' ? 'the disk is full' : 'the database is locked';
      return requests.map(() => ({ kind: 'unavailable', reason }));
    }
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
