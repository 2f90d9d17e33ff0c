import { readFileSync } from 'node:fs';
import type { Terminal } from './commands.ts';

/** What several commands need: the rules as they are read, and a terminal to draw on. */
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
