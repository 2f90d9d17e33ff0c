import type { z } from 'zod';
import type { ConfiguredDestination } from '#destinations/configured.ts';
import { destinationTypes } from '#destinations/index.ts';
import type { EventType } from '#domain/catalogue.ts';
import { isObject } from '#domain/value.ts';
import { sourceTypes } from '#sources/index.ts';
import { checkCards } from './cards.ts';
import { type Diagnostic, type Place, sortDiagnostics } from './diagnostic.ts';
import { type Lookup, type Path, readTree, type Tree } from './document.ts';
import { checkPart, type IssueContext, noValue, type Report, reportKey } from './issues.ts';
import type { LintInput } from './lint/input.ts';
import { lint } from './lint/lint.ts';
import { createMatcher } from './matcher.ts';
import { NamedList } from './named-list.ts';
import { loadPlatforms } from './platforms.ts';
import { loadWindows } from './quiet.ts';
import { loadRule, type RuleContext, resetTypes } from './rule.ts';
import type { Rule, Rulebook, SourceEntry } from './rulebook.ts';
import { isScalar, type Scalar } from './scalar.ts';
import { fileParts, nameText, withoutEffect } from './schema.ts';
import { findSecrets } from './secrets.ts';
import { suggestion } from './suggest.ts';
import type { Templates } from './templates.ts';
import { loadTest } from './test-cases.ts';

/** A rulebook when there is no error; all diagnostics in the order of the file either way. */
export type Loaded = { readonly rulebook?: Rulebook; readonly diagnostics: readonly Diagnostic[] };

export type LoadInput = {
  readonly text: string;
  /** Shown in messages. */
  readonly file: string;
  readonly environment: Lookup;
  readonly templates: Templates;
};

/** Reads rules.yaml. Finds everything that is wrong in one go; pure, so the same text gives the same rulebook. */
export function loadRules(input: LoadInput): Loaded {
  return new Loading(input).load();
}

/** More than these help nobody: they have one cause. */
const mostDiagnostics = 500;

function limited(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const next = diagnostics[mostDiagnostics];
  if (next === undefined) return diagnostics;
  const message = `and ${diagnostics.length - mostDiagnostics} more from here on`;
  const { fix: _ofAnother, ...place } = next;
  return [...diagnostics.slice(0, mostDiagnostics), { ...place, code: 'and-more', message }];
}

const secretInFile = 'this is a secret: put it into the environment (or .env) and write ${NAME} here';
const usualRetentionMs = 30 * 86_400_000;

class Loading {
  readonly #tree: Tree;
  readonly #templates: Templates;
  readonly #diagnostics: Diagnostic[];
  readonly #issues: IssueContext;

  constructor({ text, file, environment, templates }: LoadInput) {
    this.#tree = readTree(text, file, environment);
    this.#templates = templates;
    this.#diagnostics = [...this.#tree.diagnostics];
    this.#issues = { tree: this.#tree, report: this.#report };
  }

  load(): Loaded {
    const root = this.#tree.value;
    if (!isObject(root)) {
      if (this.#diagnostics.length === 0) {
        const message = 'the file must have lines like "key: value", beginning with version: 1';
        this.#report('value', [], 'wrong-type', message);
      }
      return { diagnostics: this.#diagnostics };
    }
    const rulebook = this.#rulebook(root);
    const diagnostics = limited(sortDiagnostics(this.#diagnostics));
    return this.#isBroken() ? { diagnostics } : { rulebook, diagnostics };
  }

  #isBroken(): boolean {
    return this.#diagnostics.some(({ severity }) => severity === 'error');
  }

  #rulebook(root: Record<string, unknown>): Rulebook {
    this.#topKeys(root);
    const issues = this.#issues;
    const lists = this.#lists(root);
    const timezone = this.#part(root, 'timezone', fileParts.timezone) ?? 'UTC';
    const command = this.#part(root, 'command', fileParts.command) ?? '/meet';
    const retentionMs = this.#part(root, 'retention', fileParts.retention) ?? usualRetentionMs;
    this.#part(root, 'version', fileParts.version);
    this.#part(root, 'admins', fileParts.admins);
    const sources: readonly SourceEntry[] = loadPlatforms(
      'sources',
      this.#named(root, 'sources'),
      sourceTypes,
      issues,
    );
    const destinations = loadPlatforms(
      'destinations',
      this.#named(root, 'destinations'),
      destinationTypes,
      issues,
    ).map(({ name, type, settings, unset }): ConfiguredDestination => ({ name, type, settings, unset }));
    const names = Object.keys(isObject(root['destinations']) ? root['destinations'] : {});
    const destination = (name: string, at: Path) => this.#destination(name, at, names);
    const notices = this.#part(root, 'notices', fileParts.notices);
    if (notices !== undefined) destination(notices, ['notices']);
    const windows = loadWindows(this.#named(root, 'quiet_hours'), timezone, issues);
    const context: RuleContext = {
      lists,
      timezone,
      windows,
      issues,
      destination,
      templates: this.#templates,
      diagnose: (diagnostic) => this.#diagnostics.push(diagnostic),
    };
    checkCards(this.#named(root, 'cards'), context);
    const placed = this.#rules(this.#part(root, 'rules', fileParts.rules) ?? [], context);
    const rules = placed.map(({ rule }) => rule);
    const ids = this.#ids(root);
    const tests = (this.#part(root, 'tests', fileParts.tests) ?? []).flatMap(
      (entry, index) => loadTest(entry, ['tests', index], { sources, rules: ids, issues, destination }) ?? [],
    );
    const secrets = findSecrets(root, this.#tree);
    for (const path of secrets.literal) this.#report('value', path, 'secret-in-file', secretInFile);
    this.#unsetElsewhere();
    const isBroken = () => this.#isBroken();
    lint({ root, rules: placed, sources, destinations, retentionMs, isBroken, ...context });
    return {
      timezone,
      command,
      retentionMs,
      notices,
      sources,
      destinations,
      rules,
      tests,
      secrets: secrets.values,
      byId: new Map(rules.map((rule) => [rule.id, rule])),
      matcher: createMatcher(rules),
      waitingFor: byType(rules, ({ wait }) => (wait?.kind === 'unless' ? wait.types : [])),
      resetBy: byType(rules, resetTypes),
    };
  }

  readonly #report: Report = (at, path, code, message, { severity = 'error', offset, fix } = {}) => {
    if (at === 'value' && this.#tree.isUnknown(path)) return;
    const place: Place = at === 'key' ? this.#tree.keyPlace(path) : this.#tree.place(path, offset);
    this.#diagnostics.push({ ...place, severity, code, message, ...(fix && { fix }) });
  };

  #topKeys(root: Record<string, unknown>): void {
    const known = Object.keys(fileParts);
    for (const key of Object.keys(root)) {
      if (!known.includes(key)) reportKey(key, [key], { keys: known }, this.#report);
    }
    for (const key of withoutEffect.file) {
      if (root[key] === undefined) continue;
      const message = `"${key}" has no effect in this version yet`;
      this.#report('key', [key], 'no-effect-yet', message, { severity: 'warning' });
    }
    if (!Object.hasOwn(root, 'version')) {
      this.#report('value', [], 'missing-key', 'the line "version: 1" is missing');
    }
  }

  #part<Schema extends z.ZodType>(
    root: Record<string, unknown>,
    key: keyof typeof fileParts,
    schema: Schema,
  ): z.output<Schema> | undefined {
    if (!Object.hasOwn(root, key)) return undefined;
    return checkPart(schema, root[key], [key], { keys: [] }, this.#issues);
  }

  /** Named entries, each with its name checked; a bad name does not keep the entry from being checked. */
  #named(
    root: Record<string, unknown>,
    key: 'sources' | 'destinations' | 'lists' | 'quiet_hours' | 'cards',
  ): [string, unknown][] {
    const entries = Object.entries(this.#part(root, key, fileParts[key]) ?? {});
    for (const [name] of entries) {
      const { error } = nameText.safeParse(name);
      if (error) this.#report('key', [key, name], 'bad-name', error.issues[0]?.message ?? error.message);
    }
    return entries;
  }

  #lists(root: Record<string, unknown>): ReadonlyMap<string, NamedList> {
    return new Map(
      this.#named(root, 'lists').map(([name, list]) => {
        const listed: readonly unknown[] = Array.isArray(list) ? list : [];
        if (!Array.isArray(list)) {
          this.#report('value', ['lists', name], 'wrong-value', 'a list is needed here, like [ a, b ]');
        }
        const values = listed.filter((value, index): value is Scalar => {
          if (isScalar(value)) return true;
          const message = value === null ? noValue : 'a text, a number, or true or false is needed here';
          this.#report('value', ['lists', name, index], 'wrong-value', message);
          return false;
        });
        return [name, new NamedList(values)];
      }),
    );
  }

  #unsetElsewhere(): void {
    for (const { path, name } of this.#tree.unset) {
      if (path[0] === 'sources' || path[0] === 'destinations') continue;
      const message = `\${${name}} is not set in the environment (or .env)`;
      this.#diagnostics.push({ ...this.#tree.place(path), severity: 'error', code: 'not-set', message });
    }
  }

  #ids(root: Record<string, unknown>): readonly string[] {
    const listed: readonly unknown[] = Array.isArray(root['rules']) ? root['rules'] : [];
    return listed.flatMap((entry) =>
      isObject(entry) && typeof entry['id'] === 'string' ? [entry['id']] : [],
    );
  }

  #rules(list: readonly unknown[], context: RuleContext): LintInput['rules'] {
    const ids = new Set<string>();
    const renamed = new Set<string>();
    const stays = new Set<string>();
    for (const entry of list) {
      if (isObject(entry) && typeof entry['id'] === 'string' && entry['was'] === undefined)
        stays.add(entry['id']);
    }
    list.forEach((entry, index) => {
      const { id, was } = isObject(entry) ? entry : {};
      if (typeof id === 'string') {
        const message = `there is another rule called "${id}": every id is used once`;
        if (ids.has(id)) this.#report('value', ['rules', index, 'id'], 'duplicate-id', message);
        ids.add(id);
      }
      if (typeof was === 'string') {
        const message = `"${was}" stands in another rule too: what a rule remembers can only go to one`;
        if (renamed.has(was) || stays.has(was))
          this.#report('value', ['rules', index, 'was'], 'duplicate-id', message);
        renamed.add(was);
      }
    });
    return list.flatMap((entry, index) => {
      const path = ['rules', index];
      const rule = loadRule(entry, path, context);
      return rule === undefined ? [] : [{ rule, path }];
    });
  }

  #destination(name: string, path: Path, known: readonly string[]): void {
    if (known.includes(name)) return;
    const message = `there is no destination "${name}"${suggestion(name, known)}`;
    this.#report('value', path, 'unknown-destination', message);
  }
}

function byType(
  rules: readonly Rule[],
  typesOf: (rule: Rule) => readonly EventType[],
): ReadonlyMap<EventType, readonly Rule[]> {
  const found = new Map<EventType, Rule[]>();
  for (const rule of rules) {
    for (const type of new Set(typesOf(rule))) {
      const known = found.get(type);
      if (known === undefined) found.set(type, [rule]);
      else known.push(rule);
    }
  }
  return found;
}
