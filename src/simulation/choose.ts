import type { ConfiguredSource } from '#sources/configured.ts';
import { platforms } from './index.ts';
import type { Maker, Platform } from './platform.ts';
import { WrongUse } from './wrong-use.ts';

/** Finds the known word that is nearest to a misspelt one. */
export type Nearest = (word: string, known: readonly string[]) => string | undefined;

function didYouMean(word: string, known: readonly string[], nearest: Nearest): string {
  const best = nearest(word, known);
  return best === undefined ? '' : `; did you mean "${best}"?`;
}

/** The source of that name, else the only one of that type. Throws WrongUse. */
export function chooseSource(
  word: string,
  sources: readonly ConfiguredSource[],
  nearest: Nearest,
): ConfiguredSource {
  const named = sources.find(({ name }) => name === word);
  if (named !== undefined) return named;
  const listed = sources.map(({ name, type }) => `${name} (${type.type})`).join(', ');
  const configured = listed === '' ? 'it configures no source' : `it configures ${listed}`;
  const [only, ...others] = sources.filter(({ type }) => type.type === word);
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    const names = [only, ...others].map(({ name }) => name).join(', ');
    throw new WrongUse(`there are several sources of the type ${word}; say which: ${names}`);
  }
  if (platforms.some(({ type }) => type === word))
    throw new WrongUse(`rules.yaml has no source of the type ${word}; ${configured}`);
  const known = [...sources.map(({ name }) => name), ...platforms.map(({ type }) => type)];
  throw new WrongUse(`rules.yaml has no source "${word}"${didYouMean(word, known, nearest)} (${configured})`);
}

/** The platform of that type. Throws WrongUse where none can be simulated. */
export function platformOf(type: string, nearest: Nearest): Platform {
  const platform = platforms.find((each) => each.type === type);
  if (platform !== undefined) return platform;
  const types = platforms.map((each) => each.type);
  throw new WrongUse(
    `"${type}" cannot be simulated${didYouMean(type, types, nearest)} (known: ${types.join(', ')})`,
  );
}

/** The maker of that event. Throws WrongUse. */
export function chooseMaker(event: string, { type, events }: Platform, nearest: Nearest): Maker {
  const maker = events.get(event);
  if (maker !== undefined) return maker;
  throw new WrongUse(
    `${type} has no event "${event}"${didYouMean(event, [...events.keys()], nearest)}\nAll of them: npx callboard simulate ${type} --list`,
  );
}
