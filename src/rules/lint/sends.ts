import { isObject } from '#domain/value.ts';
import type { Path } from '../document.ts';
import type { Report } from '../issues.ts';
import type { LintedRule } from './input.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Finds parts of a rule's sends that have no effect. */
export function lintSends({ path, entry }: LintedRule, root: Entry, report: Report): void {
  const { send } = entry;
  const listed: readonly unknown[] = Array.isArray(send) ? send : [send];
  listed.forEach((each, index) => {
    if (!isObject(each)) return;
    const at = [...path, 'send', ...(Array.isArray(send) ? [index] : [])];
    lintMention(each, at, root, report);
    if (each['also_in_channel'] !== true || each['thread'] !== undefined) return;
    const message =
      'without "thread" the message is in the channel anyway: remove this, or add "thread: meeting"';
    report('key', [...at, 'also_in_channel'], 'needs-thread', message, { severity: 'warning' });
  });
}

function lintMention(send: Entry, path: Path, root: Entry, report: Report): void {
  const { to, mention } = send;
  if (!isObject(mention)) return;
  const names: readonly unknown[] = Array.isArray(to) ? to : [to];
  const platforms = names.map((name) => platformOf(name, root));
  // On a destination that pings nobody, such as the preview, a mention is only shown.
  if (platforms.some((each) => each === undefined || !pinging.includes(each))) return;
  for (const platform of Object.keys(mention)) {
    if (!pinging.includes(platform) || platforms.includes(platform)) continue;
    const message = `this pings nobody: none of the destinations of this message is on ${platform}`;
    report('key', [...path, 'mention', platform], 'mention-elsewhere', message, { severity: 'warning' });
  }
}

const pinging = ['slack', 'discord'];

function platformOf(name: unknown, { destinations }: Entry): string | undefined {
  if (typeof name !== 'string' || !isObject(destinations) || !Object.hasOwn(destinations, name))
    return undefined;
  const entry = destinations[name];
  return isObject(entry) ? Object.keys(entry)[0] : undefined;
}
