import { Temporal } from 'temporal-polyfill';

/** The days of a week as rules name them, in the order of ISO 8601. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** A day of the week as rules name it. */
export type Weekday = (typeof weekdays)[number];

/** A stretch of wall-clock time that returns every week. */
export type Window = {
  /** "HH:MM", 00:00 to 23:59. */
  readonly from: string;
  /** "HH:MM", 00:00 to 24:00; on the next day where it is not after `from`. */
  readonly to: string;
  /** On which the window begins. */
  readonly days: readonly Weekday[];
  /** An IANA name. */
  readonly timezone: string;
};

const longestMs = 8 * 86_400_000;
const oneDay = { days: 1 };

/** Whether this is "HH:MM" from 00:00 to 23:59; 24:00 is not a time of day, only the end of a window. */
export function isTimeOfDay(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text);
}

/**
 * The first moment after `at` that is outside of the window, at most 8 times 24 hours later; undefined if `at` is outside.
 * A window covers its begin, not its end. Where one stretch begins as another ends, they count as one.
 */
export function windowEnd({ from, to, days, timezone }: Window, at: Date): Date | undefined {
  const limitMs = at.getTime() + longestMs;
  const begin = timeOf(from);
  const close = timeOf(to === '24:00' ? '00:00' : to);
  const endsNextDay = to <= from || to === '24:00';
  const today = dateOf(at, timezone);
  let endMs = at.getTime();
  for (let date = endsNextDay ? today.subtract(oneDay) : today; endMs < limitMs; date = date.add(oneDay)) {
    // Tomorrow's may have begun as well: some zones put clocks back from after midnight to the day before.
    if (startMs(date, begin, timezone) > endMs) break;
    const weekday = weekdays[date.dayOfWeek - 1];
    if (weekday === undefined || !days.includes(weekday)) continue;
    endMs = Math.max(endMs, startMs(endsNextDay ? date.add(oneDay) : date, close, timezone));
  }
  return endMs > at.getTime() ? new Date(Math.min(endMs, limitMs)) : undefined;
}

/**
 * The first moment after `after`, and not equal to it, at which clocks in the zone show this "HH:MM" (00:00 to 23:59).
 * Of a doubled hour only the first showing counts; a time that is skipped comes at the jump.
 */
export function nextTimeOfDay(time: string, timezone: string, after: Date): Date {
  const wanted = timeOf(time);
  let date = dateOf(after, timezone);
  let nextMs = startMs(date, wanted, timezone);
  while (nextMs <= after.getTime()) {
    date = date.add(oneDay);
    nextMs = startMs(date, wanted, timezone);
  }
  return new Date(nextMs);
}

/** Temporal's own parser takes longer than the zone's arithmetic. */
function timeOf(text: string): Temporal.PlainTime {
  return new Temporal.PlainTime(Number(text.slice(0, 2)), Number(text.slice(3)));
}

function dateOf(moment: Date, timezone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(timezone).toPlainDate();
}

/** When clocks in the zone first show this time or a later one. */
function startMs(date: Temporal.PlainDate, plainTime: Temporal.PlainTime, timeZone: string): number {
  const shown = date.toZonedDateTime({ timeZone, plainTime });
  const { day, hour, minute } = shown;
  if (minute === plainTime.minute && hour === plainTime.hour && day === date.day)
    return shown.epochMilliseconds;
  // The time is skipped: Temporal would count on past the jump, to 03:30 where 02:30 is missing.
  const before = date.toPlainDateTime(plainTime).toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  return (before.getTimeZoneTransition('next') ?? shown).epochMilliseconds;
}
