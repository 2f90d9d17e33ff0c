import type { ConfiguredDestination } from '#destinations/configured.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Path } from '../document.ts';
import type { IssueContext } from '../issues.ts';
import type { NamedList } from '../named-list.ts';
import type { Windows } from '../quiet.ts';
import type { Rule, SourceEntry } from '../rulebook.ts';

import type { Templates } from '../templates.ts';
import type { Conditions } from './conditions.ts';

/** What looking through a rules file takes: the file and what loading made of it. */
export type LintInput = {
  /** The file as it was read. */
  readonly root: Readonly<Record<string, unknown>>;
  /** Rules that are switched on and could be compiled. */
  readonly rules: readonly { readonly rule: Rule; readonly path: Path }[];
  readonly sources: readonly SourceEntry[];
  readonly destinations: readonly ConfiguredDestination[];
  readonly lists: ReadonlyMap<string, NamedList>;
  readonly windows: Windows;
  readonly templates: Templates;
  readonly retentionMs: number;
  readonly issues: IssueContext;
  /** Whether an error was found so far. */
  readonly isBroken: () => boolean;
  /** Takes what stands in another file. */
  readonly diagnose: (diagnostic: Diagnostic) => void;
};

/** A rule with what stands in the file. */
export type LintedRule = {
  readonly rule: Rule;
  readonly path: Path;
  readonly entry: Readonly<Record<string, unknown>>;
  readonly where: Conditions;
  /** Of `unless_followed_by`. */
  readonly unlessWhere: Conditions;
  readonly resetWhen: Conditions;
};
