export type SchemaOptions = {
  readonly schema: () => unknown;
  readonly write: (text: string) => void;
};

/** `callboard schema`: prints the JSON Schema of rules.yaml, which editors use for help while writing. Exit code 0. */
export function schema({ schema: make, write }: SchemaOptions): number {
  write(`${JSON.stringify(make(), null, 2)}\n`);
  return 0;
}
