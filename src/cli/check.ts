/** What checking needs: the problems found, errors and warnings, as lines. */
type Finding = {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
};

export type CheckOptions = {
  readonly rulesFile: string;
  readonly read: () => readonly Finding[];
  readonly describe: (finding: Finding) => string;
  readonly format: 'text' | 'json';
  readonly write: (text: string) => void;
};

/** `callboard check`: says what is wrong with the rules and templates. Exit code 1 when there is an error. */
export function check({ rulesFile, read, describe, format, write }: CheckOptions): number {
  const findings = read();
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (format === 'json') write(`${JSON.stringify(findings, null, 2)}\n`);
  else {
    for (const finding of findings) write(`${describe(finding)}\n`);
    write(`${verdict(rulesFile, errors, findings.length - errors)}\n`);
  }
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
