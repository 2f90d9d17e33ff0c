import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '#domain/value.ts';
import type { Store, StoredEvent } from '#store/store.ts';

/** Where accepted events are looked up; as in the store. */
export type History = {
  readonly find: Store['findEvent'];
  readonly list: Store['listEvents'];
};

const pageSize = 1000;

/** An accepted event, last, after those that rules can still remember. Undefined when it is not there. */
export async function eventsUpTo(
  { find, list }: History,
  sequence: number,
  retentionMs: number,
): Promise<readonly StoredEvent[] | undefined> {
  const event = await find(sequence);
  if (event === undefined) return undefined;
  const since = new Date(event.receivedAt.getTime() - retentionMs);
  const events: StoredEvent[] = [];
  for (let after = 0; ; ) {
    const page = await list({ after, since, limit: pageSize });
    const earlier = page.filter((each) => each.sequence < sequence);
    events.push(...earlier);
    after = page.at(-1)?.sequence ?? sequence;
    if (after >= sequence || page.length < pageSize) return [...events, event];
  }
}

/** Whether a log that was kept says the same about an event of this moment; what timers added to it later does not count. */
export function saysTheSame(kept: readonly JsonObject[], told: readonly JsonObject[], at: Date): boolean {
  const own = kept.filter((entry) => entry['at'] === at.toISOString());
  return isDeepStrictEqual(decisionsIn(own), decisionsIn(told));
}

function decisionsIn(log: readonly JsonObject[]): readonly string[] {
  return log.map(({ rule, silent, fired }) => JSON.stringify([rule, silent, fired])).toSorted();
}
