import type { MeetingEvent } from '#domain/event.ts';
import { createLogger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';
import type { Store } from '#store/store.ts';
import { temporaryStore } from '#test/stores.ts';
import { Processor, type ProcessorOptions } from '../src/pipeline.ts';
import { at, configuration, event, everyJoin } from './processing-setup.ts';

type Told = { readonly who: string | undefined; readonly settled: readonly string[] };

/** A processor on a real store, with a clock that stands. */
export class Pipeline implements AsyncDisposable {
  readonly store: Store;
  readonly processor: Processor;
  readonly processed: Told[] = [];
  readonly setAside: string[] = [];
  readonly logs: string[];
  #seconds = 0;

  private constructor(
    store: Store,
    logs: string[],
    options: Pick<ProcessorOptions, 'configuration' | 'logger'>,
  ) {
    this.store = store;
    this.logs = logs;
    this.processor = new Processor({
      ...options,
      store,
      now: () => at(this.#seconds),
      isBusy: () => false,
      onProcessed: ({ event: each }, _processed, settled) => {
        this.processed.push({ who: each.participant?.id, settled });
      },
      onSetAside: ({ event: each }, reason) => this.setAside.push(`${each.participant?.id}: ${reason}`),
    });
  }

  static async open(
    read: ProcessorOptions['configuration'] = () => simple,
    wrap: (store: Store) => Store = (store) => store,
  ): Promise<Pipeline> {
    const logs: string[] = [];
    const write = (line: string) => void logs.push(line);
    const logger = await createLogger({ level: 'debug', format: 'json', redactor: new Redactor(), write });
    const store = wrap(await temporaryStore({ now: () => at(0) }));
    return new Pipeline(store, logs, { configuration: read, logger });
  }

  /** Keeps events, each as a webhook of its own. */
  async append(...events: readonly MeetingEvent[]): Promise<void> {
    for (const each of events) {
      await this.store.append({
        source: 'meet',
        native: each.event.native,
        receivedAt: at(this.#seconds),
        keys: [],
        events: [{ event: each, keys: [] }],
      });
    }
    this.processor.wake();
  }

  advance(seconds: number): void {
    this.#seconds += seconds;
    this.processor.wake();
  }

  get who(): readonly (string | undefined)[] {
    return this.processed.map(({ who }) => who);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.processor.stop();
    await this.store[Symbol.asyncDispose]();
  }
}

export const simple = configuration(everyJoin);
/** Somebody joins the session, in a room of the same name. */
export const joins = (who: string, session = 'S1') =>
  event('participant.joined', 0, { session, room: session, who });
