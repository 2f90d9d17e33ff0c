/** A message in plain lines, nothing in it but visible text. */
export type Card = {
  /** Glyph, word and time. */
  readonly state: string;
  readonly title: string;
  readonly sentence: string;
  readonly facts: readonly string[];
  /** Paragraphs, and items of lists. */
  readonly body: readonly string[];
  readonly buttons: readonly { readonly label: string; readonly url: string }[];
};

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** A moment in this machine's zone, with Slack's words for its parts; days relative to `now`. */
export function dateText(seconds: number, format: string, now: Date): string {
  const at = new Date(seconds * 1000);
  const day = dayFormat.format(at);
  return format
    .replace('{time}', timeFormat.format(at))
    .replace('{date_short_pretty}', day === dayFormat.format(now) ? 'today' : day)
    .replace('{date_short}', day);
}
