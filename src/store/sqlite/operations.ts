import type { MemoKey, OnceKey } from '#domain/memory.ts';
import type { RulePrint } from '../store.ts';
import { prepareAdoption } from './adoption.ts';
import { prepareArtifacts } from './artifacts.ts';
import type { Database } from './database.ts';
import { type PackedDelivery, prepareDeliveries } from './deliveries.ts';
import { prepareDocuments } from './documents.ts';
import { prepareInbox } from './inbox.ts';
import { prepareKeys } from './keys.ts';
import { type PackedSettlement, prepareLanes } from './lanes.ts';
import { prepareMemory } from './memory.ts';
import { loadMemory, type PackedQuery, type PackedStep, settle } from './processing.ts';
import { type PackedSession, prepareSessions } from './sessions.ts';

/** All that can be asked of the file, by name. Each is one step of a transaction: it is done whole or not at all. */
export function prepareOperations(database: Database) {
  const keys = prepareKeys(database);
  const sessions = prepareSessions(database);
  const artifacts = prepareArtifacts(database);
  const deliveries = prepareDeliveries(database);
  const lanes = prepareLanes(database);
  const inbox = prepareInbox(database, { keys, sessions });
  const memory = prepareMemory(database);
  const adopt = prepareAdoption(database, { memory, deliveries });
  const documents = prepareDocuments(database);
  const tools = { inbox, sessions, deliveries, artifacts, memory };
  return {
    append: inbox.append,
    claimEvents: inbox.claim,
    settle: (steps: readonly PackedStep[], holdUntil: number, now: number) =>
      settle(tools, steps, holdUntil, now),
    loadMemory: (query: PackedQuery) => loadMemory(tools, query),
    nextTimerDue: memory.nextDue,
    adoptRules: (rules: readonly RulePrint[], now: number) => adopt(rules, now),
    findEvent: inbox.findEvent,
    listEvents: inbox.listEvents,
    listDecisions: inbox.decisionsAt,
    findDocument: documents.find,
    saveDocument: documents.save,
    releaseEvents: inbox.release,
    failEvent: inbox.fail,
    enqueue(added: readonly PackedDelivery[], now: number): void {
      for (const delivery of added) deliveries.add(delivery, now);
    },
    claimDeliveries: lanes.claim,
    settleDelivery(id: string, settlement: PackedSettlement, now: number, follower?: PackedDelivery): void {
      if (lanes.settle(id, settlement, now) && follower !== undefined) deliveries.add(follower, now);
    },
    findDelivery: deliveries.find,
    releaseDeliveries: lanes.release,
    nextDeliveryDue: lanes.nextDue,
    listDeliveries: deliveries.list,
    findArtifact: artifacts.find,
    listArtifacts: artifacts.list,
    revokeArtifacts: artifacts.revoke,
    addLinkClick: artifacts.addClick,
    listSessions: sessions.list,
    saveSessions(changed: readonly PackedSession[]): void {
      const waiting = inbox.waitingKeys();
      for (const session of changed) {
        const isBusy = waiting.has(session.key) || (session.room !== null && waiting.has(session.room));
        if (!isBusy) sessions.saveUnlessNewer(session);
      }
    },
    claimKey: keys.claimKey,
    findSecret: keys.findSecret,
    keepSecret: keys.keepSecret,
    pruneSeen: keys.pruneSeen,
    pruneHeld: keys.pruneHeld,
    pruneArtifacts: artifacts.prune,
    pruneOnce: (after: OnceKey, now: number) => memory.pruneOnce(after, now),
    pruneWindows: (after: MemoKey, now: number) => memory.pruneWindows(after, now),
    counts: () => ({ ...inbox.counts(), deliveries: deliveries.counts() }),
    /** Ends the leases of a process that is gone. */
    recover(): void {
      inbox.recover();
      lanes.recover();
    },
  };
}

export type Operations = ReturnType<typeof prepareOperations>;
export type OperationName = keyof Operations;

/** One call: the operation's name and its arguments. */
export type Request = {
  [Name in OperationName]: readonly [Name, ...Parameters<Operations[Name]>];
}[OperationName];
