import type { Terminal } from './commands.ts';

// The commands about links to files. Only the running service knows them; each loads only the modules it needs.

export type ListFlags = {
  readonly since?: string;
  readonly session?: string;
  readonly format: 'text' | 'json';
};

export async function list({ environment, print, complain }: Terminal, flags: ListFlags): Promise<number> {
  const [command, { durationMs }] = await Promise.all([
    import('#cli/links.ts'),
    import('#rules/duration.ts'),
  ]);
  const ask = asking(environment);
  return command.listLinks({ ...flags, durationMs, now: () => new Date(), ask, write: print, complain });
}

export type RevokeFlags = {
  readonly session?: string;
  readonly all?: boolean;
  readonly because?: string;
  readonly format: 'text' | 'json';
};

export async function revoke(
  { environment, print, complain }: Terminal,
  link: string | undefined,
  { all: isAll = false, ...flags }: RevokeFlags,
): Promise<number> {
  const command = await import('#cli/links.ts');
  return command.revokeLinks({ ...flags, link, isAll, ask: asking(environment), write: print, complain });
}

function asking(environment: Terminal['environment']) {
  return async (path: string, body?: object) => {
    const [{ findService }, { OperatorError }] = await Promise.all([
      import('./running-service.ts'),
      import('#runtime/operator-error.ts'),
    ]);
    const settings = environment();
    const service = await findService(settings, globalThis.fetch);
    if (service !== undefined) return service.ask(path, body);
    throw new OperatorError(
      `Nothing listens at port ${settings.port}, and only the running service knows its links. Start it with: npx callboard serve`,
    );
  };
}
