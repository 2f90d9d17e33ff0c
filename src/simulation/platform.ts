import type { EventType } from '#domain/catalogue.ts';
import type { SignedHeaders } from './signing.ts';

/** The body of a webhook before it is written. It may hold null, as what people ask for may. */
export type Payload = Readonly<Record<string, unknown>>;

/** Who an event of a meeting is about. The guest loses the connection and comes `back`. */
export type Who = 'host' | 'guest' | 'back' | 'recorder';

/** Somebody in the meeting, with one connection. */
export type Person = {
  readonly identity: string;
  /** Machines have none. */
  readonly name?: string;
  /** A UUID of this connection. */
  readonly connection: string;
  readonly joinedAt: Date;
  /** The connection breaks, instead of being ended by the person. */
  readonly isCutOff: boolean;
};

/** The meeting that events are about. */
export type Scene = {
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** A UUID for a thing of this meeting: the same each time for the same name. */
  readonly idOf: (thing: string) => string;
  /** A fresh UUID. */
  readonly newId: () => string;
};

/** One event of a meeting: when it happens, and to whom if it is about somebody. */
export type Moment = { readonly scene: Scene; readonly at: Date; readonly person: Person };

/** How one kind of webhook is made. `becomes`: what it is in our words. */
export type Maker = { readonly becomes: EventType; readonly make: (moment: Moment) => Payload };

/** One line of a whole meeting: `second` counts from its start. */
export type Line = { readonly second: number; readonly event: string; readonly who?: Who };

/** A configured sender, ready to sign. */
export type Sender = {
  readonly sign: (body: string, now: Date) => SignedHeaders;
  /** Whether the place tells who somebody is, so that setting it must not make two people one. */
  readonly isPersonal: (path: readonly string[]) => boolean;
  /** Brings what a maker made into the form that the settings of the source expect; as it is where not given. */
  readonly shape?: (payload: Payload, native: string) => Payload;
};

/** What a platform needs to become a sender. */
export type SenderTools = {
  /** Name of the source in rules.yaml. */
  readonly name: string;
  /** Text of the file with a private key, where one was given. */
  readonly privateKey: string | undefined;
  readonly newId: () => string;
};

/** A platform whose webhooks can be made. */
export type Platform = {
  /** As in rules.yaml. */
  readonly type: string;
  /** By the sender's own name of the event; a variant of it has a suffix such as `.failed`. */
  readonly events: ReadonlyMap<string, Maker>;
  /** A whole meeting, in order. */
  readonly script: readonly Line[];
  /** `settings` are those of a source of this type. Throws WrongUse where something to sign with is missing. */
  readonly open: (settings: unknown, tools: SenderTools) => Sender;
  /** What helps somebody whose source lacks values of the environment. Throws as `open` does. */
  readonly hint?: (tools: SenderTools) => string;
};

/** Seconds from the start of a meeting to its end; what comes of it follows later. */
export const meetingSeconds = 1500;
