import type { EventType } from '#domain/catalogue.ts';
import { TemplateLibrary } from '#messages/library.ts';
import { compare } from '#rehearsal/compare.ts';
import { stage } from '#rehearsal/stage.ts';
import { loadRules } from '#rules/load.ts';
import type { StoredEvent } from '#store/store.ts';
import { table } from './statistics.ts';

const count = 100_000;
const pageSize = 500;
const begin = Date.parse('2026-01-01T00:00:00.000Z');
const everyMs = 5000;
const until = new Date(begin + count * everyMs);

/** Seconds that `callboard diff` computes for 100,000 events, and the memory it takes: rules with waits, limits and once-keys, one of them edited. */
export async function benchCompare(print: (text: string) => void): Promise<void> {
  const before = configuration('joined the meeting');
  const rows: string[][] = [];
  for (const [what, words] of [
    ['nothing', 'joined the meeting'],
    ['the words of one rule', 'is here'],
  ] as const) {
    let highest = 0;
    const startedAt = performance.now();
    const { total } = await compare(before, configuration(words), pages(), {
      since: new Date(begin),
      until,
      isSameTemplate: () => true,
      onPage: () => {
        highest = Math.max(highest, process.memoryUsage().heapUsed);
      },
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const megabytes = Math.round(highest / 2 ** 20).toLocaleString('en-US');
    rows.push([what, seconds.toFixed(1), megabytes, String(total.before), String(total.changed)]);
  }
  print(`\n## Diff: ${count.toLocaleString('en-US')} events through two rules files of ten rules\n`);
  print(table(['edited', 's', 'heap at most, MiB', 'messages', 'changed'], rows));
}

const send = (text: string) => `send: { to: board, text: "{{participant.name}} ${text}" }`;

function configuration(words: string) {
  const guests = '[ user-1, user-2, user-3, user-4 ]';
  const rules = [
    `  - { id: joined, on: participant.joined, where: { participant.id: ${guests} }, once_per: [ session.id, participant.id ], ${send(words)} }`,
    `  - { id: alone, on: participant.joined, where: { session.present: 1 }, still_true_after: 5m, ${send('waits')} }`,
    `  - { id: away, on: participant.left, where: { participant.id: ${guests} }, unless_followed_by: { event: participant.joined, same: [ session.id, participant.id ], within: 10m }, ${send('left')} }`,
    `  - { id: busy, on: participant.joined, at_most: { n: 2, per: 1h, by: room.id }, ${send('came')} }`,
    ...Array.from(
      { length: 6 },
      (_, at) =>
        `  - { id: vip-${at}, on: participant.joined, where: { participant.id: vip-${at} }, ${send('is a VIP')} }`,
    ),
  ];
  const library = new TemplateLibrary([]);
  const { rulebook, diagnostics } = loadRules({
    text: `version: 1\ndestinations: { board: { preview: {} } }\nrules:\n${rules.join('\n')}\n`,
    file: 'bench.yaml',
    environment: () => undefined,
    templates: {
      names: [],
      describe: () => undefined,
      checkText: (text) => ({ uses: library.text(text).template?.uses ?? [], problems: [] }),
    },
  });
  if (rulebook === undefined) throw new Error(JSON.stringify(diagnostics[0]));
  return stage({ rulebook, library });
}

function* pages(): Generator<StoredEvent[]> {
  for (let from = 0; from < count; from += pageSize) {
    yield Array.from({ length: pageSize }, (_, at) => event(from + at));
  }
}

const types: readonly EventType[] = [
  'participant.joined',
  'track.published',
  'track.published',
  'track.unpublished',
  'participant.left',
];

/** 100 rooms at a time, in each a meeting of 200 events with 40 people. */
function event(index: number): StoredEvent {
  const room = index % 100;
  const turn = Math.floor(index / 100);
  const person = Math.floor(turn / types.length) % 40;
  const receivedAt = new Date(begin + index * everyMs);
  const type = types[turn % types.length] ?? 'track.published';
  return {
    sequence: index + 1,
    receivedAt,
    isRepeat: false,
    event: {
      event: { type, native: type, time: receivedAt.toISOString() },
      source: { name: 'meet', type: 'plugnmeet' },
      room: { id: `room-${room}`, name: `Weekly sync ${room}` },
      session: { id: `S-${room}-${Math.floor(turn / 200)}` },
      participant: { id: `user-${person}`, sid: `PA_${turn}_${room}`, name: `Guest ${person}` },
      raw: { metadata: 'Welcome to the room. '.repeat(60) },
    },
  };
}
