import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { TemplateLibrary } from '#messages/library.ts';
import { render } from '#messages/render.ts';
import { facts, tools } from './setup.ts';

/** Parts of templates, divided by blanks here. */
const parts = `
  {{ }} {{{ }}} {{#if {{/if}} {{else}} {{#each {{/each}} {{^ {{& {{> {{! --}} {{{{ ~
  room.name this ../ @root @index ( ) "x" ' = | . [ ] / if each with 5 true undefined null constructor
  upper link lookup as |a| --- title: state:live fields: buttons: - {text:a,url:b} : &a *a !!binary | >- ? %YAML #
  ** [a]( \`\`\` > \ue000 \ue0000\ue001 \u0000
`
  .trim()
  .split(/\s+/);

/** Renders what can be rendered; throws nothing. */
function attempt(text: string): 'worded' | 'refused' {
  const library = new TemplateLibrary([{ name: 'test', path: 'test.hbs', text }]);
  const template = library.words({ template: 'test' });
  if (template === undefined) {
    assert.ok(library.problems.length > 0, 'what is not accepted has a reason');
    for (const { at, message } of library.problems) {
      assert.ok(
        at.line >= 1 && at.col >= 1 && at.line <= text.split('\n').length + 1,
        `${at.line}:${at.col}`,
      );
      assert.notEqual(message, '');
    }
    return 'refused';
  }
  for (const told of [facts, {}]) render(template, told, tools);
  return 'worded';
}

test('a template of any text is worded or refused with its reasons', () => {
  const any = fc
    .array(
      fc.oneof(
        fc.constantFrom(...parts, ' ', ' ', '\n', '\n  '),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
      {
        maxLength: 14,
      },
    )
    .map((written) => written.join(''));
  const seen = { worded: 0, refused: 0 };
  const note = (text: string) => {
    seen[attempt(text)]++;
  };
  fc.assert(fc.property(any, note), { numRuns: 300 });
  fc.assert(
    fc.property(any, any, (matter, body) => note(`---\ntitle: x\n${matter}\n---\n${body}`)),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(any, (body) => note(`---\ntitle: x\n---\n${body}`)),
    { numRuns: 300 },
  );
  assert.ok(seen.worded > 20, `${seen.worded} were worded`);
  assert.ok(seen.refused > 20, `${seen.refused} were refused`);
});

test('an expression of any parts is worded or refused with its reasons', () => {
  const part = fc.constantFrom(
    'room.name',
    'raw.list',
    '"x"',
    '5',
    'true',
    'undefined',
    '(upper room.id)',
    'x=1',
    'this',
    '@root',
    '@index',
    'room',
  );
  const call = fc
    .tuple(
      fc.constantFrom(
        'upper',
        'plural',
        'link',
        'join',
        'eq',
        'default',
        'truncate',
        'artifact_link',
        'date',
        'room.name',
        '"x"',
        '@root.room',
      ),
      fc.array(part, { maxLength: 3 }),
    )
    .map(([name, params]) => [name, ...params].join(' '));
  const block = fc
    .tuple(fc.constantFrom('if', 'unless', 'each', 'with'), part, call)
    .map(([name, value, inner]) => `{{#${name} ${value}}}{{${inner}}}{{else}}{{${inner}}}{{/${name}}}`);
  const seen = { worded: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.oneof(
        call.map((each) => `{{${each}}}`),
        block,
      ),
      (text) => {
        seen[attempt(`---\ntitle: x\n---\n${text}`)]++;
      },
    ),
    { numRuns: 400 },
  );
  assert.ok(seen.worded > 50, `${seen.worded} were worded`);
});
