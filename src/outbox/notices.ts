import { v5 as uuid } from 'uuid';
import type { NewDelivery, Outcome, StoredDelivery } from '#domain/delivery.ts';
import type { Message } from '#domain/message.ts';
import type { Logger } from '#runtime/logger.ts';
import type { Settlement, Store } from '#store/store.ts';

/** Stands in the place of a rule's id, which could not look like this. */
const noticeRule = '(notice)';
const namespace = 'b7b6b1f0-0d52-4d5c-8d8a-3f3c1c0f5e21';
const quietMs = 3_600_000;

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
    const message: Message = {
      state: 'warning',
      title: [],
      sentence,
      body: [],
      facts: [],
      buttons: [],
      at: at.toISOString(),
    };
    const id = uuid(JSON.stringify([cause, at.toISOString()]), namespace);
    const { name, lane } = target;
    await store.enqueue([
      {
        id,
        rule: noticeRule,
        eventSequence: 0,
        session: '',
        destination: name,
        lane,
        message,
        state: 'waiting',
      },
    ]);
    onEnqueued();
  }
}

function own(text: string): Message['sentence'][number] {
  return { kind: 'text', text };
}

function value(text: string): Message['sentence'][number] {
  return { kind: 'text', text, isValue: true };
}
