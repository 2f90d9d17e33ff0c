export type Progress = {
  /** Draws how far it is; `part` is between 0 and 1. */
  show(part: number, text: string): void;
  /** Takes the line away. */
  end(): void;
};

export type ProgressOptions = {
  readonly write: (text: string) => void;
  /** Anywhere else nothing is drawn: a log is no place for a bar. */
  readonly isTerminal: boolean;
  /** Milliseconds that only rise. */
  readonly clock: () => number;
};

const width = 24;
const everyMs = 100;
const toBegin = '\r\u001b[K';

/** A bar in one line of a terminal that draws over itself, at most ten times a second. */
export function createProgress({ write, isTerminal, clock }: ProgressOptions): Progress {
  let drawnAt: number | undefined;
  return {
    show: (part, text) => {
      const now = clock();
      if (!isTerminal || (drawnAt !== undefined && now - drawnAt < everyMs)) return;
      drawnAt = now;
      const filled = Math.round(Math.min(1, Math.max(0, part)) * width);
      write(`${toBegin}[${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${text}`);
    },
    end: () => {
      if (drawnAt !== undefined) write(toBegin);
      drawnAt = undefined;
    },
  };
}
