export type CheckOptions<
  Finding extends { readonly severity: 'error' | 'warning' },
  Format extends string,
> = {
  readonly rulesFile: string;
  /** The problems found, errors and warnings, in the order of the file. */
  readonly read: () => readonly Finding[];
  /** Writes the findings in a format, as whole lines. */
  readonly report: (findings: readonly Finding[], format: Format) => string;
  /** `text` is for people: a last line says whether the file can be used. */
  readonly format: Format;
  /** Takes warnings for errors. */
  readonly isStrict: boolean;
  readonly write: (text: string) => void;
};

/** `callboard check`: says what is wrong with the rules and templates. Exit code 1 when there is an error. */
export function check<Finding extends { readonly severity: 'error' | 'warning' }, Format extends string>({
  rulesFile,
  read,
  report,
  format,
  isStrict,
  write,
}: CheckOptions<Finding, Format>): number {
  const found = read();
  const findings = isStrict ? found.map((each) => ({ ...each, severity: 'error' as const })) : found;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  write(report(findings, format));
  if (format === 'text') write(`${verdict(rulesFile, errors, findings.length - errors)}\n`);
  return errors > 0 ? 1 : 0;
}

function verdict(rulesFile: string, errors: number, warnings: number): string {
  if (errors > 0)
    return `${rulesFile} cannot be used: ${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  return warnings > 0
    ? `${rulesFile} can be used, with ${count(warnings, 'warning')}`
    : `${rulesFile} is fine`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
