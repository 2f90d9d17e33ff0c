/** Replaces the secrets it knows by `[secret]` wherever they stand in a text. */
export class Redactor {
  #secrets: readonly string[] = [];

  /** Adds values to hide. Very short ones are left out: they would eat ordinary words. */
  add(secrets: Iterable<string>): void {
    const known = new Set(this.#secrets);
    for (const secret of secrets) {
      // A line of JSON holds the escaped form.
      for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) if (form.length >= 8) known.add(form);
    }
    this.#secrets = [...known].sort((one, other) => other.length - one.length);
  }

  clean(text: string): string {
    let result = text;
    for (const secret of this.#secrets) result = result.replaceAll(secret, '[secret]');
    return result;
  }
}
