import type { Logger } from '#runtime/logger.ts';

/** Whether commands arrive. A `failed` connection is tried again unless that `isFinal`; `reason` holds no secret. */
export type ChatopsState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'listening' }
  | { readonly kind: 'failed'; readonly reason: string; readonly isFinal: boolean };

/** The bot's ear on one platform. */
export interface Chatops {
  state(): ChatopsState;
  /** Resolves when the first try to connect has ended, well or not; never rejects. */
  readonly firstTry: Promise<void>;
  /** Stops listening and trying; resolves when the connection is gone, or after a second of waiting for that. */
  close(): Promise<void>;
}

export type Verdict = { readonly reason: string; readonly isFinal: boolean };

export type ConnectionOptions = {
  /** What an error while connecting means. */
  readonly judge: (error: unknown) => Verdict;
  readonly logger: Logger;
  /** Before the second try; doubles from try to try, up to 5 min. */
  readonly firstPauseMs?: number | undefined;
};

const longestPauseMs = 5 * 60_000;

/** Connects until it works, ever more patiently, and gives up only when that cannot help. */
export class Connection {
  readonly #options: ConnectionOptions;
  #state: ChatopsState = { kind: 'starting' };
  #connect: () => Promise<void> = async () => {};
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  state(): ChatopsState {
    return this.#state;
  }

  /** Resolves when the first try has ended, well or not; later ones follow by themselves. */
  async start(connect: () => Promise<void>): Promise<void> {
    this.#connect = connect;
    await this.#try();
  }

  async #try(): Promise<void> {
    try {
      await this.#connect();
    } catch (error) {
      this.lost(this.#options.judge(error));
      return;
    }
    if (this.#isClosed) return;
    this.#failures = 0;
    this.#state = { kind: 'listening' };
    this.#options.logger.info('chat commands are listened to');
  }

  /** A try failed, or what was connected broke for good: it is connected anew after a pause unless the verdict is final. */
  lost(verdict: Verdict): void {
    const isOver = this.#state.kind === 'failed' && this.#state.isFinal;
    if (this.#isClosed || isOver) return;
    this.#state = { kind: 'failed', ...verdict };
    const { logger, firstPauseMs = 5000 } = this.#options;
    if (verdict.isFinal) {
      logger.error({ reason: verdict.reason }, 'chat commands do not work until this is put right');
      return;
    }
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures += 1;
    logger.warn({ reason: verdict.reason, pauseMs }, 'chat commands do not work; trying again');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#try(), pauseMs).unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
