import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import {
  isTimeOfDay,
  nextTimeOfDay,
  type Weekday,
  type Window,
  weekdays,
  windowEnd,
} from '#rules/calendar.ts';

const berlin = 'Europe/Berlin';
const newYork = 'America/New_York';
const lordHowe = 'Australia/Lord_Howe';
const apia = 'Pacific/Apia';
const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A window such as "22:00-07:00". */
function window(hours: string, timezone: string, days: readonly Weekday[] = weekdays): Window {
  const [from = '', to = ''] = hours.split('-');
  return { from, to, days, timezone };
}

function assertEnd(quiet: Window, at: string, end: string): void {
  assert.equal(
    windowEnd(quiet, new Date(at))?.toISOString(),
    new Date(end).toISOString(),
    `the end at ${at}`,
  );
}

function assertOutside(quiet: Window, at: string): void {
  assert.equal(windowEnd(quiet, new Date(at)), undefined, `outside at ${at}`);
}

function assertNext(time: string, timezone: string, after: string, next: string): void {
  const told = nextTimeOfDay(time, timezone, new Date(after)).toISOString();
  assert.equal(told, new Date(next).toISOString(), `${time} after ${after}`);
}

test('a time of day has two digits each and ends before 24:00', () => {
  for (const text of ['00:00', '09:05', '19:30', '23:59']) assert.ok(isTimeOfDay(text), text);
  for (const text of [
    '24:00',
    '23:60',
    '9:05',
    '09:5',
    '0905',
    '09:05:00',
    ' 09:05',
    '09:05\n',
    '-1:00',
    '',
  ]) {
    assert.ok(!isTimeOfDay(text), text);
  }
});

test('a window covers its begin and not its end', () => {
  const lunch = window('12:00-13:30', berlin);
  assertOutside(lunch, '2025-06-04T11:59:59.999+02:00');
  assertEnd(lunch, '2025-06-04T12:00+02:00', '2025-06-04T13:30+02:00');
  assertEnd(lunch, '2025-06-04T13:29:59.999+02:00', '2025-06-04T13:30+02:00');
  assertOutside(lunch, '2025-06-04T13:30+02:00');
});

test('a window over midnight belongs to the day on which it begins', () => {
  const friday = window('22:00-07:00', berlin, ['fri']);
  assertOutside(friday, '2025-06-06T06:59+02:00');
  assertEnd(friday, '2025-06-06T22:00+02:00', '2025-06-07T07:00+02:00');
  assertEnd(friday, '2025-06-07T06:59+02:00', '2025-06-07T07:00+02:00');
  assertOutside(friday, '2025-06-07T22:00+02:00');
  assertOutside(friday, '2025-06-09T06:59+02:00');
  assertOutside(friday, '2025-06-09T22:00+02:00');
});

test('the day is that of the zone, not of UTC', () => {
  const saturday = window('08:00-09:00', 'Pacific/Kiritimati', ['sat']);
  assertEnd(saturday, '2025-06-06T18:30Z', '2025-06-06T19:00Z');
  assertOutside(saturday, '2025-06-07T18:30Z');
});

test('a window that ends when it begins lasts a day', () => {
  const day = window('09:00-09:00', berlin, ['mon']);
  assertEnd(day, '2025-06-02T09:00+02:00', '2025-06-03T09:00+02:00');
  assertOutside(day, '2025-06-03T09:00+02:00');
});

test('stretches that touch are one', () => {
  const weekend = window('00:00-24:00', berlin, ['sat', 'sun']);
  assertOutside(weekend, '2025-06-06T23:59+02:00');
  assertEnd(weekend, '2025-06-07T00:00+02:00', '2025-06-09T00:00+02:00');
  assertEnd(weekend, '2025-06-08T23:59+02:00', '2025-06-09T00:00+02:00');
  assertOutside(weekend, '2025-06-09T00:00+02:00');
  const twoDays = window('09:00-09:00', berlin, ['mon', 'tue']);
  assertEnd(twoDays, '2025-06-02T10:00+02:00', '2025-06-04T09:00+02:00');
  const sixDays = window('00:00-00:00', berlin, weekdays.slice(0, 6));
  assertEnd(sixDays, '2025-06-02T00:00+02:00', '2025-06-08T00:00+02:00');
});

test('a window that never ends is left after eight days', () => {
  const [at, end] = ['2025-06-02T10:11:12.013+02:00', '2025-06-10T10:11:12.013+02:00'];
  for (const hours of ['00:00-24:00', '09:00-09:00']) assertEnd(window(hours, berlin), at, end);
});

test('a window goes over leap days and the ends of months and years', () => {
  const nights = window('22:00-07:00', berlin);
  assertEnd(nights, '2024-02-28T23:00+01:00', '2024-02-29T07:00+01:00');
  assertEnd(nights, '2024-02-29T23:00+01:00', '2024-03-01T07:00+01:00');
  assertEnd(nights, '2025-02-28T23:00+01:00', '2025-03-01T07:00+01:00');
  assertEnd(nights, '2025-04-30T23:00+02:00', '2025-05-01T07:00+02:00');
  assertEnd(nights, '2025-12-31T23:00+01:00', '2026-01-01T07:00+01:00');
});

test('a window across a jump ends by the clock on the wall', () => {
  const berlinNights = window('22:00-07:00', berlin);
  assertEnd(berlinNights, '2025-03-29T22:00+01:00', '2025-03-30T07:00+02:00');
  assertEnd(berlinNights, '2025-10-25T22:00+02:00', '2025-10-26T07:00+01:00');
  const newYorkNights = window('22:00-07:00', newYork);
  assertEnd(newYorkNights, '2025-03-08T22:00-05:00', '2025-03-09T07:00-04:00');
  assertEnd(newYorkNights, '2025-11-01T22:00-04:00', '2025-11-02T07:00-05:00');
});

test('a window whose begin or end is skipped begins or ends at the jump', () => {
  const jumps = [
    [berlin, '2025-03-30', '+01:00', '2025-03-30T01:00Z'],
    [newYork, '2025-03-09', '-05:00', '2025-03-09T07:00Z'],
  ] as const;
  for (const [zone, date, offset, jump] of jumps) {
    const justBefore = new Date(Date.parse(jump) - 1).toISOString();
    assertEnd(window('22:00-02:30', zone), `${date}T01:59${offset}`, jump);
    assertOutside(window('22:00-02:30', zone), jump);
    assertOutside(window('02:30-04:00', zone), justBefore);
    assertEnd(window('02:30-04:00', zone), jump, `${date}T03:00${offset}`);
    for (const at of [justBefore, jump]) assertOutside(window('02:10-02:40', zone), at);
  }
});

test('of a doubled hour the first showing begins and ends a window', () => {
  const doubled = [
    [berlin, '2025-10-26T02', '02', '+02:00', '+01:00'],
    [newYork, '2025-11-02T01', '01', '-04:00', '-05:00'],
  ] as const;
  for (const [zone, at, hour, first, second] of doubled) {
    const ends = window(`22:00-${hour}:30`, zone);
    assertEnd(ends, `${at}:29${first}`, `${at}:30${first}`);
    assertOutside(ends, `${at}:15${second}`);
    const begins = window(`${hour}:30-06:00`, zone);
    assertOutside(begins, `${at}:29${first}`);
    assertEnd(begins, `${at}:15${second}`, `${at.slice(0, 11)}06:00${second}`);
    const within = window(`${hour}:10-${hour}:40`, zone);
    assertEnd(within, `${at}:20${first}`, `${at}:40${first}`);
    assertOutside(within, `${at}:20${second}`);
  }
});

test('a window that began tomorrow is not left when clocks go back to today', () => {
  const sunday = window('00:00-06:00', 'America/St_Johns', ['sun']);
  assertEnd(sunday, '2006-10-29T00:00-02:30', '2006-10-29T06:00-03:30');
  assertEnd(sunday, '2006-10-28T23:30-03:30', '2006-10-29T06:00-03:30');
  assertOutside(sunday, '2006-10-28T23:30-02:30');
});

test('half an hour can be skipped or doubled', () => {
  assertEnd(window('22:00-02:15', lordHowe), '2025-10-05T01:59+10:30', '2025-10-05T02:30+11:00');
  assertEnd(window('02:15-04:00', lordHowe), '2025-10-05T02:30+11:00', '2025-10-05T04:00+11:00');
  assertEnd(window('22:00-01:45', lordHowe), '2026-04-05T01:40+11:00', '2026-04-05T01:45+11:00');
  assertOutside(window('22:00-01:45', lordHowe), '2026-04-05T01:40+10:30');
  assertEnd(window('01:45-04:00', lordHowe), '2026-04-05T01:40+10:30', '2026-04-05T04:00+10:30');
});

test('a day that is skipped takes place at the jump', () => {
  const jump = '2011-12-31T00:00+14:00';
  assertEnd(window('22:00-07:00', apia, ['thu']), '2011-12-29T23:59-10:00', jump);
  assertOutside(window('22:00-07:00', apia, ['thu']), jump);
  for (const at of ['2011-12-29T23:59-10:00', jump]) assertOutside(window('09:00-17:00', apia, ['fri']), at);
  assertEnd(window('22:00-07:00', apia, ['fri']), jump, '2011-12-31T07:00+14:00');
  assertEnd(window('00:00-24:00', apia, ['thu', 'sat']), '2011-12-29T12:00-10:00', '2012-01-01T00:00+14:00');
});

test('the next time of day is today, or tomorrow where it is now or past', () => {
  assertNext('17:00', berlin, '2025-06-04T16:59:59.999+02:00', '2025-06-04T17:00+02:00');
  assertNext('17:00', berlin, '2025-06-04T17:00+02:00', '2025-06-05T17:00+02:00');
  assertNext('00:00', berlin, '2025-12-31T23:59+01:00', '2026-01-01T00:00+01:00');
  assertNext('17:00', berlin, '2024-02-28T18:00+01:00', '2024-02-29T17:00+01:00');
  assertNext('17:00', berlin, '2025-03-29T17:00+01:00', '2025-03-30T17:00+02:00');
});

test('a time of day that is skipped is told at the jump', () => {
  assertNext('02:30', berlin, '2025-03-30T01:59+01:00', '2025-03-30T03:00+02:00');
  assertNext('02:30', berlin, '2025-03-30T03:00+02:00', '2025-03-31T02:30+02:00');
  assertNext('02:00', newYork, '2025-03-09T01:59-05:00', '2025-03-09T03:00-04:00');
  assertNext('02:15', lordHowe, '2025-10-05T01:59+10:30', '2025-10-05T02:30+11:00');
  assertNext('17:00', apia, '2011-12-29T17:00-10:00', '2011-12-31T00:00+14:00');
  assertNext('17:00', apia, '2011-12-31T00:00+14:00', '2011-12-31T17:00+14:00');
});

test('a time of day that is doubled is told once', () => {
  assertNext('02:30', berlin, '2025-10-26T02:29+02:00', '2025-10-26T02:30+02:00');
  assertNext('02:30', berlin, '2025-10-26T02:30+02:00', '2025-10-27T02:30+01:00');
  assertNext('02:30', berlin, '2025-10-26T02:15+01:00', '2025-10-27T02:30+01:00');
  assertNext('01:45', lordHowe, '2026-04-05T01:45+11:00', '2026-04-06T01:45+10:30');
});

/** A wall clock by Intl alone: what it shows, as if it were UTC. */
function wallClock(timeZone: string): (ms: number) => number {
  const shown = new Map<number, number>();
  // Swedes write dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (ms) => {
    const minute = Math.floor(ms / minuteMs) * minuteMs;
    const known = shown.get(minute) ?? Date.parse(`${format.format(minute).replace(' ', 'T')}Z`);
    shown.set(minute, known);
    return known;
  };
}

/** Each minute from the one of `ms` on with the furthest the clock has shown: going back undoes no begin and no end. */
function* minutes(clock: (ms: number) => number, ms: number): Generator<[ms: number, shown: number], never> {
  let shown = Number.NEGATIVE_INFINITY;
  const first = Math.floor(ms / minuteMs) * minuteMs;
  for (let minute = first - 180 * minuteMs; ; minute += minuteMs) {
    shown = Math.max(shown, clock(minute));
    if (minute >= first) yield [minute, shown];
  }
}

function timeMs(time: string): number {
  return Date.parse(`1970-01-01T${time}Z`);
}

function covers({ from, to, days }: Window, shown: number): boolean {
  const lengthMs = timeMs(to) - timeMs(from) + (timeMs(to) > timeMs(from) ? 0 : dayMs);
  const today = Math.floor(shown / dayMs);
  return [today, today - 1].some((date) => {
    const begin = date * dayMs + timeMs(from);
    // 1 January 1970 was a Thursday.
    return days.some((day) => day === weekdays[(date + 3) % 7]) && begin <= shown && shown < begin + lengthMs;
  });
}

/** Places, and moments at which most of their clocks jump. */
const moments = [
  [berlin, '2025-03-30T01:00Z', '2025-10-26T01:00Z'],
  [newYork, '2025-03-09T07:00Z', '2025-11-02T06:00Z'],
  [lordHowe, '2025-10-04T15:30Z', '2026-04-04T15:00Z'],
  [apia, '2011-12-30T10:00Z', '2011-09-24T14:00Z'],
  ['America/St_Johns', '2006-10-29T02:31Z', '2006-04-02T03:31Z'],
  ['America/Havana', '2025-03-09T05:00Z', '2025-11-02T05:00Z'],
  ['Asia/Kathmandu', '2024-02-29T12:00Z', '2024-12-31T12:00Z'],
] as const;
const places = moments.flatMap(([timezone, ...jumps]) => {
  const clock = wallClock(timezone);
  return jumps.map((jump) => ({ timezone, clock, jumpMs: Date.parse(jump) }));
});
const anyTime = fc.nat({ max: 1439 }).map((n) => new Date(n * minuteMs).toISOString().slice(11, 16));
const oddTime = fc.constantFrom('00:00', '00:01', '01:45', '02:00', '02:15', '02:30', '03:00', '23:30');
const time = fc.oneof(anyTime, oddTime);
const hours = fc.record({ from: time, to: fc.oneof(time, fc.constant('24:00')) });
const days = fc.oneof(fc.subarray([...weekdays]), fc.constant(weekdays));
const near = fc.integer({ min: -180, max: 180 }).map((minute) => minute * minuteMs);
const when = fc
  .tuple(fc.constantFrom(...places), fc.oneof(near, fc.integer({ min: -3 * dayMs, max: 2 * dayMs })))
  .map(([{ timezone, clock, jumpMs }, ms]) => ({ timezone, clock, at: jumpMs + ms }));

test('the end of a window is where a walk along the minutes finds it', () => {
  const seen = new Set<boolean>();
  const property = fc.property(when, hours, days, ({ timezone, clock, at }, { from, to }, days) => {
    const quiet = { from, to, days, timezone };
    const limit = at + 8 * dayMs;
    let walked = at;
    for (const [minute, shown] of minutes(clock, at)) {
      walked = Math.min(Math.max(at, minute), limit);
      if (walked === limit || !covers(quiet, shown)) break;
    }
    seen.add(walked > at);
    assert.equal(windowEnd(quiet, new Date(at))?.getTime(), walked > at ? walked : undefined);
  });
  fc.assert(property, { numRuns: 250 });
  assert.equal(seen.size, 2, 'some moments were inside and some outside');
});

test('the next time of day comes later and is shown then, unless it is skipped', () => {
  const property = fc.property(when, time, ({ timezone, clock, at }, wanted) => {
    const next = nextTimeOfDay(wanted, timezone, new Date(at)).getTime();
    assert.ok(next > at);
    let due: number | undefined;
    for (const [minute, shown] of minutes(clock, at)) {
      // Counted from what the clock has shown up to `at`, the first showing that is still to come.
      due ??= Math.floor((shown - timeMs(wanted)) / dayMs + 1) * dayMs + timeMs(wanted);
      if (shown < due) continue;
      assert.equal(next, minute);
      assert.ok(clock(next) === due || (clock(next - 1) < due && due < clock(next)));
      return;
    }
  });
  fc.assert(property, { numRuns: 250 });
});
