import { describeFailure } from '#destinations/failure.ts';
import type { Message } from '#domain/message.ts';
import type { Logger } from '#runtime/logger.ts';

/** What somebody typed after the name of our command. */
export type ChatRequest = {
  readonly platform: 'slack' | 'discord';
  /** The platform's id of the person. */
  readonly user: string;
  readonly text: string;
};

export type Answer = (request: ChatRequest) => Promise<Message>;

/** Both platforms give up after 3 s; the rest is for the way there and back. */
export const patienceMs = 2000;

/** The result of `work` if it comes in time, undefined otherwise. Rejects as `work` does. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The same answers, with an apology where `answer` rejects. */
export function apologising(answer: Answer, logger: Logger, now: () => Date): Answer {
  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      logger.error({ reason: describeFailure(error) }, 'a chat command could not be answered');
      return apology(now());
    }
  };
}

function apology(at: Date): Message {
  const sentence = [{ kind: 'text', text: 'I cannot look that up right now. Please try again.' }] as const;
  return {
    state: 'failed',
    title: sentence,
    sentence,
    body: [],
    facts: [],
    buttons: [],
    at: at.toISOString(),
  };
}
