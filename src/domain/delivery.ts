import type { Message } from './message.ts';

/**
 * A settled delivery is in one of the last four; nothing leaves them but an operator's retry. `held` waits for the end of quiet hours, and
 * becomes `waiting` then.
 */
export type DeliveryState =
  | 'held'
  | 'waiting'
  | 'sending'
  | 'unknown'
  | 'sent'
  | 'superseded'
  | 'suppressed'
  | 'dead';

/** What a platform gave back for a message; enough to edit it or answer it later. */
export type Receipt = { readonly channel?: string; readonly messageId?: string };

/**
 * What one try came to. `later`: not applied, send again after `afterMs` (none given: the retry schedule decides); with `pausesLane` the
 * platform asked for silence on the whole channel. `refused`: will not work as it is. `unknown`: it may have been applied.
 */
export type Outcome =
  | { readonly kind: 'sent'; readonly receipt: Receipt }
  | {
      readonly kind: 'later';
      readonly reason: string;
      readonly afterMs?: number | undefined;
      readonly pausesLane?: boolean | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly scope: 'message' | 'destination' | 'credential';
      readonly reason: string;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** One message to one destination: the unit of retry, order and audit. */
export type Delivery = {
  /** UUIDv5 of rule, occurrence, destination and the entry in `send`: the same decision gives the same id. */
  readonly id: string;
  readonly rule: string;
  /** Inbox sequence of the event that caused it. */
  readonly eventSequence: number;
  /** `source/session id`, or empty where the event has no session. */
  readonly session: string;
  readonly destination: string;
  /** One channel; at most one message is in flight on it. */
  readonly lane: string;
  readonly message: Message;
  /** Overtakes those that are not. */
  readonly isHigh?: boolean;
  /** Destination that gets the message when this one cannot. */
  readonly fallback?: string;
  /** Id of an earlier delivery whose message this one replaces. */
  readonly edits?: string;
};

/** A delivery as it is first written: mostly waiting, at once suppressed or dead where the reason is known. */
export type NewDelivery = Delivery &
  (
    | { readonly state: 'waiting' }
    | { readonly state: 'held'; readonly until: Date; readonly reason: string }
    | { readonly state: 'suppressed' | 'dead'; readonly reason: string }
  );

/** A delivery with its history, as the store keeps it. */
export type StoredDelivery = Delivery & {
  /** Rises in the order of acceptance. */
  readonly sequence: number;
  readonly state: DeliveryState;
  readonly reason?: string;
  /** Tries already made. */
  readonly attempts: number;
  readonly createdAt: Date;
  /** When the first try began; where to start looking for a message whose fate is unknown. */
  readonly firstTriedAt?: Date;
  readonly settledAt?: Date;
  readonly receipt?: Receipt;
};
