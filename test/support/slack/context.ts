import type { Workspace } from './workspace.ts';

/** What a reply to a message that is gone meets: both are reported of real Slack. */
export type OrphanReplies = 'refused' | 'unseen';

export type MethodContext = {
  readonly workspace: Workspace;
  readonly scopes: ReadonlySet<string>;
  readonly orphanReplies: OrphanReplies;
  readonly maxPageSize: number;
  readonly historyLagMs: number | undefined;
  readonly url: string;
  /** A fresh `wss` address for one socket. */
  openSocketUrl(): string;
};
