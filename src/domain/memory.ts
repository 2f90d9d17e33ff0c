import type { JsonObject } from './value.ts';

/** A rule whose conditions held and that waits for a while before it fires. At most one for each rule and key. */
export type Wait = {
  readonly kind: 'wait';
  readonly rule: string;
  readonly key: string;
  /** `source/session id` of the event that began it; empty where it has none. */
  readonly session: string;
  readonly dueAt: Date;
  /** Inbox sequence of the event that began it. */
  readonly sequence: number;
  /** The event as it was; its session is looked up anew. */
  readonly facts: JsonObject;
};

/** Firings that are collected for one message. */
export type Digest = {
  readonly kind: 'digest';
  readonly rule: string;
  readonly key: string;
  readonly dueAt: Date;
  /** Inbox sequences of the first and the last event in it. */
  readonly first: number;
  readonly sequence: number;
  /** The first of them, each with the facts of its event; at most 50. */
  readonly items: readonly JsonObject[];
  readonly count: number;
  /** How many a limit held back before those in it. */
  readonly held: number;
  /** The session that all of them have in common; empty where they have none. */
  readonly session: string;
};

/** What a limit let pass lately, and what it held back since. */
export type Window = {
  readonly kind: 'window';
  readonly rule: string;
  readonly key: string;
  /** Milliseconds since 1970, oldest first. */
  readonly passed: readonly number[];
  readonly held: number;
  /** When none of it matters any more, unless something is still held back. */
  readonly dueAt: Date;
};

/** What a rule remembers from one event to the next, besides its once-keys. */
export type Memo = Wait | Digest | Window;

/** Names one memo. */
export type MemoKey = { readonly kind: Memo['kind']; readonly rule: string; readonly key: string };

/** A once-key: a rule, and the values that it has fired for. */
export type OnceKey = { readonly rule: string; readonly key: string };

/** Changes of memory that go into the transaction of what caused them. */
export type MemoryChanges = {
  readonly memos: readonly Memo[];
  readonly forgotten: readonly MemoKey[];
  /** Keys that fired now. */
  readonly taken: readonly OnceKey[];
  readonly freed: readonly OnceKey[];
  /** Keys that were asked for while they were held: they are kept on. */
  readonly used: readonly OnceKey[];
};
