import { oneLine } from '#domain/text.ts';

type Ready = {
  readonly kind: 'ready';
  readonly native: string;
  readonly types: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly shown: Readonly<Record<string, string>>;
  readonly body: string;
};

type Rehearsed = Ready | { readonly kind: 'refused'; readonly native: string; readonly reason: string };

type Plan =
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'list'; readonly lines: readonly string[] }
  | {
      readonly kind: 'webhooks';
      readonly url: string;
      readonly notes: readonly string[];
      readonly webhooks: readonly { readonly waitMs: number; readonly rehearse: () => Promise<Rehearsed> }[];
    };

export type SimulateOptions = {
  readonly plan: () => Plan;
  /** Shows the requests instead of sending them. */
  readonly isPrint: boolean;
  readonly fetch: typeof globalThis.fetch;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Results. */
  readonly write: (text: string) => void;
  /** What goes wrong. */
  readonly complain: (text: string) => void;
};

const answerLimitMs = 15_000;
const longestAnswer = 200;

/** `callboard simulate`: sends made-up webhooks, signed as by their platform. Exit code 0 when all were taken, 1 when not, 2 for wrong use. */
export async function simulate(options: SimulateOptions): Promise<number> {
  const plan = options.plan();
  switch (plan.kind) {
    case 'wrong':
      options.complain(`${plan.message}\n`);
      return 2;
    case 'list':
      options.write(plan.lines.map((line) => `${line}\n`).join(''));
      return 0;
    case 'webhooks':
      break;
  }
  for (const note of plan.notes) options.complain(`${note}\n`);
  let isFine = true;
  for (const { waitMs, rehearse } of plan.webhooks) {
    if (waitMs > 0 && !options.isPrint) await options.sleep(waitMs);
    const webhook = await rehearse();
    const outcome =
      webhook.kind === 'ready' ? await play(webhook, plan.url, options) : refuse(webhook, options);
    if (outcome === 'unreachable') return 1;
    if (outcome === 'not taken') isFine = false;
  }
  return isFine ? 0 : 1;
}

type Outcome = 'taken' | 'not taken' | 'unreachable';

function refuse(
  { native, reason }: Extract<Rehearsed, { readonly kind: 'refused' }>,
  { complain }: SimulateOptions,
): Outcome {
  complain(`${native} was not sent: ${reason}\n`);
  return 'not taken';
}

async function play(webhook: Ready, url: string, options: SimulateOptions): Promise<Outcome> {
  if (options.isPrint) {
    options.write(drawRequest(webhook, url));
    return 'taken';
  }
  const { native, types, headers, body } = webhook;
  let status: number;
  let text: string;
  try {
    const signal = AbortSignal.timeout(answerLimitMs);
    const response = await options.fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    status = response.status;
    text = await response.text();
  } catch (error) {
    options.complain(`${unreachable(error, url)}\n`);
    return 'unreachable';
  }
  const meaning = types.join(', ') || 'nothing new';
  const isTaken = status >= 200 && status < 300;
  options.write(`${native} → ${meaning}: ${status} ${oneLine(text).slice(0, longestAnswer)}`.trimEnd());
  options.write('\n');
  if (status === 401)
    options.complain(
      'The running service checks with another secret: was it started with this rules.yaml and .env?\n',
    );
  return isTaken ? 'taken' : 'not taken';
}

function drawRequest({ shown, body }: Ready, url: string): string {
  const lines = Object.entries(shown).map(([name, value]) => `${name}: ${value}`);
  return [`POST ${url}`, ...lines, '', body, '', ''].join('\n');
}

function unreachable(error: unknown, url: string): string {
  const { origin } = new URL(url);
  const code = codeOf(error);
  if (code === 'ECONNREFUSED')
    return `Nothing listens at ${origin}: is the service running? Start it with: npx callboard serve`;
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  if (isLate) return `${origin} gave no answer within ${answerLimitMs / 1000} seconds`;
  return `${origin} cannot be reached: ${code ?? (error instanceof Error ? error.message : 'unknown reason')}`;
}

/** `fetch` hides the reason in the cause. */
function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}
