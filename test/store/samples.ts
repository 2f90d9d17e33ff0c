import type { Artifact } from '#domain/artifact.ts';
import type { Delivery, NewDelivery } from '#domain/delivery.ts';
import type { AcceptedWebhook, DuplicateKey, MeetingEvent } from '#domain/event.ts';
import type { Digest, MemoryChanges, Wait, Window } from '#domain/memory.ts';
import { newSession, type Session } from '#domain/session.ts';
import type { JsonObject } from '#domain/value.ts';
import type { LoadedMemory, MemoryQuery, Step, Store } from '#store/store.ts';

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

/** A delivery that waits for the end of quiet hours. */
export function heldDelivery(id: string, until: Date, more: Partial<Delivery> = {}): NewDelivery {
  const { state: _, ...sample } = delivery(id);
  return { ...sample, ...more, state: 'held', until, reason: 'quiet hours: nights' };
}

export function wait(rule: string, key: string, more: Partial<Wait> = {}): Wait {
  const facts: JsonObject = { participant: { name: 'Zoë "🎉" \u0000 \u2028' }, list: [1, true, 'x'] };
  return { kind: 'wait', rule, key, session: 'meet/S1', dueAt: at(60), sequence: 1, facts, ...more };
}

export function digest(rule: string, key: string, more: Partial<Digest> = {}): Digest {
  const items = [{ room: { name: 'Sales' } }];
  return {
    kind: 'digest',
    rule,
    key,
    session: '',
    dueAt: at(60),
    first: 1,
    sequence: 1,
    items,
    count: 1,
    held: 0,
    ...more,
  };
}

export function window(rule: string, key: string, more: Partial<Window> = {}): Window {
  return { kind: 'window', rule, key, passed: [at(0).getTime()], held: 0, dueAt: at(60), ...more };
}

export const noChanges: MemoryChanges = { memos: [], forgotten: [], taken: [], freed: [], used: [] };
export const noQuery: MemoryQuery = { sessions: [], memos: [], once: [] };
export const nothing: LoadedMemory = { memos: [], held: [], sessions: [] };

/** All that an event came to. */
export function step(sequence: number, more: Partial<Step> = {}): Step {
  const none = { sessions: [], deliveries: [], artifacts: [], log: [] };
  return { sequence, finishesEvent: true, ...none, memory: noChanges, ...more };
}

/** What came of a timer that the event of this sequence left behind. */
export function timerStep(sequence: number, more: Partial<Step> = {}): Step {
  return step(sequence, { finishesEvent: false, ...more });
}

/** Settles one step, its once-keys held for 30 days. */
export async function settle(store: Store, one: Step): Promise<boolean | undefined> {
  const [isWritten] = await store.settle([one], at((30 * dayMs) / 1000));
  return isWritten;
}

/** Changes what rules remember, as a timer does. */
export async function remember(
  store: Store,
  changes: Partial<MemoryChanges>,
  holdUntil: Date = at((30 * dayMs) / 1000),
): Promise<void> {
  await store.settle([timerStep(1, { memory: { ...noChanges, ...changes } })], holdUntil);
}

/** Stores one event, claims it and tells its sequence. */
export async function claimedSequence(store: Store, id: string): Promise<number> {
  await store.append(webhook(id));
  const claimed = await store.claimEvents({ now: at(0), limit: 1000, leaseMs: 60_000 });
  const sequence = claimed.find(({ event }) => event.event.id === id)?.sequence;
  if (sequence === undefined) throw new Error(`The event ${id} was not given out.`);
  return sequence;
}
