import { isObject } from '#domain/value.ts';
import type { LintInput } from './input.ts';

/** Finds tests that expect a message of a rule and have none of its events. */
export function lintTests({ root, rules, issues }: LintInput): void {
  const { tests } = root;
  if (!Array.isArray(tests)) return;
  const byId = new Map(rules.map(({ rule }) => [rule.id, rule]));
  tests.forEach((test: unknown, index) => {
    if (!isObject(test) || !isObject(test['expect']) || !Array.isArray(test['events'])) return;
    const events: readonly unknown[] = test['events'];
    const types = new Set(events.map((each) => (isObject(each) ? each['event'] : undefined)));
    for (const [id, expected] of Object.entries<unknown>(test['expect'])) {
      const rule = byId.get(id);
      const times = isObject(expected) ? expected['times'] : expected;
      const isExpected = typeof times === 'number' && times > 0;
      if (rule === undefined || !isExpected || rule.on.length === 0) continue;
      if (rule.on.some((type) => types.has(type))) continue;
      const path = ['tests', index, 'expect', id];
      const message = `this test has no event of the rule, which looks at ${rule.on.join(' and ')} only`;
      issues.report('key', path, 'test-without-event', message, { severity: 'warning' });
    }
  });
}
