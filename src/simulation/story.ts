import {
  type Maker,
  meetingSeconds,
  type Payload,
  type Person,
  type Platform,
  type Scene,
  type Who,
} from './platform.ts';
import { secondsAfter } from './wire.ts';

/** One webhook of a story, before settings and wishes have changed it. */
export type Told = {
  /** Our name of it, perhaps with a variant. */
  readonly event: string;
  readonly becomes: Maker['becomes'];
  readonly payload: Payload;
  /** About the guest, whom wishes are about. */
  readonly isGuest: boolean;
  /** Milliseconds after the one before, by the clock of the meeting. */
  readonly afterMs: number;
};

const people: Readonly<Record<Who, Pick<Person, 'identity' | 'name' | 'isCutOff'>>> = {
  host: { identity: 'maria', name: 'Maria Santos', isCutOff: false },
  guest: { identity: 'guest-1', name: 'Guest One', isCutOff: true },
  back: { identity: 'guest-1', name: 'Guest One', isCutOff: false },
  recorder: { identity: 'RECORDER_BOT', isCutOff: false },
};

function newScene(startedAt: Date, newId: () => string): Scene {
  const ids = new Map<string, string>();
  const idOf = (thing: string): string => {
    const known = ids.get(thing) ?? newId();
    ids.set(thing, known);
    return known;
  };
  return { startedAt, endedAt: secondsAfter(startedAt, meetingSeconds), idOf, newId };
}

/** One webhook that happens now, in a meeting of its own that has run for a while. */
export function tellOne(event: string, { becomes, make }: Maker, now: Date, newId: () => string): Told {
  const scene = newScene(secondsAfter(now, -meetingSeconds), newId);
  const joinedAt = becomes === 'participant.joined' ? now : secondsAfter(now, -600);
  const person = { ...people.back, connection: scene.idOf('connection'), joinedAt };
  return { event, becomes, payload: make({ scene, at: now, person }), isGuest: true, afterMs: 0 };
}

/** Seconds from the first to the last webhook of a whole meeting. */
export function storySeconds({ script }: Platform): number {
  return script.at(-1)?.second ?? 0;
}

/** A whole meeting that begins at that moment. */
export function tellMeeting(platform: Platform, startedAt: Date, newId: () => string): readonly Told[] {
  const { events, script } = platform;
  const scene = newScene(startedAt, newId);
  return script.flatMap(({ second, event, who }, index) => {
    const maker = events.get(event);
    if (maker === undefined) return [];
    const role = who ?? 'host';
    const joined = script.find((line) => (line.who ?? 'host') === role && line.who !== undefined)?.second;
    const person = {
      ...people[role],
      connection: scene.idOf(`connection of ${role}`),
      joinedAt: secondsAfter(startedAt, joined ?? 0),
    };
    const payload = maker.make({ scene, at: secondsAfter(startedAt, second), person });
    const isGuest = who === 'guest' || who === 'back';
    const afterMs = (second - (script[index - 1]?.second ?? second)) * 1000;
    return [{ event, becomes: maker.becomes, payload, isGuest, afterMs }];
  });
}
