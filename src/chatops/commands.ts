import { distance } from 'fastest-levenshtein';
import { lineOf, shownText } from '#destinations/fitting.ts';
import type { Block, Line, Message } from '#domain/message.ts';
import type { Session } from '#domain/session.ts';
import type { Answer } from './answering.ts';
import { describeLive } from './live.ts';
import { describeRules, type RuleInForce } from './rules-in-force.ts';
import { joined, text, value, type Wording } from './wording.ts';

export type CommandSources = {
  readonly liveSessions: () => Promise<readonly Session[]>;
  readonly rules: () => readonly RuleInForce[];
  /** What people type before a command, such as `/meet`. */
  readonly command: () => string;
  readonly now: () => Date;
};

/** `summary` has at most 100 characters: Discord shows it beside the command. */
type Command = {
  readonly name: string;
  readonly summary: string;
  readonly answer: (sources: CommandSources) => Promise<Wording>;
};

/** Everything that can be asked, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: 'live',
    summary: 'The meetings that run now',
    answer: async ({ liveSessions, now }) => describeLive(await liveSessions(), now()),
  },
  {
    name: 'rules',
    summary: 'The rules in force, what they listen to and where they speak',
    answer: async ({ rules }) => describeRules(rules()),
  },
  {
    name: 'help',
    summary: 'What I can be asked',
    answer: async ({ command }) => describeHelp(command()),
  },
];

/** Answers what people ask the bot. The first word names the command, in any case; nothing typed asks for help. */
export function createCommands(sources: CommandSources): Answer {
  return async (request) => {
    const word = request.text.trim().split(/\s+/u)[0] ?? '';
    const name = word === '' ? 'help' : word.toLowerCase();
    const command = commands.find((each) => each.name === name);
    const wording =
      command === undefined ? describeUnknown(word, sources.command()) : await command.answer(sources);
    return messageOf(wording, sources.now());
  };
}

function messageOf(wording: Wording, at: Date): Message {
  return { ...wording, facts: [], buttons: [], at: at.toISOString() };
}

function describeHelp(command: string): Wording {
  const names = commands.map(({ name }): Line => [text(`${command} ${name}`)]);
  return {
    state: 'ready',
    title: [text('What I can be asked')],
    sentence: [text('You can type '), ...joined(names)],
    body: [helpList(command)],
  };
}

function helpList(command: string): Block {
  const items = commands.map(
    ({ name, summary }): Line => [
      { kind: 'text', text: `${command} ${name}`, code: true },
      text(` ${summary}`),
    ],
  );
  return { kind: 'list', isOrdered: false, items };
}

function describeUnknown(word: string, command: string): Wording {
  const shown = shownText(lineOf(word), 20, 60);
  const near = nearest(word);
  const sentence = [
    text('I don’t know “'),
    value(shown),
    text(near === undefined ? '”.' : `”; did you mean “${near}”?`),
  ];
  return { state: 'warning', title: sentence, sentence, body: [helpList(command)] };
}

function nearest(word: string): string | undefined {
  const typed = word.slice(0, 40).toLowerCase();
  const candidates = commands.map(({ name }) => ({ name, far: distance(typed, name) }));
  const [best] = candidates.toSorted((one, other) => one.far - other.far);
  return best !== undefined && best.far <= 2 ? best.name : undefined;
}
