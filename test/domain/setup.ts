import type { EventType } from '#domain/catalogue.ts';
import type { MeetingEvent } from '#domain/event.ts';
import { follow } from '#domain/follow.ts';
import type { Session } from '#domain/session.ts';

/** A moment `seconds` after the start of the meetings in these tests. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 5, 9) + seconds * 1000).toISOString();
}

/** An event of the session S1, `seconds` after its start. */
export function event(type: EventType, seconds: number, more: Partial<MeetingEvent> = {}): MeetingEvent {
  return {
    event: { type, native: type, time: at(seconds) },
    source: { name: 'meet', type: 'plugnmeet' },
    raw: {},
    ...more,
  };
}

export const started = (seconds: number) => event('room.started', seconds);
export const ended = (seconds: number) => event('room.ended', seconds);

/** `id` joins on the connection `sid`; without one where the platform names none. */
export function joined(seconds: number, id: string, sid?: string, more: MeetingEvent['participant'] = {}) {
  return event('participant.joined', seconds, { participant: person(id, sid, more) });
}

export function left(seconds: number, id: string, sid?: string, more: MeetingEvent['participant'] = {}) {
  return event('participant.left', seconds, { participant: person(id, sid, more) });
}

function person(id: string, sid: string | undefined, more: MeetingEvent['participant']) {
  return { id, ...(sid === undefined ? {} : { sid }), ...more };
}

/** News of a recording; without an id where the platform names it only with its file. */
export function recording(
  news: 'starting' | 'started' | 'stopping' | 'stopped' | 'transcoded' | 'ready' | 'failed',
  seconds: number,
  id?: string,
): MeetingEvent {
  return event(`recording.${news}`, seconds, { recording: id === undefined ? {} : { id } });
}

/** Folds the events in the order given; each is heard when it says it happened. */
export function fold(events: readonly MeetingEvent[], from?: Session): Session {
  let session = from;
  for (const each of events) session = follow(session, each, 'S1', each.event.time);
  if (session === undefined) throw new Error('at least one event is needed');
  return session;
}
