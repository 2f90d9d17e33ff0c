import type { NewDelivery } from '#domain/delivery.ts';
import { type Line, type Message, plainText } from '#domain/message.ts';
import { cut } from '#domain/text.ts';
import type { Configuration, Decided } from '#engine/run.ts';
import { wordFiring } from '#engine/wording.ts';

/** A message that would be sent, as far as two of them are compared. */
export type Said = {
  readonly to: string;
  /** Changes when the destination of that name becomes another place. */
  readonly place: string;
  readonly at: Date;
  /** End of the quiet hours that it waits for. */
  readonly heldUntil?: Date | undefined;
  readonly isHigh: boolean;
  readonly message: Message;
};

/** What a rule said because of one event. */
export type Saying = { readonly rule: string; readonly sequence: number; readonly said: readonly Said[] };

/** The messages that decisions bring. What would not be sent, such as a shadow rule's, is none. */
export function sayingsOf(
  decided: readonly Decided[],
  configuration: Configuration,
  placeOf: (destination: string) => string,
): readonly Saying[] {
  return decided.flatMap(({ decisions, at }) =>
    decisions.flatMap((decision): Saying[] => {
      if (decision.kind === 'silent') return [];
      const said = wordFiring(decision, configuration).deliveries.flatMap((delivery) =>
        saidOf(delivery, at, placeOf),
      );
      return said.length === 0 ? [] : [{ rule: decision.rule.id, sequence: decision.sequence, said }];
    }),
  );
}

function saidOf(delivery: NewDelivery, at: Date, placeOf: (destination: string) => string): Said[] {
  if (delivery.state !== 'waiting' && delivery.state !== 'held') return [];
  const { destination: to, message, isHigh = false } = delivery;
  const heldUntil = delivery.state === 'held' ? delivery.until : undefined;
  return [{ to, place: placeOf(to), at, heldUntil, isHigh, message }];
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
