import { tellOf } from './mailbox.ts';
import type { Record } from './player.ts';
import type { Screen } from './screen.ts';
import type { Step } from './step.ts';

export type Counted = {
  /** Events that the service processed. */
  readonly events: number;
  /** Addresses of artifact links that led to no file. */
  readonly deadLinks: readonly string[];
  readonly links: number;
};

/** What went otherwise than the story says, a line each. */
export function differences(steps: readonly Step[], record: Record, counted: Counted): readonly string[] {
  const missing = steps.flatMap(({ tells }): string[] => [...tells]);
  const extra = record.messages.map(tellOf).filter((tell) => {
    const at = missing.indexOf(tell);
    if (at >= 0) missing.splice(at, 1);
    return at < 0;
  });
  const answers = record.replies.filter(({ step, reply }) => reply.text !== step.answer);
  return [
    ...missing.map((tell) => `missing: ${tell}`),
    ...extra.map((tell) => `not expected: ${tell}`),
    ...answers.map(
      ({ step, reply }) =>
        `${step.platform} ${step.native}: ${reply.status} ${reply.text}, not ${step.answer}`,
    ),
    ...counted.deadLinks.map((url) => `leads to no file: ${url}`),
  ];
}

/** The numbers of the evening. */
export function drawSummary({ print, paint }: Screen, record: Record, counted: Counted): void {
  const count = (answer: string) => record.replies.filter(({ reply }) => reply.text === answer).length;
  const places = Map.groupBy(record.messages, ({ destination }) => destination);
  const messages = [...places].map(([name, items]) => `${name} ${items.length}`).sort();
  const numbers = [
    [
      'Webhooks',
      `${record.replies.length} sent: ${count('stored')} stored, ${count('duplicate')} duplicate, ${count('refused')} refused`,
    ],
    ['Events', `${counted.events} followed and held against the rules`],
    ['Messages', `${record.messages.length} sent: ${messages.join(', ')}`],
    [
      'Links',
      `${counted.links} to recordings, streams and documents; ${counted.links - counted.deadLinks.length} of them lead to their file`,
    ],
  ] as const;
  print('');
  for (const [name, text] of numbers) print(`${paint('bold', name.padEnd(10))}${text}`);
}
