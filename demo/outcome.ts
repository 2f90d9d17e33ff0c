import type { Screen } from '#runtime/screen.ts';
import { compare } from './mailbox.ts';
import type { Played } from './player.ts';
import type { Step } from './step.ts';

/** What the service tells after the meetings. */
export type Counted = {
  /** Events that it processed. */
  readonly events: number;
  /** How many artifact links it made. */
  readonly links: number;
  /** Addresses of those that led to no file. */
  readonly deadLinks: readonly string[];
};

/** What went otherwise than the story says, a line each. */
export function differences(steps: readonly Step[], played: Played, counted: Counted): readonly string[] {
  const wanted = steps.flatMap(({ tells }) => tells);
  const { missing, extra } = compare(wanted, played.messages);
  const answers = played.replies.filter(({ step, reply }) => reply.text !== step.answer);
  return [
    ...missing.map((tell) => `missing: ${tell}`),
    ...extra.map((tell) => `not expected: ${tell}`),
    ...answers.map(
      ({ step, reply }) =>
        `${step.platform} ${step.native}: answered ${reply.status} ${reply.text}, not ${step.answer}`,
    ),
    ...counted.deadLinks.map((url) => `leads to no file: ${url}`),
  ];
}

export function drawSummary({ print, paint }: Screen, { replies, messages }: Played, counted: Counted): void {
  const answered = (answer: string) => replies.filter(({ reply }) => reply.text === answer).length;
  const places = [...Map.groupBy(messages, ({ destination }) => destination)];
  const shares = places.map(([name, items]) => `${name} ${items.length}`).sort();
  const { events, links, deadLinks } = counted;
  const numbers = {
    Webhooks: `${replies.length}: ${answered('stored')} stored, ${answered('duplicate')} duplicate, ${answered('refused')} refused`,
    Events: `${events} looked at by the rules`,
    Messages: `${messages.length}: ${shares.join(', ')}`,
    Links: `${links} to recordings, streams and documents, ${deadLinks.length === 0 ? 'all' : links - deadLinks.length} of them open`,
  };
  print('');
  for (const [name, text] of Object.entries(numbers)) print(`${paint('bold', name.padEnd(10))}${text}`);
}
