import type { Environment } from '#runtime/environment.ts';
import { OperatorError } from '#runtime/operator-error.ts';

/** An answer of the admin API. */
export type AdminAnswer = { readonly status: number; readonly json: unknown };

/** The service that runs with the same environment. */
export type RunningService = {
  /** Asks its admin API; with a `body` it posts. Rejects with an OperatorError when it lets us not in or is too old. */
  ask(path: string, body?: object): Promise<AdminAnswer>;
};

const helloMs = 5000;

/**
 * Finds the service at its port on this machine. Undefined when nothing listens there; rejects with an OperatorError when something else
 * does.
 */
export async function findService(
  { port, host, adminToken }: Pick<Environment, 'port' | 'host' | 'adminToken'>,
  fetch: typeof globalThis.fetch,
): Promise<RunningService | undefined> {
  // With port 0 a service listens where nobody can know.
  if (port === 0) return undefined;
  const origin = `http://${reachable(host)}:${port}`;
  if (!(await isThere(origin, fetch))) return undefined;
  const authorization = adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` };
  return {
    ask: async (path, body) => {
      const response = await asked(
        origin,
        fetch(`${origin}${path}`, {
          redirect: 'manual',
          headers: { ...authorization, ...(body && { 'content-type': 'application/json' }) },
          ...(body && { method: 'POST', body: JSON.stringify(body) }),
        }),
      );
      if (response.status === 401) throw new OperatorError(refusal(origin, adminToken));
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      if (!isJson) {
        const told = `The service at ${origin} answered ${response.status} to ${path.replace(/\?.*/, '')}`;
        throw new OperatorError(`${told}: is it of the same version as this command?`);
      }
      return { status: response.status, json: await asked(origin, response.json()) };
    },
  };
}

async function isThere(origin: string, fetch: typeof globalThis.fetch): Promise<boolean> {
  let text: string;
  try {
    const signal = AbortSignal.timeout(helloMs);
    const response = await fetch(`${origin}/healthz`, { redirect: 'manual', signal });
    text = await response.text();
  } catch (error) {
    if (codeOf(error) === 'ECONNREFUSED') return false;
    throw unreachable(origin, error);
  }
  if (text === 'ok\n') return true;
  const told = `Something else than Callboard listens at ${origin}`;
  throw new OperatorError(`${told}: set PORT to the port of the service, or to a free one when none runs.`);
}

async function asked<T>(origin: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw unreachable(origin, error);
  }
}

function unreachable(origin: string, error: unknown): OperatorError {
  const reason = codeOf(error) ?? (error instanceof Error ? error.message : 'unknown reason');
  return new OperatorError(`The service at ${origin} cannot be asked: ${reason}`, { cause: error });
}

function refusal(origin: string, adminToken: string | undefined): string {
  const told = `The service at ${origin} does not let this command in`;
  return adminToken === undefined
    ? `${told}: set ADMIN_TOKEN to the one it was started with.`
    : `${told}: it was started with another ADMIN_TOKEN.`;
}

/** An address of this machine for a HOST that means all of them. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === 'localhost') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** `fetch` hides the reason in the cause. */
function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}
