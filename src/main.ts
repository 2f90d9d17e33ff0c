import { enableCompileCache } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { readEnvironment, withDotEnv } from '#runtime/environment.ts';
import { OperatorError } from '#runtime/operator-error.ts';

enableCompileCache();

const write = (text: string) => void process.stderr.write(text);
const print = (text: string) => void process.stdout.write(text);

/** The environment with `.env` under it. Each command loads only the modules it needs. */
function environment() {
  return readEnvironment(withDotEnv(process.env, '.env'), process.stdout.isTTY);
}

async function serve(): Promise<number> {
  const [command, app, store] = await Promise.all([
    import('#cli/serve.ts'),
    import('./app.ts'),
    import('#store/store.ts'),
  ]);
  return command.serve({
    start: async () =>
      app.startApp(environment(), {
        now: () => new Date(),
        random: Math.random,
        fetch: globalThis.fetch,
        write: (line) => void process.stdout.write(line),
      }),
    write,
    isReadable: (error) => error instanceof OperatorError || error instanceof store.StoreUnavailable,
  });
}

async function check(options: {
  format: 'text' | 'json' | 'github' | 'sarif';
  strict?: boolean;
}): Promise<number> {
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
    format: options.format,
    isStrict: options.strict ?? false,
    write: print,
  });
}

const program = new Command('callboard')
  .description('Tells people in Slack and Discord what happens in their video meetings.')
  .exitOverride()
  .showHelpAfterError('(callboard --help lists the commands)');

program
  .command('serve')
  .description('take webhooks and deliver messages (default)')
  .action(async () => {
    // What was half started, or refuses to end, must not keep the program alive.
    process.exit(await serve());
  });

program
  .command('check')
  .description('say what is wrong with rules.yaml and the templates')
  .addOption(
    new Option('--format <format>', 'how to print it')
      .choices(['text', 'json', 'github', 'sarif'])
      .default('text'),
  )
  .option('--strict', 'take warnings for errors')
  .action(async (options: Parameters<typeof check>[0]) => {
    process.exitCode = await check(options);
  });

try {
  // Without a word it serves; a default command would take a misspelt one for its argument.
  await program.parseAsync(process.argv.length > 2 ? process.argv : [...process.argv, 'serve']);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const isOurs = error instanceof OperatorError;
    write(
      `${isOurs || !(error instanceof Error) ? String(error instanceof Error ? error.message : error) : error.stack}\n`,
    );
    process.exit(1);
  }
}
