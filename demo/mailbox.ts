import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type PreviewItem, previewItem } from './card.ts';
import type { Tell } from './step.ts';

const answer = z.object({ items: z.array(previewItem) });
const pollMs = 30;
const undecided = ['held', 'waiting', 'sending', 'unknown'];

/** What a message counts as; one that was not sent is none of those that the story asks for. */
export function tellOf({ rule, destination, state, reason }: PreviewItem): Tell {
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

  /** New messages, oldest first: as soon as there are those in `wanted`, or after `limitMs`. */
  async take(wanted: readonly Tell[], limitMs: number, signal: AbortSignal): Promise<PreviewItem[]> {
    const end = performance.now() + limitMs;
    const missing = [...wanted];
    const found: PreviewItem[] = [];
    for (;;) {
      for (const item of await this.#fetch(signal)) {
        found.push(item);
        const at = missing.indexOf(tellOf(item));
        if (at >= 0) missing.splice(at, 1);
      }
      if (missing.length === 0 || performance.now() >= end) return found;
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
