import type { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../store.ts';
import { writeAppends } from './append-lines.ts';
import type { Answer } from './group.ts';
import type { PackedWebhook } from './inbox.ts';
import type { OperationName, Operations, Request } from './operations.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

/** Where the store tells that its thread ended and is there again. */
export type StoreLog = {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
};

export type ChannelOptions = {
  /** Starts a thread; `isFirst` is false after one has been lost. */
  readonly start: (isFirst: boolean) => Worker;
  readonly logger: StoreLog | undefined;
};

type Call = {
  readonly request: Request;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
};

/** After a thread was lost, calls fail at once for this long; then the next call starts another. */
const restMs = 250;

/**
 * Hands calls to the thread that owns the file. While it works on one group, the next one fills; what waits together is written
 * together, in one transaction. When the thread is lost, all that waits is rejected, and a later call starts another thread.
 */
export class Channel implements AsyncDisposable {
  readonly #options: ChannelOptions;
  #worker: Worker | undefined;
  #phase: 'opening' | 'idle' | 'busy' | 'lost' = 'lost';
  #isClosed = false;
  #isSendDue = false;
  #isFirst = true;
  #reason = 'not opened';
  #restUntil = 0;
  #running: readonly Call[] = [];
  #waiting: Call[] = [];
  #opened: PromiseWithResolvers<void> | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  private constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** Resolves when the file is open. Rejects with StoreUnavailable when it cannot be. */
  static async open(options: ChannelOptions): Promise<Channel> {
    const channel = new Channel(options);
    channel.#opened = Promise.withResolvers();
    channel.#start();
    await channel.#opened.promise;
    channel.#isFirst = false;
    return channel;
  }

  /** Resolves when the operation is on disk. Rejects with StoreUnavailable when it cannot be done now, with Error when never. */
  call<Name extends OperationName>(
    name: Name,
    ...input: Parameters<Operations[Name]>
  ): Promise<ReturnType<Operations[Name]>> {
    if (this.#isClosed) return Promise.reject(new StoreUnavailable('The store is closed.'));
    if (this.#phase === 'lost' && performance.now() < this.#restUntil)
      return Promise.reject(this.#unavailable());
    return new Promise((resolve, reject) => {
      // The worker answers with what the operation of this name returns.
      const call = { request: [name, ...input], resolve, reject } as unknown as Call;
      this.#waiting.push(call);
      if (this.#phase === 'lost') this.#start();
      else this.#sendSoon();
    });
  }

  /** Finishes what was called before, then closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (this.#waiting.length > 0 || this.#running.length > 0) {
      this.#drained ??= Promise.withResolvers();
      await this.#drained.promise;
    }
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    if (this.#phase === 'idle') this.#post({ kind: 'close' });
    await ended;
  }

  #start(): void {
    this.#phase = 'opening';
    const worker = this.#options.start(this.#isFirst);
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', (error: unknown) => {
      this.#reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => this.#lose());
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'refused') {
      this.#reason = message.reason;
      return;
    }
    this.#phase = 'idle';
    if (message.kind === 'open') {
      if (!this.#isFirst) this.#options.logger?.info({}, 'the store is open again');
      this.#opened?.resolve();
    } else {
      const appended = message.appended ?? '';
      for (let at = 0; at < appended.length; at++) this.#running[at]?.resolve(appended[at] === '1');
      for (const [at, answer] of message.answers.entries())
        settle(this.#running[appended.length + at], answer);
      this.#running = [];
    }
    this.#sendSoon();
  }

  /** At the end of the event loop's turn: every message costs two wake-ups, so what one turn brings travels together. */
  #sendSoon(): void {
    if (this.#isSendDue || this.#phase !== 'idle') return;
    this.#isSendDue = true;
    setImmediate(() => {
      this.#isSendDue = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#phase !== 'idle') return;
    if (this.#waiting.length === 0) {
      this.#drained?.resolve();
      return;
    }
    const webhooks: PackedWebhook[] = [];
    const requests: Request[] = [];
    const appending: Call[] = [];
    const others: Call[] = [];
    for (const call of this.#waiting) {
      if (call.request[0] === 'append') {
        webhooks.push(call.request[1]);
        appending.push(call);
      } else {
        requests.push(call.request);
        others.push(call);
      }
    }
    this.#running = [...appending, ...others];
    this.#waiting = [];
    this.#phase = 'busy';
    this.#post({ kind: 'group', appends: writeAppends(webhooks), requests });
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #lose(): void {
    const isExpected = this.#isClosed && this.#phase === 'idle';
    this.#worker = undefined;
    this.#phase = 'lost';
    this.#restUntil = performance.now() + restMs;
    const calls = [...this.#running, ...this.#waiting];
    this.#running = [];
    this.#waiting = [];
    const error = this.#unavailable();
    if (!isExpected && !this.#isFirst) {
      this.#options.logger?.warn({ reason: this.#reason }, 'the store was lost');
    }
    this.#opened?.reject(error);
    for (const call of calls) call.reject(error);
    this.#drained?.resolve();
  }

  #unavailable(): StoreUnavailable {
    return new StoreUnavailable(this.#reason);
  }
}

function settle(call: Call | undefined, answer: Answer): void {
  if (answer.kind === 'done') call?.resolve(answer.value);
  else if (answer.kind === 'failed') call?.reject(new Error(answer.reason));
  else call?.reject(new StoreUnavailable(`The store cannot write: ${answer.reason}.`));
}
