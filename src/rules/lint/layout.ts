import type { ConfiguredDestination } from '#destinations/configured.ts';
import type { LintedRule, LintInput } from './input.ts';

/** Finds templates with more parts than a platform shows. Each template is told once for each platform. */
export class Layouts {
  readonly #destinations: ReadonlyMap<string, ConfiguredDestination>;
  readonly #input: LintInput;
  readonly #told = new Set<string>();

  constructor(input: LintInput) {
    this.#input = input;
    this.#destinations = new Map(input.destinations.map((each) => [each.name, each]));
  }

  lint({ rule }: LintedRule): void {
    for (const { template, to } of rule.sends) {
      if (template === undefined) continue;
      for (const name of to) this.#check(template, name);
    }
  }

  #check(template: string, destination: string): void {
    const type = this.#destinations.get(destination)?.type;
    const described = this.#input.templates.describe(template);
    if (type?.shows === undefined || described === undefined) return;
    for (const part of ['fields', 'buttons'] as const) {
      const [has, shows] = [described[part], type.shows[part]];
      const key = `${template} ${type.type} ${part}`;
      if (has <= shows || this.#told.has(key)) continue;
      this.#told.add(key);
      const message = `${type.type} shows ${shows} ${part} of a message at most, and this template has ${has}: the last are left out`;
      const place = { file: described.path, line: 1, col: 1 };
      this.#input.diagnose({ ...place, severity: 'warning', code: 'too-many-parts', message });
    }
  }
}
