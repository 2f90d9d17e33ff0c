import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { Processor } from '#engine/processor.ts';
import { LinkControl } from '#links/control.ts';
import { openLink } from '#links/open.ts';
import { LinkTokens } from '#links/token.ts';
import { Dispatcher } from '#outbox/dispatcher.ts';
import { Notices } from '#outbox/notices.ts';
import { addAdminLinkRoutes } from '#receiver/admin-links.ts';
import { adminGuard } from '#receiver/guard.ts';
import { Hooks } from '#receiver/hooks.ts';
import { addRoutes, createApp, type Readiness } from '#receiver/http.ts';
import { createHookMetrics } from '#receiver/metrics.ts';
import { previewRouter } from '#receiver/preview/preview.ts';
import type { Loaded } from '#rehearsal/stage.ts';
import type { Environment } from '#runtime/environment.ts';
import type { Logger } from '#runtime/logger.ts';
import { createLogger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';
import { openStore } from '#store/index.ts';
import type { Store } from '#store/store.ts';
import { Active } from './active.ts';
import { openChat } from './chat.ts';
import { loadConfiguration, readTexts } from './configuration.ts';
import { Housekeeping } from './housekeeping.ts';
import { listen } from './listen.ts';
import { createMetrics } from './metrics.ts';
import { accept } from './pipeline.ts';
import { createPreviewFeed } from './preview-feed.ts';
import { answerOf, logEnded, Reloader, type ReloadResult } from './reload.ts';
import { Replayer } from './replay.ts';
import { ConfigurationWatch } from './watch.ts';
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
  /** Reads the rules and templates anew; broken ones leave those before in place. */
  reload(trigger: string): Promise<void>;
  /** Stops taking, finishes or hands back what is in flight, closes the store. */
  stop(): Promise<void>;
};

/** When the store did not take the rules, they are tried again after this. */
const reloadAgainMs = 5000;

/** Wires everything and starts it. Resolves when webhooks are taken. */
export async function startApp(environment: Environment, outside: Outside): Promise<App> {
  const { now, random, fetch } = outside;
  const redactor = new Redactor();
  redactor.add(environment.secrets);
  const { logLevel: level, logFormat: format } = environment;
  const logger = await createLogger({ level, format, redactor, write: outside.write });

  // Closed in reverse order when the program stops, or at once when it cannot start.
  await using opened = new AsyncDisposableStack();
  const store = opened.use(await openStore(environment.databaseUrl, { logger, now }));
  const metrics = createMetrics(() => store.counts());
  const pseudonymKey = await store.secret('pseudonym', makeSecret);
  const pseudonym = (text: string) =>
    createHmac('sha256', pseudonymKey).update(text).digest('hex').slice(0, 10);
  const secrets = await linkSecrets(environment, store);
  const tokens = new LinkTokens(secrets);
  redactor.add([pseudonymKey, ...secrets]);
  const activate = (loaded: Loaded) => {
    redactor.add(loaded.rulebook.secrets);
    return Active.open(loaded, {
      environment,
      sourceTools: { fetch, now, pseudonym },
      links: { publicUrl: environment.publicUrl, tokens, now },
      logger,
    });
  };
  let isStopping = false;
  const reloader = new Reloader({
    store,
    logger,
    read: () => readTexts(environment),
    load: (texts) => loadConfiguration(texts, environment.lookup),
    adopt: async (loaded) => {
      const next = await activate(loaded);
      const ended = await processor.swap(next.configuration);
      active = next;
      dispatcher.wake();
      preview.changed();
      return ended;
    },
    onResult: (problem) => {
      metrics.rulesValid.set(problem === undefined ? 1 : 0);
      metrics.reloads.inc({ result: problem === undefined ? 'taken' : 'kept' });
      notices.rulesFile(problem).catch((error: unknown) => {
        logger.error({ err: error }, 'a notice could not be written');
      });
    },
  });
  // What asks for a reload while the first rules are still being put in place waits until they run.
  const started = Promise.withResolvers<void>();
  const reload = async (trigger: string): Promise<ReloadResult> => {
    await started.promise;
    const result = await reloader.reload(trigger);
    if (result.kind === 'failed' && !isStopping)
      setTimeout(() => void reload('another try'), reloadAgainMs).unref();
    return result;
  };
  const watch = new ConfigurationWatch({ ...environment, onChange: () => void reload('file change') });
  // Looked at before they are read: no change falls in between.
  await watch.start();
  opened.defer(() => watch.stop());
  let active = await activate(await reloader.first());

  const preview = createPreviewFeed(store, () => active.previewed);
  const notices = new Notices({
    store,
    now,
    logger,
    place: (about) => active.noticePlace(about),
    onEnqueued: () => dispatcher.wake(),
  });
  const dispatcher: Dispatcher = new Dispatcher({
    store,
    destination: (name) => active.destination(name),
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
    source: (name) => active.sources.get(name),
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
    configuration: active.configuration,
    now,
    logger,
    isBusy: () => hooks.waiting > 4,
    onStep: ({ deliveries }, { decisions }, claimed) => {
      if (claimed !== undefined) metrics.events.inc({ type: claimed.event.event.type });
      for (const { kind, rule } of decisions) if (kind === 'fires') metrics.firings.inc({ rule: rule.id });
      for (const delivery of deliveries)
        if (delivery.state === 'dead') notices.stillborn(delivery, delivery.reason);
      if (deliveries.length > 0) {
        dispatcher.wake();
        preview.changed();
      }
    },
    onSetAside: ({ sequence }, reason) => notices.eventSetAside(sequence, reason),
  });

  const http = createApp();
  const streams = new AbortController();
  const replayer = new Replayer({
    store,
    configuration: () => active.configuration,
    now,
    newId: randomUUID,
    signal: streams.signal,
    onEnqueued: () => {
      dispatcher.wake();
      preview.changed();
    },
  });
  const rulebook = () => active.loaded.rulebook;
  const chat = await openChat({ app: http, environment, rulebook, store, now, logger });
  opened.defer(() => chat.close());
  const readiness = async (): Promise<Readiness> => {
    const reachable = await store.counts().then(
      () => true,
      () => false,
    );
    const reasons = [
      ...(isStopping ? ['stopping'] : []),
      ...(reachable ? [] : ['the store does not answer']),
    ];
    const broken = reloader.problem === undefined ? [] : [`older rules run: ${reloader.problem}`];
    return {
      isReady: reasons.length === 0,
      reasons: [...reasons, ...broken, ...active.closed, ...chat.worries()],
    };
  };
  const links = new LinkControl({ store, tokens, now });
  addAdminLinkRoutes(http, adminGuard(environment.adminToken), {
    list: (filter) => links.list(filter),
    revoke: (order) => links.revoke(order),
  });
  addRoutes(http, {
    hooks: hooks.handle,
    openLink: (click) =>
      openLink(click, {
        tokens,
        now,
        logger,
        find: (id) => store.findArtifact(id),
        clicks: { record: (each) => store.addLinkClick(each), pseudonym },
        open: async ({ source, reference }) =>
          (await active.sources.get(source)?.open(reference)) ?? {
            kind: 'gone',
            reason: 'the source is not configured any more',
          },
      }),
    readiness,
    metrics: metrics.registry,
    preview: previewRouter(preview, { signal: streams.signal }),
    reload: async () => answerOf(await reload('POST /admin/reload')),
    admin: { store, replay: (order) => replayer.replay(order) },
    adminToken: environment.adminToken,
    logger,
  });

  const housekeeping = new Housekeeping({ store, now, logger });
  const server = await listen(http, environment);
  const adopted = processor.swap(active.configuration);
  processor.start();
  opened.defer(() => processor.stop());
  logEnded(await adopted, logger);
  await reloader.started();
  started.resolve();
  dispatcher.start();
  housekeeping.start();
  opened.defer(() => dispatcher.stop());
  opened.defer(() => housekeeping.stop());
  opened.defer(() => server.close());
  opened.defer(() => streams.abort());
  const running = opened.move();
  const { port } = server;
  const { rules } = rulebook();
  logger.info({ port, rules: rules.length, sources: [...active.sources.keys()] }, 'listening');
  return {
    port,
    logger,
    reload: (trigger) => reload(trigger).then(() => undefined),
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
