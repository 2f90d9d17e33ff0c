import { durationText } from '#rules/duration.ts';
import type { Comparison } from './compare.ts';
import type { Found, RuleComparison, Shown } from './tally.ts';

export type ReportContext = {
  /** Zone in which times are shown. */
  readonly timezone: string;
  readonly since: Date;
  readonly until: Date;
};

/** What a comparison found, for people: a paragraph for each rule, and the total. Ends with a line break. */
export function formatComparison(comparison: Comparison, context: ReportContext): string {
  const time = timeWriter(context.timezone);
  const paragraphs = comparison.rules.map((rule) => describeRule(rule, time).join('\n'));
  return `${[...paragraphs, verdict(comparison, context)].join('\n\n')}\n`;
}

/** The same for programs. */
export function comparisonJson(comparison: Comparison, { since, until }: ReportContext): string {
  const span = { since: since.toISOString(), until: until.toISOString() };
  return `${JSON.stringify({ ...span, ...comparison }, null, 2)}\n`;
}

/** Whether any message would be another one. */
export function isDifferent({ total }: Comparison): boolean {
  return total.added + total.removed + total.changed > 0;
}

type Time = (at: string) => string;

function timeWriter(timeZone: string): Time {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => format.format(Date.parse(at)).replace(',', '');
}

function describeRule(rule: RuleComparison, time: Time): readonly string[] {
  return [
    heading(rule),
    ...found('+', 'added', rule.added, time),
    ...found('-', 'removed', rule.removed, time),
    ...Object.entries(rule.changes).flatMap(([kind, each]) => found('~', changeWords(kind), each, time)),
  ];
}

function heading({ rule, was, status, before, after }: RuleComparison): string {
  const name = was === undefined ? rule : `${rule} (was ${was})`;
  if (status === 'new') return `${name}: new, ${messages(after)}`;
  if (status === 'gone') return `${name}: not there any more or switched off, ${messages(before)} before`;
  return before === after ? `${name}: ${messages(after)}` : `${name}: ${messages(before)} → ${after}`;
}

function changeWords(kind: string): string {
  return kind === 'quiet hours'
    ? 'changed by quiet hours'
    : `with another ${kind}`.replace(/ words$/, ' text');
}

function found(mark: string, what: string, { count, examples }: Found, time: Time): readonly string[] {
  if (count === 0) return [];
  const lines = examples.flatMap(({ room, before, after }) => {
    const where = room === undefined ? '' : ` · ${room}`;
    if (before === undefined || after === undefined)
      return [before, after].flatMap((each) => (each ? [`      ${said(each, time)}${where}`] : []));
    return [`    - ${said(before, time)}${where}`, `    + ${said(after, time)}${where}`];
  });
  const more = count > examples.length ? [`      and ${count - examples.length} more`] : [];
  return [`  ${mark} ${count} ${what}`, ...lines, ...more];
}

function said({ at, to, line, heldUntil }: Shown, time: Time): string {
  const held = heldUntil === undefined ? '' : `, held until ${time(heldUntil)}`;
  return `${time(at)}${held} · to ${to} · ${line}`;
}

function verdict({ events, total }: Comparison, { since, until }: ReportContext): string {
  const span = durationText(until.getTime() - since.getTime());
  const seen = `${count(events, 'event')} of the last ${span}`;
  const { before, after, added, removed, changed } = total;
  if (added + removed + changed === 0) return `No difference: ${seen}, ${messages(after)} either way.`;
  return `${seen}: ${added} added, ${removed} removed, ${changed} changed; ${messages(before)} before, ${after} after.`;
}

function messages(number: number): string {
  return count(number, 'message');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
