import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TemplateFile, TemplateLibrary } from '#messages/library.ts';
import { disagreementText, runRuleTest, type TestResult } from '#rehearsal/rule-tests.ts';
import { type Loaded, stage } from '#rehearsal/stage.ts';
import { type Diagnostic, sortDiagnostics } from '#rules/diagnostic.ts';
import { type Lookup, maxBytes } from '#rules/document.ts';
import { loadRules } from '#rules/load.ts';

export type ConfigurationFiles = {
  readonly rulesFile: string;
  readonly templatesFolder: string;
  readonly lookup: Lookup;
};

/** Rules and templates as they were read from disk. Both or neither: an error in one keeps the other out too. */
export type ReadConfiguration = {
  readonly loaded?: Loaded;
  /** As `loaded`, but there too when only the file's own tests do not hold; with what all of them came to. */
  readonly checked?: Loaded & { readonly tests: readonly TestResult[] };
  readonly diagnostics: readonly Diagnostic[];
};

/** The files as they were read, or why they could not be. Can be kept as JSON. */
export type ConfigurationTexts = {
  readonly rulesFile: string;
  readonly rules?: string | undefined;
  readonly templates: readonly TemplateFile[];
  readonly problems: readonly Diagnostic[];
};

/** Reads and checks rules.yaml and all templates; a file that cannot be read is a diagnostic like any other. */
export function readConfiguration({ lookup, ...files }: ConfigurationFiles): ReadConfiguration {
  return loadConfiguration(readTexts(files), lookup);
}

/** Reads rules.yaml and all templates. */
export function readTexts({
  rulesFile,
  templatesFolder,
}: Omit<ConfigurationFiles, 'lookup'>): ConfigurationTexts {
  const problems: Diagnostic[] = [];
  const templates = readTemplates(templatesFolder, problems);
  return { rulesFile, rules: readText(rulesFile, problems), templates, problems };
}

/** Checks what was read. Pure but for `lookup`: the same texts give the same configuration. */
export function loadConfiguration(texts: ConfigurationTexts, lookup: Lookup): ReadConfiguration {
  const { rulesFile, rules: text, templates } = texts;
  const problems: Diagnostic[] = [...texts.problems];
  const library = new TemplateLibrary(templates);
  for (const { path, at, message } of library.problems) {
    problems.push({ file: path, ...at, severity: 'error', code: 'bad-template', message });
  }
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
  const isSound = [...problems, ...diagnostics].every(({ severity }) => severity !== 'error');
  if (rulebook === undefined || !isSound)
    return { diagnostics: sortDiagnostics([...problems, ...diagnostics]) };
  const loaded: Loaded = { rulebook, library };
  const configuration = stage(loaded);
  const tests = rulebook.tests.map((test) => runRuleTest(test, configuration));
  const failed = tests.flatMap(failures);
  const all = sortDiagnostics([...problems, ...diagnostics, ...failed]);
  return { ...(failed.length === 0 && { loaded }), checked: { ...loaded, tests }, diagnostics: all };
}

/** A test that does not hold is an error where its expectation stands. */
function failures({ name, disagreements }: TestResult): readonly Diagnostic[] {
  return disagreements.map((each): Diagnostic => {
    const message = `the test "${name}" does not hold: ${disagreementText(each)}`;
    return { ...each.place, severity: 'error', code: 'test-failed', message };
  });
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
