import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type { Redactor } from './redactor.ts';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'child'>;

export type LoggerOptions = {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** Every line passes through it before it is written. */
  readonly redactor: Redactor;
  readonly write: (line: string) => void;
};

/** A structured logger. No known secret leaves it, whatever text it stands in. */
export async function createLogger({ level, format, redactor, write }: LoggerOptions): Promise<Logger> {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const dress = format === 'json' ? (line: string) => line : await prettyLine();
  // Secrets are known in the form they have in JSON; what makes lines pretty writes some of it in another.
  const stream: DestinationStream = { write: (line) => write(dress(redactor.clean(line))) };
  const logger: PinoLogger = pino(options, stream);
  return logger;
}

/** Loaded only for a terminal. */
async function prettyLine(): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({
    colorize: process.stdout.isTTY,
    translateTime: 'HH:MM:ss',
    ignore: 'pid,hostname',
  });
}
