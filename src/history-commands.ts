import type { Terminal } from './commands.ts';
import type { ConfigurationFiles, ConfigurationTexts } from './configuration.ts';

// The commands that look at what was accepted. Each loads only the modules it needs.

export type DiffFlags = {
  readonly since: string;
  readonly format: 'text' | 'json';
  readonly templates?: string;
};

const pageSize = 500;

export async function diff(
  { environment, print, complain }: Terminal,
  rulesFile: string,
  flags: DiffFlags,
): Promise<number> {
  const [command, { createProgress }, configuration, comparing, reporting] = await Promise.all([
    import('#cli/diff.ts'),
    import('#cli/progress.ts'),
    import('./configuration.ts'),
    import('#rehearsal/compare.ts'),
    import('#rehearsal/comparison-report.ts'),
  ]);
  const [{ stage }, { pastMs }, { formatReport }, { durationMs }, history] = await Promise.all([
    import('#rehearsal/stage.ts'),
    import('#rehearsal/playback.ts'),
    import('#rules/report.ts'),
    import('#rules/duration.ts'),
    import('./history.ts'),
  ]);
  const settings = environment();
  const edited: ConfigurationFiles = {
    ...settings,
    rulesFile,
    templatesFolder: flags.templates ?? settings.templatesFolder,
  };
  return command.diff({
    since: flags.since,
    durationMs,
    now: () => new Date(),
    load: () => {
      const texts = [configuration.readTexts(settings), configuration.readTexts(edited)] as const;
      const [before, after] = texts.map((each) => configuration.loadConfiguration(each, settings.lookup));
      if (before?.loaded === undefined || after?.loaded === undefined) {
        const broken = [before, after].flatMap((each) => (each?.loaded ? [] : (each?.diagnostics ?? [])));
        const errors = broken.filter(({ severity }) => severity === 'error');
        const report = formatReport(errors, flags.format, { version: '', root: process.cwd() });
        return { kind: 'broken', report };
      }
      const [from, to] = [stage(before.loaded), stage(after.loaded)];
      const { timezone } = after.loaded.rulebook;
      return {
        kind: 'ready',
        compare: async ({ since, until }, onPart) => {
          await using stored = await history.openHistory(settings, globalThis.fetch);
          const past = new Date(since.getTime() - pastMs);
          const pages = history.eventPages((filter) => stored.list(filter), past, pageSize);
          const span = until.getTime() - past.getTime();
          const comparison = await comparing.compare(from, to, pages, {
            since,
            until,
            isSameTemplate: sameTemplates(texts),
            onPage: (last, events) => onPart((last.receivedAt.getTime() - past.getTime()) / span, events),
          });
          const context = { timezone, since, until };
          const write = flags.format === 'json' ? reporting.comparisonJson : reporting.formatComparison;
          return { text: write(comparison, context), isDifferent: reporting.isDifferent(comparison) };
        },
      };
    },
    progress: createProgress({
      write: complain,
      isTerminal: process.stderr.isTTY,
      clock: () => performance.now(),
    }),
    write: print,
    complain,
  });
}

/** Compares the files of a name. */
function sameTemplates(both: readonly [ConfigurationTexts, ConfigurationTexts]): (name: string) => boolean {
  const [before, after] = both.map(
    ({ templates }) => new Map(templates.map(({ name, text }) => [name, text])),
  );
  return (name) => before?.get(name) === after?.get(name);
}

export type ReplayFlags = {
  readonly since: string;
  readonly to: string;
  readonly rule: readonly string[];
  readonly dryRun?: boolean;
  readonly rate?: string;
  readonly format: 'text' | 'json';
};

export async function replay(
  { environment, print, complain }: Terminal,
  flags: ReplayFlags,
): Promise<number> {
  const [command, { durationMs }, { findService }, { OperatorError }] = await Promise.all([
    import('#cli/replay.ts'),
    import('#rules/duration.ts'),
    import('./running-service.ts'),
    import('#runtime/operator-error.ts'),
  ]);
  const settings = environment();
  const { since, to, rule: rules, dryRun: isDryRun = false, rate, format } = flags;
  return command.replay({
    since,
    to,
    rules,
    isDryRun,
    rate,
    format,
    durationMs,
    now: () => new Date(),
    post: async (order) => {
      const service = await findService(settings, globalThis.fetch);
      if (service !== undefined) return service.ask('/admin/replay', order);
      throw new OperatorError(
        `Nothing listens at port ${settings.port}, and only the running service can send again. Start it with: npx callboard serve`,
      );
    },
    write: print,
    complain,
  });
}
