import { v5 as uuid } from 'uuid';
import type { Artifact } from '#domain/artifact.ts';
import type { NewDelivery } from '#domain/delivery.ts';
import { follow } from '#domain/follow.ts';
import type { Message } from '#domain/message.ts';
import { age, factsOf, lose, type Session, sessionKey } from '#domain/session.ts';
import { comparable } from '#domain/text.ts';
import { type JsonObject, readPath } from '#domain/value.ts';
import type { TemplateLibrary } from '#messages/library.ts';
import { type RenderTools, render } from '#messages/render.ts';
import { decide } from '#rules/decide.ts';
import type { Rule, Rulebook, Send } from '#rules/rulebook.ts';
import type { ClaimedEvent, Firing, Processed } from '#store/store.ts';

/** What processing an event needs to know of the configuration. One object, so that a reload is one swap. */
export type Configuration = {
  readonly rulebook: Rulebook;
  readonly library: TemplateLibrary;
  /** Where a destination's messages go; `closed` says why they cannot. */
  readonly lane: (destination: string) => { readonly lane: string } | { readonly closed: string };
  readonly artifactLink: RenderTools['artifactLink'];
};

/** Sessions as the events of one batch leave them, so that later events of the batch see what earlier ones did. */
export class SessionBatch {
  readonly #byKey = new Map<string, Session>();
  readonly #openByRoom = new Map<string, Session | undefined>();

  find(claimed: ClaimedEvent, id: string): Session | undefined {
    return this.#byKey.get(sessionKey({ source: claimed.event.source.name, id })) ?? claimed.session;
  }

  openIn({ event, openSession }: ClaimedEvent): Session | undefined {
    const room = roomKey(event.source.name, event.room?.id);
    if (room !== undefined && this.#openByRoom.has(room)) return this.#openByRoom.get(room);
    const known = openSession && (this.#byKey.get(sessionKey(openSession)) ?? openSession);
    return known && isOpen(known) ? known : undefined;
  }

  put(session: Session): void {
    this.#byKey.set(sessionKey(session), session);
    const room = roomKey(session.source, session.roomId);
    if (room === undefined) return;
    if (isOpen(session)) this.#openByRoom.set(room, session);
    else if (this.#openByRoom.get(room)?.id === session.id) this.#openByRoom.set(room, undefined);
  }
}

function isOpen({ status }: Session): boolean {
  return status === 'created' || status === 'live';
}

function roomKey(source: string, room: string | undefined): string | undefined {
  return room === undefined ? undefined : `${source}/${comparable(room, true)}`;
}

/** Follows the session, decides, words: everything that one event comes to. Pure but for `batch`, which it brings up to date. */
export function processEvent(
  claimed: ClaimedEvent,
  batch: SessionBatch,
  configuration: Configuration,
): Processed {
  const { event, sequence, isRepeat } = claimed;
  const { after: session, before, sessions } = followSession(claimed, batch);
  if (isRepeat) return { sequence, sessions, firings: [], log: [] };
  const roomUrl = addressOf(configuration.rulebook, event.source.name, event.room?.id ?? session?.roomId);
  const facts = factsOf(event, { session, before, roomUrl });
  const log: JsonObject[] = [];
  const firings: Firing[] = [];
  for (const decision of decide(configuration.rulebook, event.event.type, facts)) {
    const { rule } = decision;
    if (decision.kind === 'silent') {
      log.push({ rule: rule.id, silent: decision.reason });
      continue;
    }
    const occurrence = { facts, sequence, session: session ? sessionKey(session) : '' };
    const firing = wordFiring(rule, occurrence, configuration);
    log.push({ rule: rule.id, deliveries: firing.deliveries.map(({ id }) => id) });
    firings.push({
      ...firing,
      rule: rule.id,
      ...(decision.onceKey === undefined ? {} : { onceKey: decision.onceKey }),
    });
  }
  return { sequence, sessions, firings, log };
}

type Followed = {
  readonly before?: Session | undefined;
  readonly after?: Session | undefined;
  /** All that changed: the session, and one that is lost because another began in the same room. */
  readonly sessions: readonly Session[];
};

function followSession(claimed: ClaimedEvent, batch: SessionBatch): Followed {
  const { event, receivedAt } = claimed;
  const open = batch.openIn(claimed);
  const id = event.session?.id ?? open?.id;
  if (id === undefined) return { sessions: [] };
  const known = batch.find(claimed, id) ?? (open?.id === id ? open : undefined);
  const before = known && age(known, receivedAt);
  const after = follow(before, event, id, receivedAt.toISOString());
  const begins = ['room.created', 'room.started', 'participant.joined'].includes(event.event.type);
  const lost =
    before === undefined && begins && open !== undefined && open.id !== id ? lose(open) : undefined;
  if (lost) batch.put(lost);
  batch.put(after);
  return { before, after, sessions: lost ? [after, lost] : [after] };
}

type Occurrence = { readonly facts: JsonObject; readonly sequence: number; readonly session: string };

/** Words every message of a rule that fires. A message that cannot be worded is dead with its reason; the others go out. */
function wordFiring(
  rule: Rule,
  occurrence: Occurrence,
  configuration: Configuration,
): Pick<Firing, 'deliveries' | 'artifacts'> {
  const artifacts: Artifact[] = [];
  const deliveries = rule.sends.flatMap((send) => {
    const worded = word(send, occurrence.facts, configuration);
    artifacts.push(...worded.artifacts);
    return send.to.map((destination): NewDelivery => {
      const place = configuration.lane(destination);
      const delivery = {
        id: uuid(JSON.stringify([rule.id, occurrence.sequence, destination, send.index]), deliveryNamespace),
        rule: rule.id,
        eventSequence: occurrence.sequence,
        session: occurrence.session,
        destination,
        lane: 'lane' in place ? place.lane : `closed:${destination}`,
        message: worded.message,
      };
      if (worded.error !== undefined) return { ...delivery, state: 'dead', reason: worded.error };
      return 'lane' in place
        ? { ...delivery, state: 'waiting' }
        : { ...delivery, state: 'suppressed', reason: place.closed };
    });
  });
  return { deliveries, artifacts };
}

const deliveryNamespace = '5f6d9f0a-9f57-4d1c-8b1e-2f1c6f3a7b10';

type Worded = { readonly message: Message; readonly artifacts: readonly Artifact[]; readonly error?: string };

function word(send: Send, facts: JsonObject, { library, rulebook, artifactLink }: Configuration): Worded {
  const template = library.words(send);
  const name = send.template ?? 'text';
  try {
    if (template === undefined) throw new Error('there is no such template');
    return render(template, facts, { timezone: rulebook.timezone, artifactLink });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { message: emptyMessage(facts), artifacts: [], error: `template ${name}: ${reason}` };
  }
}

function emptyMessage(facts: JsonObject): Message {
  const at = readPath(facts, ['event', 'time']);
  return {
    state: 'failed',
    title: [],
    sentence: [],
    body: [],
    facts: [],
    buttons: [],
    at: typeof at === 'string' ? at : '',
  };
}

/** `room_url` of the source with the room's id put in, encoded. */
function addressOf(rulebook: Rulebook, source: string, room: string | undefined): string | undefined {
  const pattern = rulebook.sources.find(({ name }) => name === source)?.roomUrl;
  return room === undefined
    ? undefined
    : pattern?.replaceAll(/\{\{\s*room\.id\s*\}\}/g, encodeURIComponent(room));
}
