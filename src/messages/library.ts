import type { FieldUse, Problem } from './expressions.ts';
import { type CompiledTemplate, compileTemplate, compileText, type Template } from './template.ts';
import { WordingCompiler } from './wording.ts';

/** A template file as it was read. `path` is shown in messages. */
export type TemplateFile = { readonly name: string; readonly path: string; readonly text: string };

export type TemplateProblem = Problem & { readonly path: string };

/** What a rule needs to know of a template. `fields` and `buttons` count. */
export type TemplateDescription = {
  readonly path: string;
  readonly uses: readonly FieldUse[];
  readonly fields: number;
  readonly buttons: number;
};

/** All templates of a folder, compiled. Never changes: a reload makes a new one. */
export class TemplateLibrary {
  readonly problems: readonly TemplateProblem[];
  readonly #templates = new Map<string, { template: Template | undefined; path: string }>();
  readonly #texts = new Map<string, CompiledTemplate>();
  readonly #compiler = new WordingCompiler();

  constructor(files: readonly TemplateFile[]) {
    const problems: TemplateProblem[] = [];
    for (const { name, path, text } of files) {
      const compiled = compileTemplate(name, text, this.#compiler);
      problems.push(...compiled.problems.map((problem) => ({ ...problem, path })));
      this.#templates.set(name, { template: compiled.template, path });
    }
    this.problems = problems;
  }

  get names(): readonly string[] {
    return [...this.#templates.keys()];
  }

  /** Where the file is, which fields it reads and how many parts it has; undefined when there is no such file. */
  describe(name: string): TemplateDescription | undefined {
    const known = this.#templates.get(name);
    if (known === undefined) return undefined;
    const { uses = [], facts = [], buttons = [] } = known.template ?? {};
    return { path: known.path, uses, fields: facts.length, buttons: buttons.length };
  }

  /** Compiles a rule's `text`, once. */
  text(text: string): CompiledTemplate {
    let compiled = this.#texts.get(text);
    if (compiled === undefined) {
      compiled = compileText(text, this.#compiler);
      this.#texts.set(text, compiled);
    }
    return compiled;
  }

  /** The words of a send entry; undefined when they could not be compiled, which loading has refused before. */
  words(send: {
    readonly template?: string | undefined;
    readonly text?: string | undefined;
  }): Template | undefined {
    if (send.template !== undefined) return this.#templates.get(send.template)?.template;
    return send.text === undefined ? undefined : this.text(send.text).template;
  }
}
