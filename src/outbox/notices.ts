import { v5 as uuid } from 'uuid';
import { z } from 'zod';
import type { NewDelivery, Outcome, StoredDelivery } from '#domain/delivery.ts';
import type { Message } from '#domain/message.ts';
import type { Logger } from '#runtime/logger.ts';
import type { Settlement, Store } from '#store/store.ts';

/** Stands in the place of a rule's id, which could not look like this. */
const noticeRule = '(notice)';
const namespace = 'b7b6b1f0-0d52-4d5c-8d8a-3f3c1c0f5e21';
const quietMs = 3_600_000;
/** Under this name the store knows the notice about the rules file that is still up. */
const rulesNotice = 'notice: rules file';

export type NoticeOptions = {
  readonly store: Store;
  /** Where a worry about this destination can be told: `notices`, or another that works. */
  readonly place: (about: string | undefined) => { readonly name: string; readonly lane: string } | undefined;
  readonly now: () => Date;
  readonly logger: Logger;
  readonly onEnqueued: () => void;
};

/** Tells the bot's own worries: one message per cause and hour, through the outbox like any other. */
export class Notices {
  readonly #options: NoticeOptions;

  constructor(options: NoticeOptions) {
    this.#options = options;
  }

  /** Looks at how a try ended and tells when somebody has to act. */
  afterDelivery(delivery: StoredDelivery, settlement: Settlement, outcome: Outcome | undefined): void {
    if (delivery.rule === noticeRule) return;
    const { destination, rule } = delivery;
    if (settlement.kind === 'dead') this.#dead(rule, destination, settlement.reason);
    else if (outcome?.kind === 'refused') {
      this.tell(`parked:${destination}:${outcome.reason}`, destination, [
        value(destination),
        own(' refuses messages: '),
        value(outcome.reason),
        own('. They wait and are tried again every 10 minutes.'),
      ]);
    }
  }

  /** Tells that a message could not even be worded. */
  stillborn({ rule, destination }: NewDelivery, reason: string): void {
    this.#dead(rule, destination, reason);
  }

  #dead(rule: string, destination: string, reason: string): void {
    const what = [own('A message of '), value(rule), own(' could not be delivered to '), value(destination)];
    this.tell(`dead:${destination}:${reason}`, destination, [...what, own(': '), value(reason)]);
  }

  /** Tells that an event could not be processed and was set aside. */
  eventSetAside(sequence: number, reason: string): void {
    const sentence = [own(`Event ${sequence} could not be processed and was set aside: `), value(reason)];
    this.tell(`event:${reason}`, undefined, sentence);
  }

  /** Tells that the rules file is broken: the first time in a message, then by editing it. `undefined`: it is mended, and the message says so. */
  async rulesFile(problem: string | undefined): Promise<void> {
    const { store, now, place, onEnqueued, logger } = this.#options;
    const known = standingSchema.parse(JSON.parse((await store.findDocument(rulesNotice)) ?? '{}'));
    if (problem === known.problem) return;
    const target = known.id === undefined ? place(undefined) : { name: known.name, lane: known.lane };
    if (target === undefined) {
      logger.error('there is no working destination to tell this to: set notices: in rules.yaml');
      return;
    }
    const at = now().toISOString();
    const id = uuid(JSON.stringify([rulesNotice, at, problem ?? '']), namespace);
    const message =
      problem === undefined
        ? messageOf([own('The rules file is fixed and in use again.')], 'ready', at)
        : messageOf(
            [own('The rules file is broken, the rules before go on: '), value(problem)],
            'warning',
            at,
          );
    const edits = known.id === undefined ? {} : { edits: known.id };
    // Of one session, so that no edit overtakes another.
    await store.enqueue([noticeTo(target, id, message, { ...edits, session: rulesNotice })]);
    const standing = problem === undefined ? {} : { id: known.id ?? id, problem, ...target };
    await store.saveDocument(rulesNotice, JSON.stringify(standing));
    onEnqueued();
  }

  /** Tells a worry once an hour. `about` is the destination that fails, if it is about one. */
  tell(cause: string, about: string | undefined, sentence: Message['sentence']): void {
    this.#enqueue(cause, about, sentence).catch((error: unknown) => {
      this.#options.logger.error({ err: error, cause }, 'a notice could not be written');
    });
  }

  async #enqueue(cause: string, about: string | undefined, sentence: Message['sentence']): Promise<void> {
    const { store, now, place, onEnqueued, logger } = this.#options;
    const at = now();
    const target = place(about);
    if (target === undefined) {
      logger.error({ cause }, 'there is no working destination to tell this to: set notices: in rules.yaml');
      return;
    }
    if (!(await store.claimKey(`notice:${cause}`, new Date(at.getTime() + quietMs), at))) return;
    const message = messageOf(sentence, 'warning', at.toISOString());
    await store.enqueue([
      noticeTo(target, uuid(JSON.stringify([cause, at.toISOString()]), namespace), message),
    ]);
    onEnqueued();
  }
}

/** The notice that is still up: the delivery that holds it, where it went, and what it says. */
const standingSchema = z.union([
  z.object({ id: z.string(), name: z.string(), lane: z.string(), problem: z.string() }),
  z.object({ id: z.undefined().optional(), problem: z.undefined().optional() }),
]);

function messageOf(sentence: Message['sentence'], state: Message['state'], at: string): Message {
  return { state, title: [], sentence, body: [], facts: [], buttons: [], at };
}

function noticeTo(
  { name, lane }: { readonly name: string; readonly lane: string },
  id: string,
  message: Message,
  more: { readonly edits?: string; readonly session?: string } = {},
): NewDelivery {
  const what = { id, rule: noticeRule, eventSequence: 0, session: '', destination: name, lane, message };
  return { ...what, ...more, state: 'waiting' };
}

function own(text: string): Message['sentence'][number] {
  return { kind: 'text', text };
}

function value(text: string): Message['sentence'][number] {
  return { kind: 'text', text, isValue: true };
}
