import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TemplateFile, TemplateLibrary } from '#messages/library.ts';
import { type Diagnostic, sortDiagnostics } from '#rules/diagnostic.ts';
import { type Lookup, maxBytes } from '#rules/document.ts';
import { loadRules } from '#rules/load.ts';
import type { Rulebook } from '#rules/rulebook.ts';

export type ConfigurationFiles = {
  readonly rulesFile: string;
  readonly templatesFolder: string;
  readonly lookup: Lookup;
};

/** Rules and templates as they were read from disk. Both or neither: an error in one keeps the other out too. */
export type ReadConfiguration = {
  readonly loaded?: { readonly rulebook: Rulebook; readonly library: TemplateLibrary };
  readonly diagnostics: readonly Diagnostic[];
};

/** Reads and checks rules.yaml and all templates; a file that cannot be read is a diagnostic like any other. */
export function readConfiguration({
  rulesFile,
  templatesFolder,
  lookup,
}: ConfigurationFiles): ReadConfiguration {
  const problems: Diagnostic[] = [];
  const library = new TemplateLibrary(readTemplates(templatesFolder, problems));
  for (const { path, at, message } of library.problems) {
    problems.push({ file: path, ...at, severity: 'error', code: 'bad-template', message });
  }
  const text = readText(rulesFile, problems);
  if (text === undefined) return { diagnostics: sortDiagnostics(problems) };
  const { rulebook, diagnostics } = loadRules({
    text,
    file: rulesFile,
    environment: lookup,
    templates: {
      names: library.names,
      describe: (name) => library.describe(name),
      checkText: (each) => {
        const { template, problems: found } = library.text(each);
        return { uses: template?.uses ?? [], problems: found };
      },
    },
  });
  const all = sortDiagnostics([...problems, ...diagnostics]);
  const isBroken = rulebook === undefined || all.some(({ severity }) => severity === 'error');
  return { ...(isBroken ? {} : { loaded: { rulebook, library } }), diagnostics: all };
}

function readTemplates(folder: string, problems: Diagnostic[]): TemplateFile[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.hbs') && !name.startsWith('.'));
  } catch (error) {
    problems.push(unreadable(folder, `the folder of templates cannot be read: ${reasonOf(error)}`));
    return [];
  }
  return names.sort().flatMap((file) => {
    const path = join(folder, file);
    const name = basename(file, '.hbs');
    if (/\.(slack|discord)$/.test(name)) {
      problems.push({
        file: path,
        line: 1,
        col: 1,
        severity: 'error',
        code: 'not-yet',
        message: 'templates for one platform are not available yet',
      });
      return [];
    }
    const text = readText(path, problems);
    return text === undefined ? [] : [{ name, path, text }];
  });
}

function readText(path: string, problems: Diagnostic[]): string | undefined {
  try {
    const objection = objectionTo(statSync(path));
    if (objection === undefined) return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
    problems.push(unreadable(path, `the file cannot be read: ${objection}`));
  } catch (error) {
    problems.push(unreadable(path, `the file cannot be read: ${reasonOf(error)}`));
  }
  return undefined;
}

/** Why something is not read at all: reading a device or a pipe may never end. */
function objectionTo(stats: Stats): string | undefined {
  if (stats.isDirectory()) return 'it is a folder';
  if (!stats.isFile()) return 'it is a device or a pipe';
  return stats.size > maxBytes ? `it is larger than ${maxBytes / 1_000_000} MB` : undefined;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'no permission',
  ENOTDIR: 'a part of its path is not a folder',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (code || 'unknown reason');
}

function unreadable(file: string, message: string): Diagnostic {
  return { file, line: 1, col: 1, severity: 'error', code: 'unreadable', message };
}
