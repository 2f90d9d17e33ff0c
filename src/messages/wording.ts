import Handlebars from 'handlebars';
import { fields } from '#domain/fields.ts';
import { type Inline, type Line, plainText } from '#domain/message.ts';
import { cut, oneLine } from '#domain/text.ts';
import { type FieldUse, type Problem, prepare, type Vocabulary, valueHelper } from './expressions.ts';
import { type HelperContext, helpers, Piece, timePiece } from './helpers.ts';
import type { Held, Tray } from './pieces.ts';
import { numberWords } from './words.ts';

const blocks = ['if', 'unless', 'each', 'with'];
const vocabulary: Vocabulary = {
  helpers: Object.keys(helpers),
  blocks,
  wordsFrom: { plural: 1 },
  objectOf: { artifact_link: ['recording', 'artifact', 'transcript', 'hls'] },
};

/** Only own properties of the facts can be read. Saying so keeps Handlebars from logging what it refuses. */
const ownOnly = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };

/** What one rendering works with; travels through Handlebars' private data. */
type Rendering = { readonly tray: Tray; readonly context: HelperContext };

/** One compiled text. `render` gives back the text with marks in place of values. */
export type Wording = {
  readonly uses: readonly FieldUse[];
  readonly render: (facts: unknown, rendering: Rendering) => string;
};

/** Compiles texts. One engine serves all templates: helpers are registered once, nothing is shared with other users of Handlebars. */
export class WordingCompiler {
  readonly #engine = Handlebars.create();

  constructor() {
    for (const name of ['log', 'lookup']) this.#engine.unregisterHelper(name);
    for (const [name, helper] of Object.entries(helpers)) {
      this.#engine.registerHelper(name, (...args: unknown[]) => {
        const { rendering, hash } = optionsOf(args);
        return helper(rendering.context, args.slice(0, -1), hash);
      });
    }
    this.#engine.registerHelper(valueHelper, (...args: unknown[]) => {
      const { rendering, hash } = optionsOf(args);
      const path = typeof hash['path'] === 'string' ? hash['path'] : undefined;
      return rendering.tray.put(held(args[0], path, rendering.context.timezone));
    });
  }

  /** Compiles one text, or says what is wrong with it. Positions are inside the text. */
  compile(text: string): { readonly wording?: Wording; readonly problems: readonly Problem[] } {
    const { program, problems, uses } = prepare(text, vocabulary);
    if (program === undefined || problems.length > 0) return { problems };
    const knownHelpers = Object.fromEntries(
      [...vocabulary.helpers, ...blocks, valueHelper].map((name) => [name, true]),
    );
    const template = this.#engine.compile<unknown>(program, {
      noEscape: true,
      knownHelpers,
      knownHelpersOnly: true,
    });
    return {
      problems,
      wording: { uses, render: (facts, rendering) => template(facts, { data: { rendering }, ...ownOnly }) },
    };
  }
}

function optionsOf(args: readonly unknown[]): {
  rendering: Rendering;
  hash: Readonly<Record<string, unknown>>;
} {
  const options = args.at(-1) as { data: { rendering: Rendering }; hash: Record<string, unknown> };
  return { rendering: options.data.rendering, hash: options.hash };
}

/** What a printed value becomes; undefined when there is nothing to print. */
function held(value: unknown, path: string | undefined, timezone: string): Held | undefined {
  const piece = value instanceof Piece ? value.inline : pieceOf(value, path, timezone);
  return piece && { piece, whole: wholeOf(value) };
}

function pieceOf(value: unknown, path: string | undefined, timezone: string): Inline | undefined {
  if (typeof value === 'number')
    return Number.isFinite(value) ? { kind: 'text', text: numberWords(value) } : undefined;
  if (typeof value === 'boolean') return { kind: 'text', text: value ? 'yes' : 'no' };
  if (typeof value !== 'string') return undefined;
  const field = path === undefined ? undefined : fields[path];
  if (field?.kind === 'date') return timePiece(value, 'datetime', timezone)?.inline;
  const text = cut(oneLine(value), field?.budget ?? (path === undefined ? 300 : 80));
  return text === '' ? undefined : { kind: 'text', text, isValue: true };
}

function wholeOf(value: unknown): string {
  if (!(value instanceof Piece)) return String(value).toWellFormed();
  const { inline } = value;
  if (inline.kind === 'link') return inline.url;
  return inline.kind === 'time' ? inline.at : plainText([inline]);
}

/** A one-line text (title, fact, button): what the template wrote and the values, no markup. */
export function plainLine(rendered: string, tray: Tray): Line {
  const line = tray.split(rendered).flatMap((part): Line => {
    if (typeof part !== 'string') return [part];
    const text = part.replaceAll(/\s+/g, ' ');
    return text === '' ? [] : [{ kind: 'text', text }];
  });
  return trimmed(line);
}

function trimmed(line: Line): Line {
  const kept = [...line];
  const first = kept[0];
  if (first?.kind === 'text') kept[0] = { ...first, text: first.text.trimStart() };
  const last = kept.at(-1);
  if (last?.kind === 'text') kept[kept.length - 1] = { ...last, text: last.text.trimEnd() };
  return kept.filter((piece) => piece.kind !== 'text' || piece.text !== '');
}
