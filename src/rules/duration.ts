const secondMs = 1000;
const units = [
  ['d', 86_400 * secondMs],
  ['h', 3600 * secondMs],
  ['m', 60 * secondMs],
  ['s', secondMs],
] as const;
const unitMs: ReadonlyMap<string, number> = new Map(units);
const longestMs = 366 * 86_400 * secondMs;

/** Milliseconds of a duration such as 30s, 5m, 2h or 1d; undefined for all else, 0s and more than 366 days too. */
export function durationMs(text: string): number | undefined {
  const unit = unitMs.get(text.slice(-1));
  const count = text.slice(0, -1);
  if (unit === undefined || !/^\d+$/.test(count)) return undefined;
  const ms = Number(count) * unit;
  return ms > 0 && ms <= longestMs ? ms : undefined;
}

/** The shortest text of a duration, in one unit and rounded to whole seconds: 90s, 5m, 2h, 1d. */
export function durationText(ms: number): string {
  const rounded = Math.round(ms / secondMs) * secondMs;
  const unit = units.find(([, unit]) => rounded !== 0 && rounded % unit === 0);
  return unit === undefined ? '0s' : `${rounded / unit[1]}${unit[0]}`;
}
