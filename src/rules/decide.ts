import type { EventType } from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { comparable } from '#domain/text.ts';
import { type JsonObject, readPath, type Value } from '#domain/value.ts';
import type { Rule, Rulebook } from './rulebook.ts';

/** What one rule makes of an event. `silent` says why a rule whose conditions held says nothing. */
export type Decision =
  | { readonly kind: 'fires'; readonly rule: Rule; readonly onceKey?: string | undefined }
  | { readonly kind: 'silent'; readonly rule: Rule; readonly reason: string };

/** The rules that hold for an event, each with the key that keeps it from firing twice. Pure: the store claims the key. */
export function decide(rulebook: Rulebook, type: EventType, facts: JsonObject): readonly Decision[] {
  return rulebook.matcher.match(type, facts).map((rule): Decision => {
    if (rule.oncePer === undefined) return { kind: 'fires', rule };
    const values: Value[] = [];
    for (const path of rule.oncePer) {
      const value = readPath(facts, path.split('.'));
      if (value === undefined) return { kind: 'silent', rule, reason: `once_per: ${path} is missing` };
      values.push(typeof value === 'string' ? comparable(value, fields[path]?.ci === true) : value);
    }
    return { kind: 'fires', rule, onceKey: JSON.stringify([rule.id, ...values]) };
  });
}
