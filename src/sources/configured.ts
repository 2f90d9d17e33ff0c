import type { Source, SourceTools, SourceType } from './source.ts';

/** One entry under `sources:`, checked. */
export type ConfiguredSource = {
  readonly name: string;
  readonly type: SourceType;
  readonly settings: unknown;
  /** Names of the environment it needs and does not have. */
  readonly unset: readonly string[];
};

/** Opens a source. One whose secrets are not set exists all the same: its hook answers 503, so that senders repeat. */
export function openSource({ name, type, settings, unset }: ConfiguredSource, tools: SourceTools): Source {
  if (unset.length === 0) return type.open(name, settings, tools);
  const reason = `${unset.join(', ')} not set`;
  return {
    name,
    type: type.type,
    opens: [],
    verify: () => ({ kind: 'unavailable', reason }),
    read: () => ({ kind: 'unreadable', reason }),
    open: async () => ({ kind: 'unavailable', reason }),
  };
}
