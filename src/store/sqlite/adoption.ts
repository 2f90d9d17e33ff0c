import type { EndedRule, RulePrint } from '../store.ts';
import { type Database, prepare } from './database.ts';
import type { prepareDeliveries } from './deliveries.ts';
import type { prepareMemory } from './memory.ts';

/** A rule as it was last taken over; `meaning` is null when it is gone: its once-keys are held on, in case it comes back. */
type AdoptedRow = { id: string; was: string | null; meaning: string | null; once: string };

type Tools = {
  readonly memory: ReturnType<typeof prepareMemory>;
  readonly deliveries: ReturnType<typeof prepareDeliveries>;
};

/** Makes the function that takes over rules; it gives what ended with the old ones. */
export function prepareAdoption(database: Database, { memory, deliveries }: Tools) {
  const list = prepare<AdoptedRow>(database, 'SELECT id, was, meaning, once FROM adopted_rules');
  const write = prepare(
    database,
    `INSERT INTO adopted_rules (id, was, meaning, once) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET was = excluded.was, meaning = excluded.meaning, once = excluded.once`,
  );
  const forget = prepare(database, 'DELETE FROM adopted_rules WHERE id = ?');
  const dismiss = prepare(database, 'UPDATE adopted_rules SET was = NULL, meaning = NULL WHERE id = ?');

  const carry = (from: string, to: string): void => {
    memory.rename(from, to);
    deliveries.renameHeld(from, to);
  };

  return (rules: readonly RulePrint[], now: number): EndedRule[] => {
    const ended: EndedRule[] = [];
    const end = (rule: string, reason: string): void => {
      const count = memory.end(rule) + deliveries.suppressHeld(rule, reason, now);
      if (count > 0) ended.push({ rule, reason, ended: count });
    };
    const known = new Map(list.all().map((row) => [row.id, row]));
    const moved = movesOf(rules, known);
    // Two steps, because rules may take each other's names. No rule can have the name in between.
    for (const { from, to } of moved) {
      carry(from.id, `\n${to}`);
      forget.run(from.id);
      known.delete(from.id);
    }
    for (const { from, to } of moved) {
      if (known.has(to)) {
        end(to, 'rule removed');
        memory.freeAll(to);
      }
      carry(`\n${to}`, to);
      known.set(to, from);
    }
    for (const { id, was, meaning, once } of rules) {
      const before = known.get(id);
      known.delete(id);
      if (before !== undefined && before.meaning !== null && before.meaning !== meaning)
        end(id, 'rule changed');
      if (before !== undefined && before.once !== once) memory.freeAll(id);
      write.run(id, was ?? null, meaning, once);
    }
    for (const { id, meaning } of known.values()) {
      if (meaning === null) continue;
      end(id, 'rule removed');
      dismiss.run(id);
    }
    return ended;
  };
}

/** The renamings that were not made yet: `was` may stay in the file long after. */
function movesOf(
  rules: readonly RulePrint[],
  known: ReadonlyMap<string, AdoptedRow>,
): { readonly from: AdoptedRow; readonly to: string }[] {
  const moves = new Map<string, { from: AdoptedRow; to: string }>();
  for (const { id, was } of rules) {
    const from = was === undefined || was === id ? undefined : known.get(was);
    if (from === undefined || known.get(id)?.was === was || moves.has(from.id)) continue;
    moves.set(from.id, { from, to: id });
  }
  return [...moves.values()];
}
