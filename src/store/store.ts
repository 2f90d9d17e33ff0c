import type { Artifact, LinkClick, Revocation } from '#domain/artifact.ts';
import type { DeliveryState, NewDelivery, Receipt, StoredDelivery } from '#domain/delivery.ts';
import type { AcceptedWebhook, MeetingEvent } from '#domain/event.ts';
import type { Memo, MemoKey, MemoryChanges, OnceKey } from '#domain/memory.ts';
import type { Session, SessionStatus } from '#domain/session.ts';
import type { JsonObject } from '#domain/value.ts';

/** `duplicate`: the same delivery is known already; nothing was stored. */
export type Appended = { readonly kind: 'stored' } | { readonly kind: 'duplicate' };

/** An event that waits to be processed, leased to the claimer. */
export type ClaimedEvent = {
  /** Order of acceptance, rising. */
  readonly sequence: number;
  readonly receivedAt: Date;
  readonly event: MeetingEvent;
  /** The same news came before under another id or body: it completes the session and fires no rule. */
  readonly isRepeat: boolean;
  /** Times processing it failed or died before. */
  readonly failures: number;
  /** The session its id names, if known. */
  readonly session?: Session;
  /** The newest session in its room that is created or live, if any. */
  readonly openSession?: Session;
};

/** Everything that one event or timer came to. */
export type Step = {
  /** Inbox sequence of the event, or of the one that left the timer behind: the log is kept with it. */
  readonly sequence: number;
  /** True for the event itself, which is finished with it. */
  readonly finishesEvent: boolean;
  readonly sessions: readonly Session[];
  readonly deliveries: readonly NewDelivery[];
  readonly artifacts: readonly Artifact[];
  readonly memory: MemoryChanges;
  /** What became of each rule that had a say. */
  readonly log: readonly JsonObject[];
};

/** What rules remember of what they were asked for. */
export type LoadedMemory = {
  readonly memos: readonly Memo[];
  /** Those of the keys asked for that are held. */
  readonly held: readonly OnceKey[];
  /** Sessions of the waits. */
  readonly sessions: readonly Session[];
};

/** Names a part of the rules' memory. */
export type MemoryQuery = {
  /** Keys of sessions whose waits are wanted. */
  readonly sessions: readonly string[];
  readonly memos: readonly MemoKey[];
  readonly once: readonly OnceKey[];
  /** Waits and digests that are due in this time, the earliest first, at most `limit`. */
  readonly due?: { readonly from: Date; readonly before: Date; readonly limit: number } | undefined;
};

/** A rule as it is now: when a print differs from the stored one, what belongs to the old meaning ends. */
export type RulePrint = {
  readonly id: string;
  readonly was?: string | undefined;
  readonly meaning: string;
  readonly once: string;
};

/** What ended because a rule changed: how many waits, digests and held messages. */
export type EndedRule = { readonly rule: string; readonly reason: string; readonly ended: number };

/** An event as it was accepted. */
export type StoredEvent = {
  readonly sequence: number;
  readonly receivedAt: Date;
  readonly event: MeetingEvent;
  readonly isRepeat: boolean;
};

/** A delivery to be tried now, leased to the claimer. */
export type ClaimedDelivery = StoredDelivery & {
  /** What it was when it was claimed. `unknown`: an earlier try may have arrived, look before sending again. */
  readonly before: 'waiting' | 'unknown';
};

/** What becomes of a claimed delivery. `retry` and `unknown` come back at `at`; with `pauseLane` nothing on its lane is claimed before that. */
export type Settlement =
  | { readonly kind: 'sent'; readonly receipt: Receipt }
  | {
      readonly kind: 'retry' | 'unknown';
      readonly reason: string;
      readonly at: Date;
      readonly pauseLane?: boolean;
    }
  | { readonly kind: 'superseded' | 'suppressed' | 'dead'; readonly reason: string };

export type DeliveryFilter = {
  readonly states?: readonly DeliveryState[];
  /** Names; all where not given. */
  readonly destinations?: readonly string[];
  /** Only those whose last change is newer. */
  readonly changedAfter?: number;
  /** Newest first, at most this many. */
  readonly limit: number;
};

/** A delivery as the preview lists it; `change` rises with every change of any delivery. */
export type ListedDelivery = StoredDelivery & { readonly change: number };

export type ArtifactFilter = {
  /** Only those linked to since then. */
  readonly since: Date;
  /** Only those of the session with this key. */
  readonly session?: string | undefined;
  /** Newest first, at most this many. */
  readonly limit: number;
  /** At most this many clicks of each. */
  readonly clicks: number;
};

/** A file that links point to, and who opened them: the newest clicks, newest first, and how many there were in all. */
export type ListedArtifact = {
  readonly artifact: Artifact;
  readonly clickCount: number;
  readonly clicks: readonly LinkClick[];
};

/** Which files no link opens any more: one, those of the session with this key, or all to which a link still works. */
export type RevokedArtifacts = { readonly id: string } | { readonly session: string } | 'all';

export type StoreCounts = {
  readonly eventsWaiting: number;
  readonly eventsFailed: number;
  readonly deliveries: Readonly<Record<DeliveryState, number>>;
};

/**
 * Where everything lives that must survive. One suite of tests runs against every engine. Every method rejects with StoreUnavailable
 * when the engine cannot do it now; then nothing of it was written.
 */
export interface Store extends AsyncDisposable {
  /** Keeps a webhook. Resolves after it is on disk, together with all that arrived meanwhile. Rejects at once when too many wait. */
  append(webhook: AcceptedWebhook): Promise<Appended>;

  /**
   * Leases up to `limit` of the oldest waiting events, in order of acceptance; an event is not given out while an older one of its
   * session is leased or waits for another try.
   */
  claimEvents(options: { now: Date; limit: number; leaseMs: number }): Promise<readonly ClaimedEvent[]>;

  /** What rules remember. The processor is the only one that changes it. */
  loadMemory(query: MemoryQuery): Promise<LoadedMemory>;

  /** When the next wait or digest that is due at `from` or later becomes due; undefined when there is none. */
  nextTimerDue(from: Date): Promise<Date | undefined>;

  /**
   * Writes steps in the given order, in one transaction; once-keys are held until `holdUntil`. False for an event that was finished
   * before: nothing of its step is written.
   */
  settle(steps: readonly Step[], holdUntil: Date): Promise<readonly boolean[]>;

  /**
   * Takes over rules: ends waits, digests and held messages of those that are gone or mean something else (`suppressed: rule changed`),
   * frees the once-keys of those whose `once_per` changed, and gives what a renamed rule remembers to its new id.
   */
  adoptRules(rules: readonly RulePrint[]): Promise<readonly EndedRule[]>;

  /** Gives leased events back as if never claimed. */
  releaseEvents(sequences: readonly number[]): Promise<void>;

  /** Hands an event back to be tried again at `retryAt`, or sets it aside as failed. */
  failEvent(sequence: number, reason: string, retryAt: Date | 'never'): Promise<void>;

  /** Writes deliveries that no event caused (our own notices); one whose id is known is left alone. */
  enqueue(deliveries: readonly NewDelivery[]): Promise<void>;

  /**
   * Leases deliveries that are due: at most one a lane, none on a lane that is paused or has one in flight, and none that an older
   * one of the same session and destination precedes, unless that one is older than ten minutes. Leases that ran out come back as `unknown`.
   */
  claimDeliveries(options: {
    now: Date;
    limit: number;
    leaseMs: number;
  }): Promise<readonly ClaimedDelivery[]>;

  /**
   * Ends the lease with what came of the try, and counts the try; `follower` is written in the same transaction. A delivery that is no
   * longer leased is left alone.
   */
  settleDelivery(id: string, settlement: Settlement, now: Date, follower?: NewDelivery): Promise<void>;
  findDelivery(id: string): Promise<StoredDelivery | undefined>;

  /** Gives leased deliveries back unsent, as if never claimed. */
  releaseDeliveries(ids: readonly string[]): Promise<void>;

  /** When the next delivery becomes due, or undefined when none waits. */
  nextDeliveryDue(): Promise<Date | undefined>;

  listDeliveries(filter: DeliveryFilter): Promise<readonly ListedDelivery[]>;

  findArtifact(id: string): Promise<Artifact | undefined>;
  listArtifacts(filter: ArtifactFilter): Promise<readonly ListedArtifact[]>;
  /** Revokes for good, also what is linked to anew later. Resolves to how many were not revoked before; those keep their first reason. */
  revokeArtifacts(which: RevokedArtifacts, revocation: Revocation): Promise<number>;
  /** Keeps a click with its file: the last ten thousand of each. Does nothing for a file that is not known. */
  addLinkClick(click: LinkClick): Promise<void>;

  /** Newest first. */
  listSessions(filter: { statuses: readonly SessionStatus[]; limit: number }): Promise<readonly Session[]>;
  /** Overwrites sessions outside of an event (ageing), except those of which something was heard since, or an event waits. */
  saveSessions(sessions: readonly Session[]): Promise<void>;

  /** An accepted event, or undefined when there is none or it was pruned. */
  findEvent(sequence: number): Promise<StoredEvent | undefined>;
  /** Accepted events after a sequence, in order, at most `limit`. */
  listEvents(filter: { after: number; since: Date; limit: number }): Promise<readonly StoredEvent[]>;
  /** What became of rules at an event, in order; empty where none had a say. */
  listDecisions(sequence: number): Promise<readonly JsonObject[]>;

  /** A text that is kept under a name, such as the last rules that worked. */
  findDocument(name: string): Promise<string | undefined>;
  saveDocument(name: string, text: string): Promise<void>;

  /** Takes a key until `until`; false when somebody holds it. */
  claimKey(key: string, until: Date, now: Date): Promise<boolean>;
  /** A secret that is made once and kept; every caller gets the same text. */
  secret(name: string, make: () => string): Promise<string>;
  /**
   * Forgets duplicate keys and claimed keys that ended before `now`, and files whose last link did (not what was revoked), in small steps;
   * resolves to how many.
   */
  prune(now: Date): Promise<number>;
  counts(): Promise<StoreCounts>;
}

/** The store cannot do this now (closed, full, locked, too many waiting); the caller may try again later. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
