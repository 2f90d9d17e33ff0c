type Answer = { readonly kind: 'answer' };
type NoAnswer = { readonly kind: 'none'; readonly message: string; readonly exitCode: 1 | 2 };

export type ExplainOptions<Explained extends Answer> = {
  readonly ask: () => Promise<Explained | NoAnswer>;
  /** Prints it for people. */
  readonly draw: (explained: Explained) => void;
  readonly format: 'text' | 'json';
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
};

/** `callboard explain`: says what the rules make of an event, and why. Exit code 1 when it cannot be said, 2 for wrong use. */
export async function explain<Explained extends Answer>({
  ask,
  draw,
  format,
  write,
  complain,
}: ExplainOptions<Explained>): Promise<number> {
  const answer = await ask();
  if (answer.kind === 'none') {
    complain(`${answer.message}\n`);
    return answer.exitCode;
  }
  if (format === 'text') draw(answer);
  else {
    const { kind: _ofOurs, ...told } = answer;
    write(`${JSON.stringify(told, null, 2)}\n`);
  }
  return 0;
}
