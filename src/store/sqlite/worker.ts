import { parentPort, workerData } from 'node:worker_threads';
import { StoreUnavailable } from '../store.ts';
import { readAppends } from './append-lines.ts';
import { type Answer, prepareGroup } from './group.ts';
import { openDatabase } from './open.ts';
import { prepareOperations, type Request } from './operations.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.ts';

/** The thread that owns the file. It ends when it is told to close, or by an error after which the file must be opened again. */
function work({ location, isFirst }: WorkerSettings, answer: (message: FromWorker) => void): void {
  const database = openDatabase(location);
  const operations = prepareOperations(database);
  if (isFirst) operations.recover();
  const runGroup = prepareGroup(database, operations);
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'close') {
      database.close();
      parentPort?.close();
      return;
    }
    const webhooks = readAppends(message.appends);
    const appends = webhooks.map((webhook): Request => ['append', webhook]);
    answer(compact(runGroup([...appends, ...message.requests]), webhooks.length));
  });
  answer({ kind: 'open' });
}

/** Webhooks are many and their answers alike: unless one failed, a character each tells. */
function compact(answers: readonly Answer[], appends: number): FromWorker {
  const first = answers.slice(0, appends);
  if (first.some(({ kind }) => kind !== 'done')) return { kind: 'answers', answers };
  const appended = first.map((each) => (each.kind === 'done' && each.value === true ? '1' : '0')).join('');
  return { kind: 'answers', appended, answers: answers.slice(appends) };
}

const answer = (message: FromWorker): void => parentPort?.postMessage(message);
try {
  work(workerData as WorkerSettings, answer);
} catch (error) {
  if (!(error instanceof StoreUnavailable)) throw error;
  answer({ kind: 'refused', reason: error.message });
}
