import type { JsonObject } from '#domain/value.ts';
import type { SettledFirings } from '../store.ts';
import type { PackedArtifact, prepareArtifacts } from './artifacts.ts';
import type { PackedDelivery, prepareDeliveries } from './deliveries.ts';
import type { prepareInbox } from './inbox.ts';
import type { prepareKeys } from './keys.ts';
import type { PackedSession, prepareSessions } from './sessions.ts';

export type PackedFiring = {
  readonly rule: string;
  readonly onceKey: string | undefined;
  readonly deliveries: readonly PackedDelivery[];
  readonly artifacts: readonly PackedArtifact[];
};

export type PackedProcessed = {
  readonly sequence: number;
  readonly sessions: readonly PackedSession[];
  readonly firings: readonly PackedFiring[];
  readonly log: readonly JsonObject[];
};

type Tools = {
  readonly keys: ReturnType<typeof prepareKeys>;
  readonly inbox: ReturnType<typeof prepareInbox>;
  readonly sessions: ReturnType<typeof prepareSessions>;
  readonly deliveries: ReturnType<typeof prepareDeliveries>;
  readonly artifacts: ReturnType<typeof prepareArtifacts>;
};

/** How long a once-key is held after its last use. */
const onceKeyKeepMs = 30 * 24 * 3_600_000;

/** Writes what processing came to. An event that is finished already changes nothing. */
export function settleEvents(
  { keys, inbox, sessions, deliveries, artifacts }: Tools,
  processed: readonly PackedProcessed[],
  now: number,
): SettledFirings[] {
  const settleFiring = (firing: PackedFiring): 'fired' | 'held' => {
    if (firing.onceKey !== undefined && !keys.useKey(firing.onceKey, now + onceKeyKeepMs, now)) return 'held';
    for (const delivery of firing.deliveries) deliveries.add(delivery, now);
    for (const artifact of firing.artifacts) artifacts.save(artifact);
    return 'fired';
  };
  return processed.map(({ sequence, log, sessions: changed, firings }) => {
    if (!inbox.finish(sequence)) return firings.map(() => 'held');
    for (const session of changed) sessions.save(session);
    const settled = firings.map(settleFiring);
    const held = new Set<unknown>(firings.flatMap(({ rule }, at) => (settled[at] === 'held' ? [rule] : [])));
    const told = log.map(({ rule, ...rest }) => (held.has(rule) ? { rule, held: true } : { rule, ...rest }));
    inbox.note(sequence, told);
    return settled;
  });
}
