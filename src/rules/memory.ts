import type { Digest, Memo, MemoKey, MemoryChanges, OnceKey, Wait, Window } from '#domain/memory.ts';

/** A part of the rules' memory: what was looked for, and what of it is there. */
export type Known = {
  readonly looked: Looked;
  readonly memos: readonly Memo[];
  readonly held: readonly OnceKey[];
};

/** What was looked for in the rules' memory. */
export type Looked = {
  /** Sessions whose waits were looked at. */
  readonly sessions: readonly string[];
  readonly memos: readonly MemoKey[];
  readonly once: readonly OnceKey[];
};

/**
 * What rules remember, at hand for one run. Notes what changes, so that it can be written together with what caused it, and what was
 * looked for and is not at hand: then the run is worth nothing, and is made again with that too.
 */
export class Memory {
  readonly #memos = new Map<string, Memo>();
  /** Waits and digests, which become due; of windows there may be many more. */
  readonly #timers = new Map<string, Wait | Digest>();
  /** Milliseconds since 1970: no timer is due before, so that nobody has to look. */
  #noneBefore = Number.POSITIVE_INFINITY;
  readonly #bySession = new Map<string, Set<string>>();
  readonly #held = new Set<string>();
  #changed = new Map<string, Memo | MemoKey>();
  #taken = new Map<string, OnceKey>();
  #freed = new Map<string, OnceKey>();
  #used = new Map<string, OnceKey>();
  /** Names of what was changed in this run: nobody needs to look for them. */
  readonly #touched = new Set<string>();
  readonly #looked: { sessions: Set<string>; memos: Set<string>; once: Set<string> } | undefined;
  readonly #missed = {
    sessions: new Set<string>(),
    memos: new Map<string, MemoKey>(),
    once: new Map<string, OnceKey>(),
  };

  /** Without `known` the memory is empty, and all of it is at hand. */
  constructor(known?: Known) {
    if (known === undefined) return;
    const { looked, memos, held } = known;
    this.#looked = {
      sessions: new Set(looked.sessions),
      memos: new Set(looked.memos.map(memoName)),
      once: new Set(looked.once.map(onceName)),
    };
    for (const memo of memos) this.#keep(memo);
    for (const each of held) this.#held.add(onceName(each));
  }

  /** What was looked for and is not at hand; undefined when nothing was. */
  get missed(): Looked | undefined {
    const { sessions, memos, once } = this.#missed;
    if (sessions.size + memos.size + once.size === 0) return undefined;
    return { sessions: [...sessions], memos: [...memos.values()], once: [...once.values()] };
  }

  wait(rule: string, key: string): Wait | undefined {
    const found = this.#find({ kind: 'wait', rule, key });
    return found?.kind === 'wait' ? found : undefined;
  }

  digest(rule: string, key: string): Digest | undefined {
    const found = this.#find({ kind: 'digest', rule, key });
    return found?.kind === 'digest' ? found : undefined;
  }

  window(rule: string, key: string): Window | undefined {
    const found = this.#find({ kind: 'window', rule, key });
    return found?.kind === 'window' ? found : undefined;
  }

  /** The waits that events of a session began. */
  waitsOf(session: string): readonly Wait[] {
    if (this.#looked?.sessions.has(session) === false) this.#missed.sessions.add(session);
    return [...(this.#bySession.get(session) ?? [])].flatMap((name) => {
      const found = this.#memos.get(name);
      return found?.kind === 'wait' ? [found] : [];
    });
  }

  /** The wait or digest that is due first, before a moment and not before `from`; of several the one that an earlier event began. */
  nextDue(before: Date, from = new Date(0)): Wait | Digest | undefined {
    if (this.#noneBefore >= before.getTime()) return undefined;
    let next: Wait | Digest | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const memo of this.#timers.values()) {
      earliest = Math.min(earliest, memo.dueAt.getTime());
      if (memo.dueAt >= before || memo.dueAt < from) continue;
      if (next === undefined || isDueBefore(memo, next)) next = memo;
    }
    this.#noneBefore = earliest;
    return next;
  }

  put(memo: Memo): void {
    this.#keep(memo);
    this.#touched.add(memoName(memo));
    this.#changed.set(memoName(memo), memo);
  }

  forget({ kind, rule, key }: MemoKey): void {
    const name = memoName({ kind, rule, key });
    const known = this.#memos.get(name);
    if (known?.kind === 'wait') this.#bySession.get(known.session)?.delete(name);
    this.#memos.delete(name);
    this.#timers.delete(name);
    this.#touched.add(name);
    this.#changed.set(name, { kind, rule, key });
  }

  isHeld(once: OnceKey): boolean {
    const name = onceName(once);
    if (this.#held.has(name)) return true;
    if (!this.#touched.has(name) && this.#looked?.once.has(name) === false) this.#missed.once.set(name, once);
    return false;
  }

  hold(once: OnceKey): void {
    this.#held.add(onceName(once));
    this.#touched.add(onceName(once));
    this.#taken.set(onceName(once), once);
    this.#freed.delete(onceName(once));
  }

  use(once: OnceKey): void {
    this.#used.set(onceName(once), once);
  }

  free(once: OnceKey): void {
    const name = onceName(once);
    if (!this.isHeld(once)) return;
    this.#held.delete(name);
    this.#touched.add(name);
    this.#freed.set(name, once);
    this.#taken.delete(name);
  }

  /** What changed since it was last asked. */
  takeChanges(): MemoryChanges {
    const changed = [...this.#changed.values()];
    const changes = {
      memos: changed.filter((each): each is Memo => 'dueAt' in each),
      forgotten: changed.filter((each) => !('dueAt' in each)),
      taken: [...this.#taken.values()],
      freed: [...this.#freed.values()],
      used: [...this.#used.values()],
    };
    this.#changed = new Map();
    this.#taken = new Map();
    this.#freed = new Map();
    this.#used = new Map();
    return changes;
  }

  #find(memo: MemoKey): Memo | undefined {
    const name = memoName(memo);
    const found = this.#memos.get(name);
    const isKnown = found !== undefined || this.#touched.has(name);
    if (!isKnown && this.#looked?.memos.has(name) === false) this.#missed.memos.set(name, memo);
    return found;
  }

  #keep(memo: Memo): void {
    const name = memoName(memo);
    this.#memos.set(name, memo);
    if (memo.kind !== 'window') {
      this.#timers.set(name, memo);
      this.#noneBefore = Math.min(this.#noneBefore, memo.dueAt.getTime());
    }
    if (memo.kind !== 'wait' || memo.session === '') return;
    const names = this.#bySession.get(memo.session);
    if (names === undefined) this.#bySession.set(memo.session, new Set([name]));
    else names.add(name);
  }
}

/** What a wait brings at the very moment a digest is due is still in time for it. */
function isDueBefore(one: Wait | Digest, other: Wait | Digest): boolean {
  const apart = one.dueAt.getTime() - other.dueAt.getTime();
  if (apart !== 0) return apart < 0;
  if (one.kind !== other.kind) return one.kind === 'wait';
  if (one.sequence !== other.sequence) return one.sequence < other.sequence;
  return memoName(one) < memoName(other);
}

function memoName({ kind, rule, key }: MemoKey): string {
  return `${kind}\n${rule}\n${key}`;
}

function onceName({ rule, key }: OnceKey): string {
  return `once\n${rule}\n${key}`;
}
