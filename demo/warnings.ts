import { z } from 'zod';

const line = z.looseObject({ level: z.number(), msg: z.string().default(''), time: z.unknown() });

/**
 * Takes the log and shows what somebody should know. Each refused webhook is worth a warning; `expected` of them are part of the story.
 */
export function createWarnings(show: (text: string) => void, expected: number): (line: string) => void {
  let left = expected;
  return (text) => {
    const { level, msg, time: _, ...facts } = line.parse(JSON.parse(text));
    if (msg.startsWith('a webhook was refused') && left > 0) {
      left--;
      return;
    }
    show(`${level >= 50 ? 'error' : 'warning'}: ${msg} ${JSON.stringify(facts)}`);
  };
}
