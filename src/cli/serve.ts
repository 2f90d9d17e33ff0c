type Running = {
  readonly logger: { info(text: string): void; error(fields: object, text: string): void };
  reload(trigger: string): Promise<void>;
  stop(): Promise<void>;
};

export type ServeOptions = {
  readonly start: () => Promise<Running>;
  readonly write: (text: string) => void;
  /** Whether this error is about what the operator wrote: its message is all they need. */
  readonly isReadable: (error: unknown) => boolean;
};

/** Longer than everything that stopping waits for. */
const stopMs = 25_000;

/** `callboard serve`: runs until SIGTERM or SIGINT, then stops in order; a second signal ends it at once. Resolves to the exit code. */
export async function serve({ start, write, isReadable }: ServeOptions): Promise<number> {
  let running: Running | undefined;
  // The chat libraries keep timers and sockets of their own; none of their failures may end the program.
  process.on('unhandledRejection', (error) => {
    const text = 'a promise was rejected and nobody listened';
    if (running) running.logger.error({ err: error }, text);
    else write(`${text}: ${error instanceof Error ? error.message : 'unknown reason'}\n`);
  });
  try {
    running = await start();
  } catch (error) {
    if (!isReadable(error)) throw error;
    write(`${error instanceof Error ? error.message : String(error)}\nCallboard was not started.\n`);
    return 1;
  }
  const program = running;
  process.on('SIGHUP', () => void program.reload('SIGHUP'));
  const signal = await new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  running.logger.info(`${signal}: stopping`);
  process.once(signal, () => process.exit(1));
  const overdue = setTimeout(() => process.exit(1), stopMs);
  await running.stop();
  clearTimeout(overdue);
  return 0;
}
