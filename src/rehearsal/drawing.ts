import { cut } from '#domain/text.ts';
import { type Screen, wrap } from '#runtime/screen.ts';
import type { Card } from './card.ts';

/** What stands around a card. */
export type Frame = {
  /** Columns left free before the box. */
  readonly indent: number;
  /** Where it goes. */
  readonly to: string;
  /** Why it is not sent. */
  readonly fate?: string | undefined;
  /** Shows the addresses of buttons, for terminals that cannot link. */
  readonly hasAddresses?: boolean;
};

const longestAddress = 60;

/** Draws a message as a box of text. */
export function drawCard(screen: Screen, card: Card, { indent, to, fate, hasAddresses }: Frame): void {
  const { print, paint, link, columns } = screen;
  const margin = ' '.repeat(indent);
  const lines = (text: string) => wrap(text, columns - indent - 2);
  const labels = card.buttons.map(({ label, url }) => link(paint('cyan', `[ ${label} ]`), url));
  const addresses = card.buttons.map(
    ({ url }, at) => `${labels[at]} ${paint('dim', cut(url, longestAddress))}`,
  );
  const buttons = hasAddresses === true ? addresses : [labels.join('  ')].filter((line) => line !== '');

  print(
    `${margin}${paint('dim', '┌')} to ${paint('bold', to)}${card.state === '' ? '' : ` · ${card.state}`}`,
  );
  const content = [
    ...heading(card, lines, paint),
    ...lines(card.facts.join(' · ')).map((line) => paint('dim', line)),
    ...card.body.flatMap(lines),
    ...buttons,
    ...(fate === undefined ? [] : [paint('red', fate)]),
  ];
  for (const line of content) print(`${margin}${paint('dim', '│')} ${line}`);
  print(`${margin}${paint('dim', '└')}`);
}

/** The title, and the sentence that notifications show; the sentence alone where it begins with the title. */
function heading(
  { title, sentence }: Card,
  lines: (text: string) => readonly string[],
  paint: Screen['paint'],
): readonly string[] {
  if (!sentence.startsWith(title)) {
    return [...lines(title).map((line) => paint('bold', line)), ...lines(sentence)];
  }
  const [first = '', ...others] = lines(sentence);
  return [`${paint('bold', first.slice(0, title.length))}${first.slice(title.length)}`, ...others];
}
