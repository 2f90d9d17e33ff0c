import {
  type EventType,
  eventTypes,
  eventTypesOftenMeant,
  isEventType,
  presenceOf,
} from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { isObject } from '#domain/value.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Path } from './document.ts';
import { type IssueContext, reportIssues } from './issues.ts';
import type { Scalar } from './operators.ts';
import type { Rule, Send } from './rulebook.ts';
import { notYet, ruleSchema } from './schema.ts';
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

const ruleKeys = Object.keys(ruleSchema.shape);
const sendKeys = ['to', 'template', 'text'];

/** Checks and compiles one rule. Undefined when it is switched off or too broken to compile; every problem is reported. */
export function loadRule(entry: unknown, path: Path, context: RuleContext): Rule | undefined {
  const { report } = context.issues;
  const parsed = ruleSchema.safeParse(entry);
  if (!parsed.success) reportRuleIssues(parsed.error.issues, path, context.issues);
  if (!isObject(entry)) return undefined;
  const on = eventTypesOf(entry['on'], [...path, 'on'], context);
  const where = compileWhere(entry['where'], [...path, 'where'], { on, lists: context.lists, report });
  if (Array.isArray(entry['once_per'])) {
    entry['once_per'].forEach((field: unknown, index) => {
      if (typeof field === 'string') checkField(field, on, [...path, 'once_per', index], context);
    });
  }
  const sends = sendsOf(entry['send'], [...path, 'send'], on, context);
  if (!parsed.success || parsed.data.enabled === false) return undefined;
  return { id: parsed.data.id, on, where, oncePer: parsed.data.once_per, sends };
}

function reportRuleIssues(
  issues: Parameters<typeof reportIssues>[0],
  path: Path,
  context: IssueContext,
): void {
  const isSend = (issue: (typeof issues)[number]) => issue.path[0] === 'send';
  reportIssues(
    issues.filter((issue) => !isSend(issue)),
    path,
    { keys: ruleKeys, notYet: notYet.rule },
    context,
  );
  reportIssues(issues.filter(isSend), path, { keys: sendKeys, notYet: notYet.send }, context);
}

function eventTypesOf(on: unknown, path: Path, { issues: { report } }: RuleContext): readonly EventType[] {
  const listed: readonly unknown[] = Array.isArray(on) ? on : [on];
  return listed.flatMap((name, index) => {
    if (typeof name !== 'string') return [];
    if (isEventType(name)) return [name];
    const meant = Object.hasOwn(eventTypesOftenMeant, name) ? eventTypesOftenMeant[name] : undefined;
    const hint = meant === undefined ? suggestion(name, eventTypes) : `; here it is called "${meant}"`;
    report(
      'value',
      Array.isArray(on) ? [...path, index] : path,
      'unknown-event',
      `there is no event "${name}"${hint}`,
    );
    return [];
  });
}

function sendsOf(send: unknown, path: Path, on: readonly EventType[], context: RuleContext): readonly Send[] {
  const listed: readonly unknown[] = Array.isArray(send) ? send : [send];
  return listed.flatMap((entry, index): Send[] => {
    if (!isObject(entry)) return [];
    const at = Array.isArray(send) ? [...path, index] : path;
    const to = (Array.isArray(entry['to']) ? entry['to'] : [entry['to']]).filter(
      (name) => typeof name === 'string',
    );
    to.forEach((name, position) => {
      context.destination(name, Array.isArray(entry['to']) ? [...at, 'to', position] : [...at, 'to']);
    });
    const template = typeof entry['template'] === 'string' ? entry['template'] : undefined;
    const text = typeof entry['text'] === 'string' ? entry['text'] : undefined;
    if (template !== undefined) checkTemplate(template, [...at, 'template'], on, context);
    else if (text !== undefined) checkText(text, [...at, 'text'], on, context);
    return [{ index, to, template, text }];
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
    const wrong = fieldProblem(field, on);
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
    const wrong = fieldProblem(field, on);
    if (wrong) report('value', path, wrong.code, wrong.message);
  }
}

function checkField(
  field: string,
  on: readonly EventType[],
  path: Path,
  { issues: { report } }: RuleContext,
): void {
  const wrong = fieldProblem(field, on);
  if (wrong) report('value', path, wrong.code, wrong.message);
}

/** Why a field cannot be on any of these events, or undefined when it can. An object itself may be named: helpers take it. */
function fieldProblem(
  field: string,
  on: readonly EventType[],
): { code: string; message: string } | undefined {
  if (on.length === 0) return undefined;
  const probe = field.includes('.') ? field : `${field}.id`;
  const found = on.map((type) => presenceOf(probe, type));
  if (found.includes('unknown field')) {
    return {
      code: 'unknown-field',
      message: `there is no field "${field}"${suggestion(field, Object.keys(fields))}`,
    };
  }
  if (found.some((presence) => presence !== 'never')) return undefined;
  return {
    code: 'field-never-there',
    message: `${on.join(' and ')} never ${on.length === 1 ? 'has' : 'have'} ${field}`,
  };
}
