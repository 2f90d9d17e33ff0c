import type { DestinationType } from '#destinations/destination.ts';
import { isObject } from '#domain/value.ts';
import type { SourceType } from '#sources/source.ts';
import type { Path } from './document.ts';
import { checkPart, type IssueContext } from './issues.ts';
import { suggestion } from './suggest.ts';

/** An entry of `sources:` or `destinations:`: a name, and one platform with its settings. */
export type PlatformEntry<Type> = {
  readonly name: string;
  readonly type: Type;
  readonly settings: unknown;
  readonly roomUrl: string | undefined;
  /** Names of the environment it needs and does not have. */
  readonly unset: readonly string[];
};

/** Reads the entries under `key`; problems go to `issues`. */
export function loadPlatforms<Type extends SourceType | DestinationType>(
  key: 'sources' | 'destinations',
  entries: readonly (readonly [string, unknown])[],
  types: readonly Type[],
  issues: IssueContext,
): readonly PlatformEntry<Type>[] {
  return entries.flatMap(([name, entry]) => {
    const path = [key, name];
    const type = platformOf(entry, path, types, issues);
    if (type === undefined || !isObject(entry)) return [];
    const texts = issues.tree.unset.filter((each) => each.path[0] === key && each.path[1] === name);
    const unset = [...new Set(texts.map((each) => each.name))];
    if (unset.length > 0) warnUnset(key, name, unset, issues);
    const given = entry[type.type];
    const shape = 'shape' in type.settings && isObject(type.settings.shape) ? type.settings.shape : {};
    const expected = { keys: Object.keys(shape) };
    const settings = checkPart(type.settings, given, [...path, type.type], expected, issues);
    const url = isObject(given) ? given['room_url'] : undefined;
    return [{ name, type, settings, roomUrl: typeof url === 'string' ? url : undefined, unset }];
  });
}

/** The one platform that an entry names, or undefined after saying what is wrong. */
function platformOf<Type extends SourceType | DestinationType>(
  entry: unknown,
  path: Path,
  types: readonly Type[],
  { report }: IssueContext,
): Type | undefined {
  const known = types.map(({ type }) => type);
  const [platform, second] = isObject(entry) ? Object.keys(entry) : [];
  if (platform === undefined) {
    const message = `a platform with its settings is missing here: one of ${known.join(', ')}`;
    report('value', path, 'unknown-platform', message);
    return undefined;
  }
  if (second !== undefined) {
    const message = `one platform is enough: make another entry for "${second}", with a name of its own`;
    report('key', [...path, second], 'unknown-platform', message);
    return undefined;
  }
  const type = types.find((each) => each.type === platform);
  if (type === undefined) {
    const message = `"${platform}" is not one of the platforms ${known.join(', ')}${suggestion(platform, known)}`;
    report('key', [...path, platform], 'unknown-platform', message);
  }
  return type;
}

function warnUnset(
  key: 'sources' | 'destinations',
  name: string,
  unset: readonly string[],
  { report }: IssueContext,
): void {
  const what = unset.map((each) => `\${${each}}`).join(' and ');
  const effect =
    key === 'sources'
      ? `POST /hooks/${name} answers 503 until then`
      : 'its messages are not sent until then and show in the preview';
  const message = `${what} ${unset.length === 1 ? 'is' : 'are'} not set in the environment (or .env): ${effect}`;
  report('key', [key, name], 'not-set', message, { severity: 'warning' });
}
