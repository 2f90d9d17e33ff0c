import { cut, oneLine } from '#domain/text.ts';
import { type JsonObject, type Value } from '#domain/value.ts';
import type { Finding } from '#rules/where.ts';
import { type Screen, widthOf, wrap } from '#runtime/screen.ts';
import type { ExplainedDelivery, ExplainedRule, Explanation, Outcome, Verdict } from './explain.ts';
import type { Explained } from './questions.ts';
import type { Stage } from './told-stages.ts';

const verdicts: Readonly<Record<Verdict, string>> = {
  fires: 'sends',
  'conditions do not hold': 'sends nothing: not all of its conditions hold',
  'not asked': 'is not asked',
  'key missing': 'sends nothing: a field is missing that it needs',
  'already told': 'sends nothing: it has told this before',
  limit: 'sends nothing: its limit is reached',
  'quiet hours': 'sends nothing: quiet hours drop it',
  waits: 'waits',
  'already waiting': 'sends nothing: it waits for the same already',
  collected: 'collects this for a later message',
  'no longer true': 'sends nothing: its conditions do not hold any more',
  followed: 'sends nothing: what it waited for came',
  failed: 'sends nothing: it could not be decided',
};

type Mark = 'yes' | 'no' | 'later' | 'open';

const marks: Readonly<Record<Stage['state'], Mark>> = {
  passed: 'yes',
  stopped: 'no',
  waits: 'later',
  'not reached': 'open',
};

/** Prints what rules made of an event, for people. */
export function drawExplanation(screen: Screen, { explanation, kept }: Explained): void {
  drawEvent(screen, explanation);
  for (const rule of explanation.rules) drawRule(screen, rule, explanation);
  const { elsewhere, type } = explanation;
  if (elsewhere.length > 0) {
    const count = elsewhere.length === 1 ? '1 rule does' : `${elsewhere.length} rules do`;
    screen.print('');
    for (const line of wrap(`${count} not look at ${type}: ${elsewhere.join(', ')}`, screen.columns))
      screen.print(screen.paint('dim', line));
  }
  if (kept !== undefined) drawKept(screen, kept);
}

function drawEvent(
  { print, paint }: Screen,
  { type, about, at, timezone, earlier, isRepeat, ...event }: Explanation,
): void {
  const parts = Object.entries(about).map(([name, id]) => `${name} ${oneLine(id)}`);
  print([paint('bold', type), ...parts].join(' · '));
  const before =
    earlier === 0 ? 'the first event' : `after ${earlier} earlier ${earlier === 1 ? 'event' : 'events'}`;
  print(`event ${event.sequence}, ${at} in ${timezone}, ${before}`);
  if (isRepeat)
    print('The same news came before: it completes what is known of the meeting, and no rule is asked.');
}

function drawRule(screen: Screen, rule: ExplainedRule, { type, isRepeat }: Explanation): void {
  const { print, paint } = screen;
  const isWithout = rule.verdict === 'not asked' && !isRepeat;
  const says = isWithout ? `does not look at ${type}, only at ${rule.on.join(', ')}` : verdictText(rule);
  print('');
  print(`${markOf(screen, markOfVerdict(rule.verdict))} ${paint('bold', rule.rule)} ${says}`);
  const findings = rule.conditions.flatMap((finding) => linesOf(finding, 0));
  const column = Math.min(50, Math.max(0, ...findings.map(({ text, depth }) => widthOf(text) + depth * 2)));
  for (const { text, depth, held, saw } of findings) {
    const gap = ' '.repeat(Math.max(0, column - widthOf(text) - depth * 2));
    const value = saw === undefined ? '' : `${gap}   ${paint('dim', saw)}`;
    print(`    ${'  '.repeat(depth)}${markOf(screen, held ? 'yes' : 'no')} ${text}${value}`);
  }
  drawOutcome(screen, rule, '    ');
  for (const { since, reason } of rule.ended) print(`    its wait since event ${since} ends here: ${reason}`);
  if (rule.isFreed) print('    its once_per is free again, because reset_when holds');
  for (const later of rule.later) {
    print(
      `    ${paint('dim', `If nothing else happens, ${later.at}:`)} it ${verdictText({ ...later, isShadow: rule.isShadow })}`,
    );
    drawOutcome(
      screen,
      { ...later, stages: later.stages.filter(({ state }) => state !== 'passed') },
      '      ',
    );
  }
}

function verdictText({
  verdict,
  deliveries,
  isShadow,
}: Pick<ExplainedRule, 'verdict' | 'deliveries' | 'isShadow'>): string {
  if (verdict !== 'fires') return verdicts[verdict];
  if (isShadow) return 'would send, but is in the shadow';
  const isAll = (wanted: string) => deliveries.every(({ state }) => state === wanted);
  if (isAll('held')) return 'sends when quiet hours end';
  if (isAll('suppressed')) return verdicts['quiet hours'];
  return isAll('dead') ? 'fires, but its words cannot be made' : verdicts.fires;
}

function drawOutcome(
  screen: Screen,
  { stages, deliveries }: Pick<Outcome, 'stages' | 'deliveries'>,
  margin: string,
): void {
  for (const { name, state, text } of stages)
    screen.print(`${margin}${markOf(screen, marks[state])} ${name}: ${text}`);
  for (const delivery of deliveries) screen.print(`${margin}${deliveryText(screen, delivery)}`);
}

function deliveryText(
  { paint }: Screen,
  { destination, state, reason, until, template, words }: ExplainedDelivery,
): string {
  const held = until === undefined ? '' : `, held until ${until}`;
  const fate = state === 'waiting' ? '' : held || `, not sent (${reason})`;
  const source = template === undefined ? '' : paint('dim', `  template ${template}`);
  return `→ ${paint('bold', destination)}${fate}: ${oneLine(words)}${source}`;
}

function drawKept({ print, paint }: Screen, { log, isSame }: NonNullable<Explained['kept']>): void {
  print('');
  print(paint('bold', 'What was decided when it came:'));
  if (log.length === 0) print('  nothing');
  for (const entry of log) print(`  ${logText(entry)}`);
  if (isSame) return;
  const why = 'The rules may have changed since, or events before it are not kept any more.';
  print(paint('yellow', `This differs from the explanation above. ${why}`));
}

function logText({ rule, fired, silent, reason, at }: JsonObject): string {
  const said = Array.isArray(fired)
    ? `fired, ${fired.length} ${fired.length === 1 ? 'message' : 'messages'}`
    : `${valueText(silent ?? 'said nothing', false)} (${valueText(reason ?? 'no reason', false)})`;
  return `${valueText(rule ?? '?', false)}: ${said} at ${valueText(at ?? '?', false)}`;
}

type ConditionLine = {
  readonly text: string;
  readonly depth: number;
  readonly held: boolean;
  readonly saw?: string | undefined;
};

const groups: Readonly<Record<string, string>> = {
  any: 'at least one of these must hold:',
  none: 'none of these may hold:',
  'all of': 'all of these together:',
};

function linesOf(finding: Finding, depth: number): readonly ConditionLine[] {
  const { condition, held, members } = finding;
  if (members === undefined) {
    const saw =
      'saw' in finding
        ? `it is ${finding.saw === undefined ? 'missing' : valueText(finding.saw, true)}`
        : undefined;
    return [{ text: oneLine(condition), depth, held, saw }];
  }
  const [only] = members;
  // A group of one condition says no more than the condition.
  if (condition === 'all of' && members.length === 1 && only) return linesOf(only, depth);
  const text = groups[condition] ?? condition;
  return [{ text, depth, held }, ...members.flatMap((member) => linesOf(member, depth + 1))];
}

const longestValue = 60;

function valueText(value: Value, isQuoted: boolean): string {
  if (typeof value !== 'string') return cut(oneLine(JSON.stringify(value)), longestValue);
  const text = cut(oneLine(value), longestValue);
  return isQuoted ? `"${text}"` : text;
}

function markOfVerdict(verdict: Verdict): Mark {
  if (verdict === 'fires') return 'yes';
  return verdict === 'waits' || verdict === 'collected' ? 'later' : 'no';
}

function markOf({ paint }: Screen, mark: Mark): string {
  if (mark === 'yes') return paint('green', '✓');
  if (mark === 'no') return paint('red', '✗');
  return mark === 'later' ? paint('yellow', '…') : paint('dim', '·');
}
