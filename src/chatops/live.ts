import { lineOf, shownText } from '#destinations/fitting.ts';
import type { Block, Inline, Line } from '#domain/message.ts';
import { age, present, type Session } from '#domain/session.ts';
import { counted, joined, text, value, type Wording } from './wording.ts';

const mostMeetings = 10;
/** Graphemes and UTF-16 units of a title; so many meetings fit into one message on every platform. */
const titleLength = { graphemes: 60, units: 160 };
/** For so long a time of day is clear without its date. */
const clearForMs = 12 * 3_600_000;

/** The meetings that run at `now`, newest first. */
export function describeLive(sessions: readonly Session[], now: Date): Wording {
  const live = sessions
    .filter((session) => age(session, now).status === 'live')
    .sort((one, other) => beginOf(other) - beginOf(one));
  if (live.length === 0) {
    const sentence = [text('No meeting is running now.')];
    return { state: 'ended', title: sentence, sentence, body: [] };
  }
  const shown = live.slice(0, mostMeetings);
  const hidden = live.length - shown.length;
  const items = shown.map((session) => describeMeeting(session, now));
  const more: Block[] = hidden > 0 ? [{ kind: 'paragraph', line: [text(`and ${hidden} more`)] }] : [];
  const titles = shown.map((session): Line => [value(titleOf(session))]);
  return {
    state: 'live',
    title: [text('Meetings running now')],
    sentence: [
      text(`${counted(live.length, 'meeting is', 'meetings are')} running now: `),
      ...joined(titles),
      ...(hidden > 0 ? [text(` and ${hidden} more`)] : []),
    ],
    body: [{ kind: 'list', isOrdered: false, items }, ...more],
  };
}

function describeMeeting(session: Session, now: Date): Line {
  const people = present(session);
  const isRecording = session.artifacts.some(
    ({ kind, state }) => kind === 'recording' && state === 'running',
  );
  return [
    { ...value(titleOf(session)), bold: true },
    text(` · ${people === 0 ? 'nobody in the room' : counted(people, 'person', 'people')}`),
    ...(session.startedAt === undefined ? [] : [text(' · since '), timeOf(session.startedAt, now)]),
    ...(isRecording ? [text(' · recording')] : []),
  ];
}

function titleOf({ title, roomId, id }: Session): string {
  const shown = [title, roomId, id].map((name) =>
    shownText(lineOf(name ?? ''), titleLength.graphemes, titleLength.units),
  );
  return shown.find((name) => name !== '') ?? 'a meeting';
}

function beginOf({ startedAt, heardAt }: Session): number {
  return Date.parse(startedAt ?? heardAt);
}

/** `07:33 UTC` and `2025-02-08 07:33 UTC` stand where the reader's own zone cannot be shown. */
function timeOf(at: string, now: Date): Inline {
  const isClear = now.getTime() - Date.parse(at) < clearForMs;
  const utc = `${at.slice(0, 16).replace('T', ' ')} UTC`;
  if (isClear) return { kind: 'time', at, style: 'time', fallback: utc.slice(-9) };
  return { kind: 'time', at, style: 'datetime', fallback: utc };
}
