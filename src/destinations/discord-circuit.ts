import type { Outcome } from '#domain/delivery.ts';

const windowMs = 10 * 60_000;
/** Discord bans an address at 10 000; nothing sensible comes near this. */
const mostRefusals = 500;

/**
 * Counts the answers that Discord bans for: 401, 403, and 429 unless it is shared with others. With 500 of them in 10 minutes nothing
 * more is sent until enough have aged.
 */
export class DiscordCircuit {
  readonly #now: () => Date;
  #refusedAtMs: number[] = [];

  constructor(now: () => Date) {
    this.#now = now;
  }

  note(status: number, scope: string | null): void {
    if (status !== 401 && status !== 403 && status !== 429) return;
    if (status === 429 && scope === 'shared') return;
    this.#refusedAtMs.push(this.#now().getTime());
  }

  /** The outcome of a call that must not be made now; undefined when it may. */
  verdict(): Outcome | undefined {
    const nowMs = this.#now().getTime();
    this.#refusedAtMs = this.#refusedAtMs.filter((atMs) => atMs > nowMs - windowMs);
    const decisive = this.#refusedAtMs.at(-mostRefusals);
    if (decisive === undefined) return undefined;
    return {
      kind: 'later',
      reason: 'Discord: too many refused calls — waiting, so that it does not ban this address',
      afterMs: decisive + windowMs - nowMs,
      pausesLane: true,
    };
  }
}
