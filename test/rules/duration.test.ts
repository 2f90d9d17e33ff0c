import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { durationMs, durationText } from '#rules/duration.ts';

test('a duration is a count and one unit', () => {
  assert.equal(durationMs('1s'), 1000);
  assert.equal(durationMs('30s'), 30_000);
  assert.equal(durationMs('5m'), 300_000);
  assert.equal(durationMs('2h'), 7_200_000);
  assert.equal(durationMs('1d'), 86_400_000);
  assert.equal(durationMs('05m'), 300_000);
});

test('anything else is no duration', () => {
  const others = [
    '',
    's',
    '5',
    '5 m',
    ' 5m',
    '5m ',
    '5m\n',
    '5M',
    '5w',
    '5ms',
    '-5m',
    '+5m',
    '1.5h',
    '1h30m',
    '1e3s',
    '0x5s',
    '٣s',
    'PT5M',
  ];
  for (const text of others) assert.equal(durationMs(text), undefined, JSON.stringify(text));
});

test('a duration is longer than nothing and no longer than 366 days', () => {
  for (const text of ['0s', '0d', '00m']) assert.equal(durationMs(text), undefined, text);
  assert.equal(durationMs('366d'), 31_622_400_000);
  assert.equal(durationMs('31622400s'), 31_622_400_000);
  for (const text of ['367d', '8785h', '31622401s', `${'9'.repeat(400)}s`]) {
    assert.equal(durationMs(text), undefined, text);
  }
});

test('a duration is told in the largest unit that leaves no rest', () => {
  const texts = { 1000: '1s', 90_000: '90s', 60_000: '1m', 300_000: '5m', 5_400_000: '90m', 7_200_000: '2h' };
  for (const [ms, text] of Object.entries(texts)) assert.equal(durationText(Number(ms)), text);
  assert.equal(durationText(86_400_000), '1d');
  assert.equal(durationText(36 * 3_600_000), '36h');
  assert.equal(durationText(366 * 86_400_000), '366d');
});

test('parts of a second are rounded', () => {
  assert.equal(durationText(0), '0s');
  assert.equal(durationText(499), '0s');
  assert.equal(durationText(59_600), '1m');
  assert.equal(durationText(1400), '1s');
});

test('the text of a duration means the same, and none is shorter', () => {
  const unit = fc.constantFrom('s', 'm', 'h', 'd');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 366 }), unit, (count, letter) => {
      const text = `${count}${letter}`;
      const ms = durationMs(text);
      assert.ok(ms !== undefined);
      assert.equal(durationMs(durationText(ms)), ms);
      assert.ok(durationText(ms).length <= text.length);
    }),
  );
});
