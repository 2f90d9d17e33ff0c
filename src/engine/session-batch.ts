import { follow } from '#domain/follow.ts';
import { age, lose, type Session, sessionKey } from '#domain/session.ts';
import { comparable } from '#domain/text.ts';
import type { ClaimedEvent } from '#store/store.ts';

/** What an event made of its session. */
export type Followed = {
  readonly before?: Session | undefined;
  readonly after?: Session | undefined;
  /** All that changed: the session, and one that is lost because another began in the same room. */
  readonly sessions: readonly Session[];
};

/** Sessions as the events of one run leave them, so that later events see what earlier ones did. */
export class SessionBatch {
  readonly #byKey = new Map<string, Session>();
  readonly #openByRoom = new Map<string, Session | undefined>();

  /** What the store knows of sessions that no event of the run brings along. */
  constructor(known: readonly Session[] = []) {
    for (const session of known) this.#byKey.set(sessionKey(session), session);
  }

  /** The session of this key, if anything is known of it here. */
  at(key: string): Session | undefined {
    return this.#byKey.get(key);
  }

  /** Follows the session of an event. */
  follow(claimed: ClaimedEvent): Followed {
    const { event, receivedAt } = claimed;
    const open = this.#openIn(claimed);
    const id = event.session?.id ?? open?.id;
    if (id === undefined) return { sessions: [] };
    const known = this.#find(claimed, id) ?? (open?.id === id ? open : undefined);
    const before = known && age(known, receivedAt);
    const after = follow(before, event, id, receivedAt.toISOString());
    const begins = ['room.created', 'room.started', 'participant.joined'].includes(event.event.type);
    const lost =
      before === undefined && begins && open !== undefined && open.id !== id ? lose(open) : undefined;
    if (lost) this.#put(lost, false);
    this.#put(after, before === undefined);
    return { before, after, sessions: lost ? [after, lost] : [after] };
  }

  #find(claimed: ClaimedEvent, id: string): Session | undefined {
    return this.#byKey.get(sessionKey({ source: claimed.event.source.name, id })) ?? claimed.session;
  }

  /** The newest open session in the room of the event. */
  #openIn({ event, openSession }: ClaimedEvent): Session | undefined {
    const room = roomKey(event.source.name, event.room?.id);
    if (room !== undefined && this.#openByRoom.has(room)) return this.#openByRoom.get(room);
    const known = openSession && (this.#byKey.get(sessionKey(openSession)) ?? openSession);
    if (known === undefined || !isOpen(known)) return undefined;
    if (room !== undefined) this.#openByRoom.set(room, known);
    return known;
  }

  #put(session: Session, isNew: boolean): void {
    this.#byKey.set(sessionKey(session), session);
    const room = roomKey(session.source, session.roomId);
    if (room === undefined) return;
    const open = this.#openByRoom.get(room);
    const isNewest = isNew || open === undefined || open.id === session.id;
    if (isOpen(session) && isNewest) this.#openByRoom.set(room, session);
    else if (open?.id === session.id) this.#openByRoom.set(room, undefined);
  }
}

function isOpen({ status }: Session): boolean {
  return status === 'created' || status === 'live';
}

function roomKey(source: string, room: string | undefined): string | undefined {
  return room === undefined ? undefined : `${source}/${comparable(room, true)}`;
}
