import { z } from 'zod';

export type ReplayOptions = {
  /** As written: a duration, or `SEQUENCE..` */
  readonly since: string;
  readonly to: string;
  /** Empty for all. */
  readonly rules: readonly string[];
  readonly isDryRun: boolean;
  /** As written, such as 1/s; undefined for as fast as the destination takes them. */
  readonly rate: string | undefined;
  readonly format: 'text' | 'json';
  readonly durationMs: (text: string) => number | undefined;
  readonly now: () => Date;
  /** Posts the order to the running service. Rejects with an error for people when none runs. */
  readonly post: (order: object) => Promise<{ readonly status: number; readonly json: unknown }>;
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
};

const resultSchema = z.object({
  events: z.int(),
  messages: z.int(),
  rules: z.record(z.string(), z.int()),
  unworded: z.int(),
  stopped_at: z.int().optional(),
});
const errorSchema = z.object({ error: z.string() });

/** `callboard replay`: has the running service send messages again. Exit code 0 when it took the order, 1 when not, 2 for wrong use. */
export async function replay(options: ReplayOptions): Promise<number> {
  const { to, rules, isDryRun, format, write, complain } = options;
  const since = sinceOf(options);
  const intervalMs = intervalOf(options.rate);
  if (since === undefined || intervalMs === undefined) {
    const wrong =
      since === undefined
        ? `--since ${options.since}: write a duration such as 2h, or the first event such as 1234..`
        : `--rate ${options.rate}: write a number of messages in a second or minute, such as 1/s or 30/m`;
    complain(`${wrong}\n`);
    return 2;
  }
  const { status, json } = await options.post({
    since,
    to,
    ...(rules.length > 0 && { rules }),
    interval_ms: intervalMs,
    dry_run: isDryRun,
  });
  const result = resultSchema.safeParse(json);
  if (status !== 200 || !result.success) {
    const told = errorSchema.safeParse(json);
    complain(`${told.success ? told.data.error : `the service answered ${status}`}\n`);
    return 1;
  }
  write(
    format === 'json' ? `${JSON.stringify(result.data, null, 2)}\n` : describe(result.data, { to, isDryRun }),
  );
  return 0;
}

function sinceOf({ since, durationMs, now }: ReplayOptions): string | number | undefined {
  const sequence = /^(\d{1,15})\.\.$/.exec(since)?.[1];
  if (sequence !== undefined) return Number(sequence);
  const ms = durationMs(since);
  return ms === undefined ? undefined : new Date(now().getTime() - ms).toISOString();
}

const unitMs = { s: 1000, m: 60_000 };

function intervalOf(rate: string | undefined): number | undefined {
  if (rate === undefined) return 0;
  const [, count, unit] = /^(\d{1,4})\/(s|m)$/.exec(rate) ?? [];
  if (count === undefined || Number(count) === 0) return undefined;
  return Math.round(unitMs[unit === 's' ? 's' : 'm'] / Number(count));
}

function describe(
  { events, messages, rules, unworded, stopped_at: stoppedAt }: z.output<typeof resultSchema>,
  { to, isDryRun }: { readonly to: string; readonly isDryRun: boolean },
): string {
  const went = messages === 1 ? 'is on its way' : 'are on their way';
  const did = isDryRun ? 'would go' : went;
  return [
    `${count(events, 'event')}: ${count(messages, 'message')} ${did} to ${to}`,
    ...Object.entries(rules).map(([rule, sent]) => `  ${rule}: ${sent}`),
    ...(unworded === 0 ? [] : [`  ${count(unworded, 'message')} could not be worded`]),
    ...(stoppedAt === undefined
      ? []
      : [`It stopped there: more were too many at once. Go on with --since ${stoppedAt + 1}..`]),
    '',
  ].join('\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
