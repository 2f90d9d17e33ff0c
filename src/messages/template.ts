import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { type State, states } from '#domain/message.ts';
import type { At, FieldUse, Problem } from './expressions.ts';
import { offsetInSource } from './scalar-place.ts';
import type { Wording, WordingCompiler } from './wording.ts';

/** A message in words: compiled once, rendered for many events. */
export type Template = {
  readonly name: string;
  readonly state: State;
  readonly title?: Wording | undefined;
  readonly sentence?: Wording | undefined;
  readonly body?: Wording | undefined;
  readonly facts: readonly { readonly label: string; readonly value: Wording }[];
  readonly buttons: readonly { readonly text: Wording; readonly url: Wording }[];
  /** Every field the template reads, with its place in the file. */
  readonly uses: readonly FieldUse[];
};

export type CompiledTemplate = { readonly template?: Template; readonly problems: readonly Problem[] };

const keys = ['title', 'sentence', 'state', 'fields', 'buttons'];

/** Compiles `text:` of a rule: one line that is the whole message. */
export function compileText(text: string, compiler: WordingCompiler): CompiledTemplate {
  const { wording, problems } = compiler.compile(text);
  if (wording === undefined) return { problems };
  const template: Template = {
    name: 'text',
    state: 'attention',
    sentence: wording,
    facts: [],
    buttons: [],
    uses: wording.uses,
  };
  return { template, problems };
}

/** Compiles a template file: YAML front matter between two lines of `---`, then Markdown. Positions are those of the file. */
export function compileTemplate(name: string, source: string, compiler: WordingCompiler): CompiledTemplate {
  const parts = /^\ufeff?---[ \t]*\r?\n((?:.*\r?\n)*?)---[ \t]*(?:\r?\n|$)([\s\S]*)$/.exec(source);
  if (parts === null) {
    const message =
      'a template begins with a line "---", its title and other parts in YAML, and another line "---"';
    return { problems: [{ message, at: { line: 1, col: 1 } }] };
  }
  const [, matter = '', body = ''] = parts;
  return new TemplateReading(matter, compiler).read(name, body, matter.split('\n').length + 2);
}

class TemplateReading {
  readonly #problems: Problem[] = [];
  readonly #uses: FieldUse[] = [];
  readonly #compiler: WordingCompiler;
  readonly #lines = new LineCounter();
  readonly #root: unknown;
  readonly #matter: string;

  constructor(matter: string, compiler: WordingCompiler) {
    this.#compiler = compiler;
    this.#matter = matter;
    const document = parseDocument(matter, {
      version: '1.2',
      uniqueKeys: true,
      lineCounter: this.#lines,
      prettyErrors: false,
    });
    for (const error of document.errors) this.#problem(error.pos[0], yamlReason(error.message));
    this.#root = document.contents;
  }

  read(name: string, body: string, bodyLine: number): CompiledTemplate {
    const root = this.#root;
    if (!isMap(root)) {
      if (this.#problems.length === 0)
        this.#problem(0, 'the part between the two "---" lines needs at least a title');
      return { problems: this.#problems };
    }
    this.#checkKeys(root, 'a template', keys);
    const title = this.#text(root.get('title', true));
    if (!root.has('title')) this.#problem(root, 'a template needs a title');
    const sentence = this.#text(root.get('sentence', true)) ?? title;
    const state = this.#state(root.get('state', true));
    const facts = this.#facts(root.get('fields', true));
    const buttons = this.#buttons(root.get('buttons', true));
    const text = this.#wording(body, ({ line, col }) => ({ line: bodyLine + line - 1, col }));
    if (this.#problems.length > 0) return { problems: this.#problems };
    const template = { name, state, title, sentence, body: text, facts, buttons, uses: this.#uses };
    return { template, problems: [] };
  }

  #text(node: unknown): Wording | undefined {
    if (node === undefined) return undefined;
    if (!isScalar(node) || typeof node.value !== 'string') {
      this.#problem(asNode(node), 'this must be a text; put it in quotes if it begins with {{');
      return undefined;
    }
    const { value } = node;
    return this.#wording(value, (at) => this.#place(offsetInSource(this.#matter, node, indexOf(value, at))));
  }

  #wording(text: string, place: (at: At) => At): Wording | undefined {
    const { wording, problems } = this.#compiler.compile(text);
    for (const { message, at } of problems) this.#problems.push({ message, at: place(at) });
    for (const { path, at } of wording?.uses ?? []) this.#uses.push({ path, at: place(at) });
    return wording;
  }

  #state(node: unknown): State {
    const state = states.find((each) => isScalar(node) && node.value === each);
    if (state === undefined && node !== undefined)
      this.#problem(asNode(node), `state is one of ${states.join(', ')}`);
    return state ?? 'attention';
  }

  #facts(node: unknown): Template['facts'] {
    if (node === undefined) return [];
    if (!isMap(node)) {
      this.#problem(asNode(node), 'fields is a list of "Label: value" lines');
      return [];
    }
    return node.items.flatMap(({ key, value }) => {
      const label = isScalar(key) ? String(key.value).trim() : '';
      if (label === '') this.#problem(asNode(key), 'a field needs a label');
      const wording = this.#text(value);
      return wording === undefined ? [] : [{ label, value: wording }];
    });
  }

  #buttons(node: unknown): Template['buttons'] {
    if (node === undefined) return [];
    if (!isSeq(node)) {
      this.#problem(asNode(node), 'buttons is a list of { text: …, url: … }');
      return [];
    }
    return node.items.flatMap((item) => {
      if (!isMap(item) || !item.has('text') || !item.has('url')) {
        this.#problem(
          asNode(item),
          'a button has a text and a url: { text: "Open room", url: "{{room.url}}" }',
        );
        return [];
      }
      this.#checkKeys(item, 'a button', ['text', 'url']);
      const text = this.#text(item.get('text', true));
      const url = this.#text(item.get('url', true));
      return text === undefined || url === undefined ? [] : [{ text, url }];
    });
  }

  #checkKeys(map: YAMLMap, whole: string, known: readonly string[]): void {
    for (const { key } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (known.includes(name)) continue;
      this.#problem(asNode(key), `"${name}" is not a part of ${whole}: there are ${known.join(', ')}`);
    }
  }

  #place(offset: number): At {
    const { line, col } = this.#lines.linePos(offset);
    return { line: line + 1, col };
  }

  #problem(where: Node | number | undefined, message: string): void {
    const offset = typeof where === 'number' ? where : (where?.range?.[0] ?? 0);
    this.#problems.push({ message, at: this.#place(offset) });
  }
}

function asNode(node: unknown): Node | undefined {
  return isNode(node) ? node : undefined;
}

function indexOf(text: string, { line, col }: At): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.join('\n').length + (line > 1 ? 1 : 0) + col - 1;
}

function yamlReason(message: string): string {
  const [first = message] = message.split('\n');
  return `this is not valid YAML: ${first}`;
}
