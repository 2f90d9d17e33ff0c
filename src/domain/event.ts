import type { EventType } from './catalogue.ts';
import type { JsonObject, Value } from './value.ts';

/** A moment as ISO 8601 text in UTC with milliseconds, `2026-07-05T15:55:35.047Z`: events are stored, matched and rendered as JSON. */
export type Instant = string;

export type EventHead = {
  readonly type: EventType;
  /** The sender's own name of the event. */
  readonly native: string;
  readonly id?: string;
  /** When it happened by the sender's clock; by ours where the sender does not say. */
  readonly time: Instant;
};

export type Room = {
  readonly id?: string;
  readonly name?: string;
  readonly metadata?: Value;
  readonly parent_id?: string;
  readonly is_breakout?: boolean;
  readonly reason?: string;
};

export type SessionFacts = {
  readonly id?: string;
  readonly started_at?: Instant;
  readonly ended_at?: Instant;
};

export type ParticipantKind = 'human' | 'phone' | 'recorder' | 'stream' | 'ingress' | 'agent' | 'bridge';

export type Participant = {
  readonly id?: string;
  /** One connection of a person; a reconnect keeps the id and changes the sid. */
  readonly sid?: string;
  readonly name?: string;
  readonly kind?: ParticipantKind;
  readonly reason?: string;
  readonly joined_at?: Instant;
  readonly seconds?: number;
  readonly metadata?: Value;
  readonly attributes?: JsonObject;
};

export type Track = {
  readonly id?: string;
  readonly kind?: string;
  readonly source?: string;
  readonly mime?: string;
};

export type MediaFile = {
  readonly url?: string;
  readonly path?: string;
  readonly bytes?: number;
  readonly seconds?: number;
};

export type Recording = MediaFile & {
  readonly id?: string;
  readonly scope?: 'room' | 'web' | 'participant' | 'track' | 'composite' | 'merge';
  readonly files?: readonly MediaFile[];
  readonly error?: string;
  readonly status?: string;
  readonly is_encrypted?: boolean;
  readonly expires_at?: Instant;
};

export type Stream = {
  readonly id?: string;
  readonly url?: string;
  readonly seconds?: number;
  readonly error?: string;
};
export type Hls = Stream & { readonly bytes?: number };
export type Ingress = {
  readonly id?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly error?: string;
};

export type ArtifactKind = 'transcript' | 'summary' | 'analytics' | 'images' | 'other';

export type ArtifactFacts = {
  readonly id?: string;
  readonly kind?: ArtifactKind;
  readonly path?: string;
  readonly mime?: string;
  readonly bytes?: number;
  readonly job_id?: string;
  /** The content itself, where a sender delivers it inline. Stored, never logged. */
  readonly text?: string;
};

export type Transcript = { readonly id?: string; readonly kind?: string };

export type Usage = {
  readonly kind?: string;
  readonly seconds?: number;
  readonly characters?: number;
  readonly tokens?: number;
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  /** No currency: whatever prices the sender's operator configured; 0 = none configured. */
  readonly cost?: number;
  readonly breakdown?: JsonObject;
  readonly artifact_id?: string;
};

export type Agent = { readonly id?: string; readonly name?: string; readonly error?: string };
export type Call = { readonly id?: string; readonly agent_id?: string; readonly metadata?: JsonObject };
export type Resource = { readonly id?: string; readonly kind?: string };

/** Something that happened in a meeting, in our neutral vocabulary. A field that the sender did not fill is missing, never empty. */
export type MeetingEvent = {
  readonly event: EventHead;
  readonly source: { readonly name: string; readonly type: string };
  readonly room?: Room;
  readonly session?: SessionFacts;
  readonly participant?: Participant;
  readonly track?: Track;
  readonly recording?: Recording;
  readonly stream?: Stream;
  readonly hls?: Hls;
  readonly ingress?: Ingress;
  readonly artifact?: ArtifactFacts;
  readonly transcript?: Transcript;
  readonly usage?: Usage;
  readonly agent?: Agent;
  readonly call?: Call;
  readonly resource?: Resource;
  /** The sender's payload after redaction. */
  readonly raw: JsonObject;
};

/**
 * Recognises a repeat. An event repeats another when a stored key is equal, not older than `keepMs`, and holds the same `value`:
 * a key whose value alternates (joined, left) lets a genuine return pass.
 */
export type DuplicateKey = { readonly key: string; readonly value?: string; readonly keepMs: number };

/** An event as a source reads it, with the keys that recognise the same news under another id or body. */
export type NewEvent = { readonly event: MeetingEvent; readonly keys: readonly DuplicateKey[] };

/** One verified webhook, ready to be kept: all of it is stored, or nothing. */
export type AcceptedWebhook = {
  readonly source: string;
  /** The sender's own name of the event, for counting. */
  readonly native: string;
  readonly receivedAt: Date;
  /** Recognise the same delivery again; the first that is known makes the whole webhook a duplicate. */
  readonly keys: readonly DuplicateKey[];
  /** Empty when the webhook says nothing in our words; it is kept and counted all the same. */
  readonly events: readonly NewEvent[];
};

/** What became of a webhook. `stored` and `duplicate` are ours for good; reasons hold no secret and are for the log only. */
export type Acceptance =
  | { readonly kind: 'stored' | 'duplicate' }
  | { readonly kind: 'refused' | 'unavailable' | 'unreadable'; readonly reason: string };
