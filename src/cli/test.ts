type Place = { readonly file: string; readonly line: number; readonly col: number };

type Disagreement = {
  readonly place: Place;
  readonly rule: string;
  readonly expected: string;
  readonly actual: string;
};

type Result = {
  readonly name: string;
  readonly place: Place;
  /** Rules that it asks about. */
  readonly rules: readonly string[];
  /** Empty when it holds. */
  readonly disagreements: readonly Disagreement[];
};

type NoAnswer = { readonly message: string; readonly exitCode: 1 | 2 };

export type TestOptions = {
  readonly rulesFile: string;
  /** The results of all tests, or why there are none. */
  readonly run: () => readonly Result[] | NoAnswer;
  /** What a failure says, in whole lines. */
  readonly describe: (result: Result) => string;
  /** Only what the tests say about these rules; about all where empty. */
  readonly rules: readonly string[];
  readonly format: 'text' | 'json';
  readonly paint: (style: 'green' | 'red', text: string) => string;
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
};

/** `callboard test`: runs the tests of the rules file. Exit code 1 when one does not hold or the file has errors, 2 for wrong use. */
export function test(options: TestOptions): number {
  const { run, rules, format, write, complain } = options;
  const found = run();
  if ('message' in found) {
    complain(`${found.message}\n`);
    return found.exitCode;
  }
  const results = rules.length === 0 ? found : found.flatMap((result) => about(result, rules));
  const failed = results.filter(({ disagreements }) => disagreements.length > 0).length;
  if (format === 'json') {
    const tests = results.map((result) => ({ ...result, holds: result.disagreements.length === 0 }));
    write(`${JSON.stringify({ tests, passed: results.length - failed, failed }, null, 2)}\n`);
  } else drawResults(results, failed, options);
  return failed > 0 ? 1 : 0;
}

/** What a test says about some rules; nothing where it asks about none of them. */
function about(result: Result, rules: readonly string[]): readonly Result[] {
  if (!result.rules.some((rule) => rules.includes(rule))) return [];
  return [{ ...result, disagreements: result.disagreements.filter(({ rule }) => rules.includes(rule)) }];
}

function drawResults(results: readonly Result[], failed: number, options: TestOptions): void {
  const { write, paint, describe } = options;
  for (const result of results) {
    const holds = result.disagreements.length === 0;
    write(`${holds ? paint('green', '✓') : paint('red', '✗')} ${result.name}\n`);
    if (!holds) write(`${describe(result).replaceAll(/^/gm, '  ')}\n`);
  }
  if (results.length > 0) write('\n');
  write(`${verdict(results.length, failed, options)}\n`);
}

function verdict(count: number, failed: number, { rulesFile, rules }: TestOptions): string {
  const where = rules.length === 0 ? rulesFile : `${rulesFile} about ${rules.join(', ')}`;
  if (count === 0) return `There are no tests in ${where}.`;
  if (failed > 0) return `${failed} of ${count} tests in ${where} ${failed === 1 ? 'does' : 'do'} not hold.`;
  return count === 1 ? `The only test in ${where} holds.` : `All ${count} tests in ${where} hold.`;
}
