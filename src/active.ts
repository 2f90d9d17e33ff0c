import { type ConfiguredDestination, openDestination } from '#destinations/configured.ts';
import type { Destination, OpenedDestination } from '#destinations/destination.ts';
import type { Configuration } from '#engine/run.ts';
import { artifactLink, type LinkMaker } from '#links/link.ts';
import type { Loaded } from '#rehearsal/stage.ts';
import type { Environment } from '#runtime/environment.ts';
import type { Logger } from '#runtime/logger.ts';
import { openSource } from '#sources/configured.ts';
import type { Source, SourceTools } from '#sources/source.ts';

export type ActivationTools = {
  readonly environment: Environment;
  readonly sourceTools: SourceTools;
  readonly links: Omit<LinkMaker, 'opens'>;
  readonly logger: Logger;
};

/** Rules and templates with everything that they name opened. Never changes: a reload makes another. */
export class Active {
  readonly loaded: Loaded;
  readonly sources: ReadonlyMap<string, Source>;
  readonly configuration: Configuration;
  readonly #destinations: ReadonlyMap<string, OpenedDestination>;

  private constructor(
    loaded: Loaded,
    sources: ReadonlyMap<string, Source>,
    destinations: ReadonlyMap<string, OpenedDestination>,
    links: Omit<LinkMaker, 'opens'>,
  ) {
    this.loaded = loaded;
    this.sources = sources;
    this.#destinations = destinations;
    const maker: LinkMaker = { ...links, opens: (source) => sources.get(source)?.opens ?? [] };
    this.configuration = {
      ...loaded,
      lane: (name) => {
        const place = this.destination(name);
        return 'closed' in place ? place : { lane: place.lane };
      },
      artifactLink: (facts, target, options) => artifactLink(maker, facts, target, options),
    };
  }

  /** Opens every source and destination; loads the platforms' packages. Rejects with a readable Error for settings that cannot work. */
  static async open(loaded: Loaded, tools: ActivationTools): Promise<Active> {
    const { rulebook } = loaded;
    const sources = new Map<string, Source>(
      rulebook.sources.map((entry) => [entry.name, openSource(entry, tools.sourceTools)]),
    );
    const destinations = await openDestinations(rulebook.destinations, tools);
    return new Active(loaded, sources, destinations, tools.links);
  }

  /** The destination of that name, or why its messages end suppressed. */
  destination(name: string): Destination | { readonly closed: string } {
    const place = this.#destinations.get(name);
    if (place?.kind === 'open') return place.destination;
    return { closed: place?.reason ?? 'the destination is not configured any more' };
  }

  /** Names of the destinations whose messages are shown in the preview. */
  get previewed(): readonly string[] {
    return [...this.#destinations].flatMap(([name, place]) => (isShown(place) ? [name] : []));
  }

  /** Destinations that get nothing, with the reason. */
  get closed(): readonly string[] {
    return [...this.#destinations].flatMap(([name, place]) =>
      place.kind === 'closed' ? [`destination ${name}: ${place.reason}`] : [],
    );
  }

  /** `notices` where it works and is not what the worry is about; else the first other destination that works. */
  noticePlace(about: string | undefined): { name: string; lane: string } | undefined {
    const { notices } = this.loaded.rulebook;
    const names = [...(notices === undefined ? [] : [notices]), ...this.#destinations.keys()];
    for (const name of names) {
      const place = this.#destinations.get(name);
      if (name !== about && place?.kind === 'open') return { name, lane: place.destination.lane };
    }
    return undefined;
  }
}

function isShown(place: OpenedDestination): boolean {
  return place.kind === 'closed' || place.destination.type === 'preview';
}

async function openDestinations(
  entries: readonly ConfiguredDestination[],
  { environment: { slack, discord }, sourceTools: { fetch, now }, logger }: ActivationTools,
): Promise<ReadonlyMap<string, OpenedDestination>> {
  // One object for all: a platform makes one client for each.
  const tools = { credentials: { slack, discord }, fetch, now };
  const opened = new Map<string, OpenedDestination>();
  const closed = new Map<string, string[]>();
  for (const entry of entries) {
    const result = await openDestination(entry, tools);
    opened.set(entry.name, result);
    if (result.kind === 'open') continue;
    const cause = `${result.reason}: ${result.remedy}`;
    closed.set(cause, [...(closed.get(cause) ?? []), entry.name]);
  }
  for (const [reason, names] of closed) {
    logger.warn(
      { destinations: names, reason },
      'nothing is sent to these destinations; their messages show at /preview',
    );
  }
  return opened;
}
