import { type EventType, eventTypes, eventTypesOftenMeant, isEventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Path } from './document.ts';
import { checkPart, type IssueContext } from './issues.ts';
import type { Scalar } from './operators.ts';
import { type FieldProblem, fieldProblem } from './presence.ts';
import type { Rule, Send } from './rulebook.ts';
import { notYet, ruleSchema, sendSchema } from './schema.ts';
import { suggestion } from './suggest.ts';
import { compileWhere } from './where.ts';

type FieldUse = { readonly path: string; readonly at: { readonly line: number; readonly col: number } };

/** What loading needs to know about the templates. */
export type Templates = {
  readonly names: readonly string[];
  readonly describe: (
    name: string,
  ) => { readonly path: string; readonly uses: readonly FieldUse[] } | undefined;
  /** Checks the words of a `text:`; positions are inside the text. */
  readonly checkText: (text: string) => {
    readonly uses: readonly FieldUse[];
    readonly problems: readonly { readonly message: string }[];
  };
};

export type RuleContext = {
  readonly lists: ReadonlyMap<string, readonly Scalar[]>;
  readonly templates: Templates;
  readonly issues: IssueContext;
  /** Reports a destination that is not configured. */
  readonly destination: (name: string, at: Path) => void;
  readonly diagnose: (diagnostic: Diagnostic) => void;
};

const ruleKeys = { keys: Object.keys(ruleSchema.shape), notYet: notYet.rule };
const sendKeys = { keys: Object.keys(sendSchema.shape), notYet: notYet.send };

/** Checks and compiles one rule. Undefined when it is switched off or too broken to compile; every problem is reported. */
export function loadRule(entry: unknown, path: Path, context: RuleContext): Rule | undefined {
  const { report } = context.issues;
  const parsed = checkPart(ruleSchema, entry, path, ruleKeys, context.issues);
  if (!isObject(entry)) return undefined;
  const on = eventTypesOf(entry['on'], [...path, 'on'], context);
  const where = compileWhere(entry['where'], [...path, 'where'], { on, lists: context.lists, report });
  if (Array.isArray(entry['once_per'])) {
    entry['once_per'].forEach((field: unknown, index) => {
      if (typeof field === 'string') checkKeyField(field, on, [...path, 'once_per', index], context);
    });
  }
  const sends = sendsOf(entry['send'], [...path, 'send'], on, context);
  if (parsed === undefined || parsed.enabled === false) return undefined;
  return { id: parsed.id, on, where, oncePer: parsed.once_per, sends };
}

function eventTypesOf(on: unknown, path: Path, { issues: { report } }: RuleContext): readonly EventType[] {
  const listed: readonly unknown[] = Array.isArray(on) ? on : [on];
  return listed.flatMap((name, index) => {
    if (typeof name !== 'string') return [];
    if (isEventType(name)) return [name];
    const meant = Object.hasOwn(eventTypesOftenMeant, name) ? eventTypesOftenMeant[name] : undefined;
    const hint = meant === undefined ? hintFor(name) : `; here it is called "${meant}"`;
    report(
      'value',
      Array.isArray(on) ? [...path, index] : path,
      'unknown-event',
      `there is no event "${name}"${hint}`,
    );
    return [];
  });
}

function hintFor(name: string): string {
  if (name.startsWith('egress_')) return '; it is told as events that begin with recording., stream. or hls.';
  return suggestion(name, eventTypes) || '; events are called like room.ended or participant.joined';
}

function sendsOf(send: unknown, path: Path, on: readonly EventType[], context: RuleContext): readonly Send[] {
  if (!Array.isArray(send) && !isObject(send)) return [];
  const listed: readonly unknown[] = Array.isArray(send) ? send : [send];
  return listed.flatMap((entry, index): Send[] => {
    const at = Array.isArray(send) ? [...path, index] : path;
    const parsed = checkPart(sendSchema, entry, at, sendKeys, context.issues);
    if (!isObject(entry)) return [];
    checkDestinations(entry['to'], [...at, 'to'], context);
    const { template, text } = entry;
    if (template !== undefined && text !== undefined) {
      context.issues.report('value', at, 'two-wordings', 'give a template or a text, not both');
    } else if (template === undefined && text === undefined) {
      const message = 'a template or a text is missing here: which words are sent?';
      context.issues.report('value', at, 'missing-key', message);
    }
    if (typeof template === 'string') checkTemplate(template, [...at, 'template'], on, context);
    if (typeof text === 'string') checkText(text, [...at, 'text'], on, context);
    return parsed === undefined ? [] : [{ index, ...parsed }];
  });
}

function checkDestinations(to: unknown, path: Path, context: RuleContext): void {
  const listed: readonly unknown[] = Array.isArray(to) ? to : [to];
  listed.forEach((name, index) => {
    if (typeof name !== 'string') return;
    const at = Array.isArray(to) ? [...path, index] : path;
    context.destination(name, at);
    if (listed.indexOf(name) === index) return;
    context.issues.report('value', at, 'duplicate-destination', `"${name}" stands here twice: remove one`);
  });
}

function checkTemplate(name: string, path: Path, on: readonly EventType[], context: RuleContext): void {
  const { templates, issues } = context;
  const described = templates.describe(name);
  if (described === undefined) {
    issues.report(
      'value',
      path,
      'unknown-template',
      `there is no template "${name}"${suggestion(name, templates.names)}`,
    );
    return;
  }
  const reported = new Set<string>();
  for (const { path: field, at } of described.uses) {
    const wrong = templateFieldProblem(field, on);
    if (wrong === undefined || reported.has(field)) continue;
    reported.add(field);
    const message = `${wrong.message} (used by the rule at line ${issues.tree.place(path).line})`;
    context.diagnose({ file: described.path, ...at, severity: 'error', code: wrong.code, message });
  }
}

function checkText(text: string, path: Path, on: readonly EventType[], context: RuleContext): void {
  const { report } = context.issues;
  const { uses, problems } = context.templates.checkText(text);
  for (const { message } of problems) report('value', path, 'bad-text', message);
  for (const { path: field } of uses) {
    const wrong = templateFieldProblem(field, on);
    if (wrong) report('value', path, wrong.code, wrong.message);
  }
}

/** Templates print nothing for what only some of the events have, and may name an object itself: helpers take it. */
function templateFieldProblem(field: string, on: readonly EventType[]): FieldProblem | undefined {
  const inside = Object.keys(fields).find((path) => path.startsWith(`${field}.`));
  const wrong = fieldProblem(inside ?? field, on);
  return wrong?.code === 'field-sometimes' ? undefined : wrong;
}

function checkKeyField(
  field: string,
  on: readonly EventType[],
  path: Path,
  { issues: { report } }: RuleContext,
): void {
  const kind = fields[field]?.kind;
  const wrong = fieldProblem(field, on);
  if (wrong?.code === 'field-sometimes') {
    report('value', path, wrong.code, `${wrong.message}, so the rule sends nothing there`, 'warning');
  } else if (wrong) {
    report('value', path, wrong.code, wrong.message);
  } else if (kind === 'object' || kind === 'list') {
    report('value', path, 'wrong-field', `${field} holds several values: name one of them, with another dot`);
  }
}
