import { parentPort, workerData } from 'node:worker_threads';
import { StoreUnavailable } from '../store.ts';
import { prepareGroup } from './group.ts';
import { openDatabase } from './open.ts';
import { prepareOperations } from './operations.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.ts';

/** The thread that owns the file. It ends when it is told to close, or by an error after which the file must be opened again. */
function work({ location, isFirst }: WorkerSettings, answer: (message: FromWorker) => void): void {
  const database = openDatabase(location);
  const operations = prepareOperations(database);
  if (isFirst) operations.recover();
  const runGroup = prepareGroup(database, operations);
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'group') return answer({ kind: 'answers', answers: runGroup(message.requests) });
    database.close();
    parentPort?.close();
  });
  answer({ kind: 'open' });
}

const answer = (message: FromWorker): void => parentPort?.postMessage(message);
try {
  work(workerData as WorkerSettings, answer);
} catch (error) {
  if (!(error instanceof StoreUnavailable)) throw error;
  answer({ kind: 'refused', reason: error.message });
}
