import { isObject } from '#domain/value.ts';
import type { Path } from '../document.ts';
import type { LintInput } from './lint.ts';

/** Names that rules and cards use, switched-off ones too. */
type Uses = Readonly<Record<'lists' | 'destinations' | 'windows' | 'templates', Set<string>>>;

/** Finds lists, destinations, quiet hours and templates that nothing uses. */
export function lintUnused({ root, templates, issues, windows, diagnose }: LintInput): void {
  const uses: Uses = { lists: new Set(), destinations: new Set(), windows: new Set(), templates: new Set() };
  const { notices } = root;
  if (typeof notices === 'string') uses.destinations.add(notices);
  collect(root['rules'], uses);
  collect(root['cards'], uses);
  const warn = (path: Path, what: string, way: string) =>
    issues.report('key', path, 'unused', `${what} is used nowhere: ${way}`, { severity: 'warning' });
  for (const name of unused(root['lists'], uses.lists))
    warn(['lists', name], `the list "${name}"`, 'remove it, or ask for it with in_list');
  for (const name of unused(root['destinations'], uses.destinations))
    warn(['destinations', name], `the destination "${name}"`, 'remove it, or send something there');
  const defaults = new Set(windows.defaults.map(({ name }) => name));
  for (const name of unused(root['quiet_hours'], uses.windows)) {
    if (defaults.has(name)) continue;
    warn(
      ['quiet_hours', name],
      `the window "${name}"`,
      'write "default: true" into it, or name it in a send',
    );
  }
  for (const name of templates.names) {
    const file = uses.templates.has(name) ? undefined : templates.describe(name)?.path;
    if (file === undefined) continue;
    const message = `no rule uses the template "${name}": remove the file, or send it`;
    diagnose({ file, line: 1, col: 1, severity: 'warning', code: 'unused', message });
  }
}

function unused(named: unknown, used: ReadonlySet<string>): readonly string[] {
  return isObject(named) ? Object.keys(named).filter((name) => !used.has(name)) : [];
}

/** Where names stand, by the key above them. */
const placeOf: Readonly<Record<string, keyof Uses>> = {
  in_list: 'lists',
  not_in_list: 'lists',
  to: 'destinations',
  fallback: 'destinations',
  template: 'templates',
  quiet_hours: 'windows',
  use: 'windows',
};

function collect(value: unknown, uses: Uses): void {
  if (Array.isArray(value)) for (const each of value) collect(each, uses);
  else if (isObject(value)) {
    for (const [key, each] of Object.entries<unknown>(value)) {
      const place = Object.hasOwn(placeOf, key) ? placeOf[key] : undefined;
      if (place !== undefined) {
        for (const name of Array.isArray(each) ? each : [each])
          if (typeof name === 'string') uses[place].add(name);
      }
      collect(each, uses);
    }
  }
}
