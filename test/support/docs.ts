import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse, stringify } from 'yaml';
import { type EventType, eventTypes, presenceOf } from '#domain/catalogue.ts';

/** The project's pages by path, relative to its folder. */
export function readPages(): ReadonlyMap<string, string> {
  const docs = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const paths = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs.map((name) => `docs/${name}`)];
  return new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
}

/** The contents of the fenced blocks of one language, without the indentation they stand in. */
export function fences(page: string, language: string): string[] {
  const pattern = new RegExp(`^([ ]*)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\`$`, 'gm');
  return [...page.matchAll(pattern)].map(([, indent = '', text = '']) =>
    text.replaceAll(`\n${indent}`, '\n'),
  );
}

/** Rows of the first table whose head begins with this word, in cells; empty when there is no such table. */
export function table(page: string, head: string): string[][] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^\\| ${head} +\\|`).test(line));
  if (start < 0) return [];
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end < 0 ? undefined : end).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands between backquotes in a text. */
export function codes(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** Links of a page to other files of the project: the path from the project's folder, and the heading where one is named. */
export function relativeLinks(path: string, page: string): { file: string; heading: string | undefined }[] {
  const targets = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target) && !target.includes('…'))
    .map((target) => {
      const [file = '', heading] = target.split('#');
      return { file: file === '' ? path : normalize(join(dirname(path), file)), heading };
    });
}

/** The names by which the headings of a page can be linked. */
export function headings(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const frame = {
  version: 1,
  sources: { live: { livekit: { keys: { key: '${LIVEKIT_SECRET}' } } } },
  destinations: Object.fromEntries(
    ['sales', 'ops', 'archive', 'community'].map((name) => [name, { preview: {} }]),
  ),
  lists: { vips: ['vip-user-789'], demo_rooms: ['demo-room'] },
};

/** A whole rules file around an example: one that is whole already, some of its parts, or a list of rules. */
export function wholeRules(example: string): string {
  const parsed: unknown = parse(example);
  if (Array.isArray(parsed)) return stringify({ ...frame, rules: parsed });
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`no example of rules: ${example}`);
  return 'version' in parsed ? example : stringify({ ...frame, ...parsed });
}

/** An event type that has the field for certain; throws when there is none. */
export function typeWith(field: string): EventType {
  const type = eventTypes.find((each) => ['known', 'open'].includes(presenceOf(field, each)));
  if (type === undefined) throw new Error(`no event has ${field}`);
  return type;
}
