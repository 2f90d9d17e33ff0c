import { isObject, type JsonObject } from '#domain/value.ts';
import { type Diagnostic, sortDiagnostics } from './diagnostic.ts';
import { type Path, readTree, type Tree } from './document.ts';
import { checkPart, type IssueContext, type Report } from './issues.ts';
import type { RuleTest, TestEvent } from './rule-test.ts';
import type { SourceEntry } from './rulebook.ts';
import { testSchema } from './schema.ts';
import { loadEvent, sourceOf, usualStart } from './test-cases.ts';

/** Events that somebody wrote down, in the order of their time. */
export type WrittenEvents = Pick<RuleTest, 'start' | 'source' | 'events'>;

/** At least one event when there is no error. */
export type EventFile = { readonly written?: WrittenEvents; readonly diagnostics: readonly Diagnostic[] };

const fileSchema = testSchema.partial({ name: true, expect: true });
const fileKeys = { keys: Object.keys(fileSchema.shape) };

/**
 * Reads events from YAML or JSON, checked against the catalogue: one event (`{ event: { type: … }, room: { id: … } }`), a list of them as
 * tests have it (`{ at: 0s, event: …, room.id: … }`), or a whole test with its `events:`.
 */
export function loadEventFile(text: string, file: string, sources: readonly SourceEntry[]): EventFile {
  // What looks like a name of the environment is a part of the event here.
  const tree = readTree(text, file, (name) => `\${${name}}`);
  const diagnostics: Diagnostic[] = [...tree.diagnostics];
  const report: Report = (at, path, code, message, { severity = 'error', offset } = {}) => {
    const place = at === 'key' ? tree.keyPlace(path) : tree.place(path, offset);
    diagnostics.push({ ...place, severity, code, message });
  };
  const written = diagnostics.length > 0 ? undefined : load(tree, report, sources);
  const isSound = diagnostics.every(({ severity }) => severity !== 'error');
  return {
    ...(isSound && written !== undefined && { written }),
    diagnostics: sortDiagnostics(diagnostics),
  };
}

function load(tree: Tree, report: Report, sources: readonly SourceEntry[]): WrittenEvents | undefined {
  const { value } = tree;
  const issues: IssueContext = { tree, report };
  const usual = { start: usualStart, source: sourceOf(undefined, [], { sources, issues }) };
  if (Array.isArray(value)) return { ...usual, events: loadList(value, [], issues) };
  if (!isObject(value)) {
    report('value', [], 'wrong-type', 'an event is needed here, or a list of events');
    return undefined;
  }
  if ('events' in value) return loadScene(value, issues, sources);
  if (!isObject(value['event'])) return { ...usual, events: loadList([value], undefined, issues) };
  return loadNested(value, issues, usual);
}

function loadScene(
  value: JsonObject,
  issues: IssueContext,
  sources: readonly SourceEntry[],
): WrittenEvents | undefined {
  const parsed = checkPart(fileSchema, value, [], fileKeys, issues);
  const listed = Array.isArray(value['events']) ? value['events'] : [];
  const events = loadList(listed, ['events'], issues);
  const source = sourceOf(value['source'], ['source'], { sources, issues });
  const start = parsed?.start === undefined ? usualStart : new Date(parsed.start);
  return parsed === undefined ? undefined : { start, source, events };
}

/** Events of a list at `path`, or the only one, which has no list around it. */
function loadList(
  listed: readonly unknown[],
  path: Path | undefined,
  issues: IssueContext,
): readonly TestEvent[] {
  if (listed.length === 0)
    issues.report('value', path ?? [], 'no-event', 'at least one event is needed here');
  return listed
    .flatMap((entry, index) => loadEvent(entry, path === undefined ? [] : [...path, index], issues) ?? [])
    .toSorted((one, other) => one.atMs - other.atMs);
}

/** An event as it is stored: objects in an object. */
function loadNested(
  value: JsonObject,
  { tree, report }: IssueContext,
  usual: Omit<WrittenEvents, 'events'>,
): WrittenEvents | undefined {
  const { event: head, source, raw, ...objects } = value;
  const { type, ...more } = isObject(head) ? head : {};
  const parts = Object.entries({ ...objects, event: more }).flatMap(([name, part]) =>
    isObject(part) ? Object.entries(part).map(([field, each]) => [`${name}.${field}`, each]) : [[name, part]],
  );
  const entry: unknown = { ...Object.fromEntries(parts), ...(type !== undefined && { event: type }) };
  // The fields are told with their dots, and stand in the file without them.
  const inside: Report = (at, path, ...told) => report(at, pathInFile(path), ...told);
  const loaded = loadEvent(entry, [], { tree, report: inside });
  if (loaded === undefined) return undefined;
  const facts = isObject(raw) ? { ...loaded.facts, raw } : loaded.facts;
  const time = typeof more['time'] === 'string' ? Date.parse(more['time']) : Number.NaN;
  return {
    start: Number.isNaN(time) ? usual.start : new Date(time),
    source: namedSource(source) ?? usual.source,
    events: [{ ...loaded, facts }],
  };
}

function pathInFile(path: Path): Path {
  const steps = path.flatMap((step): Path => (typeof step === 'string' ? step.split('.') : [step]));
  return steps.length === 1 && steps[0] === 'event' ? ['event', 'type'] : steps;
}

function namedSource(source: unknown): WrittenEvents['source'] | undefined {
  if (!isObject(source)) return undefined;
  const { name, type } = source;
  return typeof name === 'string' && typeof type === 'string' ? { name, type } : undefined;
}
