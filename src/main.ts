import { enableCompileCache } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { readEnvironment, withDotEnv } from '#runtime/environment.ts';
import { OperatorError } from '#runtime/operator-error.ts';
import * as commands from './commands.ts';
import * as history from './history-commands.ts';
import * as links from './link-commands.ts';

enableCompileCache();

const terminal: commands.Terminal = {
  /** With `.env` under it. */
  environment: () => readEnvironment(withDotEnv(process.env, '.env'), process.stdout.isTTY),
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
};

/** The one command that wires everything. */
async function serve(): Promise<number> {
  const [command, app, store] = await Promise.all([
    import('#cli/serve.ts'),
    import('./app.ts'),
    import('#store/store.ts'),
  ]);
  return command.serve({
    start: async () =>
      app.startApp(terminal.environment(), {
        now: () => new Date(),
        random: Math.random,
        fetch: globalThis.fetch,
        write: (line) => void process.stdout.write(line),
      }),
    write: terminal.complain,
    isReadable: (error) => error instanceof OperatorError || error instanceof store.StoreUnavailable,
  });
}

const program = new Command('callboard')
  .description('Tells people in Slack and Discord what happens in their video meetings.')
  .exitOverride()
  .showHelpAfterError('(callboard --help lists the commands)');

function format(): Option {
  return new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text');
}

/** Takes an option that may be given several times. */
function several(each: string, before: readonly string[]): readonly string[] {
  return [...before, each];
}

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
  .action(async (flags: commands.CheckFlags) => {
    process.exitCode = await commands.check(terminal, flags);
  });

program
  .command('test')
  .description('run the tests in rules.yaml')
  .addOption(format())
  .option('--rule <id>', 'only what is asked of this rule; may be repeated', several, [])
  .action(async (flags: commands.TestFlags) => {
    process.exitCode = await commands.test(terminal, flags);
  });

program
  .command('explain')
  .description('say what the rules make of an event, and why')
  .requiredOption('--event <file|number>', 'a file with the event, or the number of an accepted one')
  .option('--rule <id>', 'only this rule')
  .addOption(format())
  .action(async (flags: commands.ExplainFlags) => {
    process.exitCode = await commands.explain(terminal, flags);
  });

program
  .command('render')
  .description('show the messages that a rule sends')
  .argument('<rule>', 'id of a rule')
  .addOption(
    new Option('--target <platform>', 'as which platform shows it')
      .choices(['slack', 'discord', 'text'])
      .default('slack'),
  )
  .option('--json', 'print what the platform gets, one JSON text for each message')
  .option('--event <file>', 'a file with the event, instead of an example')
  .action(async (rule: string, flags: commands.RenderFlags) => {
    process.exitCode = await commands.render(terminal, rule, flags);
  });

program
  .command('simulate')
  .description('send made-up webhooks to the running service, signed as by their platform')
  .argument('[source]', 'name of a source in rules.yaml, or its type where it is the only one')
  .argument('[event]', "the sender's own name of the event, such as participant_joined")
  .option('--meeting', 'a whole meeting instead of one event')
  .option('--set <path=value>', "change the sender's payload; may be repeated", several, [])
  .option('--pace <ms>', 'between the events of a meeting; realistic: as in half an hour', '300')
  .option('--url <url>', 'where to post (default: http://localhost:PORT/hooks/NAME)')
  .option('--key <file>', 'RSA private key in PEM form, to sign for VideoSDK')
  .option('--print', 'show the signed requests instead of sending them')
  .option('--list', 'list the events that can be simulated')
  .action(async (source: string | undefined, event: string | undefined, flags: commands.SimulateFlags) => {
    process.exitCode = await commands.simulate(terminal, source, event, flags);
  });

program
  .command('diff')
  .description('say which messages of the last days an edited rules file would change')
  .argument('<file>', 'the edited rules file; compared with CALLBOARD_RULES')
  .option('--since <duration>', 'how far back', '7d')
  .option('--templates <folder>', 'templates of the edited file (default: those in use)')
  .addOption(format())
  .addHelpText(
    'after',
    '\nExit codes as those of diff: 0 no message differs, 1 some do, 2 they cannot be compared.',
  )
  .action(async (file: string, flags: history.DiffFlags) => {
    process.exitCode = await history.diff(terminal, file, flags);
  });

program
  .command('replay')
  .description('have the running service send messages of stored events again, marked as a replay')
  .requiredOption(
    '--since <when>',
    'a duration such as 2h, or the sequence of the first event such as 1234..',
  )
  .requiredOption('--to <destination>', 'where all of them go, whatever the rules say')
  .option('--rule <id>', 'only this rule; may be repeated', several, [])
  .option('--rate <n/s>', 'at most so many, such as 1/s or 30/m (default: as fast as the destination takes)')
  .option('--dry-run', 'count them, and send nothing')
  .addOption(format())
  .action(async (flags: history.ReplayFlags) => {
    process.exitCode = await history.replay(terminal, flags);
  });

const linksCommand = program.command('links').description('see and end the links to files');

linksCommand
  .command('list')
  .description('say which files messages link to, and who opened them')
  .option('--since <duration>', 'only those linked to in that time, such as 7d')
  .option('--session <key>', 'only those of a meeting: SOURCE/ID')
  .addOption(format())
  .action(async (flags: links.ListFlags) => {
    process.exitCode = await links.list(terminal, flags);
  });

linksCommand
  .command('revoke')
  .description('end links for good; give a link, its token or the id of its file')
  .argument('[link]')
  .option('--session <key>', 'all of a meeting: SOURCE/ID')
  .option('--all', 'all there are')
  .option('--because <reason>', 'why, for those who ask later; must be there')
  .addOption(format())
  .action(async (link: string | undefined, flags: links.RevokeFlags) => {
    process.exitCode = await links.revoke(terminal, link, flags);
  });

program
  .command('schema')
  .description('print the JSON Schema of rules.yaml, for editors')
  .action(async () => {
    process.exitCode = await commands.schema(terminal);
  });

try {
  // Without a word it serves; a default command would take a misspelt one for its argument.
  await program.parseAsync(process.argv.length > 2 ? process.argv : [...process.argv, 'serve']);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const isOurs = error instanceof OperatorError;
    const text = error instanceof Error ? (isOurs ? error.message : error.stack) : String(error);
    terminal.complain(`${text}\n`);
    process.exit(1);
  }
}
