import { isDeepStrictEqual } from 'node:util';
import { type Line, type Message, plainText } from '#domain/message.ts';
import { cut } from '#domain/text.ts';
import type { Configuration, Decided } from '#engine/run.ts';
import { wordFiring } from '#engine/wording.ts';
import type { Firing } from '#rules/decide.ts';
import type { SendDecision } from '#rules/release.ts';

/** A message that would be sent, as far as two of them are compared. */
export type Said = {
  readonly to: string;
  /** Changes when the destination of that name becomes another place. */
  readonly place: string;
  readonly at: Date;
  /** End of the quiet hours that it waits for. */
  readonly heldUntil?: Date | undefined;
  readonly isHigh: boolean;
  readonly words: Words;
};

/** What a rule said because of one event. */
export type Saying = { readonly rule: string; readonly sequence: number; readonly said: readonly Said[] };

/** The words of an entry of `send`, put together when somebody looks at them: most are the same on both sides. */
export class Words {
  readonly #firing: Firing;
  readonly #decision: SendDecision;
  readonly #configuration: Configuration;
  #message: { readonly known: Message | undefined } | undefined;

  constructor(firing: Firing, decision: SendDecision, configuration: Configuration) {
    this.#firing = firing;
    this.#decision = decision;
    this.#configuration = configuration;
  }

  /** Undefined when it cannot be worded, and so would not be sent. */
  get message(): Message | undefined {
    this.#message ??= { known: this.#word() };
    return this.#message.known;
  }

  #word(): Message | undefined {
    const { send, release } = this.#decision;
    const sends = [{ send: { ...send, to: send.to.slice(0, 1) }, release }];
    const [delivery] = wordFiring({ ...this.#firing, sends }, this.#configuration).deliveries;
    return delivery?.state === 'dead' ? undefined : delivery?.message;
  }

  /** Whether both come from the same text and the same facts, which needs no wording. `isSameTemplate` compares files by name. */
  isSurelyAs(other: Words, isSameTemplate: (name: string) => boolean): boolean {
    const [ours, theirs] = [this.#decision.send, other.#decision.send];
    return (
      ours.text === theirs.text &&
      ours.template === theirs.template &&
      (ours.template === undefined || isSameTemplate(ours.template)) &&
      isDeepStrictEqual(ours.mentions, theirs.mentions) &&
      this.#configuration.rulebook.timezone === other.#configuration.rulebook.timezone &&
      isDeepStrictEqual(this.#firing.facts, other.#firing.facts)
    );
  }
}

/** The messages that decisions bring. What would not be sent, such as a shadow rule's, is none. */
export function sayingsOf(
  decided: readonly Decided[],
  configuration: Configuration,
  placeOf: (destination: string) => string,
): readonly Saying[] {
  return decided.flatMap(({ decisions, at }) =>
    decisions.flatMap((decision): Saying[] => {
      if (decision.kind === 'silent' || decision.rule.isShadow) return [];
      const said = decision.sends.flatMap((each): Said[] => {
        const { send, release } = each;
        if (release.kind === 'dropped') return [];
        const words = new Words(decision, each, configuration);
        const heldUntil = release.kind === 'held' ? release.until : undefined;
        return send.to.map((to) => ({ to, place: placeOf(to), at, heldUntil, isHigh: send.isHigh, words }));
      });
      return said.length === 0 ? [] : [{ rule: decision.rule.id, sequence: decision.sequence, said }];
    }),
  );
}

export function areWordsSame(one: Message, other: Message): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The first line of a message, or that line of each in which they differ. */
export function tellingLines(one: Message, other: Message): readonly [string, string] {
  const [ours, theirs] = [linesOf(one), linesOf(other)];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    if (ours[at] !== theirs[at]) return [short(ours[at] ?? ''), short(theirs[at] ?? '')];
  }
  return [firstLine(one), firstLine(other)];
}

export function firstLine(message: Message): string {
  return short(linesOf(message)[0] ?? '');
}

const longestLine = 100;

function short(line: string): string {
  return cut(line, longestLine);
}

/** What a reader sees, line by line, the headline first. */
function linesOf({ title, sentence, body, facts, buttons, state, mentions }: Message): readonly string[] {
  const blocks = body.flatMap((block): readonly Line[] =>
    block.kind === 'list' ? block.items : [block.line],
  );
  return [
    ...[title, sentence, ...blocks].map(plainText).filter((line) => line !== ''),
    ...facts.map(({ label, value }) => `${label}: ${plainText(value)}`),
    ...buttons.map(({ text, url }) => `[${text}] ${url}`),
    `state: ${state}`,
    ...(mentions === undefined ? [] : [`mentions: ${JSON.stringify(mentions)}`]),
  ];
}
