import type { TemplateFile } from '#messages/library.ts';
import { TemplateLibrary } from '#messages/library.ts';
import type { Diagnostic } from '#rules/diagnostic.ts';
import { type Loaded, loadRules } from '#rules/load.ts';
import type { Rulebook } from '#rules/rulebook.ts';

const templateFiles: readonly TemplateFile[] = [
  { name: 'vip-joined', path: 'vip-joined.hbs', text: '---\ntitle: "{{participant.name}} is here"\n---\n' },
  { name: 'recording-ready', path: 'recording-ready.hbs', text: '---\ntitle: "{{room.name}}"\n---\n' },
];

/** Loads a rules file that is called `rules.yaml`, with two templates and the given environment. */
export function load(text: string, environment: Readonly<Record<string, string>> = {}): Loaded {
  const library = new TemplateLibrary(templateFiles);
  const { diagnostics, ...loaded } = loadRules({
    text,
    file: 'rules.yaml',
    environment: (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined),
    templates: {
      names: library.names,
      describe: (name) => library.describe(name),
      checkText: (each) => {
        const { template, problems } = library.text(each);
        return { uses: template?.uses ?? [], problems };
      },
    },
  });
  return { ...loaded, diagnostics: diagnostics.filter((each) => !isIdle(each)) };
}

/** Few of the files in tests use both templates. */
function isIdle({ file, code }: Diagnostic): boolean {
  return file !== 'rules.yaml' && code === 'unused';
}

/** Loads a file that must be right. */
export function rulebookOf(text: string, environment: Readonly<Record<string, string>> = {}): Rulebook {
  const { rulebook, diagnostics } = load(text, environment);
  if (rulebook === undefined) throw new Error(JSON.stringify(diagnostics));
  return rulebook;
}

/** The problems of a file as `line:col code`. */
export function problemsOf(text: string, environment: Readonly<Record<string, string>> = {}): string[] {
  return load(text, environment).diagnostics.map(({ line, col, code }) => `${line}:${col} ${code}`);
}
