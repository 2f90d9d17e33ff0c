import type { DestinationTools, DestinationType, OpenedDestination } from './destination.ts';

/** One entry under `destinations:`, checked. */
export type ConfiguredDestination = {
  readonly name: string;
  readonly type: DestinationType;
  readonly settings: unknown;
  /** Names of the environment it needs and does not have. */
  readonly unset: readonly string[];
};

/** Opens a destination. One that cannot work is closed with the reason and stops no other. */
export async function openDestination(
  { name, type, settings, unset }: ConfiguredDestination,
  tools: DestinationTools,
): Promise<OpenedDestination> {
  if (unset.length > 0)
    return { kind: 'closed', reason: 'no credentials', remedy: `set ${unset.join(', ')}` };
  try {
    return await type.open(name, settings, tools);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be opened';
    return { kind: 'closed', reason, remedy: 'correct it in rules.yaml' };
  }
}
