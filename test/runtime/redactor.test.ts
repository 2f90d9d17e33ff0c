import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redactor } from '#runtime/redactor.ts';

function redactor(...secrets: readonly string[]): Redactor {
  const made = new Redactor();
  made.add(secrets);
  return made;
}

test('a secret is hidden wherever and however often it stands', () => {
  const text = 'a=secret-0123 b="secret-0123" xsecret-0123x';
  assert.equal(redactor('secret-0123').clean(text), 'a=[secret] b="[secret]" x[secret]x');
});

test('of two secrets that begin alike the longer one is hidden whole, in whatever order they were added', () => {
  const [short, long] = ['secret-0123', 'secret-0123-and-its-longer-sibling'];
  for (const each of [redactor(short, long), redactor(long, short)]) {
    assert.equal(each.clean(`${long} ${short}`), '[secret] [secret]');
  }
});

test('a secret added later is hidden with those that were there', () => {
  const each = redactor('first-secret');
  each.add(['second-secret']);
  assert.equal(each.clean('first-secret second-secret'), '[secret] [secret]');
});

test('a secret is hidden in its form inside JSON too', () => {
  for (const secret of ['line one\nline two', 'quote " and \\ slash', 'tab\tand \u0007 bell']) {
    const line = JSON.stringify({ message: `before ${secret} after` });
    const cleaned = redactor(secret).clean(line);
    assert.deepEqual(JSON.parse(cleaned), { message: 'before [secret] after' });
    assert.equal(redactor(secret).clean(secret), '[secret]');
  }
});

test('signs that mean something in patterns mean nothing here', () => {
  assert.equal(redactor('$&.*(a+)+[x]').clean('x $&.*(a+)+[x] y'), 'x [secret] y');
});

test('values too short to be secrets are left alone: they would eat ordinary words', () => {
  assert.equal(redactor('', 'a', 'message', '1234567').clean('a message 1234567'), 'a message 1234567');
});

test('what holds no secret stays as it is', () => {
  assert.equal(redactor('secret-0123').clean('{"level":30}\n'), '{"level":30}\n');
});
