import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '#runtime/environment.ts';
import { OperatorError } from '#runtime/operator-error.ts';

// One function a command, each with what the command is handed. Each loads only the modules it needs.

/** Where a command reads its settings and prints. */
export type Terminal = {
  readonly environment: () => Environment;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
};

export type CheckFlags = {
  readonly format: 'text' | 'json' | 'github' | 'sarif';
  readonly strict?: boolean;
};

export async function check({ environment, print }: Terminal, flags: CheckFlags): Promise<number> {
  const [command, configuration, { formatReport }, { default: about }] = await Promise.all([
    import('#cli/check.ts'),
    import('./configuration.ts'),
    import('#rules/report.ts'),
    import('../package.json', { with: { type: 'json' } }),
  ]);
  const settings = environment();
  return command.check({
    rulesFile: settings.rulesFile,
    read: () => configuration.readConfiguration(settings).diagnostics,
    report: (findings, format) =>
      formatReport(findings, format, { version: about.version, root: process.cwd() }),
    format: flags.format,
    isStrict: flags.strict ?? false,
    write: print,
  });
}

export type SimulateFlags = {
  readonly set: readonly string[];
  readonly pace: string;
  readonly url?: string;
  readonly key?: string;
  readonly meeting?: boolean;
  readonly print?: boolean;
  readonly list?: boolean;
};

export async function simulate(
  { environment, print, complain }: Terminal,
  source: string | undefined,
  event: string | undefined,
  flags: SimulateFlags,
): Promise<number> {
  const [command, simulation, configuration, { nearest }] = await Promise.all([
    import('#cli/simulate.ts'),
    import('#simulation/plan.ts'),
    import('./configuration.ts'),
    import('#rules/suggest.ts'),
  ]);
  const settings = environment();
  const { set, pace, url, key, meeting: isMeeting = false, list: isList = false } = flags;
  const sources = () => {
    const { loaded } = configuration.readConfiguration(settings);
    if (loaded !== undefined) return loaded.rulebook.sources;
    throw new OperatorError(`${settings.rulesFile} cannot be used; npx callboard check tells why`);
  };
  return command.simulate({
    plan: () =>
      simulation.planSimulation(
        { source, event, set, pace, url, key, isMeeting, isList },
        {
          sources,
          readFile: (path) => readFileSync(path, 'utf8'),
          port: settings.port,
          now: () => new Date(),
          newId: randomUUID,
          nearest,
        },
      ),
    isPrint: flags.print ?? false,
    fetch: globalThis.fetch,
    sleep,
    write: print,
    complain,
  });
}

export async function schema({ print }: Terminal): Promise<number> {
  const [command, { rulesJsonSchema }] = await Promise.all([
    import('#cli/schema.ts'),
    import('#rules/json-schema.ts'),
  ]);
  return command.schema({ schema: rulesJsonSchema, write: print });
}
