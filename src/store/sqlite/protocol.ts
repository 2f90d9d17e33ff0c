import type { Answer } from './group.ts';
import type { Request } from './operations.ts';

/** What a worker is started with. */
export type WorkerSettings = {
  /** The file, or `:memory:`. */
  readonly location: string;
  /** True when this process has not had the file open before: leases in it are of a process that is gone. */
  readonly isFirst: boolean;
};

/** `close` is the last message; the worker ends after it. */
export type ToWorker =
  | { readonly kind: 'group'; readonly requests: readonly Request[] }
  | { readonly kind: 'close' };

/** First `open` or `refused`, then one `answers` for every group, in the order of its requests. */
export type FromWorker =
  | { readonly kind: 'open' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] };
