import type { Callback, Interaction } from './interactions.ts';
import { type ShownMessage, toShown } from './message.ts';

/** What became of an interaction. */
export type Answered = {
  readonly answered: true;
  readonly callback: Callback;
  /** The first answer as the person who asked sees it now; ephemeral ones too. */
  original(): ShownMessage | undefined;
  /** The bodies that edited it, oldest first. */
  readonly edits: Interaction['edits'];
  followUps(): ShownMessage[];
};

/** What an endpoint answered: status 0 when nothing came in time, and how Discord refused the answer, if it did. */
export type Delivered = {
  readonly status: number;
  readonly body: unknown;
  readonly refused?: object;
  readonly outcome: Answered | { readonly answered: false };
};

/** What has become of an interaction whose first answer, if any, is `callback`. */
export function outcomeOf(interaction: Interaction, callback: Callback | undefined): Delivered['outcome'] {
  if (callback === undefined) return { answered: false };
  return {
    answered: true,
    callback,
    original: () => (interaction.original === undefined ? undefined : toShown(interaction.original)),
    edits: interaction.edits,
    followUps: () => interaction.followUps.map(toShown),
  };
}
