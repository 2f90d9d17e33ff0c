import type { ASTNode } from '@marcbachmann/cel-js';
import { isObject } from '#domain/value.ts';
import { type Context, failed } from './expression-context.ts';
import { canBe, kindWords, type Part, type Scope, spend, type Type, typeOf } from './expression-value.ts';

/** Loops inside of each other: every one multiplies what an event can cost. */
const deepest = 2;

/** Makes the loop's result from what its parts give for each item; undefined as soon as one cannot be worked out, except where it says so. */
type Loop = {
  readonly usage: string;
  readonly parts: readonly number[];
  readonly result: (item: Type, last: Part) => Type;
  readonly run: (items: readonly unknown[], evaluate: Evaluate) => unknown;
};

/** Works out one part, counted from 0, for an item. */
type Evaluate = (part: number, item: unknown) => unknown;

const loops: Readonly<Record<string, Loop>> = {
  exists: {
    usage: 'exists(each, condition)',
    parts: [2],
    result: () => typeOf('boolean'),
    run: (items, evaluate) => quantified(items, evaluate, true),
  },
  all: {
    usage: 'all(each, condition)',
    parts: [2],
    result: () => typeOf('boolean'),
    run: (items, evaluate) => quantified(items, evaluate, false),
  },
  exists_one: {
    usage: 'exists_one(each, condition)',
    parts: [2],
    result: () => typeOf('boolean'),
    run: (items, evaluate) => {
      const kept = filtered(items, evaluate);
      return kept && kept.length === 1;
    },
  },
  filter: {
    usage: 'filter(each, condition)',
    parts: [2],
    result: (item) => ({ kind: 'list', ci: item.ci, of: item }),
    run: filtered,
  },
  map: {
    usage: 'map(each, value) or map(each, condition, value)',
    parts: [2, 3],
    result: (_item, last) => ({ kind: 'list', ci: last.type.ci, of: last.type }),
    run: (items, evaluate) => mapped(items, evaluate, 0),
  },
};

const filteringMap: Loop['run'] = (items, evaluate) => {
  const kept = filtered(items, evaluate);
  return kept && mapped(kept, evaluate, 1);
};

/** Names of the loops, such as `exists`. */
export const loopNames: readonly string[] = Object.keys(loops);

/** Compiles `list.exists(each, …)` and its like; undefined when the name is none of them. */
export function compileLoop(
  name: string,
  receiver: ASTNode,
  given: readonly ASTNode[],
  at: number,
  context: Context,
): Part | undefined {
  const loop = Object.hasOwn(loops, name) ? loops[name] : undefined;
  if (loop === undefined) return undefined;
  const list = context.compile(receiver, context);
  const [variable, ...bodies] = given;
  if (variable?.op !== 'id' || !loop.parts.includes(given.length)) {
    return failed(context, 'bad-expression', `"${name}" is used like list.${loop.usage}`, at);
  }
  if (!canBe(list.type, 'list')) {
    return failed(
      context,
      'wrong-type',
      `"${name}" needs a list, and this is ${kindWords[list.type.kind]}`,
      at,
    );
  }
  const slot = context.loops;
  if (slot >= deepest) {
    return failed(
      context,
      'bad-expression',
      `"${name}" stands inside of ${deepest} other loops: that is too much`,
      at,
    );
  }
  const item: Type = list.type.of ?? { kind: 'any', ci: list.type.ci };
  const inner: Context = {
    ...context,
    loops: slot + 1,
    variables: new Map([...context.variables, [variable.args, { slot, type: item }]]),
  };
  const parts = bodies.map((body) => context.compile(body, inner));
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const asks = name !== 'map' || parts.length > 1;
  if (asks && !canBe(first.type, 'boolean')) {
    const message = `the condition of "${name}" must be true or false, and this is ${kindWords[first.type.kind]}`;
    return failed(context, 'wrong-type', message, first.at);
  }
  const work = parts.length > 1 ? filteringMap : loop.run;
  const run = (scope: Scope): unknown => {
    const items = itemsOf(list.run(scope));
    if (items === undefined) return undefined;
    return work(items, (part, each) => {
      spend(scope, 1);
      scope.variables[slot] = each ?? undefined;
      return parts[part]?.run(scope);
    });
  };
  return { type: loop.result(item, last), run, at: list.at };
}

/** The entries of a list, or the names in an object, as in CEL. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.keys(value) : undefined;
}

/** One item that decides outweighs others that cannot be worked out. */
function quantified(items: readonly unknown[], evaluate: Evaluate, decisive: boolean): boolean | undefined {
  let isKnown = true;
  for (const item of items) {
    const held = evaluate(0, item);
    if (held === decisive) return decisive;
    if (typeof held !== 'boolean') isKnown = false;
  }
  return isKnown ? !decisive : undefined;
}

function filtered(items: readonly unknown[], evaluate: Evaluate): readonly unknown[] | undefined {
  const kept: unknown[] = [];
  for (const item of items) {
    const held = evaluate(0, item);
    if (typeof held !== 'boolean') return undefined;
    if (held) kept.push(item);
  }
  return kept;
}

function mapped(items: readonly unknown[], evaluate: Evaluate, part: number): readonly unknown[] | undefined {
  const values: unknown[] = [];
  for (const item of items) {
    const value = evaluate(part, item);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
