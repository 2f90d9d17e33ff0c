import * as fc from 'fast-check';
import type { MeetingEvent, ParticipantKind } from '#domain/event.ts';
import { at, ended, event, joined, left, recording, started } from './setup.ts';

const second = fc.integer({ min: 1, max: 3600 });
const kinds: readonly ParticipantKind[] = ['human', 'human', 'human', 'phone', 'recorder', 'agent'];

/** What one person does: one connection after another, each with its own id where the platform gives ids. */
function visits(hasIds: boolean): fc.Arbitrary<readonly MeetingEvent[]> {
  return fc
    .record({
      who: fc.integer({ min: 0, max: 5 }),
      times: fc.array(fc.tuple(second, second), { minLength: 1, maxLength: 3 }),
    })
    .map(({ who, times }) =>
      times.flatMap(([from, length], index) => {
        const sid = hasIds ? `c${who}-${index}-${from}` : undefined;
        const kind = kinds[who] ?? 'human';
        return [joined(from, `p${who}`, sid, { kind }), left(from + length, `p${who}`, sid, { kind })];
      }),
    );
}

/** The news of one recording up to its file or failure. */
function recordings(hasIds: boolean): fc.Arbitrary<readonly MeetingEvent[]> {
  const courses = [
    ['starting', 'started', 'stopping', 'stopped', 'ready'],
    ['started', 'stopped', 'transcoded', 'ready'],
    ['started', 'failed', 'failed', 'ready'],
    ['started', 'stopped'],
    ['failed'],
  ] as const;
  return fc
    .record({ course: fc.constantFrom(...courses), from: second, id: fc.integer({ min: 0, max: 3 }) })
    .map(({ course, from, id }) =>
      course.map((news, index) => recording(news, from + 60 * index, hasIds ? `r${id}` : undefined)),
    );
}

const artifacts: fc.Arbitrary<readonly MeetingEvent[]> = fc
  .record({ id: fc.integer({ min: 0, max: 2 }), kind: fc.constantFrom('transcript', 'summary', 'analytics') })
  .map(({ id, kind }) => {
    const artifact = { id: `a${id}`, kind } as const;
    const transcript = { id: `a${id}` };
    const course = [
      event('transcript.started', 10, { transcript }),
      event('transcript.stopped', 3600, { transcript }),
    ];
    return [...(kind === 'transcript' ? course : []), event('artifact.ready', 4000, { artifact })];
  });

/** The events of a meeting in the order in which they happened. Whether people and recordings have ids is the platform's way. */
export function meetings(hasIds: boolean): fc.Arbitrary<readonly MeetingEvent[]> {
  return fc
    .record({
      people: fc.array(visits(hasIds), { maxLength: 6 }),
      files: fc.array(recordings(hasIds), { maxLength: 3 }),
      more: fc.array(artifacts, { maxLength: 3 }),
      ends: fc.array(fc.integer({ min: 3000, max: 3700 }), { maxLength: 2 }),
      start: fc.option(fc.integer({ min: -60, max: 0 }), { nil: undefined }),
    })
    .map(({ people, files, more, ends, start }) => {
      const opening =
        start === undefined ? started(0) : { ...started(0), session: { started_at: at(start) } };
      const events = [opening, ...people.flat(), ...files.flat(), ...more.flat(), ...ends.map(ended)];
      return events.sort((one, other) => (one.event.time < other.event.time ? -1 : 1));
    });
}

/** Any order of the events, some lost, some told several times. */
export function mishaps(events: readonly MeetingEvent[]): fc.Arbitrary<readonly MeetingEvent[]> {
  return fc
    .array(fc.nat({ max: events.length - 1 }), { minLength: 1, maxLength: 60 })
    .map((indexes) => indexes.flatMap((index) => events[index] ?? []));
}

/** Any order of the events with some told several times, and none lost. */
export function disorder(events: readonly MeetingEvent[]): fc.Arbitrary<readonly MeetingEvent[]> {
  const repeats = fc.array(fc.nat({ max: events.length - 1 }), { maxLength: 10 });
  return repeats
    .map((indexes) => [...events, ...indexes.flatMap((index) => events[index] ?? [])])
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }));
}
