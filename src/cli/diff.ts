import { OperatorError } from '#runtime/operator-error.ts';
import type { Progress } from './progress.ts';

type Loaded<Report> =
  | {
      readonly kind: 'ready';
      /** Plays the events from `since` to `until`. */
      readonly compare: (span: Span, onPart: (part: number, events: number) => void) => Promise<Report>;
    }
  | {
      readonly kind: 'broken';
      /** The errors of both files, as whole lines. */
      readonly report: string;
    };

type Span = { readonly since: Date; readonly until: Date };

export type DiffOptions<Report extends { readonly isDifferent: boolean; readonly text: string }> = {
  /** A duration, as written. */
  readonly since: string;
  /** Milliseconds of a duration, or undefined. */
  readonly durationMs: (text: string) => number | undefined;
  readonly load: () => Loaded<Report>;
  readonly now: () => Date;
  readonly progress: Progress;
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
};

/**
 * `callboard diff`: what other rules would have made of the stored events. Exit codes as those of diff: 0 no message differs, 1 some do, 2
 * they cannot be compared.
 */
export async function diff<Report extends { readonly isDifferent: boolean; readonly text: string }>(
  options: DiffOptions<Report>,
): Promise<number> {
  const { durationMs, load, now, progress, write, complain } = options;
  const ms = durationMs(options.since);
  if (ms === undefined) {
    complain(`--since ${options.since}: write a duration such as 12h or 7d\n`);
    return 2;
  }
  const loaded = load();
  if (loaded.kind === 'broken') {
    write(loaded.report);
    return 2;
  }
  const until = now();
  const since = new Date(until.getTime() - ms);
  try {
    const report = await loaded.compare({ since, until }, (part, events) =>
      progress.show(part, `${events} events`),
    );
    progress.end();
    write(report.text);
    return report.isDifferent ? 1 : 0;
  } catch (error) {
    progress.end();
    if (!(error instanceof OperatorError)) throw error;
    complain(`${error.message}\n`);
    return 2;
  }
}
