import type { Instant } from './event.ts';

/** What a message is about at a glance; word, glyph and colour are the platforms' business. */
export const states = ['live', 'attention', 'ready', 'warning', 'failed', 'ended'] as const;
export type State = (typeof states)[number];

export type Emphasis = {
  readonly bold?: true;
  readonly italic?: true;
  readonly strike?: true;
  readonly code?: true;
};

/**
 * A run inside a line. `isValue` marks text that came from outside (a guest's name, an error text): it is data on every platform
 * and must never be read as markup there. Text without it was written by the admin, and is plain text too.
 */
export type Inline =
  | ({ readonly kind: 'text'; readonly text: string; readonly isValue?: true } & Emphasis)
  | { readonly kind: 'time'; readonly at: Instant; readonly style: TimeStyle; readonly fallback: string }
  | ({
      readonly kind: 'link';
      readonly url: string;
      readonly label: readonly Inline[];
      readonly isValue?: true;
    } & Emphasis)
  | { readonly kind: 'break' };

/** `time` 07:33 · `date` 8 Feb 2025 · `datetime` both · `ago` relative to now, where the platform can keep it true. */
export type TimeStyle = 'time' | 'date' | 'datetime' | 'ago';

export type Line = readonly Inline[];

export type Block =
  | { readonly kind: 'paragraph'; readonly line: Line }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly Line[] }
  | { readonly kind: 'quote'; readonly line: Line }
  | { readonly kind: 'code'; readonly line: Line };

export type Fact = { readonly label: string; readonly value: Line };

/** A link button. `url` is an absolute http(s) address. */
export type Button = { readonly text: string; readonly url: string };

/**
 * Whom a message pings, first come first named. Slack: ids of users (`U…`, `W…`) or of user groups (`S…`). Discord: the id of a user, or
 * `role:` and the id of a role. Checked when the rules are loaded.
 */
export type Mentions = {
  readonly slack?: readonly string[] | undefined;
  readonly discord?: readonly string[] | undefined;
};

/** What we say, before any platform's format. Rendered once and stored as JSON. */
export type Message = {
  readonly state: State;
  readonly title: Line;
  /** Complete on its own: notifications and screen readers get only this. */
  readonly sentence: Line;
  readonly body: readonly Block[];
  readonly facts: readonly Fact[];
  readonly buttons: readonly Button[];
  /** When the thing told happened. */
  readonly at: Instant;
  /** Name of the room, for the state line. */
  readonly room?: string;
  /** The only way a message pings anybody; nothing in its texts does. */
  readonly mentions?: Mentions;
};

/** The text a reader sees in a line, without any markup. */
export function plainText(line: Line): string {
  return line
    .map((piece) => {
      if (piece.kind === 'text') return piece.text;
      if (piece.kind === 'time') return piece.fallback;
      if (piece.kind === 'link') return plainText(piece.label);
      return ' ';
    })
    .join('');
}
