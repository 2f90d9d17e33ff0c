import { v5 as uuid } from 'uuid';
import type { Destination, Found, Outgoing } from '#destinations/destination.ts';
import type { NewDelivery, Outcome, StoredDelivery } from '#domain/delivery.ts';
import { Bell } from '#runtime/bell.ts';
import type { Logger } from '#runtime/logger.ts';
import { type ClaimedDelivery, type Settlement, type Store, StoreUnavailable } from '#store/store.ts';
import { settlementOf } from './retry.ts';

export type DispatcherOptions = {
  readonly store: Store;
  /** The destination of that name, or why its messages end suppressed. */
  readonly destination: (name: string) => Destination | { readonly closed: string };
  readonly now: () => Date;
  readonly random: () => number;
  readonly logger: Logger;
  /** Told about every settlement, with the outcome of the try if there was one; what it does must not throw. */
  readonly onSettled: (
    delivery: StoredDelivery,
    settlement: Settlement,
    outcome: Outcome | undefined,
  ) => void;
};

const leaseMs = 60_000;
const claimLimit = 100;
const idleMs = 30_000;
/** How long stopping waits for messages in flight; more than the platforms' time limit. */
const drainMs = 12_000;
/** Slack needs up to this long to show a message that it has taken. */
const settledHistoryMs = 15_000;
/** A settlement that the store does not take is repeated so often, for half a lease: nobody else claims the delivery meanwhile. */
const settleTries = 60;
const settlePauseMs = 500;

const fallbackNamespace = '2c0f0c5e-7a57-4f6d-9d0c-5f1f0a8c9b3d';

type Attempt = { readonly settlement: Settlement; readonly outcome?: Outcome | undefined };

/** Sends what is due: claim, look if an earlier try arrived, send, settle. At most one message a lane is in flight. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #bell = new Bell();
  #loop: Promise<void> | undefined;
  #isStopping = false;
  #startedAt = new Date(0);

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  start(): void {
    this.#startedAt = this.#options.now();
    this.#loop = this.#run();
  }

  /** Says that there may be something to send. */
  wake(): void {
    this.#bell.ring();
  }

  /** Takes nothing new, waits for what is in flight, hands back the rest. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.wake();
    await this.#loop;
    const timer = new AbortController();
    const timeout = sleep(drainMs, timer.signal);
    await Promise.race([Promise.all(this.#inFlight.values()), timeout]);
    timer.abort();
  }

  async #run(): Promise<void> {
    const { store, now, logger } = this.#options;
    while (!this.#isStopping) {
      this.#bell.clear();
      let waitMs = idleMs;
      try {
        const claimed = await store.claimDeliveries({ now: now(), limit: claimLimit, leaseMs });
        if (this.#isStopping) {
          await store.releaseDeliveries(claimed.map(({ id }) => id));
          return;
        }
        for (const delivery of claimed) this.#begin(delivery);
        if (claimed.length === claimLimit) continue;
        const due = await store.nextDeliveryDue();
        if (due) waitMs = Math.min(idleMs, Math.max(50, due.getTime() - now().getTime()));
      } catch (error) {
        logger.error({ err: error }, 'deliveries cannot be read; trying again');
        waitMs = 1000;
      }
      await this.#bell.wait(waitMs);
    }
  }

  #begin(delivery: ClaimedDelivery): void {
    const run = this.#deliver(delivery).finally(() => {
      this.#inFlight.delete(delivery.id);
      this.wake();
    });
    this.#inFlight.set(delivery.id, run);
  }

  async #deliver(delivery: ClaimedDelivery): Promise<void> {
    const { logger, onSettled } = this.#options;
    const attempt = await this.#try(delivery).catch((error: unknown): Attempt => {
      logger.error({ err: error, delivery: delivery.id }, 'a destination threw instead of answering');
      return this.#tried(delivery, { kind: 'unknown', reason: 'an unexpected error while sending' });
    });
    const { outcome } = attempt;
    const settlement = withFallback(delivery, attempt);
    try {
      await this.#settle(delivery, settlement);
    } catch (error) {
      // The lease runs out and the delivery comes back as unknown, so nothing is lost.
      logger.error({ err: error, delivery: delivery.id }, 'the outcome of a delivery could not be stored');
      return;
    }
    const level = settlement.kind === 'dead' ? 'error' : settlement.kind === 'sent' ? 'info' : 'warn';
    const { id, rule, destination, attempts, eventSequence } = delivery;
    const reason = 'reason' in settlement ? settlement.reason : undefined;
    logger[level](
      { delivery: id, rule, destination, event: eventSequence, attempts: attempts + 1, reason },
      `delivery: ${settlement.kind}`,
    );
    onSettled(delivery, settlement, outcome);
  }

  async #try(delivery: ClaimedDelivery): Promise<Attempt> {
    const { destination, now } = this.#options;
    const place = destination(delivery.destination);
    if ('closed' in place) return { settlement: { kind: 'suppressed', reason: place.closed } };
    const firstTriedAt = delivery.firstTriedAt ?? now();
    const outgoing: Outgoing = { deliveryId: delivery.id, message: delivery.message, firstTriedAt };
    const edited =
      delivery.edits === undefined ? undefined : await this.#edit(place, outgoing, delivery.edits);
    if (edited !== undefined) return this.#tried(delivery, edited);
    if (delivery.before === 'waiting') return this.#tried(delivery, await place.send(outgoing));
    const settled = await this.#look(place, outgoing, delivery);
    if (settled) return { settlement: settled };
    const { settlement, outcome } = this.#tried(delivery, await place.send(outgoing));
    // That this try was not applied says nothing about the earlier one: it is looked for again before the next.
    if (settlement.kind === 'retry') return { settlement: { ...settlement, kind: 'unknown' }, outcome };
    return { settlement, outcome };
  }

  /** Replaces the message of an earlier delivery; undefined when there is none to replace, and it has to be posted. */
  async #edit(place: Destination, outgoing: Outgoing, earlier: string): Promise<Outcome | undefined> {
    const known = await this.#options.store.findDelivery(earlier);
    if (known === undefined || place.edit === undefined) return undefined;
    if (known.state === 'waiting' || known.state === 'sending' || known.state === 'unknown')
      return { kind: 'later', reason: 'the message that it replaces is not sent yet' };
    if (known.state !== 'sent' || known.receipt === undefined) return undefined;
    const edited = await place.edit(outgoing, known.receipt);
    return edited.kind === 'gone' ? undefined : edited;
  }

  #tried({ attempts, createdAt, firstTriedAt }: ClaimedDelivery, outcome: Outcome): Attempt {
    const [now, random] = [this.#options.now(), this.#options.random()];
    const tried = { outcome, attempts, createdAt, firstTriedAt: firstTriedAt ?? now, now, random };
    return { settlement: settlementOf(tried), outcome };
  }

  /** An outcome that is not stored has to be looked for later, so a store that has trouble is asked again. */
  async #settle(delivery: ClaimedDelivery, settlement: Settlement): Promise<void> {
    const { store, now } = this.#options;
    const follower = settlement.kind === 'dead' ? this.#fallbackOf(delivery) : undefined;
    for (let tries = 1; ; tries++) {
      try {
        return await store.settleDelivery(delivery.id, settlement, now(), follower);
      } catch (error) {
        const isWorthIt = error instanceof StoreUnavailable && tries < settleTries && !this.#isStopping;
        if (!isWorthIt) throw error;
      }
      await sleep(settlePauseMs);
    }
  }

  /** The same message for the destination that is named for this case; it has no fallback of its own. */
  #fallbackOf({
    id,
    rule,
    eventSequence,
    session,
    message,
    ...rest
  }: ClaimedDelivery): NewDelivery | undefined {
    const { fallback: destination, isHigh = false } = rest;
    if (destination === undefined) return undefined;
    const place = this.#options.destination(destination);
    const copy = {
      id: uuid(JSON.stringify([id, destination]), fallbackNamespace),
      rule,
      eventSequence,
      session,
      destination,
      message,
      isHigh,
    };
    return 'closed' in place
      ? { ...copy, lane: `closed:${destination}`, state: 'suppressed', reason: place.closed }
      : { ...copy, lane: place.lane, state: 'waiting' };
  }

  /** After a crash it is not known when a later try began: at the latest when this program started. */
  #lastTriedAt({ attempts }: ClaimedDelivery, firstTriedAt: Date): Date {
    return attempts > 1 && this.#startedAt > firstTriedAt ? this.#startedAt : firstTriedAt;
  }

  /** Whether an earlier try arrived; undefined when it is right to send again. */
  async #look(
    place: Destination,
    outgoing: Outgoing,
    delivery: ClaimedDelivery,
  ): Promise<Settlement | undefined> {
    const found = await place.find(outgoing);
    if (found.kind === 'sent') return { kind: 'sent', receipt: found.receipt };
    if (found.kind === 'cannot tell') {
      if (found.sendAgain) return undefined;
      return {
        kind: 'dead',
        reason: 'nobody can tell whether it arrived, and this destination is set to at_most_once',
      };
    }
    if (found.kind === 'later') return this.#lookLater(delivery, found);
    const lastTriedAt = this.#lastTriedAt(delivery, outgoing.firstTriedAt);
    const lookAgainAt = new Date(lastTriedAt.getTime() + settledHistoryMs);
    if (this.#options.now() >= lookAgainAt) return undefined;
    return {
      kind: 'unknown',
      reason: 'not found yet; looking once more before sending again',
      at: lookAgainAt,
    };
  }

  /** A look-up that fails follows the schedule of a try that ends unknown, and is given up with it. */
  #lookLater(delivery: ClaimedDelivery, { reason, afterMs = 0 }: Found & { kind: 'later' }): Settlement {
    const { settlement } = this.#tried(delivery, { kind: 'unknown', reason });
    if (settlement.kind !== 'unknown') return settlement;
    const soonest = this.#options.now().getTime() + Math.max(afterMs, settledHistoryMs);
    return { ...settlement, at: new Date(Math.max(soonest, settlement.at.getTime())) };
  }
}

/** A destination that refuses is tried for days; a message that has somewhere else to go goes there at once. */
function withFallback({ fallback }: StoredDelivery, { settlement, outcome }: Attempt): Settlement {
  if (fallback === undefined || settlement.kind !== 'retry' || outcome?.kind !== 'refused') return settlement;
  return { kind: 'dead', reason: `${settlement.reason}; it goes to ${fallback} instead` };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
