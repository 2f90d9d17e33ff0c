import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { type Diagnostic, formatDiagnostic } from '#rules/diagnostic.ts';
import { formatReport, type ReportFormat } from '#rules/report.ts';

const unknownKey: Diagnostic = {
  file: './rules.yaml',
  line: 12,
  col: 5,
  severity: 'error',
  code: 'unknown-key',
  message: 'unknown key "wher"; did you mean "where"?',
  fix: { description: 'write where', replacement: 'where', endCol: 9 },
};
const noneOfNothing: Diagnostic = {
  file: './rules.yaml',
  line: 20,
  col: 7,
  severity: 'warning',
  code: 'none-missing',
  message: 'this is also true when the field is missing',
  fix: { description: 'add or_missing: true' },
};
const badTemplate: Diagnostic = {
  file: '/srv/bot/templates/rät sel#1.hbs',
  line: 1,
  col: 1,
  severity: 'error',
  code: 'bad-template',
  message: 'there is no helper "daet"',
};
const all = [unknownKey, noneOfNothing, badTemplate];

function report(format: ReportFormat, diagnostics: readonly Diagnostic[] = all): string {
  return formatReport(diagnostics, format, { version: '1.2.3', root: '/srv/bot' });
}

test('as text each diagnostic is one line that begins with its place', () => {
  assert.equal(
    report('text'),
    [
      './rules.yaml:12:5 error: unknown key "wher"; did you mean "where"? [unknown-key]\n',
      './rules.yaml:20:7 warning: this is also true when the field is missing (fix: add or_missing: true) [none-missing]\n',
      '/srv/bot/templates/rät sel#1.hbs:1:1 error: there is no helper "daet" [bad-template]\n',
    ].join(''),
  );
  assert.equal(report('text', []), '');
});

type Fix = NonNullable<Diagnostic['fix']>;

/** What stands between the severity and the code. */
function wordsOf(message: string, fix: Fix): string {
  return formatDiagnostic({ ...badTemplate, file: 'f', message, fix }).replace(
    /^f:1:1 error: (.*) \[.*$/,
    '$1',
  );
}

test('a fix is added to the line only when the message does not say it', () => {
  const quote = { description: 'put it in quotes', replacement: '"22:00"' };
  assert.equal(wordsOf('a text is needed here', quote), 'a text is needed here (fix: put it in quotes)');
  assert.equal(
    wordsOf('a text is needed here: put it in quotes', quote),
    'a text is needed here: put it in quotes',
  );
  assert.equal(wordsOf('a text like "22:00" is needed here', quote), 'a text like "22:00" is needed here');
  const remove = { description: 'remove the line', replacement: '' };
  assert.equal(wordsOf('"" is no name', remove), '"" is no name (fix: remove the line)');
});

test('line breaks inside a message or a fix do not break the line', () => {
  const broken = { ...badTemplate, message: 'unknown key "a\r\n\tb"', fix: { description: 'write\nc' } };
  assert.equal(
    report('text', [broken]),
    '/srv/bot/templates/rät sel#1.hbs:1:1 error: unknown key "a b" (fix: write c) [bad-template]\n',
  );
});

test('as JSON it is the list of diagnostics with their fixes', () => {
  assert.deepEqual(JSON.parse(report('json')), all);
  assert.deepEqual(JSON.parse(report('json', [])), []);
});

test('for GitHub each diagnostic is an annotation at its place', () => {
  assert.equal(
    report('github'),
    [
      '::error file=rules.yaml,line=12,col=5,title=callboard unknown-key::unknown key "wher"; did you mean "where"?\n',
      '::warning file=rules.yaml,line=20,col=7,title=callboard none-missing::this is also true when the field is missing (fix: add or_missing: true)\n',
      '::error file=templates/rät sel#1.hbs,line=1,col=1,title=callboard bad-template::there is no helper "daet"\n',
    ].join(''),
  );
  assert.equal(report('github', []), '');
});

test('for GitHub no name and no message can end an annotation or begin another', () => {
  const hostile = {
    ...badTemplate,
    file: 'a,b:c%d\r\n::error::.hbs',
    message: '100 %, 10:30\r\n::warning file=x::forged %0A',
  };
  assert.equal(
    report('github', [hostile]),
    '::error file=a%2Cb%3Ac%25d%0D%0A%3A%3Aerror%3A%3A.hbs,line=1,col=1,title=callboard bad-template' +
      '::100 %25, 10:30%0D%0A::warning file=x::forged %250A\n',
  );
});

const message = z.strictObject({ text: z.string().min(1) });
const artifactLocation = z.strictObject({ uri: z.string().regex(/^(?:[\w.~!*'()-]|%[\dA-F]{2}|\/)+$/) });
const count = z.int().min(1);

/** The part of SARIF 2.1.0 that is written, with the names, kinds and required properties that its schema gives. */
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.literal('callboard'),
          version: z.string(),
          rules: z.array(z.strictObject({ id: z.string(), shortDescription: message })),
        }),
      }),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().min(0),
          level: z.enum(['none', 'note', 'warning', 'error']),
          message,
          locations: z.tuple([
            z.strictObject({
              physicalLocation: z.strictObject({
                artifactLocation,
                region: z.strictObject({ startLine: count, startColumn: count }),
              }),
            }),
          ]),
          fixes: z
            .tuple([
              z.strictObject({
                description: message,
                artifactChanges: z.tuple([
                  z.strictObject({
                    artifactLocation,
                    replacements: z.tuple([
                      z.strictObject({
                        deletedRegion: z.strictObject({
                          startLine: count,
                          startColumn: count,
                          endLine: count,
                          endColumn: count,
                        }),
                        insertedContent: z.strictObject({ text: z.string() }),
                      }),
                    ]),
                  }),
                ]),
              }),
            ])
            .optional(),
        }),
      ),
    }),
  ]),
});

function sarifRun(diagnostics: readonly Diagnostic[] = all) {
  return sarif.parse(JSON.parse(report('sarif', diagnostics))).runs[0];
}

function addressOf(file: string): string | undefined {
  return sarifRun([{ ...badTemplate, file }]).results[0]?.locations[0].physicalLocation.artifactLocation.uri;
}

function fixesOf(fix: Fix) {
  return sarifRun([{ ...unknownKey, fix }]).results[0]?.fixes;
}

test('SARIF names the program, its version, and each code once', () => {
  const { driver } = sarifRun([...all, unknownKey]).tool;
  assert.equal(driver.version, '1.2.3');
  assert.deepEqual(driver.rules, [
    { id: 'unknown-key', shortDescription: { text: 'unknown key' } },
    { id: 'none-missing', shortDescription: { text: 'none missing' } },
    { id: 'bad-template', shortDescription: { text: 'bad template' } },
  ]);
});

test('SARIF of nothing is a run with the empty list of results: all was looked at', () => {
  assert.deepEqual(sarifRun([]).results, []);
});

test('each result of SARIF has its level, its rule, its words and its place', () => {
  const { results, tool } = sarifRun([...all, unknownKey]);
  assert.deepEqual(
    results.map(({ level, ruleId }) => [level, ruleId]),
    [
      ['error', 'unknown-key'],
      ['warning', 'none-missing'],
      ['error', 'bad-template'],
      ['error', 'unknown-key'],
    ],
  );
  for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  assert.deepEqual(
    results.slice(1, 3).map((each) => each.message.text),
    ['this is also true when the field is missing (fix: add or_missing: true)', 'there is no helper "daet"'],
  );
  assert.deepEqual(results[1]?.locations[0].physicalLocation, {
    artifactLocation: { uri: 'rules.yaml' },
    region: { startLine: 20, startColumn: 7 },
  });
});

test('a file is an encoded address relative to the root', () => {
  assert.equal(addressOf('/srv/bot/templates/rät sel#1.hbs'), 'templates/r%C3%A4t%20sel%231.hbs');
  assert.equal(addressOf('conf/./rules.yaml'), 'conf/rules.yaml');
  assert.equal(addressOf('a:b?c.yaml'), 'a%3Ab%3Fc.yaml');
  assert.equal(addressOf('/srv/other/rules.yaml'), '../other/rules.yaml');
});

test('SARIF carries a fix whose replacement and extent are known', () => {
  assert.deepEqual(fixesOf({ description: 'write where', replacement: 'where', endCol: 9 }), [
    {
      description: { text: 'write where' },
      artifactChanges: [
        {
          artifactLocation: { uri: 'rules.yaml' },
          replacements: [
            {
              deletedRegion: { startLine: 12, startColumn: 5, endLine: 12, endColumn: 9 },
              insertedContent: { text: 'where' },
            },
          ],
        },
      ],
    },
  ]);
  const removal = fixesOf({ description: 'remove it', replacement: '', endLine: 13, endCol: 1 });
  assert.deepEqual(removal?.[0].artifactChanges[0].replacements[0], {
    deletedRegion: { startLine: 12, startColumn: 5, endLine: 13, endColumn: 1 },
    insertedContent: { text: '' },
  });
});

test('SARIF has no fix that a program could only guess at', () => {
  const { results } = sarifRun([
    { ...unknownKey, fix: { description: 'write where' } },
    { ...unknownKey, fix: { description: 'write where', replacement: 'where' } },
    { ...unknownKey, fix: { description: 'write where', endCol: 9 } },
  ]);
  assert.deepEqual(
    results.map((each) => 'fixes' in each),
    [false, false, false],
  );
});
