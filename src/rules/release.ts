import { windowEnd } from './calendar.ts';
import type { Rule, Send } from './rulebook.ts';

/** How one entry of `send` goes out: at once, when a window ends, or not at all. */
export type Release =
  | { readonly kind: 'now' }
  | { readonly kind: 'held'; readonly until: Date; readonly window: string }
  | { readonly kind: 'dropped'; readonly window: string };

/** One entry of `send` of a rule that fires, with when it goes out. */
export type SendDecision = { readonly send: Send; readonly release: Release };

/** When each entry of `send` may go out. Of several windows one that drops wins. */
export function releases(rule: Rule, now: Date): readonly SendDecision[] {
  return rule.sends.map((send) => ({ send, release: releaseOf(send, now) }));
}

function releaseOf({ quiet }: Send, now: Date): Release {
  const covering = quiet.filter(({ window }) => windowEnd(window, now) !== undefined);
  const dropping = covering.find(({ then }) => then === 'drop');
  if (dropping !== undefined) return { kind: 'dropped', window: dropping.name };
  const [holding] = covering;
  return holding === undefined
    ? { kind: 'now' }
    : { kind: 'held', until: quietEnd(quiet, now), window: holding.name };
}

const longestQuietMs = 8 * 86_400_000;

/** Where one window ends inside of another, the message waits for that one too; for 8 days at most. */
function quietEnd(quiet: Send['quiet'], now: Date): Date {
  const limit = new Date(now.getTime() + longestQuietMs);
  let end = now;
  for (;;) {
    const next = quiet.map(({ window }) => windowEnd(window, end)).find((each) => each !== undefined);
    if (next === undefined) return end;
    if (next >= limit) return limit;
    end = next;
  }
}
