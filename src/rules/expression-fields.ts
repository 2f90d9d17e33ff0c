import type { ASTNode } from '@marcbachmann/cel-js';
import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import { type Context, failed } from './expression-context.ts';
import { any, kindWords, type Part, parseInstant, type Run, type Type, typeOf } from './expression-value.ts';
import { fieldProblem } from './presence.ts';
import { readerOf } from './reader.ts';
import { suggestion } from './suggest.ts';

/** Words that begin fields, such as `room`. */
const objects: ReadonlySet<string> = new Set([
  ...Object.keys(fields).map((path) => path.split('.', 1)[0] ?? ''),
  'raw',
]);

/** Compiles a name: a loop's variable, a field, or a part of either; undefined for other nodes. */
export function compileName(node: ASTNode, context: Context): Part | undefined {
  const path = pathOf(node, context.variables);
  if (path !== undefined) return compileField(path, node.start, context);
  if (node.op === 'id') return compileVariable(node.args, node.start, context);
  if (node.op === '.') return compileMember(node.args[0], node.args[1], node.pos, context);
  return node.op === '[]' ? compileIndex(node.args[0], node.args[1], context) : undefined;
}

/** Compiles `has(…)`: whether a field is there. */
export function compileHas(node: ASTNode, context: Context): Part {
  const path = pathOf(node, context.variables);
  const at = node.start;
  if (path !== undefined && path.length > 1) {
    const name = path.join('.');
    const wrong = problemOf(name, context);
    if (wrong !== undefined) return failed(context, wrong.code, wrong.message, at);
    context.notes.asked.add(name);
    context.notes.fields.add(name);
    const read = readerOf(name);
    return { type: typeOf('boolean'), run: ({ facts }) => read(facts) !== undefined, at };
  }
  if (path === undefined && node.op === '.') {
    const { run } = compileMember(node.args[0], node.args[1], node.pos, context);
    return { type: typeOf('boolean'), run: (scope) => run(scope) !== undefined, at };
  }
  return failed(context, 'bad-expression', 'has() asks for one field, such as has(recording.url)', at);
}

/** The steps of `room.metadata.team` or `room.metadata["team"]`; undefined for what is no field of the event. */
function pathOf(node: ASTNode, variables: Context['variables']): readonly string[] | undefined {
  if (node.op === 'id') return variables.has(node.args) ? undefined : [node.args];
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [of, key] = node.args;
  const name = typeof key === 'string' ? key : keyOf(key);
  const path = name === undefined ? undefined : pathOf(of, variables);
  return path && name !== undefined ? [...path, name] : undefined;
}

/** A key in quotes that can be a step of a path. */
function keyOf(node: ASTNode): string | undefined {
  const key = node.op === 'value' ? node.args : undefined;
  return typeof key === 'string' && !key.includes('.') ? key : undefined;
}

function compileField(path: readonly string[], at: number, context: Context): Part {
  const name = path.join('.');
  const { notes } = context;
  const type = typeOfField(name);
  if (path.length === 1) {
    if (name === 'raw') {
      notes.fields.add(name);
      const read = readerOf(name);
      return { type, run: ({ facts }) => read(facts), at };
    }
    if (!objects.has(name)) {
      const hint = suggestion(name, [...Object.keys(fields), ...objects]);
      return failed(context, 'unknown-field', `there is no field "${name}"${hint}`, at);
    }
    const example = Object.keys(fields).find((known) => known.startsWith(`${name}.`)) ?? '';
    const message = `"${name}" holds several values: name one of them, such as ${example}`;
    return failed(context, 'wrong-type', message, at);
  }
  const wrong = problemOf(name, context);
  if (wrong !== undefined) return failed(context, wrong.code, wrong.message, at);
  const partly = fieldProblem(name, context.on);
  if (partly !== undefined && !notes.sometimes.has(name)) {
    notes.sometimes.set(name, { message: partly.message, offset: at });
  }
  notes.fields.add(name);
  return { type, run: runOf(name, type), at };
}

/** Why a field cannot be asked for at all. */
function problemOf(name: string, { on }: Context) {
  const list = Object.keys(fields).find(
    (known) => fields[known]?.kind === 'list' && name.startsWith(`${known}.`),
  );
  if (list !== undefined) {
    const message = `${list} is a list: ask one entry, like ${list}[0], or all with ${list}.exists(each, …)`;
    return { code: 'wrong-type', message } as const;
  }
  const wrong = fieldProblem(name, on);
  return wrong?.code === 'field-sometimes' ? undefined : wrong;
}

function typeOfField(name: string): Type {
  const field = fields[name];
  if (field === undefined || field.kind === 'object') return any;
  return typeOf(field.kind === 'address' ? 'text' : field.kind, field.ci === true);
}

/** What is not of the kind that the catalogue promises counts as missing. */
function runOf(name: string, { kind }: Type): Run {
  const read = readerOf(name);
  if (kind === 'any') return ({ facts }) => read(facts);
  if (kind === 'list') {
    return ({ facts }) => {
      const value = read(facts);
      return Array.isArray(value) ? value : undefined;
    };
  }
  if (kind === 'date') {
    return ({ facts }) => {
      const value = read(facts);
      return typeof value === 'string' ? parseInstant(value) : undefined;
    };
  }
  const wanted = kind === 'text' ? 'string' : kind;
  return ({ facts }) => {
    const value = read(facts);
    return typeof value === wanted ? value : undefined;
  };
}

function compileVariable(name: string, at: number, { variables }: Context): Part | undefined {
  const variable = variables.get(name);
  return variable && { type: variable.type, run: (scope) => scope.variables[variable.slot], at };
}

function compileMember(of: ASTNode, name: string, at: number, context: Context): Part {
  const { type, run, at: begin } = context.compile(of, context);
  if (type.kind !== 'any') {
    return failed(context, 'wrong-type', `${kindWords[type.kind]} has no part "${name}"`, at);
  }
  return { type, run: (scope) => member(run(scope), name), at: begin };
}

/** Own properties only: nothing of the language itself can be reached. */
function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined;
}

function compileIndex(of: ASTNode, index: ASTNode, context: Context): Part {
  const list = context.compile(of, context);
  const key = context.compile(index, context);
  const { kind } = list.type;
  if (kind !== 'any' && kind !== 'list') {
    return failed(context, 'wrong-type', `${kindWords[kind]} has no parts to take with [ ]`, list.at);
  }
  const isFitting = key.type.kind === 'any' || key.type.kind === 'number';
  if (!isFitting && (kind === 'list' || key.type.kind !== 'text')) {
    return failed(context, 'wrong-type', 'the places of a list are numbers, from 0', key.at);
  }
  const type = list.type.of ?? { kind: 'any', ci: list.type.ci };
  const run: Run = (scope) => {
    const value = list.run(scope);
    const at = key.run(scope);
    if (typeof at === 'string') return member(value, at);
    return Array.isArray(value) && typeof at === 'number' ? (value[at] ?? undefined) : undefined;
  };
  return { type, run, at: list.at };
}
