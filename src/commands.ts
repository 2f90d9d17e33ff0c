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

/** What commands need that only look: the rules as they are read, and where to draw. */
async function offline({ environment }: Terminal) {
  const [configuration, questions, { createScreen }] = await Promise.all([
    import('./configuration.ts'),
    import('#rehearsal/questions.ts'),
    import('#runtime/screen.ts'),
  ]);
  const settings = environment();
  return {
    settings,
    questions,
    rules: { rulesFile: settings.rulesFile, ...configuration.readConfiguration(settings) },
    screen: createScreen(process.stdout),
    readFile: (path: string) => readFileSync(path, 'utf8'),
  };
}

export type TestFlags = { readonly format: 'text' | 'json'; readonly rule: readonly string[] };

export async function test(terminal: Terminal, { format, rule: ids }: TestFlags): Promise<number> {
  const [command, { questions, rules, screen }, { describeFailure }] = await Promise.all([
    import('#cli/test.ts'),
    offline(terminal),
    import('#rehearsal/rule-tests.ts'),
  ]);
  return command.test({
    rulesFile: rules.rulesFile,
    run: () => questions.askForTests(rules, ids),
    describe: describeFailure,
    rules: ids,
    format,
    paint: screen.paint,
    write: terminal.print,
    complain: terminal.complain,
  });
}

export type ExplainFlags = {
  readonly event: string;
  readonly rule?: string;
  readonly format: 'text' | 'json';
};

export async function explain(terminal: Terminal, { event, rule, format }: ExplainFlags): Promise<number> {
  const [command, { questions, rules, settings, screen, readFile }, { drawExplanation }, { openHistory }] =
    await Promise.all([
      import('#cli/explain.ts'),
      offline(terminal),
      import('#rehearsal/explanation-drawing.ts'),
      import('./history.ts'),
    ]);
  const openPast = async () => openHistory(settings, globalThis.fetch);
  return command.explain({
    ask: async () => questions.askWhy({ event, rule }, rules, { readFile, openPast }),
    draw: (explained) => drawExplanation(screen, explained),
    format,
    write: terminal.print,
    complain: terminal.complain,
  });
}

export type RenderFlags = {
  readonly target: 'slack' | 'discord' | 'text';
  readonly json?: boolean;
  readonly event?: string;
};

export async function render(terminal: Terminal, rule: string, flags: RenderFlags): Promise<number> {
  const { target, json: isJson = false, event } = flags;
  const [command, { questions, rules, screen, readFile }, { drawCard }] = await Promise.all([
    import('#cli/render.ts'),
    offline(terminal),
    import('#rehearsal/drawing.ts'),
  ]);
  return command.render({
    ask: () => questions.askWhatIsSent({ rule, target, event }, rules, { readFile }),
    draw: ({ card, ...frame }) =>
      drawCard(screen, card(new Date()), { ...frame, indent: 0, hasAddresses: true }),
    isJson,
    write: terminal.print,
    complain: terminal.complain,
  });
}
