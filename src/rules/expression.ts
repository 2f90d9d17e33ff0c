import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import type { EventType } from '#domain/catalogue.ts';
import type { Context, ExpressionProblem, Notes } from './expression-context.ts';
import { compilePart } from './expression-parts.ts';
import { kindWords, type Scope } from './expression-value.ts';

export type { ExpressionProblem } from './expression-context.ts';

/** A CEL expression for the facts of an event. */
export type CompiledExpression = {
  /** False as well when a field it needs is missing or it cannot be worked out; never throws. */
  readonly holds: (facts: unknown) => boolean;
  /** Every field path it reads. */
  readonly fields: readonly string[];
  /** In the order of the expression. */
  readonly problems: readonly ExpressionProblem[];
};

const longest = 2_000;
/** Loops of one evaluation, with what long texts cost on top. */
const stepsPerEvent = 100_000;

/** Only its grammar is used: types follow the catalogue, and evaluating must neither throw nor tell whole numbers from others. */
const grammar = new Environment({
  limits: { maxDepth: 32, maxAstNodes: 1_000, maxListElements: 200 },
});

/**
 * Compiles one CEL expression for events of these types. Never throws; with an error among the problems it never holds. A missing field
 * is an error in the sense of CEL: `||` with a true side outweighs it, has() asks, and elsewhere the expression does not hold. Texts
 * compare after Unicode NFC, and without case where a field that is so marked takes part, also in lists, loops and matches(). Dates are
 * compared as moments, with each other and with dates in quotes.
 */
export function compileExpression(text: string, on: readonly EventType[]): CompiledExpression {
  const notes: Notes = { problems: [], fields: new Set(), asked: new Set(), sometimes: new Map() };
  const root = parse(text, notes);
  const context: Context = { on, variables: new Map(), depth: 0, loops: 0, compile: compilePart, notes };
  const part = root && compilePart(root, context);
  if (part !== undefined && part.type.kind !== 'boolean' && part.type.kind !== 'any') {
    const message = `an expression must be true or false, and this is ${kindWords[part.type.kind]}`;
    notes.problems.push({ code: 'wrong-type', message, offset: part.at, severity: 'error' });
  }
  const isBroken = part === undefined || notes.problems.length > 0;
  return {
    holds: isBroken ? () => false : (facts) => isTrue(part.run, facts),
    fields: [...notes.fields],
    problems: [...notes.problems, ...warnings(notes)].sort((one, other) => one.offset - other.offset),
  };
}

function isTrue(run: (scope: Scope) => unknown, facts: unknown): boolean {
  try {
    return run({ facts, variables: [], steps: stepsPerEvent }) === true;
  } catch {
    // Out of steps, or data nested deeper than the stack.
    return false;
  }
}

/** Whoever asks for a field somewhere knows that it may be missing. */
function warnings({ sometimes, asked }: Notes): readonly ExpressionProblem[] {
  return [...sometimes]
    .filter(([path]) => ![...asked].some((known) => path === known || path.startsWith(`${known}.`)))
    .map(([path, { message, offset }]) => ({
      code: 'field-sometimes',
      message: `${message}: ask has(${path}) first`,
      offset,
      severity: 'warning',
    }));
}

function parse(text: string, { problems }: Notes): ASTNode | undefined {
  const fail = (message: string, offset: number): undefined => {
    problems.push({ code: 'bad-expression', message, offset, severity: 'error' });
  };
  if (text.trim() === '') return fail('an expression is missing here', 0);
  if (text.length > longest) return fail(`an expression has at most ${longest} characters`, longest);
  try {
    return grammar.parse(text).ast;
  } catch (error) {
    const offset = Math.min(error instanceof ParseError ? (error.range?.start ?? 0) : 0, text.length);
    return fail(parseProblem(text, offset, error), offset);
  }
}

/** Signs and words of other languages, with those of CEL. */
const oftenMeant: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  not: '!',
  '&': '&&',
  '|': '||',
  '=': '==',
  '~': 'matches(…)',
};

function parseProblem(text: string, offset: number, error: unknown): string {
  if (!(error instanceof ParseError)) return 'this is nested too deeply';
  if (error.code === 'limit_exceeded') return 'this is nested too deeply or has too many parts';
  if (error.code === 'invalid_macro_argument') return 'the first value in these brackets must be a new name';
  if (!/^(?:unexpected|expected|reserved)_/.test(error.code)) {
    return `this is not a valid expression: ${error.summary}`;
  }
  const [found = ''] = /^(?:\w+|.)/u.exec(text.slice(offset)) ?? [];
  if (found === '') return 'the expression ends too early';
  const word = found.toLowerCase();
  const hint = Object.hasOwn(oftenMeant, word) ? `; write ${oftenMeant[word]}` : '';
  return `"${found}" cannot stand here${hint}`;
}
