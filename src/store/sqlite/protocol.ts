import type { Answer } from './group.ts';
import type { Request } from './operations.ts';

/** What a worker is started with. */
export type WorkerSettings = {
  /** The file, or `:memory:`. */
  readonly location: string;
  /** True when this process has not had the file open before: leases in it are of a process that is gone. */
  readonly isFirst: boolean;
};

/** `appends` are the webhooks of the group, as one text; they go before the `requests`. `close` is the last message; the worker ends after it. */
export type ToWorker =
  | { readonly kind: 'group'; readonly appends: string; readonly requests: readonly Request[] }
  | { readonly kind: 'close' };

/**
 * First `open` or `refused`, then one `answers` for every group, in its order. `appended` has a `1` for each webhook that was stored and a
 * `0` for each duplicate; where one failed it is missing, and all stand in `answers`.
 */
export type FromWorker =
  | { readonly kind: 'open' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'answers'; readonly appended?: string; readonly answers: readonly Answer[] };
