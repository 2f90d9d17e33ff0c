import Handlebars from 'handlebars';
import { fields } from '#domain/fields.ts';
import { withoutMarks } from './pieces.ts';

/** Line and column from 1, inside the text that was compiled. */
export type At = { readonly line: number; readonly col: number };
export type Problem = { readonly message: string; readonly at: At };
export type FieldUse = { readonly path: string; readonly at: At };

/** Names of the helpers a template may call, and the blocks it may open. */
export type Vocabulary = {
  readonly helpers: readonly string[];
  readonly blocks: readonly string[];
  /** Helpers whose parameters from this position on must be words in quotes: they are printed as the template's own. */
  readonly wordsFrom: Readonly<Record<string, number>>;
  /** Helpers whose first parameter must be one of these objects of the event, or a name inside `each` or `with`. */
  readonly objectOf: Readonly<Record<string, readonly string[]>>;
};

/** Words that begin fields, such as `room`: they hold several values and none to print. */
const objects: ReadonlySet<string> = new Set(Object.keys(fields).map((path) => path.split('.', 1)[0] ?? ''));

/** The helper that every printed value passes through. */
export const valueHelper = 'callboard_value';

/**
 * Prepares a Handlebars text for safe rendering: every printed expression is sent through `valueHelper`, so values become marks. What
 * could print a value raw, reach outside the event or fail at run time is a problem. Collects the fields it reads.
 */
export function prepare(
  text: string,
  vocabulary: Vocabulary,
): {
  readonly program?: hbs.AST.Program;
  readonly problems: readonly Problem[];
  readonly uses: readonly FieldUse[];
} {
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parse(withoutMarks(text));
  } catch (error) {
    return { problems: [syntaxProblem(error)], uses: [] };
  }
  const visit = new Preparation(vocabulary);
  visit.program(program, true);
  return { program, problems: visit.problems, uses: visit.uses };
}

function syntaxProblem(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const mismatch = /^(.* doesn't match .*|Invalid path: .*) - (\d+):(\d+)$/.exec(message);
  if (mismatch !== null) {
    const [, reason = '', line, column] = mismatch;
    return {
      message: `this is not a valid template: ${reason}`,
      at: { line: Number(line), col: Number(column) + 1 },
    };
  }
  // The grammar tells the line; its column is lost in an excerpt.
  const line = Number(/line (\d+)/.exec(message)?.[1] ?? 1);
  const reason = message.includes("got 'EOF'")
    ? 'a block is not closed, {{#if …}} needs its {{/if}}'
    : 'check the text between {{ and }}';
  return { message: `this is not a valid template: ${reason}`, at: { line, col: 1 } };
}

/** What may follow an `@`: where a loop stands, and the event from inside it. */
const dataNames = ['index', 'key', 'first', 'last', 'root'];

class Preparation {
  readonly problems: Problem[] = [];
  readonly uses: FieldUse[] = [];
  readonly #vocabulary: Vocabulary;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** `isRoot`: names mean fields of the event; inside `each` and `with` they mean fields of the item. */
  program(program: hbs.AST.Program, isRoot: boolean): void {
    for (const statement of program.body) this.#statement(statement, isRoot);
  }

  #statement(statement: hbs.AST.Statement, isRoot: boolean): void {
    if (isMustache(statement)) this.#mustache(statement, isRoot);
    else if (isBlock(statement)) this.#block(statement, isRoot);
    else if (statement.type !== 'ContentStatement' && statement.type !== 'CommentStatement') {
      this.#problem(statement, 'partials and decorators are not available here');
    }
  }

  #mustache(statement: hbs.AST.MustacheStatement, isRoot: boolean): void {
    if (!statement.escaped) {
      this.#problem(statement, 'three braces would print a value as markup: use two, {{…}}');
      return;
    }
    const { path } = statement;
    if (
      isPath(path) &&
      (this.#isHelper(path) || statement.params.length > 0 || statement.hash !== undefined)
    ) {
      const call: hbs.AST.SubExpression = {
        type: 'SubExpression',
        path,
        params: statement.params,
        hash: statement.hash,
        loc: statement.loc,
      };
      this.#expression(call, isRoot);
      wrap(statement, call, undefined);
      return;
    }
    this.#expression(path, isRoot);
    const printed = isPath(path) && path.depth === 0 ? fieldOf(path, isRoot) : undefined;
    const kind = printed === undefined ? undefined : fields[printed]?.kind;
    if (kind === 'object' || kind === 'list' || (printed !== undefined && objects.has(printed))) {
      this.#problem(
        statement,
        `${printed} holds several values: name the one to print, such as ${printed}.name`,
      );
    }
    wrap(statement, path, printed);
  }

  #block(statement: hbs.AST.BlockStatement, isRoot: boolean): void {
    const name = statement.path.original;
    if (!this.#vocabulary.blocks.includes(name)) {
      this.#problem(
        statement,
        `{{#${name}}} is not a block: there are ${this.#vocabulary.blocks.map((each) => `#${each}`).join(', ')}`,
      );
      return;
    }
    if (statement.params.length !== 1) {
      this.#problem(statement, `{{#${name}}} takes one value, such as {{#${name} recording.seconds}}`);
    }
    for (const param of statement.params) this.#expression(param, isRoot);
    for (const pair of statement.hash?.pairs ?? []) this.#expression(pair.value, isRoot);
    const isSameContext = name === 'if' || name === 'unless';
    if (statement.program) this.program(statement.program, isRoot && isSameContext);
    if (statement.inverse) this.program(statement.inverse, isRoot);
  }

  #expression(expression: hbs.AST.Expression, isRoot: boolean): void {
    if (isCall(expression)) {
      const name = expression.path.original;
      if (!this.#isHelper(expression.path)) {
        const known = this.#vocabulary.helpers.join(', ');
        this.#problem(expression, `"${name}" is not a helper: there are ${known}`);
      } else {
        this.#object(expression, isRoot);
      }
      const wordsFrom = this.#vocabulary.wordsFrom[name] ?? expression.params.length;
      if (expression.params.slice(wordsFrom).some((param) => param.type !== 'StringLiteral')) {
        this.#problem(
          expression,
          `${name} takes a number and two words in quotes: {{${name} n 'person' 'people'}}`,
        );
      }
      for (const param of expression.params) this.#expression(param, isRoot);
      for (const pair of expression.hash?.pairs ?? []) this.#expression(pair.value, isRoot);
    } else if (isPath(expression)) {
      if (expression.depth > 0) {
        this.#problem(expression, '"../" is not available here');
      } else if (expression.data && !dataNames.includes(expression.parts[0] ?? '')) {
        const known = dataNames.map((each) => `@${each}`).join(', ');
        this.#problem(expression, `"${expression.original}" is not available here: there are ${known}`);
      } else {
        const path = fieldOf(expression, isRoot);
        if (path !== undefined) this.uses.push({ path, at: atOf(expression) });
      }
    }
  }

  #object(call: hbs.AST.SubExpression, isRoot: boolean): void {
    const name = call.path.original;
    const known = this.#vocabulary.objectOf[name];
    if (known === undefined) return;
    const [first] = call.params;
    const isName = first !== undefined && isPath(first);
    const field = isName ? fieldOf(first, isRoot) : undefined;
    if (field === undefined ? isName && !isRoot : known.includes(field)) return;
    this.#problem(call, `${name} takes ${known.join(', ')} or an item of a block: {{${name} ${known[0]}}}`);
  }

  #isHelper(path: hbs.AST.PathExpression): boolean {
    return (
      isPath(path) &&
      path.parts.length === 1 &&
      !path.data &&
      this.#vocabulary.helpers.includes(path.original)
    );
  }

  #problem(node: hbs.AST.Node, message: string): void {
    this.problems.push({ message, at: atOf(node) });
  }
}

/** The field of the event that a path names, or undefined where it names something else. */
function fieldOf(path: hbs.AST.PathExpression, isRoot: boolean): string | undefined {
  const [first, ...rest] = path.parts;
  if (path.data) return first === 'root' && rest.length > 0 ? rest.join('.') : undefined;
  return isRoot && first !== undefined ? path.parts.join('.') : undefined;
}

/** Turns `{{x}}` into `{{callboard_value x path="x"}}`. */
function wrap(
  statement: hbs.AST.MustacheStatement,
  value: hbs.AST.Expression,
  printed: string | undefined,
): void {
  const { loc } = statement;
  const path: hbs.AST.PathExpression = {
    type: 'PathExpression',
    data: false,
    depth: 0,
    parts: [valueHelper],
    original: valueHelper,
    loc,
  };
  statement.path = path;
  statement.params = [value];
  const pairs: hbs.AST.HashPair[] =
    printed === undefined
      ? []
      : [
          {
            type: 'HashPair',
            key: 'path',
            value: { type: 'StringLiteral', value: printed, original: printed, loc } as hbs.AST.StringLiteral,
            loc,
          },
        ];
  statement.hash = { type: 'Hash', pairs, loc };
}

function atOf(node: hbs.AST.Node): At {
  return { line: node.loc?.start.line ?? 1, col: (node.loc?.start.column ?? 0) + 1 };
}

function isMustache(node: hbs.AST.Node): node is hbs.AST.MustacheStatement {
  return node.type === 'MustacheStatement';
}

function isBlock(node: hbs.AST.Node): node is hbs.AST.BlockStatement {
  return node.type === 'BlockStatement';
}

function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

function isCall(node: hbs.AST.Node): node is hbs.AST.SubExpression {
  return node.type === 'SubExpression';
}
