import type { Inline, Line, Message } from '#domain/message.ts';

/** The part of an answer that differs from command to command. */
export type Wording = Pick<Message, 'state' | 'title' | 'sentence' | 'body'>;

type Text = Extract<Inline, { kind: 'text' }>;

/** Words of our own. */
export function text(words: string): Text {
  return { kind: 'text', text: words };
}

/** Words that came from outside. */
export function value(words: string): Text {
  return { kind: 'text', text: words, isValue: true };
}

/** The lines one after the other, with commas between them. */
export function joined(lines: readonly Line[]): Line {
  return lines.flatMap((line, index) => (index === 0 ? line : [text(', '), ...line]));
}

/** `1 meeting`, `2 meetings`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
