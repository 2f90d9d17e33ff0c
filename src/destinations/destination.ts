import type { z } from 'zod';
import type { Outcome, Receipt } from '#domain/delivery.ts';
import type { Message } from '#domain/message.ts';

/** One try to say something. */
export type Outgoing = {
  readonly deliveryId: string;
  readonly message: Message;
  /** When the first try of this delivery began: from there a lost message is looked for. */
  readonly firstTriedAt: Date;
};

/**
 * Whether an earlier try arrived. `cannot tell`: the platform gives no way to know; the destination's policy decides then. `later`: the
 * look-up failed in passing; look again after `afterMs` (none given: the retry schedule decides) and send nothing before that.
 */
export type Found =
  | { readonly kind: 'sent'; readonly receipt: Receipt }
  | { readonly kind: 'absent' }
  | { readonly kind: 'cannot tell'; readonly sendAgain: boolean }
  | { readonly kind: 'later'; readonly reason: string; readonly afterMs?: number | undefined };

/** What an edit came to. `gone`: the message is not there any more or cannot be edited, so it has to be posted anew. */
export type Edited = Outcome | { readonly kind: 'gone'; readonly reason: string };

/** A configured place to say something. */
export interface Destination {
  readonly name: string;
  readonly type: string;
  /** The channel behind it; destinations on one channel share it. Holds no secret. */
  readonly lane: string;
  /** Writes the message in the platform's format and sends it once. Never throws, never retries; reasons hold no secret. */
  send(outgoing: Outgoing): Promise<Outcome>;
  /** Looks for a message whose fate is unknown before it is sent again. Never throws. */
  find(outgoing: Outgoing): Promise<Found>;
  /**
   * Replaces what the message behind `receipt` says, in all its parts; pings nobody anew. Never throws, never retries; after an unknown
   * outcome it can simply be repeated. Missing where the platform cannot edit.
   */
  edit?(outgoing: Outgoing, receipt: Receipt): Promise<Edited>;
}

/** What the platforms give us access to, from the environment. */
export type Credentials = {
  readonly slack: {
    readonly botToken?: string | undefined;
    readonly apiUrl: string;
    readonly isOverridden: boolean;
  };
  readonly discord: {
    readonly botToken?: string | undefined;
    readonly apiUrl: string;
    readonly isOverridden: boolean;
  };
};

/** What a destination may use of the outside. */
export type DestinationTools = {
  readonly credentials: Credentials;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
};

/** `closed`: its messages end suppressed with this reason and show in the preview; `remedy` says what to do about it. */
export type OpenedDestination =
  | { readonly kind: 'open'; readonly destination: Destination }
  | { readonly kind: 'closed'; readonly reason: string; readonly remedy: string };

/** A platform that can be configured under `destinations:`. */
export interface DestinationType<Settings = unknown> {
  /** Its key in rules.yaml. */
  readonly type: string;
  readonly settings: z.ZodType<Settings>;
  /** How many parts of a message it shows; what is beyond is left out. Missing where all are shown. */
  readonly shows?: { readonly fields: number; readonly buttons: number };
  /** Loads the platform's package only here, when it is configured. Rejects with a readable Error for settings that cannot work. */
  open(name: string, settings: Settings, tools: DestinationTools): Promise<OpenedDestination>;
}
