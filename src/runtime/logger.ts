import { Writable } from 'node:stream';
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
  const clean = { write: (line: string) => write(redactor.clean(line)) };
  const stream: DestinationStream = format === 'json' ? clean : await prettyStream(clean.write);
  const logger: PinoLogger = pino(options, stream);
  return logger;
}

/** Loaded only for a terminal. */
async function prettyStream(write: (text: string) => void): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: process.stdout.isTTY,
    translateTime: 'HH:MM:ss',
    ignore: 'pid,hostname',
  });
  return new Writable({
    write: (line: Buffer, _encoding, done) => {
      write(pretty(line.toString()));
      done();
    },
  });
}
