import { isObject } from '#domain/value.ts';
import type { Path } from '../document.ts';
import type { LintInput } from './input.ts';

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
  const idle = templates.names.flatMap((name) => {
    const file = uses.templates.has(name) ? undefined : templates.describe(name)?.path;
    return file === undefined ? [] : [{ name, file }];
  });
  const [first] = idle;
  if (first === undefined) return;
  // Whoever writes a file of their own leaves most of ours behind: one line is enough for all of them.
  const names = idle.map(({ name }) => name).join(', ');
  const message = `no rule uses ${idle.length === 1 ? 'the template' : 'the templates'} ${names}`;
  diagnose({ file: first.file, line: 1, col: 1, severity: 'warning', code: 'unused', message });
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
