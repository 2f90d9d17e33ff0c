import { benchAcks } from './acks.ts';

const print = (text: string) => void process.stdout.write(`${text}\n`);
await benchAcks(print);
