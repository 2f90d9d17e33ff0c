import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventType } from '#domain/catalogue.ts';
import type { MeetingEvent } from '#domain/event.ts';
import type { Session } from '#domain/session.ts';
import type { Configuration } from '#engine/run.ts';
import type { ClaimedEvent } from '#store/store.ts';
import { readConfiguration } from '../../src/configuration.ts';

const begin = Date.parse('2026-07-05T08:00:00.000Z');

/** A moment this many seconds after the tests begin. */
export function at(seconds: number): Date {
  return new Date(begin + seconds * 1000);
}

const head = `version: 1
sources:
  meet: { livekit: { keys: { key: "\${SECRET}" }, room_url: "https://meet.example/{{room.id}}" } }
destinations:
  sales: { preview: {} }
  ops: { preview: {} }
  closed: { preview: {} }
`;

const lookup = (name: string) => (name === 'SECRET' ? 'secret-of-the-tests' : undefined);

/**
 * A configuration with these rules, read as the program reads it. `closed` is a destination without credentials; `beside` is what stands
 * beside `rules:`.
 */
export function configuration(rules: string, more: Partial<Configuration> = {}, beside = ''): Configuration {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-rules-'));
  try {
    const rulesFile = join(folder, 'rules.yaml');
    writeFileSync(rulesFile, `${head}${beside}rules:\n${rules}`);
    const { loaded, diagnostics } = readConfiguration({ rulesFile, templatesFolder: folder, lookup });
    if (loaded === undefined) throw new Error(JSON.stringify(diagnostics));
    return {
      ...loaded,
      lane: (name) => (name === 'closed' ? { closed: 'no credentials' } : { lane: `lane:${name}` }),
      artifactLink: () => undefined,
      ...more,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Says every arrival in one short text. */
export const everyJoin = `  - { id: joined, on: participant.joined, send: { to: sales, text: "{{participant.name}}" } }
`;

type Choice = {
  readonly session?: string | undefined;
  readonly room?: string | undefined;
  readonly who?: string;
  readonly more?: Partial<MeetingEvent>;
};

let lastId = 0;

/** An event in the room R1 of the session S1 that nobody has told before; `undefined` leaves one out. */
export function event(type: EventType, seconds: number, choice: Choice = {}): MeetingEvent {
  const { session, room } = { session: 'S1', room: 'R1', ...choice };
  const who = choice.who ?? 'anna';
  return {
    event: { type, native: type, id: String(++lastId), time: at(seconds).toISOString() },
    source: { name: 'meet', type: 'livekit' },
    ...(room === undefined ? {} : { room: { id: room } }),
    ...(session === undefined ? {} : { session: { id: session } }),
    ...(type.startsWith('participant.') ? { participant: { id: who, sid: `${who}-1`, name: who } } : {}),
    ...choice.more,
    raw: {},
  };
}

/** The event as the store gives it out. */
export function claimed(
  sequence: number,
  given: MeetingEvent,
  more: { isRepeat?: boolean; session?: Session; openSession?: Session } = {},
): ClaimedEvent {
  return {
    sequence,
    receivedAt: new Date(given.event.time),
    event: given,
    isRepeat: false,
    failures: 0,
    ...more,
  };
}
