import type { DiscordMessage } from '#destinations/discord-format.ts';
import { oneLine } from '#domain/text.ts';
import { type Card, dateText } from './card.ts';

/** Reads a message from what Discord would get. Times are shown in this machine's zone, days relative to `now`. */
export function discordCard({ content, embeds, components }: DiscordMessage, now: Date): Card {
  const [embed] = embeds;
  const lines = (text: string) =>
    text
      .split('\n')
      .map((line) => shown(line, now))
      .filter((line) => line !== '');
  // The last part of the footer only tells the program which delivery this was.
  const footer = embed === undefined ? [] : embed.footer.text.split(' · ').slice(0, -1);
  const at =
    embed?.timestamp === undefined ? [] : [dateText(Date.parse(embed.timestamp) / 1000, pretty, now)];
  return {
    state: [...footer, ...at].join(' · '),
    title: shown(embed?.title ?? '', now),
    sentence: shown(content, now),
    facts: (embed?.fields ?? []).map(({ name, value }) => `${shown(name, now)}: ${shown(value, now)}`),
    body: lines(embed?.description ?? ''),
    buttons: components.flatMap((row) => row.components.map(({ label, url }) => ({ label, url }))),
  };
}

const pretty = '{date_short_pretty} at {time}';
const formats: Readonly<Record<string, string>> = {
  t: '{time}',
  T: '{time}',
  d: '{date_short}',
  D: '{date_short}',
};

/** Discord's Markdown as a reader sees it. */
function shown(text: string, now: Date): string {
  const kept: string[] = [];
  // Nothing that is shown holds a private mark.
  const keep = (piece: string) => `\ue000${kept.push(piece) - 1}\ue000`;
  const plain = text
    .replaceAll('\ue000', '')
    .replaceAll(/\\([!-/:-@[-`{-~])/g, (_escaped, mark: string) => keep(mark))
    .replaceAll(/<t:(\d+)(?::(\w))?>/g, (_token, seconds: string, style = '') =>
      keep(dateText(Number(seconds), formats[style] ?? pretty, now)),
    )
    .replaceAll(/<@[&!]?(\d+)>/g, '@$1')
    .replaceAll(/\[([^\]]*)\]\(<?[^)]*>?\)/g, '$1')
    .replaceAll(/^- /g, '• ')
    .replaceAll(/\*\*|~~|[*_`]/g, '')
    .replaceAll(/\ue000(\d+)\ue000/g, (_mark, index: string) => kept[Number(index)] ?? '');
  return oneLine(plain);
}
