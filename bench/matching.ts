import { Engine, type TopLevelCondition } from 'json-rules-engine';
import type { JsonObject } from '#domain/value.ts';
import { loadRules } from '#rules/load.ts';
import { median, table, withSpread } from './statistics.ts';

const sizes = [10, 100, 1000, 10_000];
const matching = 10;
const rounds = 7;

/** A VIP in a room: the first ten rules hold for the event, all others are about other people. */
const facts: JsonObject = {
  event: { type: 'participant.joined', native: 'participant_joined', time: '2026-01-01T00:00:00.000Z' },
  source: { name: 'meet', type: 'plugnmeet' },
  room: { id: 'room-1', name: 'Weekly sync' },
  session: { id: 'S1', present: 3 },
  participant: { id: 'user-0', kind: 'human', name: 'Guest One' },
};

const person = (index: number) => (index < matching ? 'user-0' : `user-${index}`);

/** Microseconds to find the rules that hold for one event, beside json-rules-engine with the same conditions. */
export async function benchMatching(print: (text: string) => void): Promise<void> {
  const rows: string[][] = [];
  for (const size of sizes) {
    const ours = ourMatcher(size);
    const theirs = theirEngine(size);
    const ourTimes: number[] = [];
    const theirTimes: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const our = microseconds(20_000, () => {
        if (ours().length !== matching) throw new Error('wrong matches');
      });
      const their = await microsecondsOf(Math.max(3, Math.round(2000 / size)), async () => {
        if ((await theirs()) !== matching) throw new Error('wrong matches');
      });
      // The first round warms both up.
      if (round > 0) {
        ourTimes.push(our);
        theirTimes.push(their);
      }
    }
    const ratios = theirTimes.map((their, round) => their / (ourTimes[round] ?? Number.NaN));
    rows.push([
      size.toLocaleString('en-US'),
      withSpread(ourTimes, 2),
      withSpread(theirTimes),
      `${Math.round(median(ratios)).toLocaleString('en-US')}×`,
    ]);
  }
  print(
    `\n## Matching: one event against N rules of which ${matching} hold, µs, median (spread) of ${rounds} alternating rounds\n`,
  );
  print(table(['rules', 'callboard', 'json-rules-engine', 'ratio'], rows));
}

function ourMatcher(size: number): () => readonly unknown[] {
  const rules = Array.from(
    { length: size },
    (_, index) =>
      `  - { id: r${index}, on: participant.joined, where: { participant.id: ${person(index)}, participant.kind: human, session.present: { at_least: 1 } }, send: { to: board, text: "x" } }`,
  );
  const text = `version: 1\ndestinations: { board: { preview: {} } }\nrules:\n${rules.join('\n')}\n`;
  const templates = { names: [], describe: () => undefined, checkText: () => ({ uses: [], problems: [] }) };
  const { rulebook, diagnostics } = loadRules({
    text,
    file: 'bench.yaml',
    environment: () => undefined,
    templates,
  });
  if (rulebook === undefined) throw new Error(JSON.stringify(diagnostics[0]));
  return () => rulebook.matcher.match('participant.joined', facts);
}

function theirEngine(size: number): () => Promise<number> {
  const engine = new Engine();
  for (let index = 0; index < size; index++) {
    const conditions: TopLevelCondition = {
      all: [
        { fact: 'participantId', operator: 'equal', value: person(index) },
        { fact: 'participantKind', operator: 'equal', value: 'human' },
        { fact: 'present', operator: 'greaterThanInclusive', value: 1 },
      ],
    };
    engine.addRule({ conditions, event: { type: `r${index}` } });
  }
  const given = { participantId: 'user-0', participantKind: 'human', present: 3 };
  return async () => (await engine.run(given)).events.length;
}

function microseconds(times: number, run: () => void): number {
  const startedAt = performance.now();
  for (let time = 0; time < times; time++) run();
  return ((performance.now() - startedAt) * 1000) / times;
}

async function microsecondsOf(times: number, run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  for (let time = 0; time < times; time++) await run();
  return ((performance.now() - startedAt) * 1000) / times;
}
