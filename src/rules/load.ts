import type { z } from 'zod';
import type { ConfiguredDestination } from '#destinations/configured.ts';
import type { DestinationType } from '#destinations/destination.ts';
import { destinationTypes } from '#destinations/index.ts';
import { isObject } from '#domain/value.ts';
import { sourceTypes } from '#sources/index.ts';
import type { SourceType } from '#sources/source.ts';
import { type Diagnostic, type Place, sortDiagnostics } from './diagnostic.ts';
import { type Lookup, type Path, readTree, type Tree } from './document.ts';
import { checkPart, type IssueContext, noValue, type Report, reportKey } from './issues.ts';
import { createMatcher } from './matcher.ts';
import { isScalar, type Scalar } from './operators.ts';
import { loadRule, type Templates } from './rule.ts';
import type { Rule, Rulebook, SourceEntry } from './rulebook.ts';
import { fileParts, nameText, notYet } from './schema.ts';
import { findSecrets } from './secrets.ts';
import { suggestion } from './suggest.ts';

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
  return [...diagnostics.slice(0, mostDiagnostics), { ...next, code: 'and-more', message }];
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
    this.#topKeys(root);
    const lists = this.#lists(root);
    const timezone = this.#part(root, 'timezone', fileParts.timezone) ?? 'UTC';
    const command = this.#part(root, 'command', fileParts.command) ?? '/meet';
    this.#part(root, 'version', fileParts.version);
    const sources = this.#entries(root, 'sources', sourceTypes).map(
      ({ roomUrl, ...entry }): SourceEntry => ({ ...entry, roomUrl }),
    );
    const destinations = this.#entries(root, 'destinations', destinationTypes).map(
      ({ name, type, settings, unset }): ConfiguredDestination => ({ name, type, settings, unset }),
    );
    const names = Object.keys(isObject(root['destinations']) ? root['destinations'] : {});
    const notices = this.#part(root, 'notices', fileParts.notices);
    if (notices !== undefined) this.#destination(notices, ['notices'], names);
    const rules = this.#rules(this.#part(root, 'rules', fileParts.rules) ?? [], lists, names);
    const secrets = findSecrets(root, this.#tree);
    for (const path of secrets.literal) this.#report('value', path, 'secret-in-file', secretInFile);
    this.#unsetElsewhere();
    const diagnostics = limited(sortDiagnostics(this.#diagnostics));
    if (this.#diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics };
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
    if (at === 'value' && this.#tree.isUnknown(path)) return;
    const place: Place = at === 'key' ? this.#tree.keyPlace(path) : this.#tree.place(path);
    this.#diagnostics.push({ ...place, severity, code, message });
  };

  #topKeys(root: Record<string, unknown>): void {
    const known = Object.keys(fileParts);
    for (const key of Object.keys(root)) {
      if (!known.includes(key)) reportKey(key, [key], { keys: known, notYet: notYet.file }, this.#report);
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
  #named(root: Record<string, unknown>, key: 'sources' | 'destinations' | 'lists'): [string, unknown][] {
    const entries = Object.entries(this.#part(root, key, fileParts[key]) ?? {});
    for (const [name] of entries) {
      const { error } = nameText.safeParse(name);
      if (error) this.#report('key', [key, name], 'bad-name', error.issues[0]?.message ?? error.message);
    }
    return entries;
  }

  #lists(root: Record<string, unknown>): ReadonlyMap<string, readonly Scalar[]> {
    return new Map(
      this.#named(root, 'lists').map(([name, list]) => {
        const listed: readonly unknown[] = Array.isArray(list) ? list : [];
        if (!Array.isArray(list)) {
          this.#report('value', ['lists', name], 'wrong-value', 'a list is needed here, like [ a, b ]');
        }
        return [
          name,
          listed.filter((value, index): value is Scalar => {
            if (isScalar(value)) return true;
            const message = value === null ? noValue : 'a text, a number, or true or false is needed here';
            this.#report('value', ['lists', name, index], 'wrong-value', message);
            return false;
          }),
        ];
      }),
    );
  }

  /** Entries of `sources:` or `destinations:`: each a name and one platform with its settings. */
  #entries<Type extends SourceType | DestinationType>(
    root: Record<string, unknown>,
    key: 'sources' | 'destinations',
    types: readonly Type[],
  ): { name: string; type: Type; settings: unknown; roomUrl: string | undefined; unset: string[] }[] {
    return this.#named(root, key).flatMap(([name, entry]) => {
      const path = [key, name];
      const type = this.#platform(entry, path, types);
      if (type === undefined || !isObject(entry)) return [];
      const texts = this.#tree.unset.filter((each) => each.path[0] === key && each.path[1] === name);
      const unset = [...new Set(texts.map((each) => each.name))];
      if (unset.length > 0) this.#warnUnset(key, name, unset);
      const given = entry[type.type];
      const shape = 'shape' in type.settings && isObject(type.settings.shape) ? type.settings.shape : {};
      const expected = { keys: Object.keys(shape), notYet: notYet[key] };
      const settings = checkPart(type.settings, given, [...path, type.type], expected, this.#issues);
      const url = isObject(given) ? given['room_url'] : undefined;
      return [{ name, type, settings, roomUrl: typeof url === 'string' ? url : undefined, unset }];
    });
  }

  /** The one platform that an entry names, or undefined after saying what is wrong. */
  #platform<Type extends SourceType | DestinationType>(
    entry: unknown,
    path: Path,
    types: readonly Type[],
  ): Type | undefined {
    const known = types.map(({ type }) => type);
    const choice = `one of ${known.join(', ')}`;
    const platforms = isObject(entry) ? Object.keys(entry) : [];
    const [platform, second] = platforms;
    if (platform === undefined) {
      const message = `a platform with its settings is missing here: ${choice}`;
      this.#report('value', path, 'unknown-platform', message);
      return undefined;
    }
    if (second !== undefined) {
      const message = `one platform is enough: make another entry for "${second}", with a name of its own`;
      this.#report('key', [...path, second], 'unknown-platform', message);
      return undefined;
    }
    const type = types.find((each) => each.type === platform);
    if (type === undefined) {
      const message = `"${platform}" is not one of the platforms ${known.join(', ')}${suggestion(platform, known)}`;
      this.#report('key', [...path, platform], 'unknown-platform', message);
    }
    return type;
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
      `${what} ${unset.length === 1 ? 'is' : 'are'} not set in the environment (or .env): ${effect}`,
      'warning',
    );
  }

  #unsetElsewhere(): void {
    for (const { path, name } of this.#tree.unset) {
      if (path[0] === 'sources' || path[0] === 'destinations') continue;
      const message = `\${${name}} is not set in the environment (or .env)`;
      this.#diagnostics.push({ ...this.#tree.place(path), severity: 'error', code: 'not-set', message });
    }
  }

  #rules(
    list: readonly unknown[],
    lists: ReadonlyMap<string, readonly Scalar[]>,
    destinations: readonly string[],
  ): readonly Rule[] {
    const ids = new Set<string>();
    return list.flatMap((entry, index) => {
      const path: Path = ['rules', index];
      const id = isObject(entry) && typeof entry['id'] === 'string' ? entry['id'] : undefined;
      if (id !== undefined && ids.has(id))
        this.#report(
          'value',
          [...path, 'id'],
          'duplicate-id',
          `there is another rule called "${id}": every id is used once`,
        );
      if (id !== undefined) ids.add(id);
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
