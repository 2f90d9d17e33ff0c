import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Artifact, LinkClick, Revocation } from '#domain/artifact.ts';
import type { NewDelivery, StoredDelivery } from '#domain/delivery.ts';
import type { AcceptedWebhook } from '#domain/event.ts';
import type { MemoKey } from '#domain/memory.ts';
import type { Session, SessionStatus } from '#domain/session.ts';
import type { JsonObject } from '#domain/value.ts';
import {
  type Appended,
  type ArtifactFilter,
  type ClaimedDelivery,
  type ClaimedEvent,
  type DeliveryFilter,
  type EndedRule,
  type ListedArtifact,
  type ListedDelivery,
  type LoadedMemory,
  type MemoryQuery,
  type RevokedArtifacts,
  type RulePrint,
  type Settlement,
  type Step,
  type Store,
  type StoreCounts,
  type StoredEvent,
  StoreUnavailable,
} from '../store.ts';
import { Channel, type StoreLog } from './channel.ts';
import type { PruneStep } from './keys.ts';
import * as packing from './packing.ts';
import type { WorkerSettings } from './protocol.ts';

export type SqliteOptions = {
  /** Path of the file, or `:memory:`. */
  readonly location: string;
  readonly logger?: StoreLog | undefined;
  readonly now?: (() => Date) | undefined;
  /** Appends beyond these are refused at once. */
  readonly maxWaiting?: WaitingLimits | undefined;
  /** Starts the thread that owns the file; tests hold on to it. */
  readonly startWorker?: ((settings: WorkerSettings) => Worker) | undefined;
};

export type WaitingLimits = { readonly webhooks: number; readonly characters: number };

/** Senders repeat after a 503, and memory has an end. */
const waitingLimits: WaitingLimits = { webhooks: 20_000, characters: 64 * 1024 * 1024 };

function startThread(settings: WorkerSettings): Worker {
  // A thread does not take over a compile cache that the program switched on. Without one, stripping the types costs it 25 MB.
  const cache = getCompileCacheDir();
  const env = cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
  return new Worker(new URL('./worker.ts', import.meta.url), { workerData: settings, name: 'store', env });
}

/** Opens a SQLite file in a thread of its own. Rejects with StoreUnavailable that says what to do. */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  const { location, logger, startWorker = startThread } = options;
  const { now = () => new Date(), maxWaiting = waitingLimits } = options;
  const channel = await Channel.open({ start: (isFirst) => startWorker({ location, isFirst }), logger });
  return new SqliteStore(channel, now, maxWaiting);
}

class SqliteStore implements Store {
  readonly #channel: Channel;
  readonly #now: () => Date;
  readonly #maxWaiting: WaitingLimits;
  #waitingWebhooks = 0;
  #waitingCharacters = 0;

  constructor(channel: Channel, now: () => Date, maxWaiting: WaitingLimits) {
    this.#channel = channel;
    this.#now = now;
    this.#maxWaiting = maxWaiting;
  }

  async append(webhook: AcceptedWebhook): Promise<Appended> {
    const { webhooks: most, characters: longest } = this.#maxWaiting;
    if (this.#waitingWebhooks >= most || this.#waitingCharacters >= longest) {
      throw new StoreUnavailable('Too many webhooks wait to be written.');
    }
    const packed = packing.packWebhook(webhook);
    const characters = packed.events.reduce((sum, event) => sum + event.body.length, 0);
    this.#waitingWebhooks += 1;
    this.#waitingCharacters += characters;
    try {
      return { kind: (await this.#channel.call('append', packed)) ? 'stored' : 'duplicate' };
    } finally {
      this.#waitingWebhooks -= 1;
      this.#waitingCharacters -= characters;
    }
  }

  async claimEvents(options: {
    now: Date;
    limit: number;
    leaseMs: number;
  }): Promise<readonly ClaimedEvent[]> {
    const { now, limit, leaseMs } = options;
    return packing.unpackClaim(await this.#channel.call('claimEvents', now.getTime(), limit, leaseMs));
  }

  async loadMemory(query: MemoryQuery): Promise<LoadedMemory> {
    return packing.unpackMemory(
      await this.#channel.call('loadMemory', packing.packQuery(query, this.#now())),
    );
  }

  async nextTimerDue(from: Date): Promise<Date | undefined> {
    const at = await this.#channel.call('nextTimerDue', from.getTime());
    return at === undefined ? undefined : new Date(at);
  }

  settle(steps: readonly Step[], holdUntil: Date): Promise<readonly boolean[]> {
    const now = this.#now().getTime();
    return this.#channel.call('settle', steps.map(packing.packStep), holdUntil.getTime(), now);
  }

  adoptRules(rules: readonly RulePrint[]): Promise<readonly EndedRule[]> {
    return this.#channel.call('adoptRules', rules, this.#now().getTime());
  }

  async findEvent(sequence: number): Promise<StoredEvent | undefined> {
    const row = await this.#channel.call('findEvent', sequence);
    return row && packing.unpackEvent(row);
  }

  async listEvents(filter: { after: number; since: Date; limit: number }): Promise<readonly StoredEvent[]> {
    const { after, since, limit } = filter;
    return (await this.#channel.call('listEvents', after, since.getTime(), limit)).map(packing.unpackEvent);
  }

  async listDecisions(sequence: number): Promise<readonly JsonObject[]> {
    const logs = await this.#channel.call('listDecisions', sequence);
    return logs.flatMap((log) => JSON.parse(log) as JsonObject[]);
  }

  findDocument(name: string): Promise<string | undefined> {
    return this.#channel.call('findDocument', name);
  }

  saveDocument(name: string, text: string): Promise<void> {
    return this.#channel.call('saveDocument', name, text);
  }

  releaseEvents(sequences: readonly number[]): Promise<void> {
    return this.#channel.call('releaseEvents', sequences);
  }

  failEvent(sequence: number, reason: string, retryAt: Date | 'never'): Promise<void> {
    return this.#channel.call(
      'failEvent',
      sequence,
      reason,
      retryAt === 'never' ? retryAt : retryAt.getTime(),
    );
  }

  enqueue(deliveries: readonly NewDelivery[]): Promise<void> {
    return this.#channel.call('enqueue', deliveries.map(packing.packDelivery), this.#now().getTime());
  }

  async claimDeliveries(options: {
    now: Date;
    limit: number;
    leaseMs: number;
  }): Promise<readonly ClaimedDelivery[]> {
    const { now, limit, leaseMs } = options;
    const rows = await this.#channel.call('claimDeliveries', now.getTime(), limit, leaseMs);
    return rows.map(packing.unpackClaimedDelivery);
  }

  settleDelivery(id: string, settlement: Settlement, now: Date, follower?: NewDelivery): Promise<void> {
    const next = follower && packing.packDelivery(follower);
    return this.#channel.call('settleDelivery', id, packing.packSettlement(settlement), now.getTime(), next);
  }

  async findDelivery(id: string): Promise<StoredDelivery | undefined> {
    const row = await this.#channel.call('findDelivery', id);
    return row && packing.unpackDelivery(row);
  }

  releaseDeliveries(ids: readonly string[]): Promise<void> {
    return this.#channel.call('releaseDeliveries', ids);
  }

  async nextDeliveryDue(): Promise<Date | undefined> {
    const at = await this.#channel.call('nextDeliveryDue');
    return at === undefined ? undefined : new Date(at);
  }

  async listDeliveries(filter: DeliveryFilter): Promise<readonly ListedDelivery[]> {
    return (await this.#channel.call('listDeliveries', filter)).map(packing.unpackListedDelivery);
  }

  async findArtifact(id: string): Promise<Artifact | undefined> {
    const row = await this.#channel.call('findArtifact', id);
    return row && packing.unpackArtifact(row);
  }

  async listArtifacts(filter: ArtifactFilter): Promise<readonly ListedArtifact[]> {
    const listed = await this.#channel.call('listArtifacts', packing.packArtifactFilter(filter));
    return listed.map(packing.unpackListedArtifact);
  }

  revokeArtifacts(which: RevokedArtifacts, revocation: Revocation): Promise<number> {
    return this.#channel.call('revokeArtifacts', packing.packRevocation(which, revocation));
  }

  addLinkClick(click: LinkClick): Promise<void> {
    return this.#channel.call('addLinkClick', packing.packClick(click));
  }

  async listSessions(filter: {
    statuses: readonly SessionStatus[];
    limit: number;
  }): Promise<readonly Session[]> {
    const bodies = await this.#channel.call('listSessions', filter.statuses, filter.limit);
    return bodies.map(packing.unpackSession);
  }

  saveSessions(sessions: readonly Session[]): Promise<void> {
    return this.#channel.call('saveSessions', sessions.map(packing.packSession));
  }

  claimKey(key: string, until: Date, now: Date): Promise<boolean> {
    return this.#channel.call('claimKey', key, until.getTime(), now.getTime());
  }

  async secret(name: string, make: () => string): Promise<string> {
    return (
      (await this.#channel.call('findSecret', name)) ?? (await this.#channel.call('keepSecret', name, make()))
    );
  }

  async prune(now: Date): Promise<number> {
    const at = now.getTime();
    const seen = await walk<Uint8Array>(new Uint8Array(0), (after) =>
      this.#channel.call('pruneSeen', after, at),
    );
    const held = await walk('', (after) => this.#channel.call('pruneHeld', after, at));
    const once = await walk({ rule: '', key: '' }, (after) => this.#channel.call('pruneOnce', after, at));
    const windows = await walk<MemoKey>({ rule: '', kind: 'window', key: '' }, (after) =>
      this.#channel.call('pruneWindows', after, at),
    );
    const artifacts = await walk<true>(true, () => this.#channel.call('pruneArtifacts', now.toISOString()));
    return seen + held + once + windows + artifacts;
  }

  async counts(): Promise<StoreCounts> {
    const { eventsWaiting, eventsFailed, deliveries } = await this.#channel.call('counts');
    return { eventsWaiting, eventsFailed, deliveries: packing.unpackCounts(deliveries) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#channel[Symbol.asyncDispose]();
  }
}

/** Takes steps until nothing is left to look at; other calls get their turn in between. */
async function walk<Position>(
  first: Position,
  take: (after: Position) => Promise<PruneStep<Position>>,
): Promise<number> {
  let step = await take(first);
  let forgotten = step.forgotten;
  while (step.next !== undefined) {
    step = await take(step.next);
    forgotten += step.forgotten;
  }
  return forgotten;
}
