import type { Artifact } from '#domain/artifact.ts';
import type { NewDelivery } from '#domain/delivery.ts';
import type { AcceptedWebhook, DuplicateKey, MeetingEvent } from '#domain/event.ts';
import { newSession, type Session } from '#domain/session.ts';
import type { Firing, Processed, Store } from '#store/store.ts';

const begin = Date.parse('2026-07-05T08:00:00.000Z');

/** A moment this many seconds after the samples begin. */
export function at(seconds: number): Date {
  return new Date(begin + seconds * 1000);
}

export const dayMs = 24 * 3_600_000;

type EventChoice = { readonly source?: string; readonly session?: string; readonly room?: string };

export function meetingEvent(id: string, { source = 'meet', session, room }: EventChoice = {}): MeetingEvent {
  return {
    event: { type: 'participant.joined', native: 'participant_joined', id, time: at(0).toISOString() },
    source: { name: source, type: 'plugnmeet' },
    ...(session === undefined ? {} : { session: { id: session } }),
    ...(room === undefined ? {} : { room: { id: room } }),
    raw: { text: 'Zoë "🎉" \u0000 \u2028', list: [1, true, { deep: 'x' }] },
  };
}

type WebhookChoice = EventChoice & {
  readonly receivedAt?: Date;
  readonly keys?: readonly DuplicateKey[];
  readonly meanings?: readonly DuplicateKey[];
};

/** A webhook with one event of this id. */
export function webhook(id: string, choice: WebhookChoice = {}): AcceptedWebhook {
  return {
    source: choice.source ?? 'meet',
    native: 'participant_joined',
    receivedAt: choice.receivedAt ?? at(0),
    keys: choice.keys ?? [],
    events: [{ event: meetingEvent(id, choice), keys: choice.meanings ?? [] }],
  };
}

export function key(text: string, value?: string, keepMs: number = dayMs): DuplicateKey {
  return { key: text, keepMs, ...(value === undefined ? {} : { value }) };
}

/** Claims what can be claimed now and tells the events' ids, in order. */
export async function claimIds(
  store: Store,
  now: Date = at(0),
  limit = 1000,
): Promise<(string | undefined)[]> {
  const claimed = await store.claimEvents({ now, limit, leaseMs: 60_000 });
  return claimed.map(({ event }) => event.event.id);
}

export function session(id: string, more: Partial<Session> = {}): Session {
  return { ...newSession('meet', id, at(0).toISOString()), ...more };
}

export function delivery(id: string, more: Partial<NewDelivery> = {}): NewDelivery {
  const sample: NewDelivery = {
    id,
    rule: 'vip-joined',
    eventSequence: 1,
    session: `meet/${id}`,
    destination: 'sales',
    lane: 'slack/C1',
    message: {
      state: 'live',
      title: [{ kind: 'text', text: 'Zoë joined', isValue: true }],
      sentence: [{ kind: 'text', text: `${id} 🎉` }],
      body: [],
      facts: [],
      buttons: [],
      at: at(0).toISOString(),
    },
    state: 'waiting',
  };
  return Object.assign(sample, more);
}

export function artifact(id: string, more: Partial<Artifact> = {}): Artifact {
  return {
    id,
    source: 'meet',
    kind: 'recording',
    reference: { kind: 'recording', recordId: 'r1' },
    session: 'meet/S1',
    createdAt: at(0).toISOString(),
    expiresAt: at(3600).toISOString(),
    ...more,
  };
}

export function firing(more: Partial<Firing> = {}): Firing {
  return { rule: 'vip-joined', deliveries: [], artifacts: [], ...more };
}

export function processed(sequence: number, more: Partial<Processed> = {}): Processed {
  return { sequence, sessions: [], firings: [], log: [], ...more };
}

/** Stores one event, claims it and tells its sequence. */
export async function claimedSequence(store: Store, id: string): Promise<number> {
  await store.append(webhook(id));
  const claimed = await store.claimEvents({ now: at(0), limit: 1000, leaseMs: 60_000 });
  const sequence = claimed.find(({ event }) => event.event.id === id)?.sequence;
  if (sequence === undefined) throw new Error(`The event ${id} was not given out.`);
  return sequence;
}
