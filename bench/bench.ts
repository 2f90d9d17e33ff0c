import { cpus, totalmem } from 'node:os';
import { benchAcks } from './acks.ts';
import { benchCompare } from './compare.ts';
import { benchLatency } from './latency.ts';
import { benchMatching } from './matching.ts';
import { benchMemory } from './memory.ts';

const print = (text: string) => void process.stdout.write(`${text}\n`);
const parts = {
  acks: benchAcks,
  matching: benchMatching,
  compare: benchCompare,
  latency: benchLatency,
  memory: benchMemory,
};

/** `npm run bench` runs all parts, `npm run bench -- acks` one of them. */
const wanted = process.argv.slice(2);
print(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`,
);
for (const [name, run] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name)) await run(print);
}
