import type { EventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Path } from './document.ts';
import type { IssueContext } from './issues.ts';
import { type FieldProblem, fieldProblem } from './presence.ts';
import { suggestion } from './suggest.ts';

type FieldUse = { readonly path: string; readonly at: { readonly line: number; readonly col: number } };

/** A template as rules see it: where it is, what it reads, and how many parts it has. */
export type TemplateDescription = {
  readonly path: string;
  readonly uses: readonly FieldUse[];
  readonly fields: number;
  readonly buttons: number;
};

/** What loading needs to know about the templates. */
export type Templates = {
  readonly names: readonly string[];
  readonly describe: (name: string) => TemplateDescription | undefined;
  /** Checks the words of a `text:`; positions are inside the text. */
  readonly checkText: (text: string) => {
    readonly uses: readonly FieldUse[];
    readonly problems: readonly { readonly message: string; readonly at: FieldUse['at'] }[];
  };
};

/** What a rule's words may read besides the fields of its events. */
export type WordsOf = { readonly on: readonly EventType[]; readonly extras: readonly string[] };

export type TemplateContext = {
  readonly templates: Templates;
  readonly issues: IssueContext;
  readonly diagnose: (diagnostic: Diagnostic) => void;
};

/** Which stage of a rule gives its words a value that no event has. */
const stageOf: Readonly<Record<string, string>> = {
  items: 'digest',
  count: 'digest',
  held: 'at_most',
  late: 'still_true_after, unless_followed_by or digest',
};

/** Checks that a template exists, and that it reads only what the rule's events can have. */
export function checkTemplate(name: string, path: Path, words: WordsOf, context: TemplateContext): void {
  const { templates, issues } = context;
  const described = templates.describe(name);
  if (described === undefined) {
    const message = `there is no template "${name}"${suggestion(name, templates.names)}`;
    issues.report('value', path, 'unknown-template', message);
    return;
  }
  const reported = new Set<string>();
  for (const { path: field, at } of described.uses) {
    const wrong = problemOf(field, words);
    if (wrong === undefined || reported.has(field)) continue;
    reported.add(field);
    const message = `${wrong.message} (used by the rule at line ${issues.tree.place(path).line})`;
    context.diagnose({ file: described.path, ...at, severity: 'error', code: wrong.code, message });
  }
}

/** Checks the words of a `text:`. */
export function checkText(text: string, path: Path, words: WordsOf, context: TemplateContext): void {
  const { report } = context.issues;
  const { uses, problems } = context.templates.checkText(text);
  for (const { message, at } of problems) report('value', path, 'bad-text', message, inside(at));
  for (const { path: field, at } of uses) {
    const wrong = problemOf(field, words);
    if (wrong) report('value', path, wrong.code, wrong.message, inside(at));
  }
}

/** How far into a text a place is; only known on its first line. */
function inside({ line, col }: FieldUse['at']): { readonly offset?: number } {
  return line === 1 ? { offset: col - 1 } : {};
}

/** Templates print nothing for what only some of the events have, and may name an object itself: helpers take it. */
function problemOf(field: string, { on, extras }: WordsOf): FieldProblem | undefined {
  const [root = ''] = field.split('.');
  if (extras.includes(root)) return undefined;
  const stage = Object.hasOwn(stageOf, root) ? stageOf[root] : undefined;
  if (stage !== undefined)
    return { code: 'field-never-there', message: `"${root}" is only there in a rule with ${stage}` };
  const inside = Object.keys(fields).find((path) => path.startsWith(`${field}.`));
  const wrong = fieldProblem(inside ?? field, on);
  return wrong?.code === 'field-sometimes' ? undefined : wrong;
}
