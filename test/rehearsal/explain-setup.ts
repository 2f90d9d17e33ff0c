import type { Happening } from './rehearse-setup.ts';

export { accepted, type Happening, staged } from './rehearse-setup.ts';

/** Guests who join, each this many seconds after the start. */
export function joinsOf(...seconds: readonly number[]): readonly Happening[] {
  return seconds.map(
    (each, index): Happening => [`${each}s`, 'participant.joined', { who: `guest${index}` }],
  );
}
