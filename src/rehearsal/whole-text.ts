import { type Message, plainText } from '#domain/message.ts';

/** Everything that a reader of a message sees, without markup, a line each. */
export function wholeText({ title, sentence, body, facts, buttons }: Message): readonly string[] {
  const lines = [
    plainText(title),
    plainText(sentence),
    ...body.flatMap((block) =>
      block.kind === 'list' ? block.items.map((item) => `• ${plainText(item)}`) : [plainText(block.line)],
    ),
    ...facts.map(({ label, value }) => `${label}: ${plainText(value)}`),
    ...buttons.map(({ text }) => text),
  ];
  return [...new Set(lines)].filter((line) => line !== '');
}
