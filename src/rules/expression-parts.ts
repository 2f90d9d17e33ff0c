import type { ASTNode } from '@marcbachmann/cel-js';
import { type Context, failed } from './expression-context.ts';
import { compileHas, compileName } from './expression-fields.ts';
import { type CallResult, compileCall, functionNames, methodNames } from './expression-functions.ts';
import { compileLoop, loopNames } from './expression-loops.ts';
import { binaryOperation, binaryOperators } from './expression-operators.ts';
import { any, canBe, joined, kindWords, type Part, type Type, typeOf } from './expression-value.ts';
import { suggestion } from './suggest.ts';

const deepest = 200;

/** Compiles one part of an expression with all that is in it; what is wrong goes to the notes of the context. */
export function compilePart(node: ASTNode, around: Context): Part {
  const context: Context = { ...around, depth: around.depth + 1 };
  const at = node.start;
  if (context.depth > deepest) return failed(context, 'bad-expression', 'this is nested too deeply', at);
  switch (node.op) {
    case 'value':
      return compileLiteral(node.args, at, context);
    case 'list':
      return compileList(node.args, at, context);
    case 'call':
      return compileFunction(node.args[0], node.args[1], at, context);
    case 'rcall':
      return compileMethod(node, context);
    case '?:':
      return compileChoice(node.args, context);
    case '&&':
    case '||':
      return compileLogic(node.op, node.args, context);
    case '!_':
    case '-_':
      return compileUnary(node.op, node.args, at, context);
    case 'map':
    case '.?':
    case '[?]':
      return failed(context, 'bad-expression', 'this form of CEL is not available here', at);
    case 'id':
    case '.':
    case '[]':
      return compileName(node, context) ?? failed(context, 'bad-expression', 'this is not a field', at);
    default:
      return compileBinary(node.op, node.args, context);
  }
}

function compileLiteral(value: unknown, at: number, context: Context): Part {
  if (typeof value === 'string') return { type: typeOf('text'), run: () => value, at, literal: value };
  if (typeof value === 'boolean') return { type: typeOf('boolean'), run: () => value, at, literal: value };
  if (value === null) {
    return failed(
      context,
      'bad-expression',
      'nothing is ever null: has(…) tells whether a field is there',
      at,
    );
  }
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    return failed(context, 'bad-expression', 'only texts, numbers, true and false can be written here', at);
  }
  const number = Number(value);
  if (typeof value === 'bigint' && !Number.isSafeInteger(number)) {
    return failed(context, 'bad-expression', 'this number is too large', at);
  }
  return { type: typeOf('number'), run: () => number, at, literal: number };
}

function compileList(nodes: readonly ASTNode[], at: number, context: Context): Part {
  const parts = nodes.map((node) => context.compile(node, context));
  let of: Type | undefined;
  for (const part of parts) {
    const both = of === undefined ? part.type : joined(of, part.type);
    if (both === undefined) {
      const message = `a list holds values of one kind: this is ${kindWords[part.type.kind]}`;
      return failed(context, 'wrong-type', message, part.at);
    }
    of = both;
  }
  const run: Part['run'] = (scope) => {
    const values = parts.map((part) => part.run(scope));
    return values.includes(undefined) ? undefined : values;
  };
  return { type: { kind: 'list', ci: of?.ci === true, of: of ?? any }, run, at };
}

function compileFunction(name: string, nodes: readonly ASTNode[], at: number, context: Context): Part {
  if (name === 'has') {
    const [asked] = nodes;
    if (asked !== undefined && nodes.length === 1) return compileHas(asked, context);
    return failed(context, 'bad-expression', 'has() asks for one field, such as has(recording.url)', at);
  }
  const parts = nodes.map((node) => context.compile(node, context));
  const known = [...functionNames, 'has'];
  return called(compileCall(name, false, parts, at), name, known, at, context);
}

function compileMethod(node: ASTNode, context: Context): Part {
  if (node.op !== 'rcall') return failed(context, 'bad-expression', 'this is not a call', node.start);
  const [name, receiver, nodes] = node.args;
  const at = Math.max(node.input.indexOf(name, receiver.end), node.start);
  const loop = compileLoop(name, receiver, nodes, at, context);
  if (loop !== undefined) return loop;
  const parts = [receiver, ...nodes].map((each) => context.compile(each, context));
  const known = [...methodNames, ...loopNames];
  return called(compileCall(name, true, parts, at), name, known, at, context);
}

function called(
  result: CallResult | undefined,
  name: string,
  known: readonly string[],
  at: number,
  context: Context,
): Part {
  if (result === undefined) {
    const hint = suggestion(name, known) || `; there are ${known.join(', ')}`;
    return failed(context, 'bad-expression', `there is no function "${name}"${hint}`, at);
  }
  return 'part' in result ? result.part : failed(context, result.code, result.error, result.at);
}

function compileChoice(nodes: readonly [ASTNode, ASTNode, ASTNode], context: Context): Part {
  const [asked, yes, no] = nodes;
  const condition = compileBoolean(asked, '?', context);
  const held = context.compile(yes, context);
  const failing = context.compile(no, context);
  const type = joined(held.type, failing.type);
  if (type === undefined) {
    const kinds = `${kindWords[held.type.kind]} and ${kindWords[failing.type.kind]}`;
    return failed(context, 'wrong-type', `both results of "?" must be of one kind: ${kinds}`, held.at);
  }
  const run: Part['run'] = (scope) => {
    const is = condition.run(scope);
    return typeof is === 'boolean' ? (is ? held : failing).run(scope) : undefined;
  };
  return { type, run, at: condition.at };
}

/** One side that decides outweighs another that cannot be worked out, whichever comes first. */
function compileLogic(operator: '&&' | '||', nodes: readonly [ASTNode, ASTNode], context: Context): Part {
  const left = compileBoolean(nodes[0], operator, context);
  const right = compileBoolean(nodes[1], operator, context);
  const decisive = operator === '||';
  const run: Part['run'] = (scope) => {
    const one = left.run(scope);
    if (one === decisive) return decisive;
    const other = right.run(scope);
    if (other === decisive) return decisive;
    return typeof one === 'boolean' && typeof other === 'boolean' ? !decisive : undefined;
  };
  return { type: typeOf('boolean'), run, at: left.at };
}

function compileBoolean(node: ASTNode, operator: string, context: Context): Part {
  const part = context.compile(node, context);
  if (canBe(part.type, 'boolean')) return part;
  const message = `"${operator}" needs true or false here, and this is ${kindWords[part.type.kind]}`;
  return failed(context, 'wrong-type', message, part.at);
}

function compileUnary(operator: '!_' | '-_', node: ASTNode, at: number, context: Context): Part {
  if (operator === '!_') {
    const { run } = compileBoolean(node, '!', context);
    return {
      type: typeOf('boolean'),
      run: (scope) => {
        const value = run(scope);
        return typeof value === 'boolean' ? !value : undefined;
      },
      at,
    };
  }
  const { type, run } = context.compile(node, context);
  if (!canBe(type, 'number')) {
    return failed(context, 'wrong-type', `"-" needs a number here, and this is ${kindWords[type.kind]}`, at);
  }
  return {
    type: typeOf('number'),
    run: (scope) => {
      const value = run(scope);
      return typeof value === 'number' ? -value : undefined;
    },
    at,
  };
}

function compileBinary(operator: string, nodes: readonly [ASTNode, ASTNode], context: Context): Part {
  const left = context.compile(nodes[0], context);
  const right = context.compile(nodes[1], context);
  if (!binaryOperators.has(operator)) {
    return failed(context, 'bad-expression', `"${operator}" is not available here`, left.at);
  }
  const result = binaryOperation(operator, left, right);
  return 'part' in result ? result.part : failed(context, 'wrong-type', result.error, left.at);
}
