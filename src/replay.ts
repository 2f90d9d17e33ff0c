import { v5 as uuid } from 'uuid';
import type { Artifact } from '#domain/artifact.ts';
import type { NewDelivery } from '#domain/delivery.ts';
import type { Line, Message } from '#domain/message.ts';
import { type Configuration, type Decided } from '#engine/run.ts';
import { wordFiring } from '#engine/wording.ts';
import { timePiece } from '#messages/helpers.ts';
import type { ReplayOrder } from '#receiver/admin.ts';
import { Playback, pastMs } from '#rehearsal/playback.ts';
import type { Firing } from '#rules/decide.ts';
import { suggestion } from '#rules/suggest.ts';
import type { Store } from '#store/store.ts';
import { eventPages } from './history.ts';

export type ReplayerOptions = {
  readonly store: Pick<Store, 'findEvent' | 'listEvents' | 'settle'>;
  /** The rules and templates in force. */
  readonly configuration: () => Configuration;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Its abort ends a replay between two pages. */
  readonly signal: AbortSignal;
  /** Told when there is something to deliver. */
  readonly onEnqueued: () => void;
};

/** What a replay came to, for the admin API. */
export type ReplayAnswer = { readonly status: number; readonly json: object };

const namespace = '8d1c5c1e-3f0b-4c58-9f7e-6a2b9c4d7e10';
const pageSize = 100;
/** Whoever asks for more by mistake shall not wait for days until a channel is usable again. */
const mostMessages = 5000;
/** Webhooks wait no longer than this for the event loop. */
const sliceMs = 15;

/**
 * Sends again what the rules in force make of stored events, marked as a replay, to one destination. It is decided in virtual time and
 * with a memory of its own: no once-key is claimed and no timer touched. Nobody is mentioned a second time.
 */
export class Replayer {
  readonly #options: ReplayerOptions;
  #isRunning = false;

  constructor(options: ReplayerOptions) {
    this.#options = options;
  }

  async replay(order: ReplayOrder): Promise<ReplayAnswer> {
    const configuration = this.#options.configuration();
    const objection = objectionTo(order, configuration);
    if (objection !== undefined) return { status: 400, json: { error: objection } };
    if (this.#isRunning) return { status: 409, json: { error: 'another replay is under way' } };
    this.#isRunning = true;
    try {
      return { status: 200, json: await this.#run(order, configuration) };
    } finally {
      this.#isRunning = false;
      this.#options.onEnqueued();
    }
  }

  async #run(order: ReplayOrder, configuration: Configuration): Promise<object> {
    const { store, now, newId, signal } = this.#options;
    const startedAt = now();
    const playback = new Playback(configuration.rulebook);
    const copies = new Copies(order, configuration, { id: newId(), startedAt });
    const result = (stoppedAt?: number) => ({
      ...copies.counts(),
      ...(stoppedAt !== undefined && { stopped_at: stoppedAt }),
    });
    const first = await this.#firstAt(order.since);
    if (first === undefined) return result();
    const pages = eventPages(
      (filter) => store.listEvents(filter),
      new Date(first.getTime() - pastMs),
      pageSize,
    );
    let sliceFrom = performance.now();
    let last = 0;
    for await (const page of pages) {
      for (const event of page) {
        if (performance.now() - sliceFrom > sliceMs) {
          await new Promise(setImmediate);
          sliceFrom = performance.now();
        }
        // What came after the order is sent by itself.
        if (event.receivedAt > startedAt) continue;
        const isPast =
          typeof order.since === 'number' ? event.sequence < order.since : event.receivedAt < order.since;
        if (isPast) playback.past(event);
        else copies.add(playback.event(event), event.sequence);
        last = event.sequence;
      }
      await this.#write(copies);
      if (signal.aborted || copies.isFull) return result(last);
    }
    copies.add(playback.timers(startedAt));
    await this.#write(copies);
    return result();
  }

  async #firstAt(since: Date | number): Promise<Date | undefined> {
    if (since instanceof Date) return since;
    const { store } = this.#options;
    const [first] = await store.listEvents({ after: Math.max(since - 1, 0), since: new Date(0), limit: 1 });
    return first?.receivedAt;
  }

  async #write(copies: Copies): Promise<void> {
    const { store, now, onEnqueued } = this.#options;
    const { deliveries, artifacts } = copies.take();
    if (deliveries.length === 0) return;
    const memory = { memos: [], forgotten: [], taken: [], freed: [], used: [] };
    // No event is finished and nothing remembered: only messages, with the files that their links open.
    const step = { sequence: 0, finishesEvent: false, sessions: [], deliveries, artifacts, memory, log: [] };
    await store.settle([step], now());
    onEnqueued();
  }
}

function objectionTo({ to, rules }: ReplayOrder, { rulebook, lane }: Configuration): string | undefined {
  const names = rulebook.destinations.map(({ name }) => name);
  if (!names.includes(to)) return `there is no destination "${to}"${suggestion(to, names)}`;
  const unknown = rules?.find((rule) => !rulebook.byId.has(rule));
  if (unknown !== undefined)
    return `there is no rule "${unknown}"${suggestion(unknown, rulebook.byId.keys())}`;
  const place = lane(to);
  return 'closed' in place ? `nothing can be sent to ${to}: ${place.closed}` : undefined;
}

/** The messages of one replay as they are made. */
class Copies {
  readonly #order: ReplayOrder;
  readonly #configuration: Configuration;
  readonly #replay: { readonly id: string; readonly startedAt: Date };
  readonly #rules = new Map<string, number>();
  #events = 0;
  #messages = 0;
  #unworded = 0;
  #deliveries: NewDelivery[] = [];
  #artifacts: Artifact[] = [];

  constructor(
    order: ReplayOrder,
    configuration: Configuration,
    replay: { readonly id: string; readonly startedAt: Date },
  ) {
    this.#order = order;
    this.#configuration = configuration;
    this.#replay = replay;
  }

  get isFull(): boolean {
    return this.#messages >= mostMessages;
  }

  /** Takes what an event, or without one the last timers, came to. */
  add(decided: readonly Decided[], sequence?: number): void {
    if (sequence !== undefined) this.#events += 1;
    const { rules } = this.#order;
    for (const { decisions, at } of decided) {
      for (const decision of decisions) {
        if (decision.kind === 'silent' || decision.rule.isShadow) continue;
        if (rules === undefined || rules.includes(decision.rule.id)) this.#word(decision, at);
      }
    }
  }

  #word(firing: Firing, at: Date): void {
    // One message for each entry of `send`, in however many places it was.
    const sends = firing.sends.flatMap(({ send, release }) =>
      release.kind === 'dropped'
        ? []
        : [{ send: { ...send, to: send.to.slice(0, 1) }, release: { kind: 'now' as const } }],
    );
    const worded = wordFiring({ ...firing, sends }, this.#configuration);
    this.#artifacts.push(...worded.artifacts);
    for (const original of worded.deliveries) {
      if (original.state === 'dead') this.#unworded += 1;
      else this.#copy(original, at);
    }
  }

  #copy({ id, rule, eventSequence, session, message }: NewDelivery, at: Date): void {
    const { to: destination, intervalMs } = this.#order;
    const { rulebook, lane } = this.#configuration;
    const { id: replay, startedAt } = this.#replay;
    const place = lane(destination);
    if ('closed' in place) return;
    const copy = {
      id: uuid(`${replay} ${id}`, namespace),
      rule,
      eventSequence,
      // Apart from the meeting's own messages: neither waits for the other.
      session: `replay ${replay} ${session}`,
      destination,
      lane: place.lane,
      message: marked(message, at, rulebook.timezone),
    };
    const until = new Date(startedAt.getTime() + this.#messages * intervalMs);
    const held = { state: 'held', until, reason: 'replay: in its turn' } as const;
    this.#deliveries.push({ ...copy, ...(until > startedAt ? held : { state: 'waiting' }) });
    this.#messages += 1;
    this.#rules.set(rule, (this.#rules.get(rule) ?? 0) + 1);
  }

  /** What was made since it was last asked; nothing where messages are only counted. */
  take(): { readonly deliveries: readonly NewDelivery[]; readonly artifacts: readonly Artifact[] } {
    const made = { deliveries: this.#deliveries, artifacts: this.#artifacts };
    this.#deliveries = [];
    this.#artifacts = [];
    return this.#order.isDryRun ? { deliveries: [], artifacts: [] } : made;
  }

  counts() {
    return {
      events: this.#events,
      messages: this.#messages,
      rules: Object.fromEntries(this.#rules),
      unworded: this.#unworded,
    };
  }
}

/** Says of a message that it is a copy, and when the first would have been sent. Pings nobody. */
function marked({ mentions: _nobody, ...message }: Message, at: Date, timezone: string): Message {
  const time = timePiece(at.toISOString(), 'datetime', timezone)?.inline;
  const when: Line = time === undefined ? [] : [time];
  const isHeaded = message.title.length > 0;
  return {
    ...message,
    sentence: [
      { kind: 'text', text: 'Replay of ' },
      ...when,
      { kind: 'text', text: ': ' },
      ...message.sentence,
    ],
    // Under a headline the sentence may not be seen.
    facts: isHeaded ? [{ label: 'Replay of', value: when }, ...message.facts] : message.facts,
  };
}
