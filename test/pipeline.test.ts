import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MeetingEvent } from '#domain/event.ts';
import type { Session } from '#domain/session.ts';
import { createLogger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';
import type { RawRequest, Source } from '#sources/source.ts';
import { authentic, refused, unavailable } from '#sources/verification.ts';
import { type Processed, type Store, StoreUnavailable } from '#store/store.ts';
import { until } from '#test/service.ts';
import { temporaryStore } from '#test/stores.ts';
import { accept, Processor, type ProcessorOptions } from '../src/pipeline.ts';
import { at, configuration, event, everyJoin } from './processing-setup.ts';

type Told = { readonly who: string | undefined; readonly settled: readonly string[] };

/** A processor on a real store, with a clock that stands. */
class Pipeline implements AsyncDisposable {
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

const simple = configuration(everyJoin);
const joins = (who: string, session = 'S1') =>
  event('participant.joined', 0, { session, room: session, who });

/** Rules whose words cannot be read at all for people called broken: every event of theirs fails. */
function breaking(isBroken: () => boolean = () => true): ProcessorOptions['configuration'] {
  const { rulebook } = simple;
  const matcher: typeof rulebook.matcher = {
    match: (type, facts) => {
      if (isBroken() && JSON.stringify(facts).includes('"broken')) throw new Error('this event is broken');
      return rulebook.matcher.match(type, facts);
    },
  };
  return () => ({ ...simple, rulebook: { ...rulebook, matcher } });
}

const sessions = async (store: Store): Promise<readonly Session[]> =>
  store.listSessions({ statuses: ['created', 'live', 'ended', 'lost'], limit: 100 });

test('stored events are processed in order, each once, and their messages wait to be sent', async () => {
  await using pipeline = await Pipeline.open();
  await pipeline.append(...['anna', 'ben', 'cleo'].map((who) => joins(who)));
  pipeline.processor.start();
  await until('all three', () => pipeline.processed.length === 3);
  assert.deepEqual(pipeline.who, ['anna', 'ben', 'cleo']);
  const [session] = await sessions(pipeline.store);
  assert.deepEqual(session?.people, ['anna', 'ben', 'cleo']);
  const counts = await pipeline.store.counts();
  assert.deepEqual([counts.eventsWaiting, counts.deliveries.waiting], [0, 3]);
});

test('many more events than one batch holds are all processed, in the order of their sessions', async () => {
  await using pipeline = await Pipeline.open();
  pipeline.processor.start();
  const people = Array.from({ length: 200 }, (_, index) => `p${index}`);
  await pipeline.append(...people.map((who, index) => joins(who, `S${index % 5}`)));
  await until('all', () => pipeline.processed.length === 200);
  assert.deepEqual(pipeline.who, people);
});

test('a wake while it looks is not lost', async () => {
  await using pipeline = await Pipeline.open(undefined, (store) => {
    const claim = store.claimEvents.bind(store);
    return Object.assign(store, {
      async claimEvents(options: Parameters<typeof claim>[0]) {
        const claimed = await claim(options);
        await new Promise((resolve) => setTimeout(resolve, 15));
        return claimed;
      },
    });
  });
  pipeline.processor.start();
  for (let index = 0; index < 20; index++) {
    await pipeline.append(joins(`p${index}`));
    await until(`event ${index}`, () => pipeline.processed.length > index, 2000);
  }
});

test('an event that fails five times is set aside and told; later events of its session wait for it, others do not', async () => {
  await using pipeline = await Pipeline.open(breaking());
  await pipeline.append(joins('broken'), joins('anna'), joins('ben', 'S2'));
  pipeline.processor.start();
  await until('the other session', () => pipeline.processed.length === 1);
  assert.deepEqual(pipeline.who, ['ben']);
  for (let tries = 1; tries < 5; tries++) {
    const failed = () => pipeline.logs.filter((line) => line.includes('could not be processed')).length;
    await until(`try ${tries}`, () => failed() === tries);
    assert.deepEqual([pipeline.setAside, pipeline.who], [[], ['ben']]);
    pipeline.advance(4 ** tries);
  }
  await until('it was set aside', () => pipeline.setAside.length > 0);
  assert.deepEqual(pipeline.setAside, ['broken: this event is broken']);
  await until('the event behind it', () => pipeline.processed.length === 2);
  assert.deepEqual(pipeline.who, ['ben', 'anna']);
  const { eventsFailed, eventsWaiting } = await pipeline.store.counts();
  assert.deepEqual([eventsFailed, eventsWaiting], [1, 0]);
});

test('an event that fails waits longer each time, and is processed when it works again', async () => {
  let isBroken = true;
  await using pipeline = await Pipeline.open(breaking(() => isBroken));
  await pipeline.append(joins('broken'));
  pipeline.processor.start();
  const failed = () => pipeline.logs.filter((line) => line.includes('could not be processed')).length;
  await until('the first try', () => failed() === 1);
  pipeline.advance(3);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(failed(), 1);
  isBroken = false;
  pipeline.advance(1);
  await until('it works', () => pipeline.processed.length === 1);
  assert.deepEqual(pipeline.setAside, []);
});

test('an event that ended the program each time takes no others with it, and is set aside in the end', async () => {
  await using pipeline = await Pipeline.open();
  await pipeline.append(joins('poison'), joins('anna', 'S2'));
  const { store } = pipeline;
  // What a program leaves behind that dies with the events in its hands.
  const [poison] = await store.claimEvents({ now: at(0), limit: 1, leaseMs: 1 });
  assert.ok(poison);
  for (let death = 2; death <= 5; death++) await store.claimEvents({ now: at(death), limit: 1, leaseMs: 1 });
  const claims: number[] = [];
  const claim = store.claimEvents.bind(store);
  Object.assign(store, {
    async claimEvents(options: Parameters<typeof claim>[0]) {
      const claimed = await claim(options);
      if (claimed.length > 0) claims.push(claimed.length);
      return claimed;
    },
  });
  pipeline.advance(10);
  pipeline.processor.start();
  await until('the other', () => pipeline.processed.length === 1);
  assert.deepEqual(pipeline.setAside, ['poison: the program ended each time it was processed']);
  assert.deepEqual([pipeline.who, claims], [['anna'], [2, 1]]);
  assert.equal((await store.counts()).eventsFailed, 1);
});

/** A store that refuses to settle as long as `refuses` says so. */
function stubborn(refuses: (processed: readonly Processed[]) => Error | undefined): (store: Store) => Store {
  return (store) => {
    const settle = store.settleEvents.bind(store);
    return Object.assign(store, {
      settleEvents(processed: readonly Processed[]) {
        const error = refuses(processed);
        return error ? Promise.reject(error) : settle(processed);
      },
    });
  };
}

test('a store that is away while an event is settled is insisted on: nothing is lost, nothing is said twice', async () => {
  let troubles = 2;
  const wrap = stubborn(() => (troubles-- > 0 ? new StoreUnavailable('the disk is full') : undefined));
  await using pipeline = await Pipeline.open(undefined, wrap);
  await pipeline.append(joins('anna'), joins('ben'));
  pipeline.processor.start();
  await until('both', () => pipeline.processed.length === 2);
  assert.deepEqual([pipeline.who, pipeline.setAside], [['anna', 'ben'], []]);
  assert.equal((await pipeline.store.counts()).deliveries.waiting, 2);
  assert.equal(pipeline.logs.filter((line) => line.includes('does not take what was decided')).length, 2);
});

test('a program that stops while the store is away ends, and the next one finds the event', async () => {
  let isAway = true;
  const wrap = stubborn(() => (isAway ? new StoreUnavailable('the disk is full') : undefined));
  await using pipeline = await Pipeline.open(undefined, wrap);
  await pipeline.append(joins('anna'));
  pipeline.processor.start();
  await until('trouble', () => pipeline.logs.some((line) => line.includes('does not take')));
  await pipeline.processor.stop();
  isAway = false;
  assert.equal((await pipeline.store.counts()).eventsWaiting, 1);
  const [again] = await pipeline.store.claimEvents({ now: at(31), limit: 10, leaseMs: 1000 });
  assert.equal(again?.event.participant?.id, 'anna');
});

test('an event that cannot ever be written fails alone: those that came with it are written', async () => {
  const wrap = stubborn((processed) =>
    JSON.stringify(processed).includes('"unwritable') ? new Error('string or blob too big') : undefined,
  );
  await using pipeline = await Pipeline.open(undefined, wrap);
  await pipeline.append(joins('anna', 'S1'), joins('unwritable', 'S2'), joins('ben', 'S3'));
  pipeline.processor.start();
  await until('the first try', () => pipeline.logs.some((line) => line.includes('cannot be written')));
  for (let tries = 1; tries < 5; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    pipeline.advance(4 ** tries);
  }
  await until('it was set aside', () => pipeline.setAside.length > 0);
  assert.deepEqual(pipeline.setAside, ['unwritable: string or blob too big']);
  assert.deepEqual(pipeline.who, ['anna', 'ben']);
});

test('a once-key that is taken holds the message back, and the callback is told so', async () => {
  const once = configuration(
    '  - { id: once, on: participant.joined, once_per: [ participant.id ], send: { to: sales, text: "x" } }\n',
  );
  await using pipeline = await Pipeline.open(() => once);
  await pipeline.append(joins('anna', 'S1'), joins('anna', 'S2'), joins('ben', 'S2'));
  pipeline.processor.start();
  await until('all', () => pipeline.processed.length === 3);
  assert.deepEqual(pipeline.processed, [
    { who: 'anna', settled: ['fired'] },
    { who: 'anna', settled: ['held'] },
    { who: 'ben', settled: ['fired'] },
  ]);
  assert.equal((await pipeline.store.listDeliveries({ limit: 10 })).length, 2);
});

test('a message that is dead from the beginning is in the log with its reason, once', async () => {
  const rules = configuration(
    '  - { id: file, on: participant.joined, once_per: [ participant.id ], send: { to: sales, text: "{{artifact_link room}}" } }\n',
    {
      artifactLink: () => {
        throw new Error('out of order');
      },
    },
  );
  await using pipeline = await Pipeline.open(() => rules);
  await pipeline.append(joins('anna', 'S1'), joins('anna', 'S2'));
  pipeline.processor.start();
  await until('both', () => pipeline.processed.length === 2);
  const [line, ...more] = pipeline.logs.filter((each) => each.includes('delivery: dead'));
  assert.match(line ?? '', /"level":50.*"rule":"file","destination":"sales".*out of order/);
  assert.deepEqual(more, []);
});

test('a reload takes effect with the next batch', async () => {
  let rules = configuration('  - { id: first, on: participant.joined, send: { to: sales, text: "x" } }\n');
  await using pipeline = await Pipeline.open(() => rules);
  pipeline.processor.start();
  await pipeline.append(joins('anna'));
  await until('one', () => pipeline.processed.length === 1);
  rules = configuration('  - { id: second, on: participant.joined, send: { to: ops, text: "x" } }\n');
  await pipeline.append(joins('ben'));
  await until('two', () => pipeline.processed.length === 2);
  const listed = await pipeline.store.listDeliveries({ limit: 10 });
  assert.deepEqual(
    listed.map(({ rule, destination }) => [rule, destination]),
    [
      ['second', 'ops'],
      ['first', 'sales'],
    ],
  );
});

const read = (): never => {
  throw new Error('must not be read');
};

const request: RawRequest = {
  url: 'https://callboard.example/hooks/meet',
  headers: {},
  body: Buffer.from('{}'),
};

function source(parts: Partial<Source>): Source {
  return {
    name: 'meet',
    type: 'any',
    verify: authentic,
    read: () => ({ kind: 'events', native: 'x', keys: [], events: [{ event: joins('anna'), keys: [] }] }),
    opens: [],
    open: async () => ({ kind: 'gone', reason: 'not asked here' }),
    ...parts,
  };
}

test('a webhook is stored when it is verified and read, and known when it comes again', async () => {
  await using store = await temporaryStore();
  const keys = [{ key: 'meet/1', keepMs: 60_000 }];
  const meet = source({ read: () => ({ kind: 'events', native: 'x', keys, events: [] }) });
  assert.deepEqual(await accept(request, meet, store, at(0)), { kind: 'stored' });
  assert.deepEqual(await accept(request, meet, store, at(1)), { kind: 'duplicate' });
});

test('what is not verified is never read, and what cannot be read is never stored', async () => {
  await using store = await temporaryStore();
  assert.deepEqual(await accept(request, source({ verify: () => refused('no key'), read }), store, at(0)), {
    kind: 'refused',
    reason: 'no key',
  });
  const away = source({ verify: async () => unavailable('keys cannot be loaded'), read });
  assert.equal((await accept(request, away, store, at(0))).kind, 'unavailable');
  const odd = source({ read: () => ({ kind: 'unreadable', reason: 'no JSON' }) });
  assert.deepEqual(await accept(request, odd, store, at(0)), { kind: 'unreadable', reason: 'no JSON' });
  assert.equal((await store.counts()).eventsWaiting, 0);
});

test('a webhook that cannot be kept is no acceptance: it rejects', async () => {
  const store = await temporaryStore();
  await store[Symbol.asyncDispose]();
  await assert.rejects(accept(request, source({}), store, at(0)), StoreUnavailable);
});
