import assert from 'node:assert/strict';
import test from 'node:test';
import { durationWords, filesizeWords, numberWords, timeWords } from '#messages/words.ts';

test('a duration has the units that a reader needs', () => {
  const words = {
    0: '0 s',
    0.4: '0 s',
    1: '1 s',
    45: '45 s',
    59.4: '59 s',
    59.5: '1 min',
    60: '1 min',
    89: '1 min',
    90: '2 min',
    2520: '42 min',
    3569: '59 min',
    3570: '1 h 00 min',
    3600: '1 h 00 min',
    3900: '1 h 05 min',
    86_399: '1 d 0 h',
    86_400: '1 d 0 h',
    183_600: '2 d 3 h',
  };
  for (const [seconds, text] of Object.entries(words))
    assert.equal(durationWords(Number(seconds)), text, seconds);
});

test('a size has at most three digits and a decimal unit', () => {
  const words = {
    0: '0 bytes',
    1: '1 byte',
    512: '512 bytes',
    999: '999 bytes',
    1000: '1 kB',
    1049: '1 kB',
    1050: '1.1 kB',
    99_960: '100 kB',
    999_499: '999 kB',
    999_500: '1 MB',
    52_430_000: '52.4 MB',
    310_000_000: '310 MB',
    1_000_000_000: '1 GB',
    2_500_000_000_000: '2.5 TB',
    5e15: '5 PB',
    5e18: '5000 PB',
  };
  for (const [bytes, text] of Object.entries(words)) assert.equal(filesizeWords(Number(bytes)), text, bytes);
});

test('a number has its digits grouped and two after the point', () => {
  const words = {
    0: '0',
    7: '7',
    1234: '1,234',
    1234567.891: '1,234,567.89',
    0.5: '0.5',
    0.004: '0.004',
    0.0000123: '0.00001',
    '-1500': '-1,500',
  };
  for (const [number, text] of Object.entries(words)) assert.equal(numberWords(Number(number)), text, number);
});

const instant = '2025-02-08T07:33:20.000Z';

test('a time in words names its zone', () => {
  assert.equal(timeWords(instant, 'time', 'UTC'), '07:33 UTC');
  assert.equal(timeWords(instant, 'datetime', 'UTC'), '8 Feb 2025 07:33 UTC');
  assert.equal(timeWords(instant, 'ago', 'UTC'), '8 Feb 2025 07:33 UTC');
  assert.equal(timeWords(instant, 'date', 'UTC'), '8 Feb 2025');
});

test('a time in words is that of the configured zone', () => {
  assert.equal(timeWords(instant, 'time', 'Europe/Berlin'), '08:33 CET');
  assert.equal(timeWords(instant, 'time', 'America/New_York'), '02:33 GMT-5');
  assert.equal(timeWords(instant, 'time', 'Asia/Kolkata'), '13:03 GMT+5:30');
});

test('a date is that of the configured zone, on both sides of midnight', () => {
  const midnight = '2025-12-31T23:30:00.000Z';
  assert.equal(timeWords(midnight, 'date', 'Europe/Berlin'), '1 Jan 2026');
  assert.equal(timeWords(midnight, 'date', 'America/New_York'), '31 Dec 2025');
  assert.equal(timeWords(midnight, 'time', 'Europe/Berlin'), '00:30 CET');
});

test('summer time begins and ends at its minute', () => {
  assert.equal(timeWords('2025-03-30T00:59:00.000Z', 'time', 'Europe/Berlin'), '01:59 CET');
  assert.equal(timeWords('2025-03-30T01:00:00.000Z', 'time', 'Europe/Berlin'), '03:00 CEST');
  assert.equal(timeWords('2025-10-26T00:30:00.000Z', 'time', 'Europe/Berlin'), '02:30 CEST');
  assert.equal(timeWords('2025-10-26T01:30:00.000Z', 'time', 'Europe/Berlin'), '02:30 CET');
});
