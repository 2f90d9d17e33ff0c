import { formatDiscord } from '#destinations/discord-format.ts';
import { formatSlack } from '#destinations/slack-format.ts';
import type { PreviewFeed, PreviewItem } from '#receiver/preview/preview.ts';
import type { ListedDelivery, Store } from '#store/store.ts';

/** What the preview page shows, and a bell to ring when something may have changed. */
export type AppPreviewFeed = PreviewFeed & { changed(): void };

/** Messages of the named destinations, each as Slack and as Discord would get it. */
export function createPreviewFeed(store: Store, named: () => readonly string[]): AppPreviewFeed {
  const listeners = new Set<() => void>();
  return {
    list: async ({ after, limit }) => {
      const destinations = named();
      if (destinations.length === 0) return [];
      const listed = await store.listDeliveries({ destinations, changedAfter: after, limit });
      return listed.map(itemOf);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed: () => {
      for (const listener of listeners) listener();
    },
  };
}

function itemOf(delivery: ListedDelivery): PreviewItem {
  const { id, change, destination, rule, state, reason, createdAt, message } = delivery;
  return {
    id,
    change,
    destination,
    rule,
    state,
    ...(reason === undefined ? {} : { reason }),
    createdAt: createdAt.toISOString(),
    slack: formatSlack(message, { compact: false }),
    discord: formatDiscord(message, { compact: false, deliveryId: id }),
  };
}
