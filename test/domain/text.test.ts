import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { comparable, cut, httpAddress, oneLine } from '#domain/text.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const graphemesOf = (text: string) => [...segmenter.segment(text)].map(({ segment }) => segment);

test('a text within the budget is left as it is', () => {
  assert.equal(cut('Weekly sync', 11), 'Weekly sync');
  assert.equal(cut('', 10), '');
});

test('a text beyond the budget ends with an ellipsis inside the budget', () => {
  assert.equal(cut('abcdefghij', 5), 'abcd…');
  assert.equal(cut('ab', 1), '…');
});

test('a cut falls between two words where one ends near', () => {
  assert.equal(cut('Quarterly review of the northern region', 25), 'Quarterly review of the…');
});

test('a cut falls inside a word when its beginning is far', () => {
  assert.equal(cut('My Donaudampfschifffahrtsgesellschaft', 20), 'My Donaudampfschiff…');
});

test('what a reader sees as one character is never divided', () => {
  const characters = {
    family: '👨‍👩‍👧‍👦',
    'family with skin tones': '👨🏽‍👩🏿‍👧🏻‍👦🏾',
    flag: '🇩🇪',
    'keycap with a mark': '1️⃣',
    'e with a combining accent': 'e\u0301',
    'letter with three accents': 'a\u0300\u0323\u0331',
    'Hangul in parts': '\u1112\u1161\u11ab',
    'Devanagari syllable': 'नि',
  };
  for (const [name, character] of Object.entries(characters)) {
    assert.equal(graphemesOf(character).length, 1, name);
    assert.equal(cut(character.repeat(5), 5), character.repeat(5), name);
    assert.equal(cut(character.repeat(6), 5), `${character.repeat(4)}…`, name);
  }
});

test('a letter under a hundred accents is left out', () => {
  const zalgo = `a${'\u0301'.repeat(100)}`;
  assert.equal(cut(`x${zalgo}y`, 10), 'xy…');
  assert.equal(cut(zalgo, 10), '…');
  assert.equal(cut(`${zalgo} x`, 10), 'x…');
});

test('many letters under many accents stay short', () => {
  const zalgo = `a${'\u0301'.repeat(20)}`.repeat(500);
  assert.ok(cut(zalgo, 40).length <= 40 * 21);
});

test('a cut leaves no half of a surrogate pair', () => {
  assert.equal(cut(`x${'\u0301'.repeat(62)}😀😀😀`, 2), '😀…');
});

test('a text of a million characters is cut like a short one', () => {
  const long = 1_000_000;
  assert.equal(cut(oneLine('a'.repeat(long)), 10), `${'a'.repeat(9)}…`);
  assert.equal(cut(oneLine('👨‍👩‍👧‍👦'.repeat(long / 10)), 3), '👨‍👩‍👧‍👦👨‍👩‍👧‍👦…');
  assert.equal(cut(oneLine(`a${'\u0301'.repeat(long)}`), 10), '…');
  assert.equal(oneLine('\u200b \n'.repeat(long / 3)), '');
});

test('a cut keeps to its budget and begins like the line, for any line', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 200 }).map(oneLine),
      fc.integer({ min: 1, max: 60 }),
      (text, budget) => {
        const shown = cut(text, budget);
        assert.ok(graphemesOf(shown).length <= budget);
        if (shown === text) return;
        assert.ok(shown.endsWith('…'));
        assert.ok(text.startsWith(shown.slice(0, -1)));
      },
    ),
    { numRuns: 300 },
  );
});

test('line breaks and tabs become one space', () => {
  assert.equal(
    oneLine('  one\r\n\r\n two\tthree\u2028four\u2029five\u0085six\u00a0 '),
    'one two three four five six',
  );
});

test('marks that reorder, hide or fake text go', () => {
  const marks = [
    '\u0000\u0007\u001b\u007f\u009b',
    '\u202a\u202b\u202c\u202d\u202e',
    '\u2066\u2067\u2068\u2069',
    '\u200b\u200e\u200f\u2060\ufeff\u00ad\u061c\u180e',
    '\ue000\ue001\uf8ff\u{f0000}\u{10fffd}',
    '\u{e0001}\u{e0041}\u{e007f}',
  ];
  for (const mark of marks.flatMap((each) => Array.from(each))) {
    const name = `U+${mark.codePointAt(0)?.toString(16)}`;
    assert.equal(oneLine(`a${mark}b`), 'ab', name);
    assert.equal(oneLine(`a ${mark} b`), 'a b', name);
  }
});

test('the joiners of Persian words and of emoji stay', () => {
  assert.equal(oneLine('می\u200cخواهم 👩‍🚀'), 'می\u200cخواهم 👩‍🚀');
});

test('half a surrogate pair becomes the replacement character', () => {
  assert.equal(oneLine('a\ud83db'), 'a\ufffdb');
});

test('a text that shows nothing is empty', () => {
  for (const text of [
    '',
    '   ',
    '\u200d\u200d',
    '\u3164',
    '\ufe0f',
    '\u2800 \u2800',
    '\u115f\u1160',
    '\u202e\n',
  ])
    assert.equal(oneLine(text), '', JSON.stringify(text));
});

test('a line stays as it is when it is made a line again, for any text', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.constantFrom(' ', '\n', '\u200b', '\u202e', '\ud83d', '\u200d', '\ue000'),
  );
  const anything = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(anything, (text) => {
      const line = oneLine(text);
      assert.equal(oneLine(line), line);
      assert.ok(line.isWellFormed());
      assert.equal(line, line.trim());
      assert.doesNotMatch(line, /[\n\r\u2028\u2029\ue000\ue001\u202e]/);
    }),
    { numRuns: 300 },
  );
});

test('texts compare in one normal form, and without case where a field says so', () => {
  assert.equal(comparable('Zoe\u0308', false), comparable('Zo\u00eb', false));
  assert.notEqual(comparable('VIP', false), comparable('vip', false));
  assert.equal(comparable('VIP-Ö', true), comparable('vip-o\u0308', true));
});

test('an address is http or https, absolute and encoded', () => {
  assert.equal(httpAddress('https://meet.example/a b?q=ö'), 'https://meet.example/a%20b?q=%C3%B6');
  assert.equal(httpAddress('http://127.0.0.1:8080/x'), 'http://127.0.0.1:8080/x');
  assert.equal(httpAddress(' HTTPS://MEET.example '), 'https://meet.example/');
});

test('what is no http address is refused', () => {
  const refused = [
    '',
    'meet.example/x',
    '/x',
    '//evil.example/x',
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://example.com',
    'vbscript:x',
    'mailto:a@example.com',
    'slack://open',
    'https://',
    'https://exa mple.com',
  ];
  for (const text of refused) assert.equal(httpAddress(text), undefined, text);
});

test('an address with a user name or a password is refused', () => {
  for (const text of [
    'https://bank.example@evil.example/',
    'https://u:p@evil.example/',
    'https://:p@evil.example/',
  ])
    assert.equal(httpAddress(text), undefined, text);
});
