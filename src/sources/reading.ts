import type { MeetingEvent } from '#domain/event.ts';
import type { Pseudonym } from './redaction.ts';

/** What reading a payload needs besides the payload. */
export type ReadingContext = {
  /** Name of the source in rules.yaml; every duplicate key begins with it. */
  readonly source: string;
  readonly body: Buffer;
  readonly pseudonym: Pseudonym;
  readonly now: Date;
};

/** The objects that only some types of event carry. */
export type Facts = Omit<MeetingEvent, 'event' | 'source' | 'room' | 'session' | 'raw'>;
