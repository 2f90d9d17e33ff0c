import type { ConfiguredDestination } from '#destinations/configured.ts';
import type { DestinationType } from '#destinations/destination.ts';
import { destinationTypes } from '#destinations/index.ts';
import { isObject } from '#domain/value.ts';
import { sourceTypes } from '#sources/index.ts';
import type { SourceType } from '#sources/source.ts';
import { type Diagnostic, type Place, sortDiagnostics } from './diagnostic.ts';
import { type Lookup, type Path, readTree, type Tree } from './document.ts';
import { type IssueContext, reportIssues } from './issues.ts';
import { createMatcher } from './matcher.ts';
import type { Scalar } from './operators.ts';
import { loadRule, type Templates } from './rule.ts';
import type { Rule, Rulebook, SourceEntry } from './rulebook.ts';
import { fileParts, notYet } from './schema.ts';
import { findSecrets } from './secrets.ts';
import { suggestion } from './suggest.ts';
import type { Report } from './where.ts';

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

const secretInFile = 'this is a secret: put it into the environment (or .env) and write ${NAME} here';

class Loading {
  readonly #tree: Tree;
  readonly #templates: Templates;
  readonly #diagnostics: Diagnostic[];
  readonly #issues: IssueContext;

  constructor({ text, file, environment, templates }: LoadInput) {
    this.#tree = readTree(text, file, environment);
    this.#templates = templates;
    this.#diagnostics = [...this.#tree.diagnostics];
    const unset = new Set(this.#tree.unset.map(({ path }) => path.join('\u0000')));
    this.#issues = {
      tree: this.#tree,
      report: this.#report,
      isIgnored: (path) => unset.has(path.join('\u0000')),
    };
  }

  load(): Loaded {
    const root = this.#tree.value;
    if (!isObject(root)) {
      if (this.#diagnostics.length === 0)
        this.#report(
          'value',
          [],
          'wrong-type',
          'the file must be a map of "key: value" lines, beginning with version: 1',
        );
      return { diagnostics: this.#diagnostics };
    }
    this.#topKeys(root);
    const lists = new Map(Object.entries(this.#part(root, 'lists') ?? {}));
    const timezone = this.#part(root, 'timezone') ?? 'UTC';
    const command = this.#part(root, 'command') ?? '/meet';
    this.#part(root, 'version');
    const sources = this.#entries(root, 'sources', sourceTypes).map(
      ({ roomUrl, ...entry }): SourceEntry => ({ ...entry, roomUrl }),
    );
    const destinations = this.#entries(root, 'destinations', destinationTypes).map(
      ({ name, type, settings, unset }): ConfiguredDestination => ({ name, type, settings, unset }),
    );
    const names = Object.keys(isObject(root['destinations']) ? root['destinations'] : {});
    const notices = this.#part(root, 'notices');
    if (notices !== undefined) this.#destination(notices, ['notices'], names);
    const rules = this.#rules(this.#part(root, 'rules') ?? [], lists, names);
    const secrets = findSecrets(root, this.#tree);
    for (const path of secrets.literal) this.#report('value', path, 'secret-in-file', secretInFile);
    this.#unsetElsewhere();
    const diagnostics = sortDiagnostics(this.#diagnostics);
    if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics };
    return {
      rulebook: {
        timezone,
        command,
        notices,
        sources,
        destinations,
        rules,
        secrets: secrets.values,
        matcher: createMatcher(rules),
      },
      diagnostics,
    };
  }

  readonly #report: Report = (at, path, code, message, severity = 'error') => {
    const place: Place = at === 'key' ? this.#tree.keyPlace(path) : this.#tree.place(path);
    this.#diagnostics.push({ ...place, severity, code, message });
  };

  #topKeys(root: Record<string, unknown>): void {
    const known = Object.keys(fileParts);
    for (const key of Object.keys(root)) {
      if (known.includes(key)) continue;
      if (notYet.file.includes(key)) this.#report('key', [key], 'not-yet', `"${key}" is not available yet`);
      else
        this.#report(
          'key',
          [key],
          'unknown-key',
          `unknown key "${key}"${suggestion(key, [...known, ...notYet.file])}`,
        );
    }
    if (!Object.hasOwn(root, 'version')) this.#report('value', [], 'missing-key', '"version: 1" is missing');
  }

  #part<Key extends keyof typeof fileParts>(
    root: Record<string, unknown>,
    key: Key,
  ): ReturnType<(typeof fileParts)[Key]['parse']> | undefined {
    if (!Object.hasOwn(root, key)) return undefined;
    const result = fileParts[key].safeParse(root[key]);
    if (result.success) return result.data as ReturnType<(typeof fileParts)[Key]['parse']>;
    reportIssues(result.error.issues, [key], { keys: [] }, this.#issues);
    return undefined;
  }

  /** Entries of `sources:` or `destinations:`: each a name and one platform with its settings. */
  #entries<Type extends SourceType | DestinationType>(
    root: Record<string, unknown>,
    key: 'sources' | 'destinations',
    types: readonly Type[],
  ): { name: string; type: Type; settings: unknown; roomUrl: string | undefined; unset: string[] }[] {
    const known = types.map(({ type }) => type);
    return Object.entries(this.#part(root, key) ?? {}).flatMap(([name, entry]) => {
      const path = [key, name];
      const unset = [
        ...new Set(
          this.#tree.unset
            .filter((each) => each.path[0] === key && each.path[1] === name)
            .map((each) => each.name),
        ),
      ];
      const platforms = isObject(entry) ? Object.keys(entry) : [];
      const [platform] = platforms;
      const type = types.find((each) => each.type === platform);
      if (!isObject(entry) || platform === undefined || platforms.length > 1 || type === undefined) {
        const hint = platform !== undefined && type === undefined ? suggestion(platform, known) : '';
        const wanted = `one of ${known.join(', ')} with its settings is needed here${hint}`;
        this.#report(
          platform === undefined || platforms.length > 1 ? 'value' : 'key',
          platform === undefined ? path : [...path, platform],
          'unknown-platform',
          wanted,
        );
        return [];
      }
      if (unset.length > 0) this.#warnUnset(key, name, unset);
      const settings = entry[platform];
      const result = type.settings.safeParse(settings);
      if (!result.success) {
        const shape =
          'shape' in type.settings && isObject(type.settings.shape) ? Object.keys(type.settings.shape) : [];
        reportIssues(result.error.issues, [...path, platform], { keys: shape }, this.#issues);
      }
      const roomUrl =
        isObject(settings) && typeof settings['room_url'] === 'string' ? settings['room_url'] : undefined;
      return [{ name, type, settings: result.data, roomUrl, unset }];
    });
  }

  #warnUnset(key: 'sources' | 'destinations', name: string, unset: readonly string[]): void {
    const what = unset.map((each) => `\${${each}}`).join(' and ');
    const effect =
      key === 'sources'
        ? `POST /hooks/${name} answers 503 until then`
        : 'its messages are not sent until then and show in the preview';
    this.#report(
      'key',
      [key, name],
      'not-set',
      `${what} ${unset.length === 1 ? 'is' : 'are'} not set in the environment: ${effect}`,
      'warning',
    );
  }

  #unsetElsewhere(): void {
    for (const { path, name } of this.#tree.unset) {
      if (path[0] === 'sources' || path[0] === 'destinations') continue;
      this.#report('value', path, 'not-set', `\${${name}} is not set in the environment`);
    }
  }

  #rules(
    list: readonly unknown[],
    lists: ReadonlyMap<string, readonly Scalar[]>,
    destinations: readonly string[],
  ): readonly Rule[] {
    const ids = new Map<string, number>();
    return list.flatMap((entry, index) => {
      const path: Path = ['rules', index];
      const id = isObject(entry) && typeof entry['id'] === 'string' ? entry['id'] : undefined;
      if (id !== undefined && ids.has(id))
        this.#report('value', [...path, 'id'], 'duplicate-id', `there is another rule with the id "${id}"`);
      if (id !== undefined) ids.set(id, index);
      const rule = loadRule(entry, path, {
        lists,
        templates: this.#templates,
        issues: this.#issues,
        destination: (name, at) => this.#destination(name, at, destinations),
        diagnose: (diagnostic) => this.#diagnostics.push(diagnostic),
      });
      return rule === undefined ? [] : [rule];
    });
  }

  #destination(name: string, path: Path, known: readonly string[]): void {
    if (known.includes(name)) return;
    this.#report(
      'value',
      path,
      'unknown-destination',
      `there is no destination "${name}"${suggestion(name, known)}`,
    );
  }
}
