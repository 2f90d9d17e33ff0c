import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schema } from '#cli/schema.ts';

test('the schema is printed as JSON, and that is fine', () => {
  const made = { type: 'object', properties: { version: { const: 1 } } };
  let text = '';
  const code = schema({
    schema: () => made,
    write: (more) => {
      text += more;
    },
  });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(text), made);
  assert.ok(text.endsWith('}\n'));
});
