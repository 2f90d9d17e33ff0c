import type { PackedEvent, PackedWebhook } from './inbox.ts';

// Webhooks cross to the worker as one text a group: copying text is many times cheaper than cloning objects. JSON holds no line end, so a
// line is a webhook's head, and the lines after it are the bodies of its events.

type Head = Omit<PackedWebhook, 'events'> & { readonly events: readonly Omit<PackedEvent, 'body'>[] };

/** All webhooks of a group as one text; empty for none. */
export function writeAppends(webhooks: readonly PackedWebhook[]): string {
  return webhooks
    .map(({ events, ...head }) => {
      const heads = events.map(({ session, room, keys }) => ({ session, room, keys }));
      return [JSON.stringify({ ...head, events: heads }), ...events.map(({ body }) => body)].join('\n');
    })
    .join('\n');
}

/** The webhooks in a text that `writeAppends` wrote, in their order. */
export function readAppends(text: string): PackedWebhook[] {
  const webhooks: PackedWebhook[] = [];
  const lines = text === '' ? [] : text.split('\n');
  for (let at = 0; at < lines.length; ) {
    const head = JSON.parse(lines[at++] ?? '') as Head;
    const events = head.events.map((event) => ({ ...event, body: lines[at++] ?? '' }));
    webhooks.push({ ...head, events });
  }
  return webhooks;
}
