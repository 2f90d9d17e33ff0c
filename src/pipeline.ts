import type { Acceptance } from '#domain/event.ts';
import type { RawRequest, Source } from '#sources/source.ts';
import type { Store } from '#store/store.ts';

/** The program on one page: a webhook is accepted, its events are processed, and the outbox delivers what they decided. */

/** Verify, read, keep. When it resolves to `stored`, the webhook is on disk. Rejects with StoreUnavailable when it cannot be kept. */
export async function accept(
  request: RawRequest,
  source: Source,
  store: Store,
  now: Date,
): Promise<Acceptance> {
  const verification = await source.verify(request, now);
  if (verification.kind !== 'authentic') return { kind: verification.kind, reason: verification.reason };
  const reading = source.read(verification.request, now);
  if (reading.kind === 'unreadable') return reading;
  const { native, keys, events } = reading;
  return store.append({ source: source.name, native, receivedAt: now, keys, events });
}
