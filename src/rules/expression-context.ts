import type { ASTNode } from '@marcbachmann/cel-js';
import type { EventType } from '#domain/catalogue.ts';
import { any, type Part, type Type } from './expression-value.ts';

/** Something wrong with an expression. */
export type ExpressionProblem = {
  readonly code: 'bad-expression' | 'unknown-field' | 'field-never-there' | 'field-sometimes' | 'wrong-type';
  readonly message: string;
  /** Characters from the begin of the expression. */
  readonly offset: number;
  readonly severity: 'error' | 'warning';
};

/** A variable of a loop, by its place among those of the loops around it. */
export type Variable = { readonly slot: number; readonly type: Type };

/** What a part of an expression is compiled in. */
export type Context = {
  readonly on: readonly EventType[];
  readonly variables: ReadonlyMap<string, Variable>;
  /** Parts around this one. */
  readonly depth: number;
  /** Loops around this one. */
  readonly loops: number;
  readonly compile: (node: ASTNode, context: Context) => Part;
  readonly notes: Notes;
};

/** What compiling finds out about the whole expression. */
export type Notes = {
  readonly problems: ExpressionProblem[];
  /** Paths of all fields that are read or asked for. */
  readonly fields: Set<string>;
  /** Paths inside of has(). */
  readonly asked: Set<string>;
  /** Fields that some of the events never have, where they are read first. */
  readonly sometimes: Map<string, { readonly message: string; readonly offset: number }>;
};

/** Reports an error and stands in for the part that has it. */
export function failed(
  { notes }: Context,
  code: ExpressionProblem['code'],
  message: string,
  at: number,
): Part {
  notes.problems.push({ code, message, offset: at, severity: 'error' });
  return { type: any, run: () => undefined, at };
}
