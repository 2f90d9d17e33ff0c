import assert from 'node:assert/strict';
import type { MeetingEvent } from '#domain/event.ts';
import { plainText } from '#domain/message.ts';
import { Processor } from '#engine/processor.ts';
import type { Configuration } from '#engine/run.ts';
import { createLogger, type Logger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';
import type { Store } from '#store/store.ts';
import { temporaryStore } from '#test/stores.ts';
import { at, configuration, event, everyJoin } from './setup.ts';

/** What was told of a step: whose event it finished (none: a timer), and what became of its rules. */
type Told = { readonly who: string | undefined; readonly rules: readonly string[] };

export type PipelineOptions = {
  /** Stands in front of the store. */
  readonly wrap?: ((store: Store) => Store) | undefined;
  /** A store that outlives the pipeline; without it there is one of its own. */
  readonly store?: Store | undefined;
  /** Where the clock stands, in seconds after the tests begin. */
  readonly seconds?: number | undefined;
};

/** A processor on a real store, with a clock that stands. */
export class Pipeline implements AsyncDisposable {
  readonly store: Store;
  readonly processor: Processor;
  readonly told: Told[] = [];
  readonly setAside: string[] = [];
  readonly logs: string[];
  readonly #ownsStore: boolean;
  #seconds: number;

  private constructor(
    { store, logger, configuration: rules }: { store: Store; logger: Logger; configuration: Configuration },
    { seconds = 0, ownsStore, logs }: { seconds?: number | undefined; ownsStore: boolean; logs: string[] },
  ) {
    this.store = store;
    this.logs = logs;
    this.#ownsStore = ownsStore;
    this.#seconds = seconds;
    this.processor = new Processor({
      store,
      configuration: rules,
      now: () => at(this.#seconds),
      logger,
      isBusy: () => false,
      onStep: (_step, { decisions }, claimed) => {
        const rules = decisions.map(
          (each) => `${each.rule.id}: ${each.kind === 'fires' ? 'fires' : each.why}`,
        );
        this.told.push({ who: claimed?.event.participant?.id, rules });
      },
      onSetAside: ({ event: each }, reason) => this.setAside.push(`${each.participant?.id}: ${reason}`),
    });
  }

  static async open(
    rules: Configuration = simple,
    { wrap = (store) => store, store, seconds }: PipelineOptions = {},
  ): Promise<Pipeline> {
    const logs: string[] = [];
    const write = (line: string) => void logs.push(line);
    const logger = await createLogger({ level: 'debug', format: 'json', redactor: new Redactor(), write });
    const used = wrap(store ?? (await temporaryStore({ now: () => at(0) })));
    return new Pipeline(
      { store: used, logger, configuration: rules },
      { seconds, ownsStore: store === undefined, logs },
    );
  }

  /** Keeps events, each as a webhook of its own, and wakes the processor. */
  async append(...events: readonly MeetingEvent[]): Promise<void> {
    await this.keep(...events);
    this.processor.wake();
  }

  /** As `append`, while the processor sleeps on. */
  async keep(...events: readonly MeetingEvent[]): Promise<void> {
    for (const each of events) {
      await this.store.append({
        source: 'meet',
        native: each.event.native,
        receivedAt: at(this.#seconds),
        keys: [],
        events: [{ event: each, keys: [] }],
      });
    }
  }

  advance(seconds: number): void {
    this.#seconds += seconds;
    this.processor.wake();
  }

  /** Sets the clock to this many seconds after the tests begin, forwards or back. */
  setClock(seconds: number): void {
    this.#seconds = seconds;
    this.processor.wake();
  }

  /** All messages in the order in which they were decided, as `rule: words`, with their state where they do not wait to be sent. */
  async messages(): Promise<readonly string[]> {
    const listed = await this.store.listDeliveries({ limit: 10_000 });
    return listed
      .toSorted((one, other) => one.sequence - other.sequence)
      .map(({ rule, message, state, reason }) => {
        const words = `${rule}: ${plainText(message.sentence)}`;
        return state === 'waiting' ? words : `${words} (${state}: ${reason})`;
      });
  }

  /** Resolves when this many steps were told in all; fails when there are more. */
  async steps(count: number): Promise<void> {
    const giveUpAt = performance.now() + 5000;
    while (this.told.length < count && performance.now() < giveUpAt)
      await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(this.told.length, count);
  }

  /** Lets the loop look around a few times, for what must not happen. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) {
      this.processor.wake();
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  /** Whose events were processed, in order. */
  get who(): readonly (string | undefined)[] {
    return this.told.flatMap(({ who }) => who ?? []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.processor.stop();
    if (this.#ownsStore) await this.store[Symbol.asyncDispose]();
  }
}

export const simple = configuration(everyJoin);
/** Somebody joins the session, in a room of the same name. */
export const joins = (who: string, session = 'S1') =>
  event('participant.joined', 0, { session, room: session, who });
