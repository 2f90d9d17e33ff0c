import type { Outcome } from '#domain/delivery.ts';
import type { Settlement } from '#store/store.ts';

const seconds = 1000;
const hours = 3_600_000;

/** Waits between tries; the last one repeats. */
const schedule = [2, 5, 10, 30, 60, 120, 300, 600].map((each) => each * seconds);

/** A delivery is given up this long after it was written. */
const giveUpAfterMs = 24 * hours;

/** How often a destination that is gone, or whose credential fails, is tried again. */
const probeMs = 600 * seconds;

/** Slack shows a message in the history some seconds after it has taken it. */
const firstLookMs = 2 * seconds;
const laterLookMs = 15 * seconds;

/** One try as it ended. `attempts` counts tries before this one. */
export type Tried = {
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly now: Date;
  /** Between 0 and 1. */
  readonly random: number;
};

/** What a try means for its delivery: done, again later, or given up with the reason. */
export function settlementOf({ outcome, attempts, createdAt, now, random }: Tried): Settlement {
  if (outcome.kind === 'sent') return { kind: 'sent', receipt: outcome.receipt };
  if (outcome.kind === 'refused' && outcome.scope === 'message')
    return { kind: 'dead', reason: outcome.reason };
  const isTooOld = now.getTime() - createdAt.getTime() >= giveUpAfterMs;
  if (isTooOld) return { kind: 'dead', reason: `${outcome.reason} (tried for 24 hours)` };
  const after = (ms: number) => new Date(now.getTime() + ms);
  if (outcome.kind === 'unknown') {
    return { kind: 'unknown', reason: outcome.reason, at: after(attempts === 0 ? firstLookMs : laterLookMs) };
  }
  if (outcome.kind === 'refused')
    return { kind: 'retry', reason: outcome.reason, at: after(probeMs), pauseLane: true };
  const scheduled = jittered(schedule[Math.min(attempts, schedule.length - 1)] ?? probeMs, random);
  return {
    kind: 'retry',
    reason: outcome.reason,
    at: after(Math.max(outcome.afterMs ?? 0, outcome.pausesLane === true ? 0 : scheduled)),
    pauseLane: outcome.pausesLane === true,
  };
}

/** Spreads tries by a fifth to either side, so that what failed together does not come back together. */
function jittered(ms: number, random: number): number {
  return Math.round(ms * (0.8 + 0.4 * random));
}
