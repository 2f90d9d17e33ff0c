import type { SignedHeaders } from '#simulation/signing.ts';

/** What the service says to a webhook. */
export type Answer = 'stored' | 'duplicate' | 'refused';

/** A message by the rule that asks for it and the destination that gets it. */
export type Tell = `${string} → ${string}`;

/** One webhook of the story, and everything that must come of it. */
export type Step = {
  /** When the platform sends it. */
  readonly at: Date;
  /** Name of the platform, for people. */
  readonly platform: string;
  /** Name of the source in rules.yaml. */
  readonly source: string;
  /** What the platform calls its event. */
  readonly native: string;
  readonly headers: SignedHeaders;
  readonly body: string;
  readonly answer: Answer;
  readonly tells: readonly Tell[];
  /** What is worth noticing here, in a few words. */
  readonly note: string;
};

/** What differs from an ordinary webhook that is stored and tells nobody anything. */
export type Special = Partial<Pick<Step, 'answer' | 'tells' | 'note'>>;

export const ordinary: Required<Special> = { answer: 'stored', tells: [], note: '' };

export function minutesAfter(start: Date, minutes: number): Date {
  return new Date(start.getTime() + minutes * 60_000);
}
