import { isObject } from '#domain/value.ts';
import { weekdays } from './calendar.ts';
import type { Path } from './document.ts';
import { checkPart, type IssueContext } from './issues.ts';
import type { QuietHours } from './rulebook.ts';
import { windowSchema } from './schema.ts';
import { suggestion } from './suggest.ts';

/** The windows of the file by name, and those that apply where a send chooses none. */
export type Windows = {
  readonly byName: ReadonlyMap<string, QuietHours>;
  readonly defaults: readonly QuietHours[];
};

const windowKeys = { keys: Object.keys(windowSchema.shape) };

/** Reads `quiet_hours:` of the file; problems go to `issues`. */
export function loadWindows(
  entries: readonly (readonly [string, unknown])[],
  timezone: string,
  issues: IssueContext,
): Windows {
  const byName = new Map<string, QuietHours>();
  const defaults: QuietHours[] = [];
  for (const [name, entry] of entries) {
    const path: Path = ['quiet_hours', name];
    const parsed = checkPart(windowSchema, entry, path, windowKeys, issues);
    if (parsed === undefined) {
      // Known all the same: a mistake inside of it is no reason to say that it is not there.
      if (isObject(entry)) byName.set(name, { name, then: 'hold', window: broken(timezone) });
      continue;
    }
    const { from, to, days = weekdays, then } = parsed;
    if (name === 'ignore')
      issues.report('key', path, 'bad-name', '"ignore" means no quiet hours: give the window another name');
    if (from === to)
      issues.report('value', [...path, 'to'], 'empty-window', 'the window ends when it begins');
    const quiet = { name, then, window: { from, to, days, timezone: parsed.timezone ?? timezone } };
    byName.set(name, quiet);
    if (parsed.default === true) defaults.push(quiet);
  }
  return { byName, defaults };
}

function broken(timezone: string): QuietHours['window'] {
  return { from: '00:00', to: '00:01', days: weekdays, timezone };
}

/** The windows of one send, whose `quiet_hours` is a name, `ignore`, `{ use, then }`, or not given. */
export function quietOf(
  chosen: string | { readonly use: string; readonly then: QuietHours['then'] } | undefined,
  path: Path,
  windows: Windows,
  { report }: IssueContext,
): readonly QuietHours[] {
  if (chosen === undefined) return windows.defaults;
  if (chosen === 'ignore') return [];
  const name = typeof chosen === 'string' ? chosen : chosen.use;
  const known = windows.byName.get(name);
  if (known !== undefined) return [typeof chosen === 'string' ? known : { ...known, then: chosen.then }];
  const hint = suggestion(name, [...windows.byName.keys(), 'ignore']);
  const at = typeof chosen === 'string' ? path : [...path, 'use'];
  report('value', at, 'unknown-window', `there are no quiet hours "${name}"${hint}`);
  return [];
}
