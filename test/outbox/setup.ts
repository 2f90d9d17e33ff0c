import { setTimeout as delay } from 'node:timers/promises';
import type { Destination, Found, Outgoing } from '#destinations/destination.ts';
import type { NewDelivery, Outcome, StoredDelivery } from '#domain/delivery.ts';
import { Dispatcher, type DispatcherOptions } from '#outbox/dispatcher.ts';
import { createLogger, type Logger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';
import type { Settlement, Store } from '#store/store.ts';
import { temporaryStore } from '#test/stores.ts';

const begin = Date.parse('2026-07-05T08:00:00.000Z');

/** A clock that stands until it is moved. */
export class Clock {
  #ms = begin;
  readonly now = (): Date => new Date(this.#ms);
  advance(seconds: number): void {
    this.#ms += seconds * 1000;
  }
}

export const seconds = 1;
export const minutes = 60;
export const hours = 3600;

/** A delivery of this id that waits to be sent. */
export function waiting(id: string, more: Partial<NewDelivery> = {}): NewDelivery {
  const delivery: NewDelivery = {
    id,
    rule: 'vip-joined',
    eventSequence: 7,
    session: `meet/${id}`,
    destination: 'sales',
    lane: 'slack:C1',
    message: {
      state: 'live',
      title: [],
      sentence: [{ kind: 'text', text: id }],
      body: [],
      facts: [],
      buttons: [],
      at: '2026-07-05T08:00:00.000Z',
    },
    state: 'waiting',
  };
  return Object.assign(delivery, more);
}

export const sent: Outcome = { kind: 'sent', receipt: { messageId: '1' } };
export const later: Outcome = { kind: 'later', reason: 'busy' };
export const unknown: Outcome = { kind: 'unknown', reason: 'no answer' };
export const refused: Outcome = { kind: 'refused', scope: 'destination', reason: 'archived' };
export const throttled = (afterMs: number): Outcome => ({
  kind: 'later',
  reason: 'ratelimited',
  afterMs,
  pausesLane: true,
});

type Answers<T> = (outgoing: Outgoing, turn: number) => T | Promise<T>;

/** A destination that answers as it is told, and what it was asked. */
export function place(answers: {
  readonly send?: Answers<Outcome>;
  readonly find?: Answers<Found>;
}): Destination & { readonly sends: string[]; readonly finds: string[] } {
  const sends: string[] = [];
  const finds: string[] = [];
  return {
    name: 'any',
    type: 'test',
    lane: 'any',
    sends,
    finds,
    send: async (outgoing) => {
      sends.push(outgoing.deliveryId);
      return (await answers.send?.(outgoing, sends.length)) ?? sent;
    },
    find: async (outgoing) => {
      finds.push(outgoing.deliveryId);
      return (await answers.find?.(outgoing, finds.length)) ?? { kind: 'absent' };
    },
  };
}

type Settled = {
  readonly id: string;
  readonly settlement: Settlement;
  readonly outcome: Outcome | undefined;
};

/** A dispatcher on a real store with a clock that stands. */
export class Outbox implements AsyncDisposable {
  readonly clock: Clock;
  readonly store: Store;
  readonly dispatcher: Dispatcher;
  readonly settled: Settled[] = [];
  readonly logs: string[];

  private constructor(
    clock: Clock,
    store: Store,
    logs: string[],
    logger: Logger,
    destination: DispatcherOptions['destination'],
  ) {
    this.clock = clock;
    this.store = store;
    this.logs = logs;
    this.dispatcher = new Dispatcher({
      store,
      destination,
      now: clock.now,
      random: () => 0.5,
      logger,
      onSettled: ({ id }, settlement, outcome) => this.settled.push({ id, settlement, outcome }),
    });
  }

  /** Opens the store, starts nothing. `wrap` may stand between the dispatcher and the store. */
  static async open(
    destination: DispatcherOptions['destination'],
    wrap: (store: Store) => Store = (store) => store,
  ): Promise<Outbox> {
    const clock = new Clock();
    const { logger, logs } = await testLogger();
    const store = wrap(await temporaryStore({ now: clock.now }));
    return new Outbox(clock, store, logs, logger, destination);
  }

  /** Writes deliveries and says so to the dispatcher. */
  async enqueue(...deliveries: readonly NewDelivery[]): Promise<void> {
    await this.store.enqueue(deliveries);
    this.dispatcher.wake();
  }

  /** Moves the clock and lets the dispatcher look. */
  async pass(time: number): Promise<void> {
    this.clock.advance(time);
    this.dispatcher.wake();
    await this.quiet();
  }

  /** Waits until the dispatcher has done what it can do now. */
  async quiet(): Promise<void> {
    for (let calm = 0, count = -1; calm < 3; ) {
      await delay(15);
      calm = count === this.settled.length ? calm + 1 : 0;
      count = this.settled.length;
    }
  }

  async read(id: string): Promise<StoredDelivery> {
    const listed = await this.store.listDeliveries({ limit: 1000 });
    const found = listed.find((each) => each.id === id);
    if (found === undefined) throw new Error(`there is no delivery ${id}`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispatcher.stop();
    await this.store[Symbol.asyncDispose]();
  }
}

/** A logger of JSON lines and what it has written. */
export async function testLogger(): Promise<{ logger: Logger; logs: string[] }> {
  const logs: string[] = [];
  const write = (line: string) => void logs.push(line);
  const logger = await createLogger({ level: 'debug', format: 'json', redactor: new Redactor(), write });
  return { logger, logs };
}
