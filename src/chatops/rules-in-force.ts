import { lineOf, shownText } from '#destinations/fitting.ts';
import type { Block, Line } from '#domain/message.ts';
import { counted, joined, text, type Wording } from './wording.ts';

/** A rule that decides: the event types it listens to and the destinations it speaks to. */
export type RuleInForce = {
  readonly id: string;
  readonly on: readonly string[];
  readonly to: readonly string[];
};

const mostRules = 20;
/** Characters; so many rules fit into one message on every platform. */
const lengths = { id: 30, on: 60, to: 40 };

export function describeRules(rules: readonly RuleInForce[]): Wording {
  const count = counted(rules.length, 'rule is', 'rules are');
  if (rules.length === 0) {
    const sentence = [text('No rule is in force.')];
    return { state: 'ended', title: sentence, sentence, body: [] };
  }
  const ids = rules.map(({ id }): Line => [text(id)]);
  const items = rules.slice(0, mostRules).map(describeRule);
  const hidden = rules.length - items.length;
  const more: Block[] = hidden > 0 ? [{ kind: 'paragraph', line: [text(`and ${hidden} more`)] }] : [];
  return {
    state: 'ready',
    title: [text('Rules in force')],
    sentence: [text(`${count} in force: `), ...joined(ids)],
    body: [{ kind: 'list', isOrdered: false, items }, ...more],
  };
}

function describeRule({ id, on, to }: RuleInForce): Line {
  const places = to.length === 0 ? 'nowhere' : `in ${short(to.join(', '), lengths.to)}`;
  return [
    { kind: 'text', text: short(id, lengths.id), bold: true },
    text(` listens to ${short(on.join(', '), lengths.on)}, speaks ${places}`),
  ];
}

function short(words: string, length: number): string {
  return shownText(lineOf(words), length, length);
}
