import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Value } from '#domain/value.ts';
import {
  address,
  count,
  enumWord,
  exactText,
  instantOfMs,
  instantOfSeconds,
  instantOfText,
  integer,
  megabytes,
  present,
  presentAny,
  secondsBetween,
  secondsOfNanoseconds,
  text,
} from '#sources/wire.ts';

function table<T>(read: (value: Value | undefined) => T, rows: readonly (readonly [Value | undefined, T])[]) {
  for (const [value, expected] of rows) assert.deepEqual(read(value), expected, JSON.stringify(value));
}

function egressWord(value: Value | undefined) {
  return enumWord(value, ['starting', 'active'], 'EGRESS_');
}

describe('values on the wire', () => {
  test('an empty text and another type are missing; names are normalised, paths are not', () => {
    table(text, [
      ['Zoe\u0308', 'Zo\u00eb'],
      ['', undefined],
      [5, undefined],
      [undefined, undefined],
      [{}, undefined],
    ]);
    table(exactText, [
      ['Zoe\u0308', 'Zoe\u0308'],
      ['', undefined],
    ]);
  });

  test('integers come as number or text, within what JavaScript holds exactly', () => {
    table(integer, [
      [5, 5],
      ['-5', -5],
      ['9007199254740991', 9_007_199_254_740_991],
      ['9007199254740993', undefined],
      ['99999999999999999999', undefined],
      [2 ** 53, undefined],
      [1.5, undefined],
      ['1e3', undefined],
      ['', undefined],
      [true, undefined],
    ]);
    table(count, [
      ['0', 0],
      ['-1', undefined],
    ]);
  });

  test('megabytes are decimal and rounded to bytes', () => {
    table(megabytes, [
      [52.43, 52_430_000],
      [0.1 + 0.2, 300_000],
      [0, undefined],
      ['52.43', undefined],
    ]);
  });

  test('enums come by name or number', () => {
    table(egressWord, [
      ['EGRESS_ACTIVE', 'active'],
      ['ACTIVE', 'active'],
      [1, 'active'],
      [0, 'starting'],
      [9, '9'],
      [-1, '-1'],
      ['EGRESS_NEW_THING', 'new_thing'],
      [undefined, undefined],
      ['', undefined],
    ]);
  });

  test('moments that are on no clock are missing', () => {
    table(instantOfSeconds, [
      ['1782003310', '2026-06-21T00:55:10.000Z'],
      [1_782_003_310, '2026-06-21T00:55:10.000Z'],
      ['0', undefined],
      ['99999999999999', undefined],
    ]);
    table(instantOfMs, [
      ['1781999760412', '2026-06-20T23:56:00.412Z'],
      [-1, undefined],
    ]);
    table(instantOfText, [
      ['2026-07-05T15:55:35.047+02:00', '2026-07-05T13:55:35.047Z'],
      ['2022-07-05T15:60:35.047+00:00', undefined],
      ['5', undefined],
      ['July 5, 2026', undefined],
      [5, undefined],
    ]);
  });

  test('addresses are http(s) and encoded', () => {
    table(address, [
      ['https://files.example/a b', 'https://files.example/a%20b'],
      ['javascript:alert(1)', undefined],
      ['/path', undefined],
      ['', undefined],
    ]);
  });

  test('nanoseconds beyond 2^53 keep their milliseconds', () => {
    assert.equal(secondsOfNanoseconds('1200123456789', undefined, undefined), 1200.123);
    assert.equal(secondsOfNanoseconds(undefined, '1763639011000000001', '1763640211250000000'), 1200.25);
    assert.equal(secondsOfNanoseconds('5000000000000000', undefined, undefined), undefined);
  });

  test('a length that a coarse clock makes slightly negative is zero, another negative one missing', () => {
    const from = '2026-07-01T12:00:00.900Z';
    assert.equal(secondsBetween(from, '2026-07-01T12:00:00.000Z'), 0);
    assert.equal(secondsBetween(from, '2026-07-01T12:01:00.000Z'), 59);
    assert.equal(secondsBetween(from, '2026-07-01T11:00:00.000Z'), undefined);
    assert.equal(secondsBetween(undefined, from), undefined);
  });

  test('fields that are undefined are left out, and so is an object without any', () => {
    type Some = { readonly a?: number; readonly b?: string };
    assert.deepEqual(Object.keys(present<Some>({ a: 1, b: undefined })), ['a']);
    assert.deepEqual(presentAny<Some>({ a: undefined, b: undefined }), undefined);
  });
});
