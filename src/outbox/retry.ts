import type { Outcome } from '#domain/delivery.ts';
import type { Settlement } from '#store/store.ts';

const seconds = 1000;
const hours = 3_600_000;

/** Waits between tries; the last one repeats. */
const schedule = [2, 5, 10, 30, 60, 120, 300, 600].map((each) => each * seconds);

/** A delivery is given up this long after its first try: what it waited before that is not its fault. */
const giveUpAfterMs = 24 * hours;

/** A delivery to a destination that takes nothing is given up this long after it was written. */
const parkedGiveUpAfterMs = 7 * 24 * hours;

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
  readonly firstTriedAt: Date;
  readonly now: Date;
  /** Between 0 and 1. */
  readonly random: number;
};

/** What a try means for its delivery: done, again later, or given up with the reason. */
export function settlementOf(tried: Tried): Settlement {
  const { outcome, attempts, createdAt, firstTriedAt, now, random } = tried;
  if (outcome.kind === 'sent') return { kind: 'sent', receipt: outcome.receipt };
  if (outcome.kind === 'refused' && outcome.scope === 'message')
    return { kind: 'dead', reason: outcome.reason };
  const after = (ms: number) => new Date(now.getTime() + ms);
  if (outcome.kind === 'refused') {
    const isTooOld = now.getTime() - createdAt.getTime() >= parkedGiveUpAfterMs;
    if (isTooOld) return { kind: 'dead', reason: `${outcome.reason} (waited for 7 days)` };
    return { kind: 'retry', reason: outcome.reason, at: after(probeMs), pauseLane: true };
  }
  const isTooOld = now.getTime() - firstTriedAt.getTime() >= giveUpAfterMs;
  if (isTooOld) return { kind: 'dead', reason: `${outcome.reason} (tried for 24 hours)` };
  const scheduled = jittered(schedule[Math.min(attempts, schedule.length - 1)] ?? probeMs, random);
  if (outcome.kind === 'unknown') {
    const lookMs = attempts === 0 ? firstLookMs : Math.max(laterLookMs, scheduled);
    return { kind: 'unknown', reason: outcome.reason, at: after(lookMs) };
  }
  const { afterMs, pausesLane = false } = outcome;
  // A pause of the whole channel lasts exactly as long as the platform said.
  const waitMs = pausesLane && afterMs !== undefined ? afterMs : Math.max(afterMs ?? 0, scheduled);
  return { kind: 'retry', reason: outcome.reason, at: after(waitMs), pauseLane: pausesLane };
}

/** Spreads tries by a fifth to either side, so that what failed together does not come back together. */
function jittered(ms: number, random: number): number {
  return Math.round(ms * (0.8 + 0.4 * random));
}
