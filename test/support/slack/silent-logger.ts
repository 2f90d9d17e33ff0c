import { type Logger, LogLevel } from '@slack/web-api';

/** A logger for Slack's packages that keeps expected failures out of the test output. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};
