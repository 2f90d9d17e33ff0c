import type { EventType } from '#domain/catalogue.ts';
import { isObject } from '#domain/value.ts';
import type { Path } from './document.ts';
import { checkPart } from './issues.ts';
import { quietOf, type Windows } from './quiet.ts';
import type { Send } from './rulebook.ts';
import { sendSchema, withoutEffect } from './schema.ts';
import { checkTemplate, checkText, type TemplateContext } from './templates.ts';

export type SendContext = TemplateContext & {
  readonly on: readonly EventType[];
  /** Names that the rule's stages give to its words: `items`, `count`, `held`, `late`. */
  readonly extras: readonly string[];
  readonly windows: Windows;
  /** Reports a destination that is not configured. */
  readonly destination: (name: string, at: Path) => void;
};

const sendKeys = { keys: Object.keys(sendSchema.shape) };

/** Reads `send:` of a rule: one entry, or a list of them. */
export function loadSends(send: unknown, path: Path, context: SendContext): readonly Send[] {
  if (!Array.isArray(send) && !isObject(send)) return [];
  const listed: readonly unknown[] = Array.isArray(send) ? send : [send];
  return listed.flatMap((entry, index): Send[] => {
    const at = Array.isArray(send) ? [...path, index] : path;
    const sent = loadSend(entry, index, at, context);
    return sent === undefined ? [] : [sent];
  });
}

function loadSend(entry: unknown, index: number, at: Path, context: SendContext): Send | undefined {
  const { issues, windows } = context;
  const parsed = checkPart(sendSchema, entry, at, sendKeys, issues);
  if (!isObject(entry)) return undefined;
  checkDestinations(entry['to'], [...at, 'to'], context);
  checkWords(entry, at, context);
  for (const key of withoutEffect.send) {
    if (entry[key] === undefined) continue;
    const message = `"${key}" has no effect in this version yet: the message is sent without it`;
    issues.report('key', [...at, key], 'no-effect-yet', message, { severity: 'warning' });
  }
  if (parsed === undefined) return undefined;
  const { to, template, text, mention, fallback } = parsed;
  if (fallback !== undefined) checkFallback(fallback, to, [...at, 'fallback'], context);
  return {
    index,
    to,
    template,
    text,
    fallback,
    ...(mention && { mentions: mentionsOf(mention) }),
    quiet: quietOf(parsed.quiet_hours, [...at, 'quiet_hours'], windows, issues),
    isHigh: parsed.priority === 'high',
    linkExpiryMs: parsed.link_expiry,
  };
}

function mentionsOf({
  slack,
  discord,
}: {
  slack?: string[] | undefined;
  discord?: string[] | undefined;
}): NonNullable<Send['mentions']> {
  return { ...(slack && { slack }), ...(discord && { discord }) };
}

function checkWords(entry: Readonly<Record<string, unknown>>, at: Path, context: SendContext): void {
  const { template, text } = entry;
  const { report } = context.issues;
  if (template !== undefined && text !== undefined) {
    report('value', at, 'two-wordings', 'give a template or a text, not both');
  } else if (template === undefined && text === undefined) {
    report('value', at, 'missing-key', 'a template or a text is missing here: which words are sent?');
  }
  if (typeof template === 'string') checkTemplate(template, [...at, 'template'], context, context);
  if (typeof text === 'string') checkText(text, [...at, 'text'], context, context);
}

function checkDestinations(to: unknown, path: Path, context: SendContext): void {
  const listed: readonly unknown[] = Array.isArray(to) ? to : [to];
  listed.forEach((name, index) => {
    if (typeof name !== 'string') return;
    const at = Array.isArray(to) ? [...path, index] : path;
    context.destination(name, at);
    if (listed.indexOf(name) === index) return;
    context.issues.report('value', at, 'duplicate-destination', `"${name}" stands here twice: remove one`);
  });
}

function checkFallback(name: string, to: readonly string[], path: Path, context: SendContext): void {
  context.destination(name, path);
  if (!to.includes(name)) return;
  const message = `"${name}" is where the message goes anyway: choose another destination, or remove this`;
  context.issues.report('value', path, 'fallback-to-itself', message);
}
