import type { Message } from '#domain/message.ts';
import { areWordsSame, firstLine, type Said, tellingLines } from './said.ts';

export type ChangeKind = 'destination' | 'words' | 'time' | 'quiet hours' | 'priority';

/** A message as it would go out. Times are ISO 8601. */
export type Shown = {
  readonly at: string;
  readonly to: string;
  readonly line: string;
  readonly heldUntil?: string | undefined;
};

type Example = {
  readonly room?: string | undefined;
  readonly before?: Shown | undefined;
  readonly after?: Shown | undefined;
};

/** `examples` are the first of them, at most three. */
export type Found = { readonly count: number; readonly examples: readonly Example[] };

export type RuleComparison = {
  /** Its id now, or the last it had. */
  readonly rule: string;
  readonly was?: string | undefined;
  readonly status: 'kept' | 'new' | 'gone';
  /** Messages of the rules before, and of those after. */
  readonly before: number;
  readonly after: number;
  readonly added: Found;
  readonly removed: Found;
  /** Messages that change, each counted once. */
  readonly changed: number;
  /** A message that changes in two ways is in both. */
  readonly changes: Readonly<Partial<Record<ChangeKind, Found>>>;
};

/** What both sides said because of the same event. */
export type Pair = { readonly before: readonly Said[]; readonly after: readonly Said[] };

const mostExamples = 3;

/** Counts what differs in the messages of one rule. */
export class Tally {
  readonly was: string | undefined;
  readonly #rule: string;
  readonly #status: RuleComparison['status'];
  readonly #isSameTemplate: (name: string) => boolean;
  readonly #counts = { before: 0, after: 0, changed: 0 };
  readonly #added = new Finds();
  readonly #removed = new Finds();
  readonly #changes = new Map<ChangeKind, Finds>();

  constructor(
    names: { readonly rule: string; readonly was: string | undefined },
    status: RuleComparison['status'],
    isSameTemplate: (name: string) => boolean,
  ) {
    this.#rule = names.rule;
    this.was = names.was;
    this.#status = status;
    this.#isSameTemplate = isSameTemplate;
  }

  add({ before, after }: Pair): void {
    const rest = [...after];
    const alone = before.filter((said) => {
      const at = rest.findIndex(({ to }) => to === said.to);
      const [same] = at < 0 ? [] : rest.splice(at, 1);
      if (same !== undefined) this.#compare(said, same);
      return same === undefined;
    });
    for (const said of alone) {
      const moved = rest.shift();
      if (moved === undefined) this.#remove(said);
      else this.#compare(said, moved);
    }
    for (const said of rest) this.#add(said);
  }

  #add(said: Said): void {
    const { message } = said.words;
    if (message === undefined) return;
    this.#counts.after += 1;
    this.#added.add(() => ({ ...roomOf(message), after: shown(said, firstLine(message)) }));
  }

  #remove(said: Said): void {
    const { message } = said.words;
    if (message === undefined) return;
    this.#counts.before += 1;
    this.#removed.add(() => ({ ...roomOf(message), before: shown(said, firstLine(message)) }));
  }

  #compare(before: Said, after: Said): void {
    const isSure = before.words.isSurelyAs(after.words, this.#isSameTemplate);
    const others = kindsOf(before, after);
    if (isSure && others.length === 0) {
      this.#counts.before += 1;
      this.#counts.after += 1;
      return;
    }
    const [old, now] = [before.words.message, after.words.message];
    if (old === undefined || now === undefined) {
      this.#remove(before);
      this.#add(after);
      return;
    }
    this.#counts.before += 1;
    this.#counts.after += 1;
    const kinds: readonly ChangeKind[] = isSure || areWordsSame(old, now) ? others : ['words', ...others];
    if (kinds.length === 0) return;
    this.#counts.changed += 1;
    for (const kind of kinds) {
      const finds = this.#changes.get(kind) ?? new Finds();
      this.#changes.set(kind, finds);
      finds.add(() => {
        const [ours, theirs] = tellingLines(old, now);
        return { ...roomOf(now), before: shown(before, ours), after: shown(after, theirs) };
      });
    }
  }

  result(): RuleComparison {
    const changes = Object.fromEntries([...this.#changes].map(([kind, finds]) => [kind, finds.result()]));
    return {
      rule: this.#rule,
      ...(this.was !== undefined && this.was !== this.#rule && { was: this.was }),
      status: this.#status,
      ...this.#counts,
      added: this.#added.result(),
      removed: this.#removed.result(),
      changes,
    };
  }
}

class Finds {
  #count = 0;
  readonly #examples: Example[] = [];

  add(example: () => Example): void {
    this.#count += 1;
    if (this.#examples.length < mostExamples) this.#examples.push(example());
  }

  result(): Found {
    return { count: this.#count, examples: this.#examples };
  }
}

function kindsOf(before: Said, after: Said): readonly ChangeKind[] {
  const isHeldAlike = before.heldUntil?.getTime() === after.heldUntil?.getTime();
  return [
    ...(before.to === after.to && before.place === after.place ? [] : (['destination'] as const)),
    ...(before.at.getTime() === after.at.getTime() ? [] : (['time'] as const)),
    ...(isHeldAlike ? [] : (['quiet hours'] as const)),
    ...(before.isHigh === after.isHigh ? [] : (['priority'] as const)),
  ];
}

function roomOf({ room }: Message): Pick<Example, 'room'> {
  return room === undefined ? {} : { room };
}

function shown({ at, to, heldUntil }: Said, line: string): Shown {
  const held = heldUntil === undefined ? {} : { heldUntil: heldUntil.toISOString() };
  return { at: at.toISOString(), to, line, ...held };
}
