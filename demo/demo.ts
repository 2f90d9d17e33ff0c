import { parseArgs } from 'node:util';

const usage = `npm run demo             plays three meetings, then stays until Ctrl-C
npm run demo -- --once   ends after them: exit code 0 when every message came as it should\n`;

/** What a terminal program needs. Settings of a real installation in the environment must not leak into the demo. */
const kept = /^(PATH|HOME|TERM|COLORTERM|NO_COLOR|TZ|LANG|LC_\w+|TMPDIR|TEMP|TMP|SYSTEMROOT)$/i;

/** Resolves to the exit code. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  for (const name of Object.keys(process.env)) if (!kept.test(name)) delete process.env[name];
  // A proxy that Node was told to use is asked again at every request whether it is wanted.
  process.env['NO_PROXY'] = '*';
  const { createScreen } = await import('#runtime/screen.ts');
  const { show } = await import('./show.ts');
  const { OperatorError } = await import('#runtime/operator-error.ts');

  const end = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => end.abort());
  try {
    const screen = createScreen(process.stdout);
    return (await show({ screen, isOnce: values.once, signal: end.signal })) ? 0 : 1;
  } catch (error) {
    if (end.signal.aborted) return values.once ? 1 : 0;
    if (!(error instanceof OperatorError)) throw error;
    process.stderr.write(`${error.message}\nThe demo was not started. "npx callboard check" tells more.\n`);
    return 1;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const isWrongUse =
    error instanceof TypeError && 'code' in error && error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
  process.stderr.write(isWrongUse ? usage : `${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(isWrongUse ? 2 : 1);
}
