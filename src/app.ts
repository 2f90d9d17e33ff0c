import { createHmac, randomBytes } from 'node:crypto';
import { type ConfiguredDestination, openDestination } from '#destinations/configured.ts';
import type { Destination, OpenedDestination } from '#destinations/destination.ts';
import { artifactLink } from '#links/link.ts';
import { openLink } from '#links/open.ts';
import { LinkTokens } from '#links/token.ts';
import { Dispatcher } from '#outbox/dispatcher.ts';
import { Notices } from '#outbox/notices.ts';
import { Hooks } from '#receiver/hooks.ts';
import { addRoutes, createApp, type Readiness } from '#receiver/http.ts';
import { createHookMetrics } from '#receiver/metrics.ts';
import { previewRouter } from '#receiver/preview/preview.ts';
import { formatDiagnostic } from '#rules/diagnostic.ts';
import type { Environment } from '#runtime/environment.ts';
import type { Logger } from '#runtime/logger.ts';
import { createLogger } from '#runtime/logger.ts';
import { OperatorError } from '#runtime/operator-error.ts';
import { Redactor } from '#runtime/redactor.ts';
import { openSource } from '#sources/configured.ts';
import type { Source } from '#sources/source.ts';
import { openStore } from '#store/index.ts';
import type { Store } from '#store/store.ts';
import { openChat } from './chat.ts';
import { readConfiguration } from './configuration.ts';
import { Housekeeping } from './housekeeping.ts';
import { listen } from './listen.ts';
import { createMetrics } from './metrics.ts';
import { accept, Processor } from './pipeline.ts';
import { createPreviewFeed } from './preview-feed.ts';
import type { Configuration } from './processing.ts';

/** What the program takes from the world. */
export type Outside = {
  readonly now: () => Date;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly fetch: typeof globalThis.fetch;
  /** Takes log lines. */
  readonly write: (line: string) => void;
};

export type App = {
  readonly port: number;
  readonly logger: Logger;
  /** Stops taking, finishes or hands back what is in flight, closes the store. */
  stop(): Promise<void>;
};

/** Wires everything and starts it. Resolves when webhooks are taken. */
export async function startApp(environment: Environment, outside: Outside): Promise<App> {
  const { now, random, fetch } = outside;
  const redactor = new Redactor();
  redactor.add(environment.secrets);
  const { logLevel: level, logFormat: format } = environment;
  const logger = await createLogger({ level, format, redactor, write: outside.write });

  const { loaded, diagnostics } = readConfiguration(environment);
  if (loaded === undefined) throw new OperatorError(diagnostics.map(formatDiagnostic).join('\n'));
  for (const diagnostic of diagnostics) logger.warn(formatDiagnostic(diagnostic));
  const { rulebook } = loaded;
  redactor.add(rulebook.secrets);

  // Closed in reverse order when the program stops, or at once when it cannot start.
  await using opened = new AsyncDisposableStack();
  const store = opened.use(await openStore(environment.databaseUrl, { logger, now }));
  const metrics = createMetrics(() => store.counts());
  const pseudonymKey = await store.secret('pseudonym', makeSecret);
  const pseudonym = (text: string) =>
    createHmac('sha256', pseudonymKey).update(text).digest('hex').slice(0, 10);
  const sources = new Map<string, Source>(
    rulebook.sources.map((entry) => [entry.name, openSource(entry, { fetch, now, pseudonym })]),
  );
  const destinations = await openDestinations(rulebook.destinations, environment, outside, logger);
  const destination = (name: string): Destination | { readonly closed: string } => {
    const place = destinations.get(name);
    if (place?.kind === 'open') return place.destination;
    return { closed: place?.reason ?? 'the destination is not configured any more' };
  };
  const secrets = await linkSecrets(environment, store);
  const tokens = new LinkTokens(secrets);
  redactor.add([pseudonymKey, ...secrets]);
  const links = {
    publicUrl: environment.publicUrl,
    tokens,
    opens: (source: string) => sources.get(source)?.opens ?? [],
    now,
  };
  const configuration: Configuration = {
    ...loaded,
    lane: (name) => {
      const opened = destinations.get(name);
      if (opened?.kind === 'open') return { lane: opened.destination.lane };
      return { closed: opened?.reason ?? 'the destination is not configured' };
    },
    artifactLink: (facts, target) => artifactLink(links, facts, target),
  };

  const preview = createPreviewFeed(store, previewed(destinations));
  const notices = new Notices({
    store,
    now,
    logger,
    place: (about) => noticePlace(rulebook.notices, about, destinations),
    onEnqueued: () => dispatcher.wake(),
  });
  const dispatcher: Dispatcher = new Dispatcher({
    store,
    destination,
    now,
    random,
    logger,
    onSettled: (delivery, settlement, outcome) => {
      metrics.deliveries.inc({ destination: delivery.destination, result: settlement.kind });
      notices.afterDelivery(delivery, settlement, outcome);
      preview.changed();
    },
  });
  const hooks = new Hooks({
    source: (name) => sources.get(name),
    accept: async (request, source) => {
      const acceptance = await accept(request, source, store, now());
      if (acceptance.kind === 'stored') processor.wake();
      return acceptance;
    },
    publicUrl: environment.publicUrl,
    logger,
    metrics: createHookMetrics(metrics.registry),
  });
  const processor: Processor = new Processor({
    store,
    configuration: () => configuration,
    now,
    logger,
    isBusy: () => hooks.waiting > 4,
    onProcessed: ({ event }, { firings }, settled) => {
      metrics.events.inc({ type: event.event.type });
      const fired = firings.filter((_, index) => settled[index] === 'fired');
      for (const { rule, deliveries } of fired) {
        metrics.firings.inc({ rule });
        for (const delivery of deliveries)
          if (delivery.state === 'dead') notices.stillborn(delivery, delivery.reason);
      }
      // Woken for held firings too: a settlement that was repeated finds its own work done and calls it held.
      if (firings.length > 0) {
        dispatcher.wake();
        preview.changed();
      }
    },
    onSetAside: ({ sequence }, reason) => notices.eventSetAside(sequence, reason),
  });

  const http = createApp();
  const streams = new AbortController();
  const chat = await openChat({ app: http, environment, rulebook: () => rulebook, store, now, logger });
  opened.defer(() => chat.close());
  let isStopping = false;
  const readiness = async (): Promise<Readiness> => {
    const reachable = await store.counts().then(
      () => true,
      () => false,
    );
    const reasons = [
      ...(isStopping ? ['stopping'] : []),
      ...(reachable ? [] : ['the store does not answer']),
    ];
    return {
      isReady: reasons.length === 0,
      reasons: [...reasons, ...closedReasons(destinations), ...chat.worries()],
    };
  };
  addRoutes(http, {
    hooks: hooks.handle,
    openLink: (click) =>
      openLink(click, {
        tokens,
        now,
        logger,
        find: (id) => store.findArtifact(id),
        open: async ({ source, reference }) =>
          (await sources.get(source)?.open(reference)) ?? {
            kind: 'gone',
            reason: 'the source is not configured any more',
          },
      }),
    readiness,
    metrics: metrics.registry,
    preview: previewRouter(preview, { signal: streams.signal }),
    adminToken: environment.adminToken,
    logger,
  });

  const housekeeping = new Housekeeping({ store, now, logger });
  const server = await listen(http, environment);
  processor.start();
  dispatcher.start();
  housekeeping.start();
  opened.defer(() => dispatcher.stop());
  opened.defer(() => processor.stop());
  opened.defer(() => housekeeping.stop());
  opened.defer(() => server.close());
  opened.defer(() => streams.abort());
  const running = opened.move();
  const { port } = server;
  logger.info({ port, rules: rulebook.rules.length, sources: [...sources.keys()] }, 'listening');
  return {
    port,
    logger,
    stop: async () => {
      isStopping = true;
      await running.disposeAsync();
      logger.info('stopped');
    },
  };
}

function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Configured ones first; otherwise one that is made once and kept. */
async function linkSecrets(environment: Environment, store: Store): Promise<readonly string[]> {
  if (environment.linkSecrets.length > 0) return environment.linkSecrets;
  return [await store.secret('links', makeSecret)];
}

type Opened = ReadonlyMap<string, OpenedDestination>;

async function openDestinations(
  entries: readonly ConfiguredDestination[],
  { slack, discord }: Environment,
  { fetch, now }: Outside,
  logger: Logger,
): Promise<Opened> {
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

/** Names of the destinations whose messages are shown in the preview. */
function previewed(destinations: Opened): readonly string[] {
  return [...destinations].flatMap(([name, opened]) => (isPreviewed(opened) ? [name] : []));
}

function isPreviewed(opened: OpenedDestination): boolean {
  return opened.kind === 'closed' || opened.destination.type === 'preview';
}

function closedReasons(destinations: Opened): readonly string[] {
  return [...destinations].flatMap(([name, opened]) =>
    opened.kind === 'closed' ? [`destination ${name}: ${opened.reason}`] : [],
  );
}

/** `notices` where it works and is not what the worry is about; else the first other destination that works. */
function noticePlace(
  notices: string | undefined,
  about: string | undefined,
  destinations: Opened,
): { name: string; lane: string } | undefined {
  const names = [...(notices === undefined ? [] : [notices]), ...destinations.keys()];
  for (const name of names) {
    const opened = destinations.get(name);
    if (name !== about && opened?.kind === 'open') return { name, lane: opened.destination.lane };
  }
  return undefined;
}
