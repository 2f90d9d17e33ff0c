type Answer<Picture> = { readonly kind: 'answer'; readonly pictures: readonly Picture[] };
type NoAnswer = { readonly kind: 'none'; readonly message: string; readonly exitCode: 1 | 2 };

export type RenderOptions<Picture extends { readonly about: string; readonly json: unknown }> = {
  readonly ask: () => Answer<Picture> | NoAnswer;
  /** Prints a message as a reader sees it. */
  readonly draw: (picture: Picture) => void;
  /** Prints what the platform gets instead, one JSON text after another. */
  readonly isJson: boolean;
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
};

/** `callboard render`: shows the messages of a rule. Exit code 1 when there is none, 2 for wrong use. */
export function render<Picture extends { readonly about: string; readonly json: unknown }>({
  ask,
  draw,
  isJson,
  write,
  complain,
}: RenderOptions<Picture>): number {
  const answer = ask();
  if (answer.kind === 'none') {
    complain(`${answer.message}\n`);
    return answer.exitCode;
  }
  let told: string | undefined;
  for (const picture of answer.pictures) {
    if (isJson) {
      write(`${JSON.stringify(picture.json, null, 2)}\n`);
      continue;
    }
    // Messages of one event stand below one line.
    if (picture.about !== told) write(`${told === undefined ? '' : '\n'}${picture.about}\n`);
    told = picture.about;
    draw(picture);
  }
  return 0;
}
