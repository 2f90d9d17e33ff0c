import { type Database, prepare } from './database.ts';

/** Statements on texts that are kept under a name. */
export function prepareDocuments(database: Database) {
  const find = prepare<{ body: string }>(database, 'SELECT body FROM documents WHERE name = ?');
  const write = prepare(
    database,
    'INSERT INTO documents (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body',
  );
  return {
    find: (name: string): string | undefined => {
      return find.get(name)?.body;
    },
    save: (name: string, body: string): void => {
      write.run(name, body);
    },
  };
}
