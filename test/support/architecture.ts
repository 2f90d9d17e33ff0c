import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Source files by their path below the project, such as `src/rules/load.ts`. */
export type Files = ReadonlyMap<string, string>;

/** A folder may import folders of a lower rank only; folders of one rank do not know each other. */
const ranks: Readonly<Record<string, number>> = {
  domain: 0,
  runtime: 0,
  sources: 1,
  destinations: 1,
  store: 1,
  rules: 2,
  messages: 2,
  receiver: 2,
  outbox: 2,
  links: 2,
  chatops: 2,
  cli: 2,
  simulation: 2,
  engine: 3,
  rehearsal: 4,
};

const maxLines = 300;

/** Reads every TypeScript file below `src`. */
export function readSources(root: string): Files {
  const names = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => join('src', name));
  return new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

/** The files a file imports, by path; packages are left out. Static, type-only and dynamic imports count alike. */
export function importsOf(file: string, text: string): readonly string[] {
  const found = [...text.matchAll(/(?:from\s+|import\s+|import\(\s*)'([#.][^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  return found.map((name) => {
    if (name.startsWith('#')) return join('src', name.slice(1).replace(/^(app|pipeline)$/, '$1.ts'));
    return normalize(join(dirname(file), name));
  });
}

function folderOf(file: string): string | undefined {
  const [, folder, ...rest] = file.split('/');
  return rest.length > 0 ? folder : undefined;
}

/** Imports that go up or sideways, and borders crossed by a relative path. */
export function wrongDirections(files: Files): readonly string[] {
  const wrong: string[] = [];
  for (const [file, text] of files) {
    const from = folderOf(file);
    for (const imported of importsOf(file, text)) {
      const to = folderOf(imported);
      if (from === undefined || from === to) continue;
      const isDown = to !== undefined && (ranks[to] ?? 9) < (ranks[from] ?? -1);
      if (!isDown) wrong.push(`${file} must not import ${imported}`);
    }
    for (const match of text.matchAll(/from '(\.\.?\/[^']+)'/g)) {
      const target = normalize(join(dirname(file), match[1] ?? ''));
      if (folderOf(target) !== from) wrong.push(`${file} reaches ${target} without #`);
    }
  }
  for (const [file, text] of files) {
    if (file !== 'src/main.ts' && importsOf(file, text).includes('src/app.ts'))
      wrong.push(`${file} must not import src/app.ts`);
  }
  return wrong;
}

/** Folders that no rank is given to. */
export function unrankedFolders(files: Files): readonly string[] {
  const folders = new Set([...files.keys()].map(folderOf).filter((folder) => folder !== undefined));
  return [...folders].filter((folder) => !Object.hasOwn(ranks, folder));
}

/** One line for each circle of imports, type-only ones included. */
export function circles(files: Files): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      found.push([...trail.slice(at), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of importsOf(file, files.get(file) ?? ''))
      if (files.has(next)) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of files.keys()) visit(file, []);
  return found;
}

export function longFiles(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) => {
    const lines = text.split('\n').length - 1;
    return lines > maxLines ? [`${file} has ${lines} lines`] : [];
  });
}

/** Platforms that are written but stand in no list: exports of the given type in a folder whose `index.ts` does not name them. */
export function unlisted(
  files: Files,
  folder: 'sources' | 'destinations',
  type: string,
): { seen: number; missing: readonly string[] } {
  const list = files.get(`src/${folder}/index.ts`) ?? '';
  const exported = [...files].flatMap(([file, text]) =>
    folderOf(file) === folder
      ? [...text.matchAll(new RegExp(`export const (\\w+)(?:: ${type}\\b| = create)`, 'g'))].map(
          (match) => match[1] ?? '',
        )
      : [],
  );
  return {
    seen: exported.length,
    missing: exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(list)),
  };
}

/** Shared code that asks for a platform by name instead of using its port. */
export function platformQuestions(files: Files): readonly string[] {
  const shared = ['domain', 'rules', 'messages', 'outbox', 'links', 'store', 'receiver', 'runtime'];
  return [...files].flatMap(([file, text]) => {
    const folder = folderOf(file);
    if (folder !== undefined && !shared.includes(folder)) return [];
    return /[!=]==? '(?:slack|discord|plugnmeet|livekit|videosdk|standard_webhooks)'/.test(text)
      ? [file]
      : [];
  });
}
