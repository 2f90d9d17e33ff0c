import { writeSync } from 'node:fs';
import { openStore } from '#store/index.ts';
import { key, webhook } from './samples.ts';

// A process that appends events until it is killed, and prints the id of each one that the store has taken.

const [path, run] = process.argv.slice(2);
const store = await openStore(`sqlite:${path}`);

async function appendForever(appender: number): Promise<never> {
  for (let index = 0; ; index++) {
    const id = `${run}/${appender}/${index}`;
    await store.append(webhook(id, { keys: [key(id)], meanings: [key(id)] }));
    writeSync(1, `${id}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, appender) => appendForever(appender)));
