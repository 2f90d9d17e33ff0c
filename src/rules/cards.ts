import { eventTypes } from '#domain/catalogue.ts';
import { isObject } from '#domain/value.ts';
import type { Path } from './document.ts';
import { checkPart } from './issues.ts';
import type { RuleContext } from './rule.ts';
import { cardSchema } from './schema.ts';
import { suggestion } from './suggest.ts';
import { compileWhere } from './where.ts';

const cardKeys = { keys: Object.keys(cardSchema.shape) };

/** Checks `cards:` of the file. They are shown by no destination yet, so nothing is kept of them. */
export function checkCards(entries: readonly (readonly [string, unknown])[], context: RuleContext): void {
  const { issues, lists, destination, templates } = context;
  for (const [name, entry] of entries) {
    const path: Path = ['cards', name];
    const parsed = checkPart(cardSchema, entry, path, cardKeys, issues);
    if (!isObject(entry)) continue;
    compileWhere(entry['where'], [...path, 'where'], { on: eventTypes, lists, report: issues.report });
    const { to } = entry;
    parsed?.to.forEach((each, index) => {
      destination(each, Array.isArray(to) ? [...path, 'to', index] : [...path, 'to']);
    });
    const { template } = entry;
    if (typeof template !== 'string' || templates.names.includes(template)) continue;
    const message = `there is no template "${template}"${suggestion(template, templates.names)}`;
    issues.report('value', [...path, 'template'], 'unknown-template', message);
  }
}
