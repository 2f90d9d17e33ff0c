import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeMarkdown } from 'discord.js';
import { rendered } from '#test/discord/rendered.ts';

const nobody = { everyone: false, users: [], roles: [] };

function read(content: string, embeds: Parameters<typeof rendered>[0]['embeds'] = []) {
  return rendered({
    id: '1',
    author: 'callboard',
    content,
    embeds,
    components: [],
    flags: 0,
    mentions: nobody,
  });
}

const links: Record<string, string[]> = {
  '[free money](https://evil.example/a)': ['https://evil.example/a'],
  '[free money](<https://evil.example/a> "title")': ['https://evil.example/a'],
  '[x](https\\://evil.example)': ['https://evil.example'],
  'see https://evil.example/a_b_c.': ['https://evil.example/a_b_c'],
  '(https://evil.example/a)': ['https://evil.example/a'],
  '<https://evil.example>': ['https://evil.example'],
  'xhttp://evil.example': ['http://evil.example'],
  '\\[free money](https\\://evil.example)': [],
  '[a] (b)': [],
  '[a](b)': [],
  'https:\\//evil.example': [],
  'https:\u200b//evil.example': [],
  '`https://evil.example`': [],
};

for (const [text, expected] of Object.entries(links)) {
  test(`${text} links to ${expected.join(' and ') || 'nothing'}`, () => {
    assert.deepEqual(read(text).links, expected);
  });
}

const mentions: Record<string, string[]> = {
  '<@1> <@!2> <@&3> <#4>': ['<@1>', '<@!2>', '<@&3>', '<#4>'],
  '<t:1739000000:R> <t:1>': ['<t:1739000000:R>', '<t:1>'],
  '@everyone and @here': ['@everyone', '@here'],
  '\\@everyone': ['@everyone'],
  '@\u200beveryone': [],
  '\\<@1> \\<t:1739000000:R>': [],
  '`<@1>`': [],
  'a < b @ c': [],
};

for (const [text, expected] of Object.entries(mentions)) {
  test(`${JSON.stringify(text)} mentions ${expected.length}`, () => {
    assert.deepEqual(read(text).mentionsMarkup, expected);
  });
}

const formatting: Record<string, [names: string[], text: string]> = {
  '**Guest**': [['bold'], 'Guest'],
  '*Guest* _One_': [['italic', 'italic'], 'Guest One'],
  '***Guest***': [['bold', 'italic'], 'Guest'],
  '__~~||Guest||~~__': [['underline', 'strike', 'spoiler'], 'Guest'],
  '`a *b*` ```x\n*y*```': [['code', 'code block'], 'a *b* x\n*y*'],
  '# Guest': [['heading'], 'Guest'],
  '-# Guest': [['subtext'], 'Guest'],
  '> Guest': [['quote'], 'Guest'],
  'a\n>>> Guest': [['quote'], 'a\nGuest'],
  '- Guest\n* Two\n1. Three': [['list', 'list', 'list'], 'Guest\nTwo\nThree'],
  snake_case_name: [[], 'snake_case_name'],
  '2 * 3 * 4': [[], '2 * 3 * 4'],
  '\\*\\*Guest\\*\\*': [[], '**Guest**'],
  '\\# Guest': [[], '# Guest'],
  '\\> Guest': [[], '> Guest'],
  '1\\. Guest': [[], '1. Guest'],
  'back\\\\slash': [[], 'back\\slash'],
};

for (const [source, [names, text]] of Object.entries(formatting)) {
  test(`${JSON.stringify(source)} is read as ${JSON.stringify(text)}`, () => {
    const reading = read(source);
    assert.deepEqual(reading.formatting, names);
    assert.deepEqual(reading.texts, [text]);
  });
}

test('titles and field names have spans but no blocks, footers and authors have neither', () => {
  const reading = read('', [
    {
      title: '# **a**',
      description: '# b',
      author: { name: '**c**' },
      footer: { text: '**d** <t:1:R>' },
      fields: [{ name: '> *e*', value: '> f' }],
    },
  ]);
  assert.deepEqual(reading.texts, ['**c**', '# a', 'b', '> e', 'f', '**d** <t:1:R>']);
  assert.deepEqual(reading.formatting, ['bold', 'heading', 'italic', 'quote']);
  assert.deepEqual(reading.mentionsMarkup, []);
});

test("the gaps of discord.js's own escaping are seen", () => {
  const options = { heading: true, bulletedList: true, numberedList: true, maskedLink: true };
  const escaped = (name: string) => read(escapeMarkdown(name, options));
  assert.deepEqual(escaped('**a** _b_ ~~c~~ `d` # e').formatting, []);
  assert.deepEqual(escaped('> quoted').formatting, ['quote']);
  assert.deepEqual(escaped('-# small').formatting, ['subtext']);
  assert.deepEqual(escaped('<@1> @everyone').mentionsMarkup, ['<@1>', '@everyone']);
  assert.deepEqual(escaped('[a](https://evil.example)').links, ['https://evil.example']);
});
