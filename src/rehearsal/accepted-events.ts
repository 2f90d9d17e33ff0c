import type { MeetingEvent } from '#domain/event.ts';
import type { WrittenEvents } from '#rules/event-file.ts';
import type { TestEvent } from '#rules/rule-test.ts';
import type { StoredEvent } from '#store/store.ts';

/** Written events as if they had been accepted, numbered from 1. */
export function acceptedEvents(written: WrittenEvents): readonly StoredEvent[] {
  return written.events.map((event, index) => accepted(event, index + 1, written));
}

function accepted({ atMs, type, facts }: TestEvent, sequence: number, test: WrittenEvents): StoredEvent {
  const receivedAt = new Date(test.start.getTime() + atMs);
  const given = facts as Partial<MeetingEvent>;
  const event: MeetingEvent = {
    ...given,
    room: { id: roomOf(given.session?.id, test), ...given.room },
    event: { native: type, ...given.event, type, time: given.event?.time ?? receivedAt.toISOString() },
    source: { name: test.source.name, type: test.source.type },
    raw: given.raw ?? {},
  };
  return { sequence, receivedAt, event, isRepeat: false };
}

/** Events of one session are in one room, though not each of them says so. */
function roomOf(session: string | undefined, { events }: WrittenEvents): string {
  const rooms = events.flatMap(({ facts }) => {
    const { session: its, room } = facts as Partial<MeetingEvent>;
    return its?.id === session && room?.id !== undefined ? [room.id] : [];
  });
  return rooms[0] ?? 'test-room';
}
