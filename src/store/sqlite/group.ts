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
    // The type of a request ties the input to the name; the compiler cannot follow that through a lookup.
    const operation = operations[name] as (...input: readonly unknown[]) => unknown;
    return { kind: 'done', value: operation(...input) };
  };

  const runMarked = (request: Request): Answer => {
    mark.run();
    try {
      return run(request);
    } catch (error) {
      if (troubleOf(error) !== 'other') throw error;
      undo.run();
      return { kind: 'failed', reason: reasonOf(error) };
    } finally {
      if (database.isTransaction) keep.run();
    }
  };

  const runAll = (requests: readonly Request[], runOne: (request: Request) => Answer): readonly Answer[] => {
    try {
      begin.run();
      const answers = requests.map(runOne);
      commit.run();
      return answers;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };

  return (requests) => {
    try {
      return runAll(requests, run);
    } catch (error) {
      const trouble = troubleOf(error);
      // Savepoints make every operation dearer, so they are taken only once one is known to fail.
      if (trouble === 'other') return runAll(requests, runMarked);
      if (trouble === 'full') return refuse(requests, 'the disk is full');
      if (trouble === 'locked') return refuse(requests, 'the database is locked');
      throw error;
    }
  };
}

function refuse(requests: readonly Request[], reason: string): readonly Answer[] {
  return requests.map(() => ({ kind: 'unavailable', reason }));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
