import type { EventType } from '#domain/catalogue.ts';
import type { RawRequest, Source } from '#sources/source.ts';
import type { Payload, Sender } from './platform.ts';
import { maskProofs, type SignedHeaders } from './signing.ts';

/** A webhook ready to be sent, or why it is better not sent. */
export type Rehearsed =
  | {
      readonly kind: 'ready';
      /** The sender's own name of the event. */
      readonly native: string;
      /** What it is in our words; none where it changes nothing. */
      readonly types: readonly EventType[];
      readonly headers: SignedHeaders;
      /** The same headers without what proves the sender. */
      readonly shown: SignedHeaders;
      readonly body: string;
    }
  | { readonly kind: 'refused'; readonly native: string; readonly reason: string };

export type Webhook = {
  /** Opened with the same settings as in the service. */
  readonly source: Source;
  readonly sender: Sender;
  readonly url: string;
  readonly event: string;
  readonly payload: Payload;
  /** What it must be read as; undefined where anything is fine. */
  readonly becomes: EventType | undefined;
};

/** Signs a webhook and lets the source itself verify and read it, as the service will. */
export async function rehearse(
  { source, sender, url, event, payload, becomes }: Webhook,
  now: Date,
): Promise<Rehearsed> {
  const refused = (reason: string): Rehearsed => ({ kind: 'refused', native: event, reason });
  const body = JSON.stringify(payload);
  const headers = sender.sign(body, now);
  const request: RawRequest = { url, headers, body: Buffer.from(body) };
  const verification = await source.verify(request, now);
  if (verification.kind !== 'authentic') return refused(`it would not be accepted: ${verification.reason}`);
  const reading = source.read(verification.request, now);
  if (reading.kind !== 'events') return refused(`it would not be read: ${reading.reason}`);
  const types = reading.events.map((each) => each.event.event.type);
  if (becomes !== undefined && !types.includes(becomes))
    return refused(`it would be read as ${types.join(', ') || 'nothing'} instead of ${becomes}`);
  return { kind: 'ready', native: reading.native, types, headers, shown: maskProofs(headers), body };
}
