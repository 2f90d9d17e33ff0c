import type { Digest, MemoryChanges, Wait } from '#domain/memory.ts';
import { factsOf, type Session, sessionFacts, sessionKey } from '#domain/session.ts';
import type { JsonObject } from '#domain/value.ts';
import { type Decision, decideEvent, decideTimer, type Occurrence, type SessionNow } from '#rules/decide.ts';
import type { Memory } from '#rules/memory.ts';
import type { Rulebook } from '#rules/rulebook.ts';
import type { ClaimedEvent, Step } from '#store/store.ts';
import type { SessionBatch } from './session-batch.ts';
import { type WordingTools, wordFiring } from './wording.ts';

/** What processing needs to know of the configuration. One object, so that a reload is one swap. */
export type Configuration = WordingTools;

/** What one event or timer came to, before it is put into words. */
export type Decided = {
  readonly sequence: number;
  readonly finishesEvent: boolean;
  /** When the event was accepted, or the timer due. */
  readonly at: Date;
  readonly sessions: readonly Session[];
  readonly decisions: readonly Decision[];
  readonly memory: MemoryChanges;
  /** What rules saw; missing for a timer, and for a repeat, which no rule sees. */
  readonly facts?: JsonObject | undefined;
};

export type RunOptions = {
  readonly rulebook: Rulebook;
  readonly memory: Memory;
  readonly sessions: SessionBatch;
  /** The clock; of virtual time nothing is later than `at`. */
  readonly now: Date;
  /** Timers due before this are left alone. */
  readonly timersFrom?: Date | undefined;
};

/** Takes events and timers in the order of their time: follows the sessions and decides. Pure but for the memory and the sessions handed in. */
export class Run {
  readonly #options: RunOptions;
  readonly #sessionNow: SessionNow;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#sessionNow = ({ session }) => {
      const known = options.sessions.at(session);
      return known && sessionFacts(known);
    };
  }

  /** What an event comes to, after the timers that were due before it. */
  event(claimed: ClaimedEvent): readonly Decided[] {
    return [...this.timers(claimed.receivedAt), this.#event(claimed)];
  }

  /** What the timers come to that are due before a moment, those included that others of them leave behind. */
  timers(before: Date): readonly Decided[] {
    const { memory, timersFrom } = this.#options;
    const decided: Decided[] = [];
    for (;;) {
      const timer = memory.nextDue(before, timersFrom);
      if (timer === undefined) return decided;
      const decision = this.#timer(timer);
      decided.push({
        sequence: timer.sequence,
        finishesEvent: false,
        at: timer.dueAt,
        sessions: [],
        decisions: decision === undefined ? [] : [decision],
        memory: memory.takeChanges(),
      });
    }
  }

  /** A timer that cannot be decided ends: tried again and again it would hold up everything behind it. */
  #timer(timer: Wait | Digest): Decision | undefined {
    const { rulebook, memory, now } = this.#options;
    try {
      return decideTimer(rulebook, timer, now, memory, this.#sessionNow);
    } catch (error) {
      const rule = rulebook.byId.get(timer.rule);
      const reason = `it could not be decided: ${error instanceof Error ? error.message : String(error)}`;
      return rule && { kind: 'silent', rule, why: 'failed', reason, sequence: timer.sequence };
    }
  }

  #event(claimed: ClaimedEvent): Decided {
    const { rulebook, memory, sessions: batch } = this.#options;
    const { event, sequence, isRepeat, receivedAt: at } = claimed;
    const { after: session, before, sessions } = batch.follow(claimed);
    const decided = { sequence, finishesEvent: true, at, sessions };
    if (isRepeat) return { ...decided, decisions: [], memory: memory.takeChanges() };
    const roomUrl = addressOf(rulebook, event.source.name, event.room?.id ?? session?.roomId);
    const facts = factsOf(event, { session, before, roomUrl });
    const occurrence: Occurrence = {
      facts,
      sequence,
      session: session === undefined ? '' : sessionKey(session),
      at,
      now: at > this.#options.now ? at : this.#options.now,
    };
    const decisions = decideEvent(rulebook, event.event.type, occurrence, memory, this.#sessionNow);
    return { ...decided, decisions, facts, memory: memory.takeChanges() };
  }
}

/** Puts what was decided into words: the step that is written. */
export function wordStep({ decisions, at, ...decided }: Decided, configuration: Configuration): Step {
  const deliveries: Step['deliveries'][number][] = [];
  const artifacts: Step['artifacts'][number][] = [];
  const log: JsonObject[] = [];
  for (const decision of decisions) {
    const told = { rule: decision.rule.id, at: at.toISOString() };
    if (decision.kind === 'silent') {
      log.push({ ...told, silent: decision.why, reason: decision.reason });
      continue;
    }
    const worded = wordFiring(decision, configuration);
    deliveries.push(...worded.deliveries);
    artifacts.push(...worded.artifacts);
    log.push({ ...told, fired: worded.deliveries.map(({ id }) => id) });
  }
  const { sequence, finishesEvent, sessions, memory } = decided;
  return { sequence, finishesEvent, sessions, deliveries, artifacts, memory, log };
}

/** `room_url` of the source with the room's id put in, encoded. */
function addressOf(rulebook: Rulebook, source: string, room: string | undefined): string | undefined {
  const pattern = rulebook.sources.find(({ name }) => name === source)?.roomUrl;
  return room === undefined
    ? undefined
    : pattern?.replaceAll(/\{\{\s*room\.id\s*\}\}/g, encodeURIComponent(room));
}
