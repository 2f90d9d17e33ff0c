import { writeSync } from 'node:fs';
import { openStore } from '#store/index.ts';
import { at, claimedSequence, delivery, noChanges, settle, step, wait } from './samples.ts';

// A process that settles events until it is killed, each with one of everything, and prints the id of each one that the store has taken.

const [path, run] = process.argv.slice(2);
const store = await openStore(`sqlite:${path}`, { now: () => at(0) });

for (let index = 0; ; index++) {
  const id = `${run}/${index}`;
  const sequence = await claimedSequence(store, id);
  const memory = { ...noChanges, memos: [wait('alone', id)], taken: [{ rule: 'vip', key: id }] };
  await settle(store, step(sequence, { deliveries: [delivery(id)], memory, log: [{ id }] }));
  writeSync(1, `${id}\n`);
}
