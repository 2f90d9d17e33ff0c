import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type PreviewItem, previewItem } from './preview-item.ts';
import type { Tell } from './step.ts';

const answer = z.object({ items: z.array(previewItem) });
const pollMs = 15;
const undecided = ['held', 'waiting', 'sending', 'unknown'];

/** What is wanted and did not come, and what came and is not wanted; each message counts once. */
export function compare(
  wanted: readonly Tell[],
  items: readonly PreviewItem[],
): { readonly missing: readonly Tell[]; readonly extra: readonly Tell[] } {
  const missing = [...wanted];
  const extra = items.map(tellOf).filter((tell) => {
    const at = missing.indexOf(tell);
    if (at >= 0) missing.splice(at, 1);
    return at < 0;
  });
  return { missing, extra };
}

/** A message that was not sent is none of those that are wanted. */
function tellOf({ rule, destination, state, reason }: PreviewItem): Tell {
  const failure = state === 'sent' ? '' : ` (${state}${reason === undefined ? '' : `: ${reason}`})`;
  return `${rule} → ${destination}${failure}`;
}

/** Takes messages out of the preview, each once, when it is settled what became of it. */
export class Mailbox {
  readonly #address: string;
  readonly #taken = new Set<string>();
  #after = 0;

  constructor(address: string) {
    this.#address = address;
  }

  /** New messages, oldest first: as soon as all that are wanted are among them, or after `limitMs`. */
  async take(wanted: readonly Tell[], limitMs: number, signal: AbortSignal): Promise<PreviewItem[]> {
    const end = performance.now() + limitMs;
    const found: PreviewItem[] = [];
    for (;;) {
      found.push(...(await this.#fetch(signal)));
      if (compare(wanted, found).missing.length === 0 || performance.now() >= end) return found;
      await sleep(pollMs, undefined, { signal });
    }
  }

  async #fetch(signal: AbortSignal): Promise<PreviewItem[]> {
    const response = await fetch(`${this.#address}/preview/messages?after=${this.#after}`, { signal });
    const { items } = answer.parse(await response.json());
    this.#after = Math.max(this.#after, ...items.map(({ change }) => change));
    const settled = items.filter(({ id, state }) => !undecided.includes(state) && !this.#taken.has(id));
    for (const { id } of settled) this.#taken.add(id);
    return settled.sort((one, other) => one.change - other.change);
  }
}
