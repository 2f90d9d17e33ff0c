import { isMap, isScalar, parseDocument } from 'yaml';

/** A rules file with one change, and where: `rules.3.once_per dropped`. */
export type Mutant = { readonly change: string; readonly text: string };

type Path = readonly (string | number)[];

/** What is swapped for what: near misses that an editor's slip makes. */
const swaps: Readonly<Record<string, string>> = {
  is: 'not',
  not: 'is',
  in: 'not_in',
  not_in: 'in',
  in_list: 'not_in_list',
  not_in_list: 'in_list',
  at_least: 'more_than',
  more_than: 'at_least',
  less_than: 'at_most',
  any: 'none',
  none: 'any',
};

/** Names of things elsewhere in the file that one can stand for another. */
type Names = { readonly destinations: readonly string[]; readonly lists: readonly string[] };

const sections = ['rules', 'quiet_hours', 'lists', 'timezone'];
/** Their words are not what a rule does, or they only name it. */
const untouched = new Set(['id', 'was']);

/** Every change of one key or value in the parts of the file that decide what is sent. */
export function mutantsOf(text: string): readonly Mutant[] {
  const root: unknown = parseDocument(text).toJS();
  const names = { destinations: namesIn(root, 'destinations'), lists: namesIn(root, 'lists') };
  const mutants: Mutant[] = [];
  const add = (change: string, path: Path, edit: (document: ReturnType<typeof parseDocument>) => void) => {
    const document = parseDocument(text);
    edit(document);
    mutants.push({ change: `${path.join('.')} ${change}`, text: document.toString() });
  };
  const walk = (value: unknown, path: Path): void => {
    const key = path.at(-1);
    if (typeof key === 'string' && untouched.has(key)) return;
    if (path.length > 1) {
      add('dropped', path, (document) => document.deleteIn(path));
      const swapped = typeof key === 'string' ? swaps[key] : undefined;
      if (swapped !== undefined) {
        add(`became ${swapped}`, path, (document) => {
          const parent = document.getIn(path.slice(0, -1));
          if (!isMap(parent)) return;
          for (const pair of parent.items) {
            if (isScalar(pair.key) && pair.key.value === key) pair.key.value = swapped;
          }
        });
      }
    }
    if (typeof value === 'object' && value !== null) {
      const isList = Array.isArray(value);
      for (const [name, each] of Object.entries(value)) walk(each, [...path, isList ? Number(name) : name]);
      return;
    }
    for (const other of othersOf(value, path, names))
      add(`became ${JSON.stringify(other)}`, path, (document) => document.setIn(path, other));
  };
  for (const section of sections) {
    if (typeof root === 'object' && root !== null && section in root)
      walk(Reflect.get(root, section), [section]);
  }
  return mutants;
}

function namesIn(root: unknown, section: string): readonly string[] {
  const part: unknown = typeof root === 'object' && root !== null ? Reflect.get(root, section) : undefined;
  return typeof part === 'object' && part !== null ? Object.keys(part) : [];
}

function othersOf(value: unknown, path: Path, { destinations, lists }: Names): readonly unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value * 2, value / 2, value + 1];
  if (typeof value !== 'string') return [];
  const key = path.findLast((each) => typeof each === 'string');
  const duration = /^(\d+)([smhd])$/.exec(value);
  if (duration !== null)
    return [`${Number(duration[1]) * 2}${duration[2]}`, `${Number(duration[1]) + 1}${duration[2]}`];
  const hour = /^(\d\d):(\d\d)$/.exec(value);
  if (hour !== null)
    return [
      `${String((Number(hour[1]) + 1) % 24).padStart(2, '0')}:${hour[2]}`,
      `${String((Number(hour[1]) + 23) % 24).padStart(2, '0')}:${hour[2]}`,
    ];
  if (key === 'to' || key === 'fallback') return destinations.filter((each) => each !== value).slice(0, 1);
  if (key === 'in_list' || key === 'not_in_list') return lists.filter((each) => each !== value).slice(0, 1);
  if (key === 'timezone') return ['UTC', 'America/New_York'];
  if (key === 'then') return [value === 'hold' ? 'drop' : 'hold'];
  if (key === 'enabled') return [true, false];
  if (key === 'quiet_hours') return ['ignore'];
  if (path.includes('lists')) return [`${value}x`];
  return [`${value}x`];
}
